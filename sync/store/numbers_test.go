package store

import (
	"errors"
	"fmt"
	"testing"

	"tramhoso/sync/dossier"
)

// What the store remembers of its numbers is what the database says, after
// everything that takes one and after what failed.
func TestNumbersAgree(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	var fail error
	o := Options{Point: func(p Point) error {
		if p.When == Inside {
			return fail
		}
		return nil
	}}
	b, err := Open(ctx, dir, o)
	must(t, err)
	taps := 0
	tap := func() string {
		taps++
		return fmt.Sprint("tap-", taps)
	}
	agree := func(what string, remembered bool) {
		t.Helper()
		row, err := b.hot.Next(ctx, "a tap that never was")
		must(t, err)
		n := &b.numbers
		if n.known != remembered {
			t.Errorf("after %s: remembered %v", what, n.known)
		}
		if n.known && (n.seq != row.Seq || n.slip != row.Slip || n.job != row.Job) {
			t.Errorf("after %s: %d, %d, %d remembered, %d, %d, %d given", what, n.seq, n.slip, n.job, row.Seq, row.Slip, row.Job)
		}
		for i := range taps {
			if row, err := b.last(ctx, fmt.Sprint("tap-", i+1)); err != nil || n.known && row.Seq != n.seq {
				t.Errorf("after %s: tap %d: %+v, %v", what, i+1, row, err)
			}
		}
		if n.known && n.mayBeKnown("a tap that never was") {
			t.Errorf("after %s a new tap asks the database", what)
		}
	}
	commit := func(s Submission) Committed {
		t.Helper()
		c, err := b.Commit(ctx, s)
		must(t, err)
		return c
	}
	first := commit(visit(tap()))
	agree("a dossier", true)
	commit(message(tap()))
	agree("a message", true)
	b.numbers.known = true
	_, err = b.AddPrint(ctx, first.Packet, Print{Kind: "form01", Sealed: []byte("paper"), Key: []byte("wrapped")})
	must(t, err)
	if b.numbers.known {
		t.Error("another paper took a number and nobody asks for it")
	}
	if c := commit(visit(tap())); c.PrintJob != 3 {
		t.Errorf("paper %d after a further one", c.PrintJob)
	}
	agree("a dossier after a paper", true)
	must(t, b.SetPrint(ctx, first.PrintJob, PrintSending, ""))
	must(t, b.SetPrint(ctx, first.PrintJob, PrintPrinted, ""))
	_, err = b.Reprint(ctx, first.PrintJob)
	must(t, err)
	if c := commit(visit(tap())); c.PrintJob != 5 {
		t.Errorf("paper %d after a reprint", c.PrintJob)
	}
	fail = errors.New("a disk that fails")
	failed := tap()
	if _, err := b.Commit(ctx, visit(failed)); !errors.Is(err, fail) {
		t.Errorf("%v", err)
	}
	fail = nil
	if b.numbers.known {
		t.Error("a commit that failed left its numbers as given")
	}
	if c := commit(visit(failed)); c.Again || c.Seq != 5 || c.SlipSerial != 4 {
		t.Errorf("after a failure: %+v", c)
	}
	commit(handover(tap(), first.Packet))
	agree("a hand-over", true)
	commit(withSecond(tap(), first.Packet))
	agree("two packets in one", true)

	must(t, b.Close())
	b = open(t, dir, o).Store
	for i := range taps {
		if c := commit(visit(fmt.Sprint("tap-", i+1))); !c.Again {
			t.Errorf("tap %d is new after a restart", i+1)
		}
	}
	agree("a restart", true)
}

// withSecond is a message with a second packet behind it.
func withSecond(token, parent string) Submission {
	s := message(token)
	build := s.Build
	s.Build = func(seq, serial uint64) (Rows, error) {
		r, err := build(seq, serial)
		p := frozen(seq+1, dossier.KindMessage, "another about "+parent)
		r.Second = &Second{Packet: p, Digest: digestOf(seq + 1)}
		return r, err
	}
	return s
}

func message(token string) Submission {
	return Submission{Token: token, Build: func(seq, _ uint64) (Rows, error) {
		return Rows{Packet: frozen(seq, dossier.KindMessage, "a word"), Digest: digestOf(seq), Priority: PriorityPacket}, nil
	}}
}

// A station with more taps than are remembered asks the database about each.
func TestMoreTapsThanRemembered(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	first, err := b.Commit(ctx, visit("first"))
	must(t, err)
	for i := range maxTaken {
		b.numbers.take(fmt.Sprint("other-", i))
	}
	if b.numbers.taken != nil || !b.numbers.mayBeKnown("new") {
		t.Fatal("every tap is remembered")
	}
	again, err := b.Commit(ctx, visit("first"))
	must(t, err)
	if !again.Again || again.Packet != first.Packet {
		t.Errorf("second tap: %+v", again)
	}
	if c, err := b.Commit(ctx, visit("new")); err != nil || c.Again || c.Seq != 2 {
		t.Errorf("new tap: %+v, %v", c, err)
	}
}
