package main

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"tramhoso/app/visit"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/store"
)

// A tap whose commit was kept though nobody heard of it: the second one has the
// slip printed, unless that has begun.
func TestASecondTapPrintsWhatTheFirstKept(t *testing.T) {
	ctx := t.Context()
	s := openStation(ctx, quiet(t, filepath.Join(t.TempDir(), "data")), slog.New(slog.DiscardHandler))
	t.Cleanup(s.close)
	must(t, s.enrolWith(ctx, openOffice(t).token(t)))
	d := prove.Dossier(time.Now())
	for _, state := range []store.PrintState{store.PrintRendered, store.PrintSending, store.PrintPrinted} {
		token := "tap " + string(state)
		kept, err := s.outbox.SubmitDossier(ctx, token, d, agencyOf, func(outbox.Facts) ([]byte, error) { return []byte("slip"), nil })
		must(t, err)
		for _, to := range []store.PrintState{store.PrintSending, store.PrintPrinted} {
			if state == to || state == store.PrintPrinted {
				must(t, s.store.SetPrint(ctx, kept.PrintJob, to, ""))
			}
		}
		done, err := (letters{s}).Submit(ctx, visit.Letter{Token: token, Dossier: d})
		must(t, err)
		if done.Slip != kept.Slip || done.Job != kept.PrintJob {
			t.Errorf("%+v, not %+v", done, kept)
		}
		if queued := s.press.Queued(kept.PrintJob); queued != (state == store.PrintRendered) {
			t.Errorf("a slip that is %s: queued is %v", state, queued)
		}
	}
}
