package store

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/dossier"
)

// What was known of packets set aside may be damaged: the receipts that are here
// say it at once, and the portal says the rest again.
func TestDamageOfWhatWasSetAside(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	s, err := Open(ctx, dir, Options{})
	must(t, err)
	b := &bench{Store: s} // closed on the way
	const purged, byReceipt, released, byEvent, plain = "p-1", "p-2", "p-3", "p-4", "p-5"
	var receipts []dossier.Receipt
	for i, id := range []string{purged, byReceipt, released, byEvent, plain} {
		_, err := b.Commit(ctx, visit("t"+id))
		must(t, err)
		r := dossier.Receipt{Packet: id, Counter: uint64(i) + 1, Digest: digestOf(uint64(i) + 1)}
		if id != byEvent && id != plain {
			r.Quarantined, r.Why = true, dossier.AsideVersion
		}
		receipts = append(receipts, r)
	}
	must(t, b.StartEpoch(ctx, "e"))
	hold := func() {
		t.Helper()
		out, err := b.Outgoing(ctx, 9)
		must(t, err)
		for _, o := range out {
			i := slices.IndexFunc(receipts, func(r dossier.Receipt) bool { return r.Packet == o.Packet.Head.ID })
			_, err := b.Held(ctx, receipts[i], compact(t, receipts[i]))
			must(t, err)
		}
	}
	hear := func() {
		t.Helper()
		for i, told := range []Told{{Packet: released, Aside: &dossier.Aside{Receipt: "its mark"}},
			{Packet: byEvent, Aside: &dossier.Aside{Why: dossier.AsideStatus, Receipt: "its mark"}}} {
			_, err := b.Apply(ctx, Cursor{Epoch: "e", N: uint64(i) + 1}, nil, told)
			must(t, err)
		}
	}
	hold()
	hear()
	must(t, b.Durable(ctx, "e", 1))
	_, err = b.Sweep(ctx)
	must(t, err)
	if _, err := b.Packet(ctx, purged); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Fatal("nothing was purged")
	}
	before := b.attention(t)
	if len(before) != 3 {
		t.Fatalf("%q", before)
	}
	must(t, b.Close())
	spoil(t, dir, root(t, dir, "quarantines"))

	b = open(t, dir, Options{})
	if !slices.ContainsFunc(b.Findings(), func(f Finding) bool {
		return f.Kind == FoundRows && strings.HasPrefix(f.What, "quarantines: only 0 rows")
	}) {
		t.Errorf("found %+v", b.Findings())
	}
	at := func(id, slip string, why dossier.AsideWhy) string { return id + " " + slip + " " + string(why) }
	if d := cmp.Diff([]string{at(purged, "DL27-000001", dossier.AsideVersion), at(byReceipt, "DL27-000002", dossier.AsideVersion),
		at(released, "DL27-000003", dossier.AsideVersion)}, b.attention(t)); d != "" {
		t.Errorf("without the portal: %s", d)
	}
	if c, err := b.Cursor(ctx); err != nil || c != (Cursor{}) {
		t.Fatalf("the events would not come again: %+v, %v", c, err)
	}
	must(t, b.StartEpoch(ctx, "e"))
	hold()
	hear()
	if d := cmp.Diff(before, b.attention(t)); d != "" {
		t.Errorf("when the portal was heard: %s", d)
	}
}
