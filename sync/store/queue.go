package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tramhoso/sync/dossier"
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
	Packets int
	Refused int       // of these, refused by the portal and waiting for a person
	Oldest  time.Time // zero: nothing waits
}

// Outgoing returns up to limit packets in the order in which they go. Refused
// ones come last, the least tried first, so that each gets its turn.
func (s *Store) Outgoing(ctx context.Context, limit int) (list []Outgoing, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT p.jws, p.body, o.priority, o.attempts, o.refused
		FROM outbox o JOIN packets p ON p.seq = o.seq WHERE p.body IS NOT NULL
		ORDER BY o.refused <> '', CASE WHEN o.refused = '' THEN 0 ELSE o.attempts END, o.priority, o.seq LIMIT ?`, limit)
	if err != nil {
		return nil, coded(fmt.Errorf("failed to read the outbox: %w", err))
	}
	defer func() { err = coded(errors.Join(err, rows.Close())) }()
	for rows.Next() {
		var (
			o         Outgoing
			jws, body []byte
		)
		if err := rows.Scan(&jws, &body, &o.Priority, &o.Attempts, &o.Refused); err != nil {
			return nil, fmt.Errorf("failed to read the outbox: %w", err)
		}
		if o.Packet, err = thaw(jws, body); err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, rows.Err()
}

// Waiting sums up the outbox.
func (s *Store) Waiting(ctx context.Context) (Waiting, error) {
	var (
		w      Waiting
		oldest sql.NullInt64
	)
	err := s.read.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(o.refused <> ''), 0), min(p.created_ms)
		FROM outbox o JOIN packets p ON p.seq = o.seq`).Scan(&w.Packets, &w.Refused, &oldest)
	if err != nil {
		return w, coded(fmt.Errorf("failed to sum up the outbox: %w", err))
	}
	w.Oldest = fromMs(oldest)
	return w, nil
}

// Attempted counts an attempt that brought no receipt. refused is the portal's
// reason for not taking this very packet, or "".
func (s *Store) Attempted(ctx context.Context, id string, refused dossier.Code) error {
	_, err := s.write.ExecContext(ctx, `UPDATE outbox SET attempts = attempts + 1, refused = ?
		WHERE seq = (SELECT seq FROM packets WHERE id = ?)`,
		string(refused), id)
	if err != nil {
		return coded(fmt.Errorf("failed to note an attempt: %w", err))
	}
	return nil
}

// Held takes a verified receipt: the packet leaves the outbox. It returns how
// many packets are offered again because the receipt shows a portal that was
// set back: it gave a counter a second time, so it has lost everything since.
func (s *Store) Held(ctx context.Context, r dossier.Receipt, compact string) (again int, err error) {
	err = s.tx(ctx, "keep a receipt", func(tx *sql.Tx) error {
		var digest string
		err := tx.QueryRowContext(ctx, `SELECT digest FROM packets WHERE id = ?`, r.Packet).Scan(&digest)
		if errors.Is(err, sql.ErrNoRows) {
			return dossier.E(dossier.CodeNotFound, err)
		}
		if err != nil {
			return err
		}
		if digest != r.Digest {
			return dossier.Errorf(dossier.CodeConflict, "a receipt for other bytes")
		}
		if again, err = offerAgain(ctx, tx, r); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE packets SET receipt = ?, counter = ?, held_ms = ? WHERE id = ?`,
			compact, r.Counter, s.ms(), r.Packet); err != nil {
			return err
		}
		if err := setDurable(ctx, tx, r.Durable); err != nil {
			return err
		}
		if err := takeFiles(ctx, tx, r); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM outbox WHERE seq = (SELECT seq FROM packets WHERE id = ?)`, r.Packet)
		return err
	})
	if err != nil {
		return 0, err
	}
	s.change.tell()
	return again, nil
}

// LastCounter is the highest receipt counter the station has seen of the
// portal's present history.
func (s *Store) LastCounter(ctx context.Context) (n uint64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT coalesce(max(counter), 0) FROM packets`).Scan(&n)
	if err != nil {
		return 0, coded(fmt.Errorf("failed to read the last receipt's counter: %w", err))
	}
	return n, nil
}

// Watermark takes the portal's verified word about its receipts: up to durable
// they survived a backup. seen is LastCounter from before the portal was asked;
// when counter lies below it, the portal was set back and everything since is
// offered again.
func (s *Store) Watermark(ctx context.Context, seen, counter, durable uint64) (again int, err error) {
	err = s.tx(ctx, "take a watermark", func(tx *sql.Tx) error {
		if counter < seen {
			if again, err = offerSince(ctx, tx, counter+1, ""); err != nil {
				return err
			}
		}
		return setDurable(ctx, tx, durable)
	})
	if err == nil && again > 0 {
		s.change.tell()
	}
	return again, err
}

func setDurable(ctx context.Context, tx *sql.Tx, durable uint64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO counters (name, value) VALUES ('durable', ?)
		ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)`, durable)
	return err
}

// offerAgain finds a receipt that shows a portal that was set back: it gave a
// counter a second time. A counter that is merely lower proves nothing: the
// answer to an old attempt may have been lost in a crash and come only now.
func offerAgain(ctx context.Context, tx *sql.Tx, r dossier.Receipt) (int, error) {
	var other int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM packets WHERE counter = ? AND id <> ?`, r.Counter, r.Packet).
		Scan(&other)
	if err != nil || other == 0 {
		return 0, err
	}
	if err := historyFrom(ctx, tx, r.At); err != nil {
		return 0, err
	}
	return offerSince(ctx, tx, r.Counter, r.Packet)
}

// offerSince puts every packet back whose receipt has a counter from on, except
// one, and forgets those receipts: the portal has.
func offerSince(ctx context.Context, tx *sql.Tx, from uint64, except string) (int, error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO outbox (seq, priority)
		SELECT seq, CASE kind WHEN 'handover' THEN ? ELSE ? END FROM packets
		WHERE counter >= ? AND id <> ? AND body IS NOT NULL ON CONFLICT (seq) DO NOTHING`,
		int(PriorityHandover), int(PriorityPacket), from, except)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE packets SET counter = NULL,
		receipt = CASE WHEN body IS NULL THEN receipt END, held_ms = CASE WHEN body IS NULL THEN held_ms END
		WHERE counter >= ? AND id <> ?`, from, except)
	return int(n), err
}
