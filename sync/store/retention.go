package store

import (
	"context"
	"database/sql"
	"time"

	"tramhoso/sync/store/internal/rows"
)

// How long each class of record lives, by the time that has come for certain
// ([Options.Sure]): a clock that jumped ahead destroys nothing, and a station that
// was switched off keeps a record for longer rather than shorter. Sweep ends them all but drafts, which age
// in powered-on time only (AgeDrafts).
const (
	// BodyLife is for a sealed body and its attachments, from the portal's
	// receipt on, where the portal never states a backup. One that it does state
	// ends them at once; what has no receipt is kept for ever.
	BodyLife = 30 * 24 * time.Hour
	// PrintKeyLife is for a print job, from the confirmed print on: a citizen who
	// comes back the same day can have it again.
	PrintKeyLife = 24 * time.Hour
	// PrintKeyLast is for a print job without a confirmed print.
	PrintKeyLast = 7 * 24 * time.Hour
	// HandedCardLife is for the cards and the result's file, from the hand-over on.
	HandedCardLife = 30 * 24 * time.Hour
	// SilentCardLife is for the cards of a dossier that nobody collects here,
	// from the last news on: results also go by post and over other counters. No
	// procedure lasts as long.
	SilentCardLife = 2 * 365 * 24 * time.Hour
	// SubmitLife is for the first result of a submit tap: nobody taps again after it.
	SubmitLife = 30 * 24 * time.Hour
	// DraftLife is for an interrupted visit, in powered-on time.
	DraftLife = 10 * time.Minute
)

// Swept counts what a sweep destroyed.
type Swept struct{ Bodies, PrintKeys, Dossiers, Submits int64 }

// Sweep destroys what has served its time: the bytes are overwritten in the
// database and leave its log. Jws and receipts stay as evidence.
func (s *Store) Sweep(ctx context.Context) (w Swept, err error) {
	now, exact, err := s.certain(ctx)
	if err != nil {
		return w, err
	}
	before := func(d time.Duration) int64 { return now.Add(-d).UnixMilli() }
	null := func(ms int64) sql.NullInt64 { return sql.NullInt64{Int64: ms, Valid: true} }
	handed, silent := null(before(HandedCardLife)), before(SilentCardLife)
	err = s.tx(ctx, "sweep", func(tx *sql.Tx) (err error) {
		q := s.w.WithTx(tx)
		if err := q.RaiseCounter(ctx, rows.RaiseCounterParams{Name: counterSure, Value: now.UnixMilli()}); err != nil {
			return err
		}
		if exact {
			if err := holdStamps(ctx, q, now); err != nil {
				return err
			}
		}
		if w.Bodies, err = q.SweepBodies(ctx, rows.SweepBodiesParams{NowMs: null(s.ms()), HeldMs: null(before(heldLife))}); err != nil {
			return err
		}
		if w.PrintKeys, err = q.SweepPrintKeys(ctx, rows.SweepPrintKeysParams{MadeMs: before(PrintKeyLast), PrintedMs: before(PrintKeyLife)}); err != nil {
			return err
		}
		if _, err = q.SweepResults(ctx, rows.SweepResultsParams{HandedMs: handed, SilentMs: silent}); err != nil {
			return err
		}
		if _, err = q.SweepCards(ctx, rows.SweepCardsParams{HandedMs: handed, SilentMs: silent}); err != nil {
			return err
		}
		if _, err = q.SweepFirstCards(ctx, rows.SweepFirstCardsParams{HandedMs: handed, SilentMs: silent}); err != nil {
			return err
		}
		if w.Dossiers, err = q.SweepDossiers(ctx, rows.SweepDossiersParams{HandedMs: handed, SilentMs: silent}); err != nil {
			return err
		}
		w.Submits, err = q.SweepSubmits(ctx, before(SubmitLife))
		return err
	})
	if err == nil {
		err = s.sweepFiles(ctx)
	}
	if w != (Swept{}) {
		s.lingers.Store(true)
	}
	if err != nil || !s.lingers.Load() {
		return w, err
	}
	return w, s.clearLog(ctx)
}
