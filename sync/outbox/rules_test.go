package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

func TestParseWindow(t *testing.T) {
	for s, want := range map[string]outbox.Window{
		"":            {},
		"20:00-06:00": {From: 20 * time.Hour, To: 6 * time.Hour},
		"11:30-13:05": {From: 11*time.Hour + 30*time.Minute, To: 13*time.Hour + 5*time.Minute},
	} {
		if w, err := outbox.ParseWindow(s); err != nil || w != want {
			t.Errorf("%q: %+v, %v", s, w, err)
		}
	}
	for _, s := range []string{"20:00", "20:00-24:00", "8:00-10:00", "20:00-20:00", "20:00 06:00", "20.00-06.00", "20:00-06:60"} {
		if w, err := outbox.ParseWindow(s); err == nil {
			t.Errorf("%q was taken for %+v", s, w)
		}
	}
}

// carrier takes every file at once and counts.
type carrier struct{ files atomic.Int32 }

func (c *carrier) Carry(_ context.Context, _ string, a dossier.Attachment, _ io.ReaderAt, _ int64) (int64, error) {
	c.files.Add(1)
	return a.Size, nil
}

func (c *carrier) State(context.Context, dossier.Packet) (dossier.Receipt, string, []string, error) {
	return dossier.Receipt{}, "", nil, errLine
}

// lane runs f beside the lane of a station with one attachment to carry.
func lane(t *testing.T, rules outbox.Rules, f func(t *testing.T, files *outbox.Files, c *carrier)) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		a, err := r.AddFile(t.Context(), "draft", "paper", bytes.NewReader(make([]byte, 9000)))
		must(t, err)
		s, err := r.SubmitDossier(t.Context(), "draft", prove.Dossier(start), "UBND xã Ea Thử", draw, a)
		must(t, err)
		p, err := r.store.Packet(t.Context(), s.Packet)
		must(t, err)
		rec, compact, err := r.province.Receipt(p, 1, start)
		must(t, err)
		rec.State = wire.StateHeld
		_, err = r.store.Held(t.Context(), rec, compact)
		must(t, err)

		q := outbox.NewQueue(r.store, slog.New(slog.DiscardHandler), most)
		files := outbox.NewFiles(r.store, q, slog.New(slog.DiscardHandler), most)
		files.Keep(rules)
		c := &carrier{}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- files.Run(ctx, c) }()
		synctest.Wait()
		f(t, files, c)
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestFilesWaitForAnotherNetwork(t *testing.T) {
	lane(t, outbox.Rules{Metered: true}, func(t *testing.T, files *outbox.Files, c *carrier) {
		time.Sleep(48 * time.Hour)
		if st := files.State(); st.Why != outbox.WhyMetered || st.Waiting != 1 || !st.NextAttempt.IsZero() || c.files.Load() != 0 {
			t.Errorf("%+v, %d carried", st, c.files.Load())
		}
	})
}

// The bubble's clock begins at midnight, UTC.
func TestFilesWaitForTheirHours(t *testing.T) {
	w := outbox.Window{From: 20 * time.Hour, To: 6 * time.Hour}
	at := func(h int) func() time.Time {
		began := time.Date(2026, 7, 14, h, 0, 0, 0, time.UTC)
		var real time.Time
		return func() time.Time {
			if real.IsZero() {
				real = time.Now()
			}
			return began.Add(time.Since(real))
		}
	}
	lane(t, outbox.Rules{Window: w, Now: at(9)}, func(t *testing.T, files *outbox.Files, c *carrier) {
		st := files.State()
		if st.Why != outbox.WhyWindow || time.Until(st.NextAttempt).Round(time.Second) != 11*time.Hour {
			t.Errorf("%+v, in %v", st, time.Until(st.NextAttempt))
		}
		time.Sleep(11*time.Hour - time.Second)
		synctest.Wait()
		if c.files.Load() != 0 {
			t.Error("carried before its hours")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if c.files.Load() != 1 {
			t.Errorf("carried %d in its hours: %+v", c.files.Load(), files.State())
		}
	})
	lane(t, outbox.Rules{Window: w, Now: at(5)}, func(t *testing.T, files *outbox.Files, c *carrier) {
		if c.files.Load() != 1 {
			t.Errorf("after midnight: %+v", files.State())
		}
	})
}

// due is trouble with a certificate's days.
type due struct {
	*trouble
	early, late bool
}

func (d due) Day() (early, late bool) { return d.early, d.late }

func TestQueueTellsTheDaysApart(t *testing.T) {
	for want, err := range map[outbox.Why]error{
		outbox.WhyClock:       due{&trouble{lane: true}, true, false},
		outbox.WhyCertificate: due{&trouble{lane: true}, false, true},
		outbox.WhyIdentity:    due{&trouble{lane: true}, false, false},
	} {
		flights(t, 1, func(t *testing.T, _ *store.Store, q *outbox.Queue, l *slowLine) {
			l.set(func() { l.broken = err })
			time.Sleep(5 * time.Second)
			if st := q.State(); st.Why != want || st.NextAttempt.IsZero() {
				t.Errorf("%+v, want %s", st, want)
			}
		})
	}
}
