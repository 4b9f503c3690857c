package store

import (
	"bytes"
	"testing"

	"tramhoso/sync/dossier"
)

// The newest file of a result is kept with its news, survives a power cut, and is
// destroyed with the cards.
func TestResultFiles(t *testing.T) {
	free := int64(1 << 40)
	b, ctx := open(t, t.TempDir(), Options{Free: func(string) (int64, error) { return free, nil }}), t.Context()
	c, err := b.Commit(ctx, visit("t"))
	must(t, err)
	must(t, b.StartEpoch(ctx, "e"))
	n := uint64(0)
	apply := func(mark string, size int) {
		t.Helper()
		n++
		_, err := b.Apply(ctx, Cursor{"e", n}, []Card{
			{Packet: c.Packet, Class: ClassCitizen, Mark: mark, Sealed: []byte(mark)},
			{Packet: c.Packet, Class: ClassCounter, Mark: mark, Sealed: []byte(mark), File: bytes.Repeat([]byte(mark), size)},
			{Packet: "not here", Class: ClassCounter, Mark: mark, Sealed: []byte(mark), File: []byte("x")}})
		must(t, err)
	}
	kept := func(s *Store, want string) {
		t.Helper()
		here, err := s.HasResultFile(ctx, c.Packet)
		must(t, err)
		file, _, err := s.ResultFile(ctx, c.Packet)
		if here != (want != "") || want == "" && dossier.CodeOf(err) != dossier.CodeNotFound || want != "" && (err != nil || !bytes.HasPrefix(file, []byte(want))) {
			t.Errorf("%q is kept: %v %.9q, %v", want, here, file, err)
		}
	}
	kept(b.Store, "")
	apply("a", 1)
	kept(b.Store, "a")
	apply("b", 1<<10)
	kept(b.Store, "b")
	apply("a", 1) // an epoch that begins anew brings old news again
	kept(b.Store, "b")
	apply("c", 0) // news without a file leave it
	kept(b.Store, "b")
	kept(open(t, powerCut(t, b.Dir()), Options{}).Store, "b")
	apply("d", ResultsQuota+1)
	kept(b.Store, "")
	apply("e", 1)
	kept(b.Store, "e")
	free = Reserve + 100
	apply("f", 101)
	kept(b.Store, "")
	apply("g", 100)
	kept(b.Store, "g")
	cards, err := b.Cards(ctx, c.Packet, ClassCounter)
	must(t, err)
	if len(cards) != 8 { // the first, and the news even where the file found no room
		t.Errorf("%d cards", len(cards))
	}

	_, err = b.Commit(ctx, handover("h", c.Packet))
	must(t, err)
	b.clock = b.clock.Add(HandedCardLife - 1)
	_, err = b.Sweep(ctx)
	must(t, err)
	kept(b.Store, "g")
	b.clock = b.clock.Add(1)
	w, err := b.Sweep(ctx)
	must(t, err)
	if kept(b.Store, ""); w.Dossiers != 1 {
		t.Errorf("%+v", w)
	}
}
