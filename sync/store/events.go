package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store/internal/rows"
)

// Counters beside the slips' serial.
const (
	counterSeq     = "seq"        // the last packet's number
	counterProbe   = "probe"      // writes that only asked whether the database can be written
	counterHistory = "history_ms" // since when the portal's present history holds
	counterSure    = "sure_ms"    // the latest time that had come for certain
	counterMirror  = "mirror_ms"  // when a packet was last written to the second medium
	counterDurable = "durable"    // the receipt's counter up to which the portal's backup reaches
)

// Cursor says how far the portal's events were applied. The zero value is the
// beginning.
type Cursor struct {
	Epoch string // changes when the portal begins its events anew
	N     uint64 // the last event applied
}

// Cursor returns how far events were applied.
func (s *Store) Cursor(ctx context.Context) (Cursor, error) {
	return readCursor(ctx, s.r)
}

func readCursor(ctx context.Context, q *rows.Queries) (Cursor, error) {
	c, err := q.Cursor(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Cursor{}, nil
	}
	if err != nil {
		return Cursor{}, coded(fmt.Errorf("failed to read the cursor: %w", err))
	}
	return Cursor{Epoch: c.Epoch, N: uint64(c.N)}, nil
}

// StartEpoch moves the cursor to the beginning of an epoch. Events that were
// applied before change nothing when they come again: their marks are known. A
// second epoch is that of a portal which was set up from a backup: everything that
// is still here is offered again. So may the first one be, where packets were
// receipted before any events were heard: receipts name no history. Only here can
// it be noticed. Asking again every hour mends nothing: once the cursor is in the
// second history there is no change of epoch to see, and as soon as packets that came
// by another way have brought the counter up, none that runs backwards either.
func (s *Store) StartEpoch(ctx context.Context, epoch string) error {
	again := 0
	err := s.tx(ctx, "start an epoch", func(tx *sql.Tx) error {
		q := s.w.WithTx(tx)
		c, err := readCursor(ctx, q)
		if err != nil || c.Epoch == epoch {
			return err
		}
		if setBacksCount {
			if again, err = offerEverything(ctx, q, ""); err != nil {
				return err
			}
		}
		if err := s.forgetAsides(ctx, q); err != nil {
			return err
		}
		return q.SetCursor(ctx, rows.SetCursorParams{Epoch: epoch})
	})
	if err == nil && again > 0 {
		s.change.tell()
	}
	return err
}

// HistoryFrom notes that the portal said at (its own, signed time) what shows
// that its history began anew or was set back: what it said before then may be
// about packets that it has lost.
func (s *Store) HistoryFrom(ctx context.Context, at time.Time) error {
	return s.tx(ctx, "note a new history", func(tx *sql.Tx) error { return historyFrom(ctx, s.w.WithTx(tx), at) })
}

func historyFrom(ctx context.Context, q *rows.Queries, at time.Time) error {
	if at.IsZero() {
		return nil
	}
	return q.RaiseCounter(ctx, rows.RaiseCounterParams{Name: counterHistory, Value: at.UnixMilli()})
}

// History is the time of the newest HistoryFrom; zero: there was none. Only a
// way that can bring old words late, such as a stick, needs to ask.
func (s *Store) History(ctx context.Context) (time.Time, error) {
	at, err := s.r.Counter(ctx, counterHistory)
	if err != nil {
		return time.Time{}, coded(fmt.Errorf("failed to read since when the portal's history holds: %w", err))
	}
	return fromMs(sql.NullInt64{Int64: at, Valid: at != 0}), nil
}

// Durable takes the portal's verified word that receipts up to n survived a
// backup in that epoch; in another than the cursor's it means nothing. It never
// goes back.
func (s *Store) Durable(ctx context.Context, epoch string, n uint64) error {
	if err := kept64(n); err != nil {
		return err
	}
	return s.tx(ctx, "take a backup's mark", func(tx *sql.Tx) error { return setDurable(ctx, s.w.WithTx(tx), epoch, n) })
}

// Apply writes the cards of the event at and moves the cursor onto it, in one
// transaction. applied is false, and nothing changes, when at was applied
// already; an event beyond the next one is CodeConflict and waits, and so does one
// whose card was sealed before a new slip was given. Cards of a dossier that is not
// (or no longer) here are left out. told goes with it; a status that was told with
// cards which are all known is old, and comes again in another epoch.
func (s *Store) Apply(ctx context.Context, at Cursor, cards []Card, told ...Told) (applied bool, err error) {
	if err := kept64(at.N); err != nil {
		return false, err
	}
	err = s.tx(ctx, "apply an event", func(tx *sql.Tx) error {
		q := s.w.WithTx(tx)
		c, err := readCursor(ctx, q)
		if err != nil {
			return err
		}
		switch {
		case at.Epoch != c.Epoch || gapsWait && at.N > c.N+1:
			return dossier.Errorf(dossier.CodeConflict, "event %d does not follow %d", at.N, c.N)
		case at.N <= c.N:
			return nil
		}
		fresh := len(cards) == 0
		for _, card := range cards {
			here, err := q.DossierHere(ctx, card.Packet)
			if err != nil {
				return err
			}
			if here == 0 {
				continue
			}
			if err := sealedFor(ctx, q, card); err != nil {
				return err
			}
			added, err := s.addCard(ctx, tx, card, s.ms())
			if err != nil {
				return err
			}
			fresh = fresh || added
		}
		for _, t := range told {
			if t.Aside == nil && !fresh {
				continue
			}
			if err := s.tell(ctx, q, t); err != nil {
				return err
			}
		}
		applied = true
		return q.SetCursor(ctx, rows.SetCursorParams{Epoch: at.Epoch, N: int64(at.N)})
	})
	if err != nil {
		return false, err
	}
	if applied {
		s.change.tell()
	}
	return applied, nil
}
