package store

import (
	"errors"
	"testing"

	"tramhoso/sync/dossier"
)

// newSlip is the submission of a new slip for the dossier p-1 as visit makes it,
// when its card holds the records of marks.
func newSlip(token, old, fresh string, leaf int64, marks ...string) Submission {
	return Submission{Token: token, Build: func(seq, _ uint64) (Rows, error) {
		re := &Reissue{Packet: "p-1", Old: []byte(old), New: []byte(fresh)}
		for _, m := range marks {
			re.Cards = append(re.Cards, Card{Packet: "p-1", Class: ClassCitizen, Mark: m, Sealed: []byte(m + " for " + fresh)})
		}
		return Rows{Packet: frozen(seq, dossier.KindCustody, "who gave it"), Digest: digestOf(seq), Priority: PriorityPacket,
			Print: &Print{Kind: "slip", Sealed: []byte("paper of " + fresh), Key: []byte("wrapped " + fresh)}, Reissue: re,
			Leaf: &Leaf{N: leaf, Data: []byte("slip.reissue")}}, nil
	}}
}

// reads says which key the dossier's card is under, and its records.
func reads(t *testing.T, s *Store) string {
	t.Helper()
	k, err := s.Kept(t.Context(), "p-1")
	must(t, err)
	text := string(k.CitizenKey)
	cards, err := s.Cards(t.Context(), "p-1", ClassCitizen)
	must(t, err)
	for _, c := range cards {
		text += ", " + string(c)
	}
	return text
}

const (
	beforeNewSlip = "key, citizen, news"
	afterNewSlip  = "new, first for new, n for new"
)

// lostSlip is a store with one dossier, a piece of news and a slip on its way
// through the printer.
func lostSlip(t *testing.T, o Options) *bench {
	b := open(t, t.TempDir(), o)
	_, err := b.Commit(t.Context(), visit("tap"))
	must(t, err)
	_, err = b.Apply(t.Context(), Cursor{N: 1}, []Card{
		{Packet: "p-1", Class: ClassCitizen, Mark: "n", Sealed: []byte("news"), To: []byte("key"), Spare: []byte("form 01")},
		{Packet: "p-1", Class: ClassCounter, Mark: "n", Sealed: []byte("news"), Code: "digest of a code"}})
	must(t, err)
	return b
}

// A new slip is all there or not at all, wherever the power fails.
func TestNewSlipAtPoints(t *testing.T) {
	for _, when := range []When{Before, Inside, After} {
		var dir, copied string
		b := lostSlip(t, Options{Point: func(p Point) error {
			if dir != "" && p == (Point{committing, when}) && copied == "" {
				copied = powerCut(t, dir)
			}
			return nil
		}})
		dir = b.Dir()
		c, err := b.Commit(t.Context(), newSlip("lost", "key", "new", 0, "first", "n"))
		must(t, err)
		if got := reads(t, b.Store); got != afterNewSlip {
			t.Errorf("%s: the card is under %s", when, got)
		}
		after := open(t, copied, Options{})
		want, papers := beforeNewSlip, "wrapped"
		if when == After {
			want, papers = afterNewSlip, "wrapped new"
		}
		if got := reads(t, after.Store); got != want {
			t.Errorf("power cut %s: the card is under %s", when, got)
		}
		jobs, err := after.OpenPrintJobs(t.Context())
		must(t, err)
		if len(jobs) != 1 || string(jobs[0].Key) != papers {
			t.Errorf("power cut %s: %d papers wait, the first under %s", when, len(jobs), jobs[0].Key)
		}
		again, err := after.Commit(t.Context(), newSlip("lost", "key", "new", 0, "first", "n"))
		must(t, err)
		if again.Again != (when == After) || again.PrintJob != c.PrintJob || reads(t, after.Store) != afterNewSlip {
			t.Errorf("power cut %s: the second tap brought %+v", when, again)
		}
		if size, err := after.Audit().Size(); err != nil || size != 1 {
			t.Errorf("power cut %s: %d records, %v", when, size, err)
		}
	}
}

