package store

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tramhoso/sync/dossier"
)

func TestCommitIsWhole(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	c, err := b.Commit(ctx, visit("t1"))
	must(t, err)
	want := Committed{Packet: "p-1", Seq: 1, Slip: "DL27-000001", SlipSerial: 1, PrintJob: 1}
	if d := cmp.Diff(want, c); d != "" {
		t.Error(d)
	}
	out, err := b.Outgoing(ctx, 10)
	must(t, err)
	if len(out) != 1 || out[0].Packet.Head.ID != "p-1" || string(out[0].Packet.Body) != "sealed body of t1" {
		t.Errorf("outbox: %+v", out)
	}
	jobs, err := b.OpenPrintJobs(ctx)
	must(t, err)
	if len(jobs) != 1 || jobs[0].State != PrintRendered || jobs[0].Packet != "p-1" {
		t.Errorf("print jobs: %+v", jobs)
	}
	for _, class := range []Class{ClassCitizen, ClassCounter} {
		cards, err := b.Cards(ctx, "p-1", class)
		must(t, err)
		if len(cards) != 1 || string(cards[0]) != string(class) {
			t.Errorf("%s cards: %q", class, cards)
		}
	}
	k, err := b.KeptBySlip(ctx, "DL27-000001")
	must(t, err)
	if k.Packet != "p-1" || !k.Handed.IsZero() {
		t.Errorf("kept: %+v", k)
	}
	byID, err := b.KeptByID(ctx, "idx")
	must(t, err)
	if len(byID) != 1 {
		t.Errorf("by ID: %+v", byID)
	}
	if none, err := b.KeptByID(ctx, ""); err != nil || len(none) != 0 {
		t.Errorf("no ID number finds %v, %v", none, err)
	}
}

func TestSecondTap(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	first, err := b.Commit(ctx, visit("tap"))
	must(t, err)
	again := visit("tap")
	again.Build = func(uint64, uint64) (Rows, error) {
		t.Error("the second tap builds a packet")
		return Rows{}, errors.New("never")
	}
	second, err := b.Commit(ctx, again)
	must(t, err)
	first.Again = true
	if d := cmp.Diff(first, second); d != "" {
		t.Error(d)
	}
	w, err := b.Waiting(ctx)
	must(t, err)
	if w.Packets != 1 {
		t.Errorf("%d packets wait", w.Packets)
	}
}

func TestFailedCommitLeavesNothing(t *testing.T) {
	sulk := errors.New("sealing failed")
	tests := map[string]func(seq, serial uint64) (Rows, error){
		"the builder fails": func(uint64, uint64) (Rows, error) { return Rows{}, sulk },
		"another sequence": func(seq, serial uint64) (Rows, error) {
			return visit("x").Build(seq+1, serial)
		},
		"no body": func(seq, serial uint64) (Rows, error) {
			r, err := visit("x").Build(seq, serial)
			r.Packet.Body = nil
			return r, err
		},
		"a body beyond the limit": func(seq, serial uint64) (Rows, error) {
			r, err := visit("x").Build(seq, serial)
			r.Packet.Body = make([]byte, MaxBody+1)
			return r, err
		},
		"no dossier for the slip": func(seq, serial uint64) (Rows, error) {
			r, err := visit("x").Build(seq, serial)
			r.Dossier = nil
			return r, err
		},
		"a card for nobody": func(seq, serial uint64) (Rows, error) {
			r, err := visit("x").Build(seq, serial)
			r.Cards = append(r.Cards, Card{Packet: "nobody", Class: ClassCitizen, Mark: "m", Sealed: []byte("s")})
			return r, err
		},
		"a hand-over of what is not here": func(seq, serial uint64) (Rows, error) {
			r, err := visit("x").Build(seq, serial)
			r.HandOver = "nobody"
			return r, err
		},
	}
	for name, build := range tests {
		t.Run(name, func(t *testing.T) {
			b, ctx := open(t, t.TempDir(), Options{}), t.Context()
			if _, err := b.Commit(ctx, Submission{Token: "t", Slip: true, Build: build}); err == nil {
				t.Fatal("committed")
			}
			w, err := b.Waiting(ctx)
			must(t, err)
			if w.Packets != 0 {
				t.Error("something waits")
			}
			c, err := b.Commit(ctx, visit("t"))
			must(t, err)
			if c.Seq != 1 || c.SlipSerial != 1 {
				t.Errorf("the failure left a gap: %+v", c)
			}
		})
	}
}

func TestHandoverOnce(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	c, err := b.Commit(ctx, visit("t"))
	must(t, err)
	_, err = b.Commit(ctx, handover("h1", c.Packet))
	must(t, err)
	k, err := b.Kept(ctx, c.Packet)
	must(t, err)
	if !k.Handed.Equal(b.clock) {
		t.Errorf("handed at %v", k.Handed)
	}
	_, err = b.Commit(ctx, handover("h2", c.Packet))
	if dossier.CodeOf(err) != dossier.CodeBadTransition {
		t.Errorf("handed over twice: %v", err)
	}
	out, err := b.Outgoing(ctx, 10)
	must(t, err)
	if len(out) != 2 || out[0].Packet.Head.Kind != dossier.KindHandover {
		t.Errorf("the hand-over does not go first: %+v", out)
	}
}

