package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tramhoso/sync/store/internal/rows"
)

// How long things are kept.
const (
	BodyLife       = 30 * 24 * time.Hour // after 'held', when the portal never states a backup
	PrintKeyLife   = 24 * time.Hour      // after a confirmed print
	PrintKeyLast   = 7 * 24 * time.Hour  // without a confirmed print
	HandedCardLife = 30 * 24 * time.Hour // after the hand-over
	SubmitLife     = 30 * 24 * time.Hour // nobody taps again after that
)

// Swept counts what a sweep destroyed.
type Swept struct{ Bodies, PrintKeys, Dossiers, Submits int64 }

// Sweep destroys what has served its time. Jws and receipts stay as evidence.
func (s *Store) Sweep(ctx context.Context) (w Swept, err error) {
	now := s.now()
	before := func(d time.Duration) int64 { return now.Add(-d).UnixMilli() }
	null := func(ms int64) sql.NullInt64 { return sql.NullInt64{Int64: ms, Valid: true} }
	handed := null(before(HandedCardLife))
	err = s.tx(ctx, "sweep", func(tx *sql.Tx) (err error) {
		q := s.w.WithTx(tx)
		if w.Bodies, err = q.SweepBodies(ctx, rows.SweepBodiesParams{NowMs: null(now.UnixMilli()), HeldMs: null(before(BodyLife))}); err != nil {
			return err
		}
		if w.PrintKeys, err = q.SweepPrintKeys(ctx, rows.SweepPrintKeysParams{MadeMs: before(PrintKeyLast), PrintedMs: before(PrintKeyLife)}); err != nil {
			return err
		}
		if _, err = q.SweepResults(ctx, handed); err != nil {
			return err
		}
		if _, err = q.SweepCards(ctx, handed); err != nil {
			return err
		}
		if w.Dossiers, err = q.SweepDossiers(ctx, handed); err != nil {
			return err
		}
		w.Submits, err = q.SweepSubmits(ctx, before(SubmitLife))
		return err
	})
	if err == nil {
		err = s.sweepFiles(ctx)
	}
	if err != nil || w == (Swept{}) {
		return w, err
	}
	// What was overwritten must not live on in the log.
	if _, err := s.write.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return w, coded(fmt.Errorf("failed to clear the log: %w", err))
	}
	return w, nil
}
