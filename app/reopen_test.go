package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
)

// A station whose storage another program held begins anew once that ends; not
// before, and not under the hands of somebody.
func TestReopening(t *testing.T) {
	dir := t.TempDir()
	holder, err := store.Open(t.Context(), dir, store.Options{})
	must(t, err)
	quit, looked := make(chan struct{}), make(chan bool)
	b := openBooth(t, quiet(t, dir), func(s *station) { s.reopen, s.quit = time.Hour, func() { close(quit) } })
	b.goes("reopening, soon", func(ctx context.Context) error {
		return b.runReopen(ctx, time.Millisecond, func(ctx context.Context) bool {
			select {
			case rest := <-looked:
				return rest
			case <-ctx.Done():
				return false
			}
		})
	})
	for range 3 { // held: it looks, and goes on
		looked <- true
	}
	looked <- false // taken only once the look before has ended
	must(t, holder.Close())
	looked <- false // somebody is there
	looked <- false
	if b.anew.Load() {
		t.Fatal("it began anew under somebody's hands, or while the storage was held")
	}
	looked <- true
	select {
	case <-quit:
	case <-time.After(patience):
		t.Fatalf("it did not begin anew:\n%s", b.log)
	}
	if !b.anew.Load() {
		t.Error("it ended for good")
	}
	s, err := store.Open(t.Context(), dir, store.Options{}) // nothing holds it meanwhile
	must(t, err)
	must(t, s.Close())
}

// Another trouble than the one on the screen is told, too.
func TestReopeningToAnotherTrouble(t *testing.T) {
	dir := t.TempDir()
	holder, err := store.Open(t.Context(), dir, store.Options{})
	must(t, err)
	quit := make(chan struct{})
	b := openBooth(t, quiet(t, dir), func(s *station) { s.reopen, s.quit = time.Millisecond, func() { close(quit) } })
	b.see(words("vi").T("visit.reason-storage-in-use"))
	must(t, errors.Join(os.Truncate(filepath.Join(dir, "station.db"), 0), holder.Close()))
	select {
	case <-quit:
	case <-time.After(patience):
		t.Fatalf("it did not begin anew:\n%s", b.log)
	}
	if !b.anew.Load() || !strings.Contains(b.log.String(), "code=storage-damaged") {
		t.Errorf("the log:\n%s", b.log)
	}
}

// What no waiting mends is not tried again.
func TestWhatDoesNotEnd(t *testing.T) {
	for _, tt := range []struct {
		err error
		may bool
	}{
		{dossier.E(dossier.CodeStorageInUse, store.ErrInUse), true},
		{dossier.E(dossier.CodeStorageReadOnly, os.ErrPermission), true},
		{dossier.E(dossier.CodeStorageFull, nil), true},
		{errors.New("a cause without a code"), true},
		{dossier.E(dossier.CodeStorageDamaged, store.ErrDamaged), false},
		{dossier.E(dossier.CodeStorageNewer, store.ErrFuture), false},
		{dossier.E(dossier.CodeStorageReadOnly, seal.ErrGuard), false},
	} {
		if mayEnd(tt.err) != tt.may {
			t.Errorf("%v: %v", tt.err, !tt.may)
		}
	}
}