// Random interleavings of visits, second taps, power cuts, receipts and their
// replays never lose a packet, never double one, and leave no gap.
func TestNothingLostNothingTwice(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "run")
		must(t, err)
		s, err := Open(t.Context(), dir, Options{})
		must(t, err)
		defer func() { must(t, s.Close()) }()
		ctx := t.Context()
		result := map[string]Committed{} // by token: what the citizen was told
		portal := map[string]uint64{}    // by packet: its counter
		order := []string{}
		r.Repeat(map[string]func(*rapid.T){
			"visit": func(r *rapid.T) {
				token := fmt.Sprintf("t%d", rapid.IntRange(0, 12).Draw(r, "token"))
				c, err := s.Commit(ctx, visit(token))
				must(t, err)
				if first, ok := result[token]; ok {
					first.Again = true
					if d := cmp.Diff(first, c); d != "" {
						r.Fatal(d)
					}
					return
				}
				if c.Again {
					r.Fatalf("%s was never answered before", token)
				}
				result[token] = c
				order = append(order, token)
			},
			"power cut": func(r *rapid.T) {
				after := powerCut(t, s.Dir())
				must(t, s.Close())
				s, err = Open(ctx, after, Options{})
				must(t, err)
			},
			"send": func(r *rapid.T) {
				out, err := s.Outgoing(ctx, 1)
				must(t, err)
				if len(out) == 0 {
					return
				}
				h := out[0].Packet.Head
				if portal[h.ID] == 0 {
					portal[h.ID] = uint64(len(portal) + 1)
				}
				if rapid.Bool().Draw(r, "the answer is lost") {
					must(t, s.Attempted(ctx, h.ID, ""))
					return
				}
				again, err := s.Held(ctx, dossier.Receipt{Packet: h.ID, Digest: digestOf(h.Seq), Counter: portal[h.ID]}, "r")
				must(t, err)
				if again != 0 {
					r.Fatal("an honest portal is taken for one that was set back")
				}
			},
			"": func(r *rapid.T) {
				for i, token := range order {
					if c := result[token]; c.Seq != uint64(i+1) || c.SlipSerial != uint64(i+1) {
						r.Fatalf("a gap or a double at %d: %+v", i, c)
					}
				}
				out, err := s.Outgoing(ctx, 100)
				must(t, err)
				waiting := map[string]bool{}
				for _, o := range out {
					waiting[o.Packet.Head.ID] = true
				}
				for _, c := range result {
					st, err := s.State(ctx, c.Packet)
					must(t, err)
					if waiting[c.Packet] == !st.Held.IsZero() {
						r.Fatalf("%s waits: %v, held: %v", c.Packet, waiting[c.Packet], st.Held)
					}
					if !st.Held.IsZero() && portal[c.Packet] == 0 {
						r.Fatalf("%s is held but was never sent", c.Packet)
					}
				}
			},
		})
	})
}

func TestSweep(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	for i := range 3 {
		_, err := b.Commit(ctx, visit(fmt.Sprintf("t%d", i)))
		must(t, err)
	}
	hold := func(seq, counter, durable uint64) {
		_, err := b.Held(ctx, dossier.Receipt{Packet: fmt.Sprintf("p-%d", seq), Digest: digestOf(seq), Counter: counter}, "r")
		must(t, err)
		must(t, b.Durable(ctx, "", durable))
	}
	body := func(seq int) bool {
		_, err := b.Packet(ctx, fmt.Sprintf("p-%d", seq))
		if err != nil && dossier.CodeOf(err) != dossier.CodeNotFound {
			t.Fatal(err)
		}
		return err == nil
	}
	sweep := func() Swept {
		w, err := b.Sweep(ctx)
		must(t, err)
		return w
	}
	hold(1, 1, 0)
	hold(2, 2, 0)
	if w := sweep(); w != (Swept{}) {
		t.Fatalf("swept without a reason: %+v", w)
	}
	hold(2, 2, 1) // the backup watermark passed the first
	sweep()
	if body(1) || !body(2) || !body(3) {
		t.Fatalf("bodies: %v %v %v", body(1), body(2), body(3))
	}
	must(t, b.SetPrint(ctx, 1, PrintSending, ""))
	must(t, b.SetPrint(ctx, 1, PrintPrinted, ""))
	_, err := b.Commit(ctx, handover("h", "p-1"))
	must(t, err)
	b.clock = b.clock.Add(PrintKeyLife)
	if w := sweep(); w.PrintKeys != 1 {
		t.Errorf("destroyed %d print keys, want 1", w.PrintKeys)
	}
	j, err := b.PrintJob(ctx, 1)
	must(t, err)
	if j.Key != nil || j.Sealed != nil {
		t.Error("the printed paper can still be opened")
	}
	if _, err := b.Reprint(ctx, 1); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Errorf("reprinted without a key: %v", err)
	}
	b.clock = b.clock.Add(HandedCardLife - PrintKeyLife)
	if w := sweep(); w.Dossiers != 1 || w.Bodies != 1 {
		t.Errorf("swept %+v, want one dossier and one body", w)
	}
	if body(2) || !body(3) {
		t.Error("30 days: what is held goes, what waits stays")
	}
	if _, err := b.Kept(ctx, "p-1"); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Errorf("a dossier long handed over: %v", err)
	}
	b.clock = b.clock.Add(365 * 24 * time.Hour)
	sweep()
	if !body(3) {
		t.Error("what was never held was swept")
	}
}
