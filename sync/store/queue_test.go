package store

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/dossier"
)

func TestOutgoingOrder(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	for i := range 3 {
		_, err := b.Commit(ctx, visit(fmt.Sprint(i)))
		must(t, err)
	}
	_, err := b.Commit(ctx, handover("h", "p-1"))
	must(t, err)
	must(t, b.Attempted(ctx, "p-2", dossier.CodeInvalid))
	out, err := b.Outgoing(ctx, 10)
	must(t, err)
	got := []string{}
	for _, o := range out {
		got = append(got, o.Packet.Head.ID)
	}
	if d := cmp.Diff([]string{"p-4", "p-1", "p-3", "p-2"}, got); d != "" {
		t.Errorf("hand-overs first, refused ones last:\n%s", d)
	}
	w, err := b.Waiting(ctx)
	must(t, err)
	if w.Packets != 4 || w.Refused != 1 || !w.Oldest.Equal(b.clock) {
		t.Errorf("%+v", w)
	}
}

func TestHeld(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("t"))
	must(t, err)
	if _, err := b.Held(ctx, dossier.Receipt{Packet: "p-1", Digest: "other"}, "r"); dossier.CodeOf(err) != dossier.CodeConflict {
		t.Errorf("a receipt for other bytes: %v", err)
	}
	if _, err := b.Held(ctx, dossier.Receipt{Packet: "p-9"}, "r"); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Errorf("a receipt for nothing: %v", err)
	}
	for range 2 { // the identical receipt again changes nothing
		_, err = b.Held(ctx, dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: 7}, "compact")
		must(t, err)
	}
	st, err := b.State(ctx, "p-1")
	must(t, err)
	if st.Receipt != "compact" || st.Held.IsZero() {
		t.Errorf("%+v", st)
	}
	w, err := b.Waiting(ctx)
	must(t, err)
	if w.Packets != 0 {
		t.Error("still in the outbox")
	}
}

func TestPortalSetBack(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	for i := range 4 {
		_, err := b.Commit(ctx, visit(fmt.Sprint(i)))
		must(t, err)
	}
	hold := func(seq, counter uint64) int {
		n, err := b.Held(ctx, dossier.Receipt{Packet: fmt.Sprintf("p-%d", seq), Digest: digestOf(seq), Counter: counter}, "r")
		must(t, err)
		return n
	}
	for seq := uint64(1); seq <= 3; seq++ {
		if n := hold(seq, seq); n != 0 {
			t.Fatalf("%d offered again", n)
		}
	}
	// The portal was set back, and what it gave counter 1 this time came to it by
	// a stick: nothing that it receipted before is certain.
	if n := hold(4, 2); n != 3 {
		t.Fatalf("%d offered again, want packets 1 to 3", n)
	}
	out, err := b.Outgoing(ctx, 10)
	must(t, err)
	if len(out) != 3 || out[0].Packet.Head.ID != "p-1" || out[2].Packet.Head.ID != "p-3" {
		t.Errorf("%+v", out)
	}
	st, err := b.State(ctx, "p-2")
	must(t, err)
	if !st.Held.IsZero() {
		t.Error("held by a portal that has lost it")
	}
}

func TestMirror(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	for i := range 2 {
		_, err := b.Commit(ctx, visit(fmt.Sprint(i)))
		must(t, err)
	}
	must(t, b.Mirrored(ctx, "p-1"))
	list, err := b.Unmirrored(ctx, 10)
	must(t, err)
	if len(list) != 1 || list[0].Head.ID != "p-2" {
		t.Errorf("%+v", list)
	}
	_, err = b.Held(ctx, dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: 1}, "r")
	must(t, err)
	must(t, b.Durable(ctx, "", 1))
	_, err = b.Sweep(ctx)
	must(t, err)
	gone, err := b.MirroredPurged(ctx, 10)
	must(t, err)
	if len(gone) != 1 || gone[0].Head.ID != "p-1" {
		t.Fatalf("%+v", gone)
	}
	must(t, b.Unmirror(ctx, "p-1"))
	gone, err = b.MirroredPurged(ctx, 10)
	must(t, err)
	if len(gone) != 0 {
		t.Errorf("%+v", gone)
	}
}

