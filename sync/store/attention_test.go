package store

import (
	"encoding/base64"
	"encoding/json"
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

// compact is how a receipt is kept.
func compact(t testing.TB, r dossier.Receipt) string {
	t.Helper()
	text, err := json.Marshal(r)
	must(t, err)
	return "e30." + base64.RawURLEncoding.EncodeToString(text) + ".c2ln"
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
	n, epoch := uint64(0), "e"
	must(t, b.StartEpoch(ctx, epoch))
	tell := func(packet string, counter uint64, why dossier.AsideWhy) {
		t.Helper()
		n++
		_, err := b.Apply(ctx, Cursor{Epoch: epoch, N: n}, nil, Told{Packet: packet, Aside: &dossier.Aside{Why: why, Receipt: dossier.ReceiptMark(fmt.Sprint("receipt ", counter))}})
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
	want("an older one, by another way")
	n, epoch = 0, "e2"
	must(t, b.StartEpoch(ctx, epoch))
	want("another history, of which nothing was heard")
	hold("p-1", 1, 3, dossier.AsideVersion)
	want("its receipt", "p-1 DL27-000001 procedure-version")
	hold("p-1", 1, 4, "")
	want("a receipt by which nothing is wrong")
	hold("p-1", 1, 5, dossier.AsideVersion)
	_, err = b.Held(ctx, dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: 5}, "of another history, with a counter that was given before")
	must(t, err)
	want("the same counter in a history in which nothing is wrong")
	tell("p-9", 1, dossier.AsideStatus)
	want("a packet of which nothing is known here")
}

// In each history anew a packet that waited for its parent was receipted without
// blame and set aside when the parent came. Whatever receipt of it is seen again
// then, by whatever way, the event is the newer word.
func TestSetAsideInEachHistory(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("t"))
	must(t, err)
	for i, epoch := range []string{"e1", "e2", "e3"} {
		must(t, b.StartEpoch(ctx, epoch))
		receipt := fmt.Sprint("receipt of ", epoch)
		hold := func(counter uint64, compact string) {
			t.Helper()
			_, err := b.Held(ctx, dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: counter}, compact)
			must(t, err)
		}
		hold(1, receipt)
		if list := b.attention(t); list != nil {
			t.Errorf("history %d, before its parent came: %q", i+1, list)
		}
		_, err := b.Apply(ctx, Cursor{Epoch: epoch, N: 1}, nil,
			Told{Packet: "p-1", Aside: &dossier.Aside{Why: dossier.AsideStatus, Receipt: dossier.ReceiptMark(receipt)}})
		must(t, err)
		for what, compact := range map[string]string{"the portal's word": "", "the same receipt": receipt, "an earlier receipt": "earlier than " + receipt} {
			if compact != "" {
				hold(1, compact)
			}
			if d := cmp.Diff([]string{"p-1 DL27-000001 status"}, b.attention(t)); d != "" {
				t.Errorf("history %d, %s: %s", i+1, what, d)
			}
		}
	}
}

// Of a packet that is not here any more no receipt comes again: in another history
// the one that is kept holds, until an event says more.
func TestSetAsideAfterThePurge(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	must(t, b.StartEpoch(ctx, "e1"))
	for i, r := range []dossier.Receipt{{Quarantined: true, Why: dossier.AsideVersion}, {}} {
		_, err := b.Commit(ctx, visit(fmt.Sprint("t", i)))
		must(t, err)
		r.Packet, r.Counter, r.Digest = fmt.Sprint("p-", i+1), uint64(i)+1, digestOf(uint64(i)+1)
		_, err = b.Held(ctx, r, compact(t, r))
		must(t, err)
	}
	for i := range uint64(2) { // what the backup of a portal may not know
		a := dossier.Aside{Receipt: "mark"}
		if i == 1 {
			a.Why = dossier.AsideStatus
		}
		_, err := b.Apply(ctx, Cursor{Epoch: "e1", N: i + 1}, nil, Told{Packet: fmt.Sprint("p-", i+1), Aside: &a})
		must(t, err)
	}
	if d := cmp.Diff([]string{"p-2 DL27-000002 status"}, b.attention(t)); d != "" {
		t.Error(d)
	}
	must(t, b.Durable(ctx, "e1", 2))
	_, err := b.Sweep(ctx)
	must(t, err)
	if _, err := b.Packet(ctx, "p-1"); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Fatal("nothing was purged")
	}
	must(t, b.StartEpoch(ctx, "e2"))
	if d := cmp.Diff([]string{"p-1 DL27-000001 procedure-version"}, b.attention(t)); d != "" {
		t.Error(d)
	}
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
