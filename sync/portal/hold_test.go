package portal

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"tramhoso/sync/seal"
)

func TestHold(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "portal")
	leave, err := Hold(dir)
	must(t, err)
	if _, err := Hold(dir); !errors.Is(err, ErrServed) {
		t.Errorf("held twice: %v", err)
	}
	must(t, leave())
	leave, err = Hold(dir)
	must(t, err)
	must(t, leave())
}

// Each of several rotations at once has its own version, and no key of one is lost
// with another's.
func TestRotationsAtOnce(t *testing.T) {
	f := newFixture(t)
	version := f.keys().trust.Version
	now := f.now()
	var all sync.WaitGroup
	for _, use := range Uses {
		all.Go(func() {
			if _, err := RotateSigner(f.dir, "", use, now, Lead); err != nil {
				t.Errorf("%s: %v", use, err)
			}
		})
	}
	for range 2 {
		all.Go(func() {
			if _, err := Rotate(f.dir, "", now); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	_, err := f.TakeKeys(t.Context())
	must(t, err)
	got := f.keys().trust
	if want := version + len(Uses) + 2; got.Version != want || len(got.Recipients) != 3 || len(got.Keys) != 2*len(Uses) {
		t.Errorf("version %d, want %d; %d recipients, %d keys", got.Version, want, len(got.Recipients), len(got.Keys))
	}
	uses := map[seal.Use]int{}
	for _, k := range got.Keys {
		uses[k.Use]++
	}
	for _, use := range Uses {
		if uses[use] != 2 {
			t.Errorf("%d keys to sign as %s", uses[use], use)
		}
	}
}
