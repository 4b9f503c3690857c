package store

import (
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"tramhoso/sync/dossier"
)

func TestAudit(t *testing.T) {
	a := open(t, t.TempDir(), Options{}).Audit()
	const leaves = 9
	for n := range int64(leaves) {
		leaf := []byte(fmt.Sprintf("leaf %d", n))
		hashes, err := tlog.StoredHashes(n, leaf, a)
		must(t, err)
		must(t, a.Append(n, leaf, hashes))
		if err := a.Append(n, leaf, hashes); dossier.CodeOf(err) != dossier.CodeConflict {
			t.Fatalf("leaf %d twice: %v", n, err)
		}
	}
	size, err := a.Size()
	must(t, err)
	if size != leaves {
		t.Errorf("size %d", size)
	}
	root, err := tlog.TreeHash(leaves, a)
	must(t, err)
	proof, err := tlog.ProveRecord(leaves, 4, a)
	must(t, err)
	leaf, err := a.Leaf(4)
	must(t, err)
	must(t, tlog.CheckRecord(proof, leaves, root, 4, tlog.RecordHash(leaf)))
	if _, err := a.Leaf(leaves); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Errorf("a leaf beyond the end: %v", err)
	}
}