func TestNewSlipRefused(t *testing.T) {
	ctx := t.Context()
	unnoted := newSlip("x", "key", "new", 0, "first", "n")
	build := unnoted.Build
	unnoted.Build = func(seq, serial uint64) (Rows, error) {
		r, err := build(seq, serial)
		r.Leaf = nil
		return r, err
	}
	for _, tt := range []struct {
		name string
		make func(b *bench)
		sub  Submission
		want dossier.Code
	}{
		{"another came first", nil, newSlip("x", "another key", "new", 0, "first", "n"), dossier.CodeConflict},
		{"news came meanwhile", nil, newSlip("x", "key", "new", 0, "first"), dossier.CodeConflict},
		{"a record that is not here", nil, newSlip("x", "key", "new", 0, "first", "n", "more"), dossier.CodeConflict},
		{"the audit log went on", nil, newSlip("x", "key", "new", 1, "first", "n"), dossier.CodeConflict},
		{"nothing for the audit log", nil, unnoted, dossier.CodeInvalid},
		{"handed over", func(b *bench) { _, err := b.Commit(ctx, handover("hand", "p-1")); must(t, err) },
			newSlip("x", "key", "new", 0, "first", "n"), dossier.CodeBadTransition},
		{"too many", func(b *bench) {
			for i := range int64(MaxReissues) {
				_, err := b.Commit(ctx, newSlip(string(rune('a'+i)), "key", "key", i, "first", "n"))
				must(t, err)
			}
		}, newSlip("x", "key", "new", MaxReissues, "first", "n"), dossier.CodeSlipLimit},
	} {
		b := lostSlip(t, Options{})
		if tt.make != nil {
			tt.make(b)
		}
		was := reads(t, b.Store)
		if _, err := b.Commit(ctx, tt.sub); dossier.CodeOf(err) != tt.want {
			t.Errorf("%s: %v", tt.name, err)
		}
		if got := reads(t, b.Store); got != was {
			t.Errorf("%s: the card is under %s", tt.name, got)
		}
	}
	b := open(t, t.TempDir(), Options{})
	if _, err := b.Commit(ctx, newSlip("x", "key", "new", 0)); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Errorf("no dossier: %v", err)
	}
}

// What lies beside a card goes with it: the spares at the hand-over, the codes
// with the dossier; and an event that was sealed to a lost slip waits.
func TestBesideTheCards(t *testing.T) {
	ctx := t.Context()
	b := lostSlip(t, Options{})
	spares := func() (n int) {
		list, err := b.SpareCards(ctx, "p-1")
		must(t, err)
		for _, r := range list {
			if r.Spare != nil {
				n++
			}
		}
		return n
	}
	if n, err := b.CountByCode(ctx, "digest of a code"); err != nil || n != 1 || spares() != 1 {
		t.Fatalf("%d under the code, %d spares, %v", n, spares(), err)
	}
	late := []Card{{Packet: "p-1", Class: ClassCitizen, Mark: "late", Sealed: []byte("late"), To: []byte("key")}}
	_, err := b.Commit(ctx, newSlip("lost", "key", "new", 0, "first", "n"))
	must(t, err)
	if _, err := b.Apply(ctx, Cursor{N: 2}, late); !errors.Is(err, ErrNewSlip) || reads(t, b.Store) != afterNewSlip {
		t.Errorf("sealed to the lost slip: %v; the card is under %s", err, reads(t, b.Store))
	}
	late[0].To = []byte("new")
	if ok, err := b.Apply(ctx, Cursor{N: 2}, late); err != nil || !ok {
		t.Errorf("sealed anew: %v, %v", ok, err)
	}
	_, err = b.Commit(ctx, handover("hand", "p-1"))
	must(t, err)
	if spares() != 0 {
		t.Error("spares outlive the hand-over")
	}
	b.clock = b.clock.Add(HandedCardLife + 1)
	if w, err := b.Sweep(ctx); err != nil || w.Dossiers != 1 {
		t.Fatalf("%+v, %v", w, err)
	}
	if n, err := b.CountByCode(ctx, "digest of a code"); err != nil || n != 0 {
		t.Errorf("%d under the code of a destroyed dossier, %v", n, err)
	}
	if n, err := b.Reissues(ctx, "p-1"); err != nil || n != 0 {
		t.Errorf("%d new slips of a destroyed dossier, %v", n, err)
	}
}

// A new slip goes alone: what else a commit named would not be done.
func TestANewSlipGoesAlone(t *testing.T) {
	b := lostSlip(t, Options{})
	for what, add := range map[string]func(*Rows){
		"a hand-over": func(r *Rows) { r.HandOver = "p-1" }, "a withdrawal": func(r *Rows) { r.Withdraw = "p-1" },
		"a second packet": func(r *Rows) {
			h := dossier.Head{ID: "second", Kind: dossier.KindWithdrawal, Station: "DL27", Seq: r.Packet.Head.Seq + 1, Parent: "p-1"}
			r.Second = &Second{Packet: frozenHead(h, "asked back"), Digest: "digest"}
		},
	} {
		sub := newSlip(what, "key", "new", 0, "first", "n")
		build := sub.Build
		sub.Build = func(seq, serial uint64) (Rows, error) {
			r, err := build(seq, serial)
			add(&r)
			return r, err
		}
		if _, err := b.Commit(t.Context(), sub); dossier.CodeOf(err) != dossier.CodeInvalid || reads(t, b.Store) != beforeNewSlip {
			t.Errorf("%s beside it: %v", what, err)
		}
	}
}
