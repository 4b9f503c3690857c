package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/dossier"
)

// cardsOf are a class's cards of p-1, by what they say.
func cardsOf(t *testing.T, s *Store, class Class) []string {
	t.Helper()
	list, err := s.Cards(t.Context(), "p-1", class)
	must(t, err)
	var said []string
	for _, c := range list {
		said = append(said, string(c))
	}
	return said
}

// carrying is a visit whose dossier comes with these cards.
func carrying(cards ...Card) Submission {
	s := visit("tap")
	build := s.Build
	s.Build = func(seq, serial uint64) (Rows, error) {
		r, err := build(seq, serial)
		r.Cards = cards
		for i := range r.Cards {
			r.Cards[i].Packet = r.Packet.Head.ID
		}
		return r, err
	}
	return s
}

// A first card that comes a second time, with its dossier or as news, is the same
// news; and what is under another mark is another, and later.
func TestFirstCardTwice(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	first := Card{Class: ClassCitizen, Mark: MarkFirst, Sealed: []byte("first")}
	second := first
	second.Sealed = []byte("second")
	_, err := b.Commit(ctx, carrying(first, second, Card{Class: ClassCitizen, Mark: "n", Sealed: []byte("news")}))
	must(t, err)
	third := second
	third.Packet = "p-1"
	if ok, err := b.Apply(ctx, Cursor{N: 1}, []Card{third}); err != nil || !ok {
		t.Errorf("applied %v, %v", ok, err)
	}
	if d := cmp.Diff([]string{"first", "news"}, cardsOf(t, b.Store, ClassCitizen)); d != "" {
		t.Error(d)
	}
	if none := cardsOf(t, b.Store, ClassCounter); none != nil {
		t.Errorf("counter cards from nowhere: %v", none)
	}
}

// A citizen's first card that has none of the counter's beside it is opened by the
// old slip only: it goes with it.
func TestNewSlipDropsALoneFirstCard(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, carrying(Card{Class: ClassCitizen, Mark: MarkFirst, Sealed: []byte("citizen")}))
	must(t, err)
	_, err = b.Commit(ctx, newSlip("lost", "key", "new", 0))
	must(t, err)
	if left := cardsOf(t, b.Store, ClassCitizen); left != nil {
		t.Errorf("still here: %v", left)
	}
}

// A station that kept its first cards among the others gives new slips as well.
func TestNewSlipOfAnOldStation(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	load(t, dir, 8)
	b := open(t, dir, Options{Now: func() time.Time { return at.Add(time.Hour) }})
	s := newSlip("lost", "key-2", "new", 1, "first")
	build := s.Build
	s.Build = func(seq, serial uint64) (Rows, error) {
		r, err := build(seq, serial)
		r.Reissue.Packet, r.Reissue.Cards[0].Packet = "p-2", "p-2"
		return r, err
	}
	_, err := b.Commit(ctx, s)
	must(t, err)
	list, err := b.Cards(ctx, "p-2", ClassCitizen)
	must(t, err)
	if len(list) != 1 || string(list[0]) != "first for new" {
		t.Errorf("the citizen's card: %q", list)
	}
}

// The statement itself gives no number twice and leaves none out.
func TestStatementCounts(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("tap"))
	must(t, err)
	try := func(seq, serial uint64, want string) {
		t.Helper()
		r, err := visit("other").Build(seq, serial)
		must(t, err)
		row, _ := r.row(Committed{Seq: seq, SlipSerial: serial, PrintJob: 2}, "other", 1)
		if err := b.hot.Submit(ctx, row); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("packet %d with slip %d: %v", seq, serial, err)
		}
		out, err := b.Outgoing(ctx, 10)
		must(t, err)
		if last, err := b.LastSeq(ctx); err != nil || last != 1 || len(out) != 1 {
			t.Errorf("packet %d with slip %d: the last number is %d, %d wait, %v", seq, serial, last, len(out), err)
		}
	}
	for _, seq := range []uint64{1, 3} {
		try(seq, 2, "not the next sequence number")
	}
	for _, serial := range []uint64{1, 3} {
		try(2, serial, "not the next slip serial")
	}
	if _, err := b.Commit(ctx, message("last")); err != nil || dossier.CodeOf(err) != "" {
		t.Errorf("the next one: %v", err)
	}
}

// Past the limit the first card, without which none is read, and the last word
// stay.
func TestCardsPastTheLimit(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, carrying(Card{Class: ClassCitizen, Mark: MarkFirst, Sealed: []byte("first")}))
	must(t, err)
	news := func(n int) []byte { return fmt.Appendf(nil, "news %d", n) }
	for n := 1; n <= maxCards+1; n++ {
		ok, err := b.Apply(ctx, Cursor{N: uint64(n)}, []Card{{Packet: "p-1", Class: ClassCitizen, Mark: string(news(n)), Sealed: news(n)}})
		if err != nil || !ok {
			t.Fatalf("news %d: applied %v, %v", n, ok, err)
		}
		said := cardsOf(t, b.Store, ClassCitizen)
		if len(said) != min(n+1, maxCards) || said[0] != "first" || said[len(said)-1] != string(news(n)) {
			t.Fatalf("after news %d: %d cards, from %q to %q", n, len(said), said[0], said[len(said)-1])
		}
		if second := max(1, n+2-maxCards); said[1] != string(news(second)) {
			t.Fatalf("after news %d the second card is %q, not news %d", n, said[1], second)
		}
	}
}
