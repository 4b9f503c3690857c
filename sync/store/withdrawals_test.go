package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"tramhoso/sync/dossier"
)

// takesBack is the submission that asks a dossier back.
func takesBack(token, packet string) Submission {
	return Submission{Token: token, Build: func(seq, _ uint64) (Rows, error) {
		h := dossier.Head{ID: fmt.Sprintf("p-%d", seq), Kind: dossier.KindWithdrawal, Station: "DL27", Seq: seq, Parent: packet}
		return Rows{Packet: frozenHead(h, "asked back"), Digest: digestOf(seq), Priority: PriorityPacket, Withdraw: packet}, nil
	}}
}

// corrects is the submission of a dossier in another's place.
func corrects(token, packet string) Submission {
	sub := visit(token)
	first := sub.Build
	sub.Build = func(seq, serial uint64) (Rows, error) {
		r, err := first(seq, serial)
		h := dossier.Head{ID: fmt.Sprintf("p-%d", seq+1), Kind: dossier.KindWithdrawal, Station: "DL27", Seq: seq + 1, Parent: packet}
		r.Withdraw, r.Second = packet, &Second{Packet: frozenHead(h, "asked back"), Digest: digestOf(seq + 1)}
		return r, err
	}
	return sub
}

func (b *bench) withdrawn(t testing.TB, packet string) dossier.Withdrawn {
	t.Helper()
	w, err := b.Withdrawal(t.Context(), packet)
	must(t, err)
	return w
}

func TestAskedBackOnce(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("t"))
	must(t, err)
	if w := b.withdrawn(t, "p-1"); w != (dossier.Withdrawn{}) {
		t.Errorf("nobody asked: %+v", w)
	}
	first, err := b.Commit(ctx, takesBack("w", "p-1"))
	must(t, err)
	again, err := b.Commit(ctx, takesBack("w", "p-1"))
	must(t, err)
	if !again.Again || again.Packet != first.Packet {
		t.Errorf("a double tap: %+v", again)
	}
	if _, err := b.Commit(ctx, takesBack("another tap", "p-1")); dossier.CodeOf(err) != dossier.CodeWithdrawn {
		t.Errorf("a second time: %v", err)
	}
	if _, err := b.Commit(ctx, corrects("correction", "p-1")); dossier.CodeOf(err) != dossier.CodeWithdrawn {
		t.Errorf("a correction of what was asked back: %v", err)
	}
	if _, err := b.Commit(ctx, takesBack("unknown", "p-9")); dossier.CodeOf(err) != dossier.CodeWithdrawn {
		t.Errorf("a dossier that is not here: %v", err)
	}
	if _, err := b.Commit(ctx, handover("h", "p-1")); dossier.CodeOf(err) != dossier.CodeWithdrawn {
		t.Errorf("handed over what was asked back: %v", err)
	}
	if w := b.withdrawn(t, "p-1"); !w.At.Equal(b.clock) || w.State != dossier.WithdrawalAsked || !w.Sent.IsZero() {
		t.Errorf("%+v", w)
	}
	_, err = b.Held(ctx, dossier.Receipt{Packet: first.Packet, Digest: digestOf(2), Counter: 1}, "r")
	must(t, err)
	if w := b.withdrawn(t, "p-1"); w.Sent.IsZero() || w.State != dossier.WithdrawalAsked {
		t.Errorf("sent is not heard: %+v", w)
	}
	out, err := b.Outgoing(ctx, 9)
	must(t, err)
	if len(out) != 1 || out[0].Packet.Head.ID != "p-1" {
		t.Errorf("the dossier itself goes all the same: %+v", out)
	}
}

