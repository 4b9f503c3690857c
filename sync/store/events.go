package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tramhoso/sync/dossier"
)

// Cursor says how far the portal's events were applied. The zero value is the
// beginning.
type Cursor struct {
	Epoch string // changes when the portal begins its events anew
	N     uint64 // the last event applied
}

// Cursor returns how far events were applied.
func (s *Store) Cursor(ctx context.Context) (Cursor, error) {
	return readCursor(ctx, s.read)
}

func readCursor(ctx context.Context, q interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) (c Cursor, err error) {
	err = q.QueryRowContext(ctx, `SELECT epoch, n FROM cursor WHERE one = 1`).Scan(&c.Epoch, &c.N)
	if errors.Is(err, sql.ErrNoRows) {
		return Cursor{}, nil
	}
	if err != nil {
		return c, coded(fmt.Errorf("failed to read the cursor: %w", err))
	}
	return c, nil
}

// StartEpoch moves the cursor to the beginning of an epoch. Events that were
// applied before change nothing when they come again: their marks are known.
func (s *Store) StartEpoch(ctx context.Context, epoch string) error {
	return s.tx(ctx, "start an epoch", func(tx *sql.Tx) error {
		c, err := readCursor(ctx, tx)
		if err != nil || c.Epoch == epoch {
			return err
		}
		return setCursor(ctx, tx, Cursor{Epoch: epoch})
	})
}

func setCursor(ctx context.Context, tx *sql.Tx, c Cursor) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO cursor (one, epoch, n) VALUES (1, ?, ?)
		ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch, n = excluded.n`, c.Epoch, c.N)
	return err
}

// HistoryFrom notes that the portal said at (its own, signed time) what shows
// that its history began anew or was set back: what it said before then may be
// about packets that it has lost.
func (s *Store) HistoryFrom(ctx context.Context, at time.Time) error {
	return s.tx(ctx, "note a new history", func(tx *sql.Tx) error { return historyFrom(ctx, tx, at) })
}

func historyFrom(ctx context.Context, tx *sql.Tx, at time.Time) error {
	if at.IsZero() {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO counters (name, value) VALUES ('history_ms', ?)
		ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)`, at.UnixMilli())
	return err
}

// History is the time of the newest HistoryFrom; zero: there was none. Only a
// way that can bring old words late, such as a stick, needs to ask.
func (s *Store) History(ctx context.Context) (time.Time, error) {
	var at sql.NullInt64
	err := s.read.QueryRowContext(ctx, `SELECT max(value) FROM counters WHERE name = 'history_ms'`).Scan(&at)
	if err != nil {
		return time.Time{}, coded(fmt.Errorf("failed to read since when the portal's history holds: %w", err))
	}
	return fromMs(at), nil
}

// Durable takes the portal's verified word that receipts up to n survived a
// backup. It never goes back.
func (s *Store) Durable(ctx context.Context, n uint64) error {
	return s.tx(ctx, "take a backup's mark", func(tx *sql.Tx) error { return setDurable(ctx, tx, n) })
}

// Apply writes the cards of the event at and moves the cursor onto it, in one
// transaction. applied is false, and nothing changes, when at was applied
// already; an event beyond the next one is CodeConflict and waits. Cards of a
// dossier that is not (or no longer) here are left out.
func (s *Store) Apply(ctx context.Context, at Cursor, cards []Card) (applied bool, err error) {
	err = s.tx(ctx, "apply an event", func(tx *sql.Tx) error {
		c, err := readCursor(ctx, tx)
		if err != nil {
			return err
		}
		switch {
		case at.Epoch != c.Epoch || at.N > c.N+1:
			return dossier.Errorf(dossier.CodeConflict, "event %d does not follow %d", at.N, c.N)
		case at.N <= c.N:
			return nil
		}
		for _, card := range cards {
			var here int
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM dossiers WHERE packet = ?`, card.Packet).
				Scan(&here); err != nil {
				return err
			}
			if here == 0 {
				continue
			}
			if err := s.insertCard(ctx, tx, card, s.ms()); err != nil {
				return err
			}
		}
		applied = true
		return setCursor(ctx, tx, at)
	})
	if err != nil {
		return false, err
	}
	if applied {
		s.change.tell()
	}
	return applied, nil
}
