package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
)

// reopenEvery is how often a station without its storage tries to open it: whoever
// mended the cause stands in front of it and waits.
const reopenEvery = 5 * time.Second

// mayEnd reports whether what kept the station from its storage can end by itself,
// or by a hand that does not start the station anew. A damaged storage, keys that
// do not open and a program that is too old stay so, and a TPM counts the tries.
func mayEnd(broken error) bool {
	switch dossier.CodeOf(broken) {
	case dossier.CodeStorageDamaged, dossier.CodeStorageNewer:
		return false
	}
	return !errors.Is(broken, seal.ErrGuard)
}

// runReopen ends the program, so that it begins anew, once the storage can be opened
// or something else keeps the station from it: what stands on a storage is made once,
// at the start. Nobody is interrupted; who is there is only being told why.
func (s *station) runReopen(ctx context.Context, every time.Duration, atRest func(context.Context) bool) error {
	if !mayEnd(s.broken) {
		return nil
	}
	for {
		if err := wait(ctx, every); err != nil {
			return err
		}
		if !atRest(ctx) {
			continue
		}
		now := openStation(ctx, s.cfg, slog.New(slog.DiscardHandler)) // what fails was logged at the start
		opens, code := now.kept != nil, dossier.CodeOf(now.broken)
		now.close()
		if !opens && code == dossier.CodeOf(s.broken) {
			continue
		}
		s.log.Info("the storage is another than at the start: the program begins anew", "opens", opens, "code", code)
		s.anew.Store(true)
		s.quit()
		return nil
	}
}

// beginAnew puts this program in its own place. It returns only where that fails.
func beginAnew() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return unix.Exec(self, os.Args, os.Environ())
}
