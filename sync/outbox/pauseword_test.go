package outbox

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
)

// nosy is a clock that somebody uses the moment at which it is read.
type nosy struct {
	*clock.Fake
	read func()
}

func (n *nosy) Stamp() dossier.Stamp {
	if f := n.read; f != nil {
		f()
	}
	return n.Fake.Stamp()
}

// Who ends a pause at the very moment at which what is left of it is written down
// has ended it.
func TestAPersonsWordIsTheLast(t *testing.T) {
	ctx := t.Context()
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "store"), store.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	c := &nosy{Fake: clock.NewFake(time.Date(2026, 7, 14, 9, 0, 0, 0, time.UTC))}
	p, err := OpenPause(ctx, s, c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for moment := range 2 { // what is left is looked at, and stamped
		if err := p.Begin(ctx, time.Hour); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		reads := 0
		c.read = func() {
			if reads++; reads != moment+1 {
				return
			}
			c.read = nil
			if p.writing.TryLock() { // nothing keeps a person's word from coming between
				p.writing.Unlock()
				ended <- p.End(context.Background())
				return
			}
			go func() { ended <- p.End(context.Background()) }()
		}
		if _, err := p.look(ctx); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if left := p.Left(); left != 0 {
			t.Errorf("at moment %d: %s are left of a pause that was ended", moment, left)
		}
	}
}
