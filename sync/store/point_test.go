package store

import (
	"slices"
	"syscall"
	"testing"

	"tramhoso/sync/dossier"
)

// A disk that fails at a named point leaves nothing of the transaction, and the
// numbers it took are given again.
func TestPoints(t *testing.T) {
	var (
		seen []string
		full = map[When]error{}
	)
	b := open(t, t.TempDir(), Options{Point: func(p Point) error {
		if p.What != "commit a submission" {
			return nil
		}
		seen = append(seen, p.String())
		return full[p.When]
	}})
	for _, when := range []When{Before, Inside} {
		full[when] = syscall.ENOSPC
		if _, err := b.Commit(t.Context(), visit("tap")); dossier.CodeOf(err) != dossier.CodeStorageFull {
			t.Errorf("%s: %v", when, err)
		}
		clear(full)
	}
	full[After] = syscall.ENOSPC
	c, err := b.Commit(t.Context(), visit("tap"))
	must(t, err)
	if c.Seq != 1 || c.SlipSerial != 1 || c.Again {
		t.Errorf("%+v", c)
	}
	want := []string{"before commit a submission",
		"before commit a submission", "inside commit a submission",
		"before commit a submission", "inside commit a submission", "after commit a submission"}
	if !slices.Equal(seen, want) {
		t.Errorf("%q", seen)
	}
}
