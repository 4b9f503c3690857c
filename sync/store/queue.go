package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store/internal/rows"
)

// Outgoing is one packet that has no receipt yet.
type Outgoing struct {
	Packet   dossier.Packet
	Priority Priority
	Attempts int
	Refused  dossier.Code // why the portal would not take it, or ""
}

// Waiting counts what has no receipt yet.
type Waiting struct {
	Packets  int
	Dossiers int       // of these, dossiers: the others are withdrawals, hand-overs, ratings and what the station says of itself
	Refused  int       // of these, refused by the portal and waiting for a person
	GivenUp  int       // of those, not offered any more
	Oldest   time.Time // zero: nothing waits
}

// Outgoing returns up to limit packets in the order in which they go. Refused
// ones come last, the least tried first, so that each gets its turn, until they
// had RefusedTries.
func (s *Store) Outgoing(ctx context.Context, limit int) ([]Outgoing, error) {
	found, err := s.r.Outgoing(ctx, rows.OutgoingParams{RefusedMost: RefusedTries, Most: int64(limit)})
	if err != nil {
		return nil, coded(fmt.Errorf("failed to read the outbox: %w", err))
	}
	list := make([]Outgoing, len(found))
	for i, f := range found {
		list[i] = Outgoing{Priority: Priority(f.Priority), Attempts: int(f.Attempts), Refused: dossier.Code(f.Refused)}
		if list[i].Packet, err = thaw(f.Jws, f.Body); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Waiting sums up the outbox.
func (s *Store) Waiting(ctx context.Context) (Waiting, error) {
	w, err := s.r.Waiting(ctx, RefusedTries)
	if err != nil {
		return Waiting{}, coded(fmt.Errorf("failed to sum up the outbox: %w", err))
	}
	return Waiting{Packets: int(w.Packets), Dossiers: int(w.Dossiers), Refused: int(w.Refused), GivenUp: int(w.GivenUp), Oldest: fromMs(sql.NullInt64{Int64: w.OldestMs, Valid: w.Packets > 0})}, nil
}

// Attempted counts an attempt that brought no receipt. refused is the portal's
// reason for not taking this very packet, or "".
func (s *Store) Attempted(ctx context.Context, id string, refused dossier.Code) error {
	if err := s.w.Attempted(ctx, rows.AttemptedParams{Code: string(refused), ID: id}); err != nil {
		return coded(fmt.Errorf("failed to note an attempt: %w", err))
	}
	return nil
}

// Held takes a verified receipt: the packet leaves the outbox. It returns how
// many packets are offered again because the receipt shows a portal that was
// set back: it gave a counter a second time, so it has lost everything since.
func (s *Store) Held(ctx context.Context, r dossier.Receipt, compact string) (again int, err error) {
	if err := kept64(r.Counter, r.Durable); err != nil {
		return 0, err
	}
	err = s.tx(ctx, "keep a receipt", func(tx *sql.Tx) error {
		q := s.w.WithTx(tx)
		digest, err := q.PacketDigest(ctx, r.Packet)
		if errors.Is(err, sql.ErrNoRows) {
			return dossier.E(dossier.CodeNotFound, err)
		}
		if err != nil {
			return err
		}
		if digest != r.Digest {
			return dossier.Errorf(dossier.CodeConflict, "a receipt for other bytes")
		}
		if again, err = offerAgain(ctx, q, r); err != nil {
			return err
		}
		if err := q.KeepReceipt(ctx, rows.KeepReceiptParams{Receipt: text(compact), Counter: sql.NullInt64{Int64: int64(r.Counter), Valid: true},
			HeldMs: sql.NullInt64{Int64: s.ms(), Valid: true}, ID: r.Packet}); err != nil {
			return err
		}
		// What the receipt says about backups is not taken: it does not say of which
		// history, and may be a portal's that was set back and has run past what it
		// lost.
		if err := takeFiles(ctx, q, r); err != nil {
			return err
		}
		if err := quarantined(ctx, q, r, s.ms()); err != nil {
			return err
		}
		return q.LeaveOutbox(ctx, r.Packet)
	})
	if err != nil {
		return 0, err
	}
	s.change.tell()
	return again, nil
}

// LastCounter is the highest receipt counter the station has seen of the
// portal's present history.
func (s *Store) LastCounter(ctx context.Context) (uint64, error) {
	n, err := s.r.LastCounter(ctx)
	if err != nil {
		return 0, coded(fmt.Errorf("failed to read the last receipt's counter: %w", err))
	}
	return uint64(n), nil
}

// Watermark takes the portal's verified word about its receipts: up to durable
// they survived a backup, which holds in that epoch only (StartEpoch comes first). seen is LastCounter from before the portal was asked;
// when counter lies below it, the portal was set back and everything that is still
// here is offered again.
func (s *Store) Watermark(ctx context.Context, epoch string, seen, counter, durable uint64) (again int, err error) {
	if err := kept64(counter, durable); err != nil {
		return 0, err
	}
	err = s.tx(ctx, "take a watermark", func(tx *sql.Tx) error {
		q := s.w.WithTx(tx)
		if setBacksCount && counter < seen {
			if again, err = offerEverything(ctx, q, ""); err != nil {
				return err
			}
		}
		return setDurable(ctx, q, epoch, durable)
	})
	if err == nil && again > 0 {
		s.change.tell()
	}
	return again, err
}

// kept64 refuses numbers that a database does not hold: they would come back as
// less than nothing.
func kept64(numbers ...uint64) error {
	for _, n := range numbers {
		if n > math.MaxInt64 {
			return dossier.Errorf(dossier.CodeInvalid, "a counter of %d", n)
		}
	}
	return nil
}

// setDurable raises how far the portal's backup goes. The word of another epoch
// than the cursor's counts other packets: it would have destroyed here what that
// portal has lost.
func setDurable(ctx context.Context, q *rows.Queries, epoch string, durable uint64) error {
	c, err := readCursor(ctx, q)
	if err != nil || epochsCount && c.Epoch != epoch {
		return err
	}
	return q.RaiseCounter(ctx, rows.RaiseCounterParams{Name: counterDurable, Value: int64(durable)})
}

// offerAgain finds a receipt that shows a portal that was set back: it gave a
// counter a second time. A counter that is merely lower proves nothing: the
// answer to an old attempt may have been lost in a crash and come only now.
func offerAgain(ctx context.Context, q *rows.Queries, r dossier.Receipt) (int, error) {
	others, err := q.CounterTwice(ctx, rows.CounterTwiceParams{Counter: sql.NullInt64{Int64: int64(r.Counter), Valid: true}, ID: r.Packet})
	if err != nil || others == 0 || !setBacksCount {
		return 0, err
	}
	if err := historyFrom(ctx, q, r.At); err != nil {
		return 0, err
	}
	return offerEverything(ctx, q, r.Packet)
}

// offerEverything puts every packet back that has a receipt and is still here,
// except one, and forgets those receipts: the portal may have. From where on it
// has lost them its counters do not say: it has used some of them for packets that
// came by a stick, and this station may never see those receipts. What the portal
// does have it answers with the same receipt. Its word about backups ends too.
func offerEverything(ctx context.Context, q *rows.Queries, except string) (int, error) {
	n, err := q.OfferEverything(ctx, except)
	if err != nil {
		return 0, err
	}
	if err := q.DropCounter(ctx, counterDurable); err != nil {
		return 0, err
	}
	return int(n), q.ForgetReceipts(ctx, except)
}
