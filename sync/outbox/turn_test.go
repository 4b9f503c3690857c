package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

// asked has somebody ask for a turn, and says how long it took and what came of it.
func asked(t *testing.T, files *outbox.Files) (why outbox.Why, took time.Duration) {
	t.Helper()
	began := time.Now()
	err := files.Turn(t.Context())
	var held *outbox.Held
	if err != nil && !errors.As(err, &held) {
		t.Fatal(err)
	}
	if held != nil {
		why = held.Why
	}
	if err != nil && outbox.WhyOf(err) != why {
		t.Errorf("%v is taken for %q", err, outbox.WhyOf(err))
	}
	return why, time.Since(began)
}

func wantTurn(t *testing.T, files *outbox.Files, why outbox.Why, least, most time.Duration) {
	t.Helper()
	if got, took := asked(t, files); got != why || took < least || took > most {
		t.Errorf("%q after %s; not %q after %s", got, took, why, least)
	}
}

// What staff said of the network holds for others' bundles as for attachments.
func TestATurnKeepsToTheRules(t *testing.T) {
	noon := time.Date(2026, 7, 14, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		rules outbox.Rules
		pause time.Duration
		want  outbox.Why
	}{
		{outbox.Rules{}, 0, outbox.WhyNothing},
		{outbox.Rules{}, time.Hour, outbox.WhyPaused},
		{outbox.Rules{Metered: true}, 0, outbox.WhyMetered},
		{outbox.Rules{Metered: true}, time.Hour, outbox.WhyPaused},
		{outbox.Rules{Window: outbox.Window{From: 20 * time.Hour, To: 6 * time.Hour}}, 0, outbox.WhyWindow},
		{outbox.Rules{Window: outbox.Window{From: 11 * time.Hour, To: 13 * time.Hour}}, 0, outbox.WhyNothing},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "store"), store.Options{Log: slog.New(slog.DiscardHandler)})
			must(t, err)
			defer func() { must(t, s.Close()) }()
			files := outbox.NewFiles(s, outbox.NewQueue(s, nil, most), nil, most)
			tt.rules.Now = func() time.Time { return noon }
			files.Keep(tt.rules)
			pause := opened(t, s, newWatch())
			files.Obey(pause)
			if tt.pause > 0 {
				must(t, pause.Begin(t.Context(), tt.pause))
			}
			wantTurn(t, files, tt.want, 0, 0)
		})
	}
}

// A dossier of this station goes before the next chunk of somebody else's, also
// where the queue has not looked yet.
func TestOthersWaitForOwnPackets(t *testing.T) {
	fleets(t, func(t *testing.T, l *fleet) {
		wantTurn(t, l.files, outbox.WhyNothing, 0, 0)
		slow := make(chan struct{})
		l.mu.Lock()
		l.gate = slow
		l.mu.Unlock()
		commit(t, l.store, "a", dossier.KindHealth)
		time.AfterFunc(20*time.Second, func() { close(slow) })
		wantTurn(t, l.files, outbox.WhyNothing, 20*time.Second, 21*time.Second)
		l.want(t, "0: p-1")
	})
}

// Nobody stands there for ever: own files may take an hour, a queue may stand still.
func TestOthersWaitNotForEver(t *testing.T) {
	fleets(t, func(t *testing.T, l *fleet) {
		l.commit(t, "a", 1000) // 40 s of the line
		wantTurn(t, l.files, outbox.WhyNothing, 40*time.Second, 42*time.Second)
		l.commit(t, "b", 100_000)
		wantTurn(t, l.files, outbox.WhyOwnFirst, time.Minute, time.Minute)
	})
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "store"), store.Options{Log: slog.New(slog.DiscardHandler)})
		must(t, err)
		defer func() { must(t, s.Close()) }()
		files := outbox.NewFiles(s, outbox.NewQueue(s, nil, most), nil, most)
		commit(t, s, "a", dossier.KindHealth)
		wantTurn(t, files, outbox.WhyOwnFirst, time.Minute, time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := files.Turn(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("given up: %v", err)
		}
	})
}

// What rests lets others pass, where they have no part in its trouble.
func TestOthersPassWhatRests(t *testing.T) {
	refuse := func(dossier.Packet) error { return &trouble{code: dossier.CodeInvalid, refused: true} }
	for _, tt := range []struct {
		name  string
		say   func(dossier.Packet) error
		files func(string) error
		want  outbox.Why
	}{
		{"the portal asks for a pause", func(dossier.Packet) error { return &trouble{code: wire.CodeBusy, wait: 90 * time.Second} }, nil, outbox.WhyNothing},
		{"a packet that was refused", refuse, nil, outbox.WhyNothing},
		{"nothing answers", func(dossier.Packet) error { return errLine }, nil, outbox.WhyNoNetwork},
		{"the station is not known", func(dossier.Packet) error { return &trouble{code: dossier.CodeNotEnrolled, lane: true} }, nil, outbox.WhyIdentity},
		{"the portal has no room for a file", nil, func(string) error { return &trouble{code: wire.CodeNoRoom, lane: true, full: true} }, outbox.WhyNothing},
		{"a file that was refused", nil, func(string) error { return &trouble{code: dossier.CodeInvalid, refused: true} }, outbox.WhyNothing},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fleets(t, func(t *testing.T, l *fleet) {
				if tt.say != nil {
					l.set(tt.say)
				}
				if tt.files != nil {
					l.hears(tt.files)
				}
				l.commit(t, "a", 100)
				synctest.Wait()
				wantTurn(t, l.files, tt.want, 0, 0)
			})
		})
	}
}
