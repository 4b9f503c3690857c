package main

import (
	"path/filepath"
	"strings"
	"testing"

	"tramhoso/sync/store"
)

// What a start found is told by the command and on the technician's screen, also by
// the next program, until a technician has looked at it.
func TestFindingsOfAnEarlierStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s, err := store.Open(t.Context(), dir, store.Options{})
	must(t, err)
	s.Find(t.Context(), false, "the kept catalogue cannot be read")
	s.Find(t.Context(), true, "the kept staff list cannot be read")
	must(t, s.Close())
	out, err := storage(t, dir, "check")
	if err != nil || !strings.Contains(out, "found: the kept staff list cannot be read (") || strings.Count(out, ", 1 times)\n") != 2 {
		t.Errorf("%q, %v", out, err)
	}

	b := openBooth(t, quiet(t, dir))
	if f := b.upkeepFacts(); f.Found != 2 || f.FoundLost != 1 || f.FoundLast != string(store.FoundDocument) {
		t.Errorf("%+v", f)
	}
	seen := b.findings()
	must(t, b.seeFindings(t.Context(), seen[:1], "KTV-1"))
	if left := b.findings(); len(left) != 1 || left[0] != seen[1] {
		t.Errorf("left %+v of %+v", left, seen)
	}
	must(t, b.seeFindings(t.Context(), seen, "KTV-1"))
	if f := b.upkeepFacts(); f.Found != 0 || f.FoundLost != 0 {
		t.Errorf("%+v", f)
	}
	n, err := b.store.Audit().Size()
	must(t, err)
	said := 0
	for i := range n {
		leaf, err := b.store.Audit().Leaf(i)
		must(t, err)
		said += strings.Count(string(leaf), didLook)
	}
	if said != 2 {
		t.Errorf("the audit log names it %d times", said)
	}
}