// What became of the packet that asks a dossier back is told with it, whether it was
// asked back alone or for another in its place: no network helps on what the portal
// would not take.
func TestAskedBackInVain(t *testing.T) {
	for name, sub := range map[string]Submission{"alone": takesBack("w", "p-1"), "with another": corrects("w", "p-1")} {
		b, ctx := open(t, t.TempDir(), Options{}), t.Context()
		_, err := b.Commit(ctx, visit("t"))
		must(t, err)
		_, err = b.Commit(ctx, sub)
		must(t, err)
		must(t, b.StartEpoch(ctx, "e"))
		child, seq := "p-2", uint64(2)
		if name == "with another" {
			child, seq = "p-3", 3
			must(t, b.Attempted(ctx, "p-2", dossier.CodeInvalid)) // the other one is not what asks
		}
		must(t, b.Attempted(ctx, "p-1", dossier.CodeInvalid)) // nor is the dossier
		must(t, b.Attempted(ctx, child, ""))                  // and a dead line is no refusal
		if w := b.withdrawn(t, "p-1"); w.Refused || w.GivenUp || w.Aside != "" {
			t.Errorf("%s, waiting: %+v", name, w)
		}
		for n := range RefusedTries {
			must(t, b.Attempted(ctx, child, dossier.CodeInvalid))
			if w := b.withdrawn(t, "p-1"); !w.Refused || w.GivenUp != (n+1 == RefusedTries) {
				t.Errorf("%s, refused %d times: %+v", name, n+1, w)
			}
		}
		if _, err := b.RetryRefused(ctx); err != nil {
			t.Error(err)
		}
		if w := b.withdrawn(t, "p-1"); !w.Refused || w.GivenUp {
			t.Errorf("%s, offered again: %+v", name, w)
		}
		_, err = b.Held(ctx, dossier.Receipt{Packet: child, Digest: digestOf(seq), Counter: 1, Quarantined: true, Why: dossier.AsideStatus}, "r")
		must(t, err)
		if w := b.withdrawn(t, "p-1"); w.Refused || w.GivenUp || w.Aside != dossier.AsideStatus || w.Sent.IsZero() {
			t.Errorf("%s, set aside: %+v", name, w)
		}
		_, err = b.Apply(ctx, Cursor{Epoch: "e", N: 1}, nil, Told{Packet: child, Aside: &dossier.Aside{Receipt: dossier.ReceiptMark("r")}})
		must(t, err)
		if w := b.withdrawn(t, "p-1"); w.Aside != "" || w.Sent.IsZero() {
			t.Errorf("%s, released: %+v", name, w)
		}
	}
}

// The paper that says so is filed under the dossier, and the audit log's record is
// kept with it, or neither is.
func TestAskedBackWithAPaper(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("t"))
	must(t, err)
	noted := func(token string, leaf int64) Submission {
		sub := takesBack(token, "p-1")
		first := sub.Build
		sub.Build = func(seq, serial uint64) (Rows, error) {
			r, err := first(seq, serial)
			r.Print, r.Leaf = &Print{Kind: "withdrawal", Sealed: []byte("note"), Key: []byte("wrapped note")}, &Leaf{N: leaf, Data: []byte("{}"), Hashes: []tlog.Hash{tlog.RecordHash([]byte("{}"))}}
			return r, err
		}
		return sub
	}
	if _, err := b.Commit(ctx, noted("w", 7)); dossier.CodeOf(err) != dossier.CodeConflict {
		t.Errorf("an audit record out of its turn: %v", err)
	}
	if w := b.withdrawn(t, "p-1"); !w.At.IsZero() {
		t.Errorf("half of it is kept: %+v", w)
	}
	c, err := b.Commit(ctx, noted("w", 0))
	must(t, err)
	again, err := b.Commit(ctx, noted("w", 1))
	must(t, err)
	if !again.Again || again.PrintJob != c.PrintJob {
		t.Errorf("a double tap: %+v after %+v", again, c)
	}
	j, err := b.PrintJob(ctx, c.PrintJob)
	must(t, err)
	if j.Packet != "p-1" || j.Kind != "withdrawal" || j.State != PrintRendered || string(j.Sealed) != "note" {
		t.Errorf("%+v", j)
	}
	if n, err := b.Audit().Size(); err != nil || n != 1 {
		t.Errorf("%d records, %v", n, err)
	}
	sub := Submission{Token: "x", Build: func(seq, _ uint64) (Rows, error) {
		h := dossier.Head{ID: fmt.Sprintf("p-%d", seq), Kind: dossier.KindRating, Station: "DL27", Seq: seq}
		return Rows{Packet: frozenHead(h, "five"), Digest: digestOf(seq), Priority: PriorityPacket, Print: &Print{Kind: "note", Sealed: []byte("x"), Key: []byte("y")}}, nil
	}}
	if _, err := b.Commit(ctx, sub); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("a paper of no dossier: %v", err)
	}
}

// Only the agency's word ends a withdrawal; then it can be handed over, and asked
// back again.
func TestAgencyGoesOn(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("t"))
	must(t, err)
	_, err = b.Commit(ctx, takesBack("w", "p-1"))
	must(t, err)
	must(t, b.StartEpoch(ctx, "e"))
	for n, s := range []dossier.Status{dossier.StatusAccepted, dossier.StatusWithdrawalRequested, dossier.StatusInProgress} {
		_, err := b.Apply(ctx, Cursor{Epoch: "e", N: uint64(n + 1)}, nil, Told{Packet: "p-1", Status: s}, Told{Packet: "p-7", Status: s})
		must(t, err)
		want := [...]dossier.WithdrawalState{dossier.WithdrawalAsked, dossier.WithdrawalHeard, dossier.WithdrawalOverruled}[n]
		if w := b.withdrawn(t, "p-1"); w.State != want {
			t.Errorf("after status %d: %+v", s, w)
		}
	}
	b.clock = b.clock.Add(time.Hour)
	_, err = b.Commit(ctx, takesBack("w2", "p-1"))
	must(t, err)
	if w := b.withdrawn(t, "p-1"); !w.Stands() || !w.At.Equal(b.clock) {
		t.Errorf("asked back again: %+v", w)
	}
	_, err = b.Apply(ctx, Cursor{Epoch: "e", N: 4}, nil, Told{Packet: "p-1", Status: dossier.StatusProcessed})
	must(t, err)
	_, err = b.Commit(ctx, handover("h", "p-1"))
	must(t, err)
	if _, err := b.Commit(ctx, takesBack("w3", "p-1")); dossier.CodeOf(err) != dossier.CodeWithdrawn {
		t.Errorf("asked back after the hand-over: %v", err)
	}
	b.clock = b.clock.Add(HandedCardLife + time.Hour)
	if w, err := b.Sweep(ctx); err != nil || w.Dossiers != 1 {
		t.Errorf("%+v, %v", w, err)
	}
}