func TestWatermark(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	for i := range 3 {
		_, err := b.Commit(ctx, visit(fmt.Sprint(i)))
		must(t, err)
		seq := uint64(i + 1)
		_, err = b.Held(ctx, dossier.Receipt{Packet: fmt.Sprintf("p-%d", seq), Digest: digestOf(seq), Counter: seq}, "r")
		must(t, err)
	}
	mark := func(seen, counter, durable uint64) int {
		n, err := b.Watermark(ctx, "", seen, counter, durable)
		must(t, err)
		return n
	}
	if n := mark(2, 2, 0); n != 0 {
		t.Errorf("a receipt that came while the portal was asked: %d offered again", n)
	}
	if n := mark(3, 5, 1); n != 0 {
		t.Errorf("a portal ahead: %d offered again", n)
	}
	if _, err := b.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Packet(ctx, "p-1"); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Errorf("what was backed up stays: %v", err)
	}
	if h, err := b.Head(ctx, "p-1"); err != nil || h.Seq != 1 {
		t.Errorf("the head of what was purged: %+v, %v", h, err)
	}
	if n := mark(3, 1, 0); n != 2 {
		t.Errorf("a portal set back to 1: %d offered again, want 2", n)
	}
	last, err := b.LastCounter(ctx)
	must(t, err)
	if last != 0 { // what was receipted before may be numbered otherwise now
		t.Errorf("last counter %d", last)
	}
}

// A station that sent before it ever heard events cannot know that the first
// history it hears of is the one that its receipts are of.
func TestTheFirstEpochMayBeASecond(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("before"))
	must(t, err)
	_, err = b.Held(ctx, dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: 1}, "r")
	must(t, err)
	waits := func() int {
		n, err := b.Waiting(ctx)
		must(t, err)
		return n.Packets
	}
	must(t, b.StartEpoch(ctx, "e1"))
	if n := waits(); n != 1 {
		t.Errorf("%d offered again", n)
	}
	_, err = b.Held(ctx, dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: 1}, "r")
	must(t, err)
	must(t, b.StartEpoch(ctx, "e1")) // it goes on
	if n := waits(); n != 0 {
		t.Errorf("%d offered a third time", n)
	}
}

// A portal that goes on from a backup has lost receipts and given their counters
// again. What it says about its next backup destroys nothing of what it has lost:
// not in a receipt, which names no history, and not before its epoch has begun.
func TestABackupOfAnotherHistory(t *testing.T) {
	for name, say := range map[string]func(ctx context.Context, b *bench) error{
		"in a watermark": func(ctx context.Context, b *bench) error {
			_, err := b.Watermark(ctx, "e2", 2, 5, 5)
			return err
		},
		"on a stick": func(ctx context.Context, b *bench) error { return b.Durable(ctx, "e2", 5) },
		"in a receipt": func(ctx context.Context, b *bench) error {
			_, err := b.Held(ctx, dossier.Receipt{Packet: "p-3", Digest: digestOf(3), Counter: 6, Durable: 6}, "r")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, ctx := open(t, t.TempDir(), Options{}), t.Context()
			must(t, b.StartEpoch(ctx, "e1"))
			for i := range 3 {
				_, err := b.Commit(ctx, visit(fmt.Sprint(i)))
				must(t, err)
			}
			for seq := uint64(1); seq <= 2; seq++ {
				_, err := b.Held(ctx, dossier.Receipt{Packet: fmt.Sprintf("p-%d", seq), Digest: digestOf(seq), Counter: seq}, "r")
				must(t, err)
			}
			must(t, say(ctx, b))
			_, err := b.Sweep(ctx)
			must(t, err)
			must(t, b.StartEpoch(ctx, "e2"))
			for seq := 1; seq <= 3; seq++ {
				if _, err := b.Packet(ctx, fmt.Sprintf("p-%d", seq)); err != nil {
					t.Errorf("dossier %d is lost: %v", seq, err)
				}
			}
			if w, err := b.Waiting(ctx); err != nil || w.Packets != 3 {
				t.Errorf("%d are offered again, %v", w.Packets, err)
			}
			// In its own epoch it does count.
			_, err = b.Held(ctx, dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: 7}, "r")
			must(t, err)
			_, err = b.Watermark(ctx, "e2", 7, 7, 7)
			must(t, err)
			if _, err = b.Sweep(ctx); err != nil {
				t.Fatal(err)
			}
			if _, err := b.Packet(ctx, "p-1"); dossier.CodeOf(err) != dossier.CodeNotFound {
				t.Errorf("what is backed up stays: %v", err)
			}
		})
	}
}

// A counter past what the database holds would come back as less than nothing
// and hide a portal that was set back.
func TestCountersPastTheDatabase(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("t"))
	must(t, err)
	const huge = 1 << 63
	for name, do := range map[string]func() error{
		"a receipt's counter": func() error {
			_, err := b.Held(ctx, dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: huge}, "r")
			return err
		},
		"a receipt's backup": func() error {
			_, err := b.Held(ctx, dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: 1, Durable: huge}, "r")
			return err
		},
		"a watermark": func() error { _, err := b.Watermark(ctx, "", 0, huge, 0); return err },
		"a backup":    func() error { return b.Durable(ctx, "", huge) },
		"an event":    func() error { _, err := b.Apply(ctx, Cursor{N: huge}, nil); return err },
	} {
		if err := do(); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
