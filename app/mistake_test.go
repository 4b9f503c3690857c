package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"tramhoso/sync/store"
)

func logTo(l *logbook) *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// A mistake beside the screen or on it ends the program in order: what runs is told
// to end, the storage is closed and can be opened again, and the program fails.
func TestAMistakeEndsTheStationInOrder(t *testing.T) {
	for name, fail := range map[string]func(*station){
		"beside the screen": func(s *station) {
			s.goes("a pump", func(context.Context) error { panic("dry") })
		},
		"on the screen": func(s *station) { s.guard("a pump", func() { panic("dry") }) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			log := &logbook{}
			s := openStation(t.Context(), quiet(t, dir), logTo(log))
			asked, ended := context.WithCancel(t.Context())
			s.quit = ended
			left := false // what runs is left in order
			s.goes("a device", func(ctx context.Context) error {
				<-ctx.Done()
				left = true
				return ctx.Err()
			})
			fail(s)
			<-asked.Done() // as closing the window
			err := s.end(closeMost)
			if !errors.Is(err, errMistake) || !strings.HasSuffix(err.Error(), "a pump: dry") || strings.Contains(err.Error(), "\n") {
				t.Errorf("the program ends with %v", err)
			}
			if !left {
				t.Error("a device was not left")
			}
			if !strings.Contains(log.String(), "mistake_test.go") {
				t.Errorf("the log does not say where:\n%s", log)
			}
			again, err := store.Open(t.Context(), dir, store.Options{})
			must(t, err)
			must(t, again.Close())
		})
	}
}

// What a mistake has left locked keeps the program from ending no longer than most;
// without a mistake closing takes the time that it takes.
func TestClosingAfterAMistakeIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		s := &station{log: logTo(&logbook{}), quit: func() {}, cancel: func() {}}
		s.beside("a lock", func() { <-stuck })
		s.guard("a pump", func() { panic("dry") })
		if err := s.end(closeMost); !errors.Is(err, errMistake) {
			t.Errorf("%v", err)
		}
		close(stuck)
		synctest.Wait()

		release := make(chan struct{})
		s = &station{log: logTo(&logbook{}), quit: func() {}, cancel: func() {}}
		s.beside("a paper", func() { <-release })
		var done bool
		go func() {
			if err := s.end(0); err != nil {
				t.Error(err)
			}
			done = true
		}()
		synctest.Wait()
		if done {
			t.Error("it did not wait for the paper")
		}
		close(release)
		synctest.Wait()
		if !done {
			t.Error("it does not end")
		}
	})
}