// A portal that was set back tells everything again: what it said of an earlier
// withdrawal says nothing of the present one.
func TestOldNewsOverruleNoLaterWithdrawal(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("t"))
	must(t, err)
	_, err = b.Commit(ctx, takesBack("w", "p-1"))
	must(t, err)
	hear := func(epoch string) {
		t.Helper()
		must(t, b.StartEpoch(ctx, epoch))
		for n, s := range []dossier.Status{dossier.StatusAccepted, dossier.StatusWithdrawalRequested, dossier.StatusInProgress} {
			news := []Card{{Packet: "p-1", Class: ClassCounter, Mark: fmt.Sprint("news ", n), Sealed: []byte("sealed")}}
			_, err := b.Apply(ctx, Cursor{Epoch: epoch, N: uint64(n + 1)}, news, Told{Packet: "p-1", Status: s})
			must(t, err)
		}
	}
	hear("e1")
	if w := b.withdrawn(t, "p-1"); w.State != dossier.WithdrawalOverruled {
		t.Fatalf("%+v", w)
	}
	_, err = b.Commit(ctx, takesBack("w2", "p-1"))
	must(t, err)
	hear("e2")
	if w := b.withdrawn(t, "p-1"); !w.Stands() || w.State != dossier.WithdrawalAsked {
		t.Errorf("%+v", w)
	}
}

func TestCorrectionIsOneCommit(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("t"))
	must(t, err)
	c, err := b.Commit(ctx, corrects("c", "p-1"))
	must(t, err)
	again, err := b.Commit(ctx, corrects("c", "p-1"))
	must(t, err)
	if c.Seq != 2 || c.Slip != "DL27-000002" || !again.Again || again.Packet != c.Packet || again.PrintJob != c.PrintJob {
		t.Errorf("%+v, again %+v", c, again)
	}
	if w := b.withdrawn(t, "p-1"); w.Successor != "DL27-000002" || !w.Stands() {
		t.Errorf("%+v", w)
	}
	next, err := b.Commit(ctx, visit("next"))
	must(t, err)
	if next.Seq != 4 || next.SlipSerial != 3 {
		t.Errorf("the numbers go on without a gap: %+v", next)
	}
	bad := corrects("bad", "p-2")
	build := bad.Build
	bad.Build = func(seq, serial uint64) (Rows, error) {
		r, err := build(seq, serial)
		r.Second.Packet.Head.Seq++
		return r, err
	}
	if _, err := b.Commit(ctx, bad); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("a gap between the two: %v", err)
	}
}

// Wherever the power goes while a dossier is corrected or asked back, both are
// there or neither, and whoever taps again has one.
func TestPowerCutWhileAskingBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		ctx, dir := t.Context(), t.TempDir()
		when := rapid.SampledFrom([]When{Before, Inside, After}).Draw(r, "when")
		correct := rapid.Bool().Draw(r, "correct")
		var after string
		cut := false
		b := open(t, dir, Options{Point: func(p Point) error {
			if !cut || p.What != committing || p.When != when {
				return nil
			}
			after, cut = powerCut(t, dir), false
			return errors.New("the power is gone")
		}})
		_, err := b.Commit(ctx, visit("t"))
		must(t, err)
		tap := takesBack("tap", "p-1")
		if correct {
			tap = corrects("tap", "p-1")
		}
		cut = true
		_, _ = b.Commit(ctx, tap)
		b = open(t, after, Options{})
		w, err := b.Waiting(ctx)
		must(t, err)
		stands, whole := b.withdrawn(t, "p-1").Stands(), 2
		if correct {
			whole = 3
		}
		if want := when == After; stands != want || want && w.Packets != whole || !want && w.Packets != 1 {
			r.Fatalf("cut %s: asked back %v, %d packets", when, stands, w.Packets)
		}
		c, err := b.Commit(ctx, tap)
		must(t, err)
		if w, err = b.Waiting(ctx); err != nil || w.Packets != whole || c.Seq != 2 || c.Again != (when == After) {
			r.Fatalf("tapped again: %+v, %d packets, %v", c, w.Packets, err)
		}
	})
}
