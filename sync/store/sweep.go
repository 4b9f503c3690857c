package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
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
	handed := before(HandedCardLife)
	steps := []struct {
		n     *int64
		query string
		args  []any
	}{
		{&w.Bodies, `UPDATE packets SET body = NULL, purged_ms = ? WHERE body IS NOT NULL AND held_ms IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.seq = packets.seq)
			AND NOT EXISTS (SELECT 1 FROM packet_files f WHERE f.seq = packets.seq AND f.state < 2)
			AND (held_ms <= ? OR counter <= (SELECT value FROM counters WHERE name = 'durable'))`,
			[]any{now.UnixMilli(), before(BodyLife)}},
		{&w.PrintKeys, `UPDATE print_jobs SET key = NULL, sealed = NULL WHERE key IS NOT NULL AND (created_ms <= ?
			OR coalesce(root, id) IN (SELECT coalesce(root, id) FROM print_jobs WHERE state = 'printed' AND changed_ms <= ?))`,
			[]any{before(PrintKeyLast), before(PrintKeyLife)}},
		{nil, `DELETE FROM result_files WHERE packet IN (SELECT packet FROM dossiers WHERE handed_ms <= ?)`, []any{handed}},
		{nil, `DELETE FROM cards WHERE packet IN (SELECT packet FROM dossiers WHERE handed_ms <= ?)`, []any{handed}},
		{&w.Dossiers, `DELETE FROM dossiers WHERE handed_ms <= ?`, []any{handed}},
		{&w.Submits, `DELETE FROM submits WHERE created_ms <= ?`, []any{before(SubmitLife)}},
	}
	err = s.tx(ctx, "sweep", func(tx *sql.Tx) error {
		for _, step := range steps {
			res, err := tx.ExecContext(ctx, step.query, step.args...)
			if err != nil {
				return err
			}
			if step.n == nil {
				continue
			}
			if *step.n, err = res.RowsAffected(); err != nil {
				return err
			}
		}
		return nil
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
