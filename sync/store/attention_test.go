package store

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/dossier"
)

func (b *bench) attention(t testing.TB) (list []string) {
	t.Helper()
	all, err := b.Attention(t.Context())
	must(t, err)
	for _, a := range all {
		list = append(list, a.Packet+" "+a.Slip+" "+string(a.Why)+string(a.Refused))
	}
	return list
}

// What the portal set aside is known by the slip that a person holds, until the
// portal releases it; the receipt that said so, coming again, changes nothing.
func TestSetAside(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("t"))
	must(t, err)
	_, err = b.Commit(ctx, takesBack("w", "p-1"))
	must(t, err)
	hold := func(packet string, seq, counter uint64, why dossier.AsideWhy) {
		t.Helper()
		_, err := b.Held(ctx, dossier.Receipt{Packet: packet, Digest: digestOf(seq), Counter: counter, Quarantined: why != "", Why: why}, fmt.Sprint("receipt ", counter))
		must(t, err)
	}
	n := uint64(0)
	must(t, b.StartEpoch(ctx, "e"))
	tell := func(packet string, counter uint64, why dossier.AsideWhy) {
		t.Helper()
		n++
		_, err := b.Apply(ctx, Cursor{Epoch: "e", N: n}, nil, Told{Packet: packet, Aside: &dossier.Aside{Why: why, Receipt: dossier.ReceiptMark(fmt.Sprint("receipt ", counter))}})
		must(t, err)
	}
	want := func(what string, list ...string) {
		t.Helper()
		if d := cmp.Diff(list, b.attention(t)); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
	want("nothing")
	hold("p-1", 1, 1, dossier.AsideVersion)
	hold("p-2", 2, 2, "")
	want("the dossier", "p-1 DL27-000001 procedure-version")
	tell("p-2", 2, dossier.AsideStatus)
	want("its child, later", "p-1 DL27-000001 procedure-version", "p-2 DL27-000001 status")
	hold("p-2", 2, 2, "")
	want("the child's own receipt again", "p-1 DL27-000001 procedure-version", "p-2 DL27-000001 status")
	tell("p-1", 1, "")
	tell("p-2", 2, "")
	want("released")
	hold("p-1", 1, 1, dossier.AsideVersion)
	want("the receipt from before the release")
	hold("p-1", 1, 3, dossier.AsideVersion)
	want("another history", "p-1 DL27-000001 procedure-version")
	hold("p-1", 1, 4, "")
	want("a history in which nothing is wrong")
	hold("p-1", 1, 5, dossier.AsideVersion)
	_, err = b.Held(ctx, dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: 5}, "of another history, with a counter that was given before")
	must(t, err)
	want("the same counter in a history in which nothing is wrong")
	tell("p-9", 1, dossier.AsideStatus)
	want("a packet of which nothing is known here")
}

// A portal that was set back may refuse what it had set aside: one packet is one
// thing to do.
func TestSetAsideAndRefusedIsOneThing(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("t"))
	must(t, err)
	must(t, b.StartEpoch(ctx, "e"))
	_, err = b.Held(ctx, dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: 1, Quarantined: true, Why: dossier.AsideVersion}, "r")
	must(t, err)
	must(t, b.StartEpoch(ctx, "e2"))
	must(t, b.Attempted(ctx, "p-1", dossier.CodeInvalid))
	list, err := b.Attention(ctx)
	must(t, err)
	if len(list) != 1 || list[0].Refused != dossier.CodeInvalid {
		t.Errorf("%+v", list)
	}
}

// A release can overtake the receipt.
func TestReleasedBeforeTheReceipt(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("t"))
	must(t, err)
	must(t, b.StartEpoch(ctx, "e"))
	_, err = b.Apply(ctx, Cursor{Epoch: "e", N: 1}, nil, Told{Packet: "p-1", Aside: &dossier.Aside{Receipt: dossier.ReceiptMark("r")}})
	must(t, err)
	_, err = b.Held(ctx, dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: 1, Quarantined: true, Why: dossier.AsideVersion}, "r")
	must(t, err)
	if list := b.attention(t); list != nil {
		t.Errorf("%q", list)
	}
}

// A refused packet is offered for a day, then only when a person says so; it is
// never lost.
func TestRefusedIsNotOfferedForEver(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("t"))
	must(t, err)
	for range 40 { // other trouble does not count
		must(t, b.Attempted(ctx, "p-1", ""))
	}
	offered := func() (n int) {
		for ; n < 100; n++ {
			out, err := b.Outgoing(ctx, 9)
			must(t, err)
			if len(out) == 0 {
				break
			}
			must(t, b.Attempted(ctx, "p-1", dossier.CodeInvalid))
		}
		return n
	}
	if n := offered(); n != RefusedTries {
		t.Errorf("offered %d times", n)
	}
	all, err := b.Attention(ctx)
	must(t, err)
	if len(all) != 1 || !all[0].GivenUp || all[0].Refused != dossier.CodeInvalid || all[0].Slip != "DL27-000001" {
		t.Errorf("%+v", all)
	}
	w, err := b.Waiting(ctx)
	must(t, err)
	if w.Packets != 1 || w.Refused != 1 || w.GivenUp != 1 {
		t.Errorf("%+v", w)
	}
	if n, err := b.RetryRefused(ctx); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	if n := offered(); n != RefusedTries {
		t.Errorf("offered %d times more", n)
	}
	if bodies, err := b.Bodies(ctx, 0, false, 9); err != nil || len(bodies) != 1 {
		t.Errorf("a stick takes it along: %d, %v", len(bodies), err)
	}
}
