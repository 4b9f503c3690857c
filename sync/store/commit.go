package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tramhoso/sync/dossier"
)

// Limits of one commit.
const (
	MaxBody  = 256 << 10 // bytes of a sealed body in its row: usual ones are 2–20 KB, a drawn signature is the largest part
	maxSlip  = 64        // bytes of a slip number
	maxToken = 128       // bytes of a submit token
)

// Priority orders the outbox: the lowest goes first.
type Priority int

// The priorities.
const (
	PriorityHandover Priority = 1 // somebody must not collect twice
	PriorityPacket   Priority = 2
)

// Class says who can open a card.
type Class string

// The two classes of cards.
const (
	ClassCitizen Class = "citizen" // the secret in the slip's QR
	ClassCounter Class = "counter" // a staff log-in
)

// Card is one sealed piece of news about a dossier.
type Card struct {
	Packet string // of the dossier
	Class  Class
	Mark   string // the same mark twice is the same news; must not tell what it is
	Sealed []byte
	File   []byte // sealed, of a result that came with this news; Apply keeps the newest
}

// Dossier is the plain part of what a slip was given for.
type Dossier struct {
	Slip       string // slip number
	CitizenKey []byte // public key that citizen cards are sealed to
	IDIndex    string // keyed hash of the ID number, or "" if there is none
}

// Print is a paper to print with the key that opens it.
type Print struct {
	Kind   string // "slip", "form01", …
	Sealed []byte
	Key    []byte // wrapped; destroying it destroys the content
}

// Rows are what one commit writes.
type Rows struct {
	Packet   dossier.Packet
	Digest   string // what a receipt will sign
	Priority Priority
	Dossier  *Dossier // nil: no slip is given
	Print    *Print   // nil: nothing to print
	Cards    []Card
	HandOver string // packet id of the dossier that is handed over, or ""
}

// Submission is one tap on "submit".
type Submission struct {
	Token string // one per visit: a second tap brings the same
	Slip  bool   // take a slip serial
	// Build makes the rows for the numbers that this commit takes. It runs
	// inside the transaction, because the numbers lie inside the frozen bytes.
	Build func(seq, slipSerial uint64) (Rows, error)
}

// Committed says what was written.
type Committed struct {
	Packet     string
	Seq        uint64
	Slip       string // slip number or ""
	SlipSerial uint64
	PrintJob   int64 // 0: none
	Again      bool  // the token was used before: this is the first result
}

// Commit writes everything about one submission in one transaction.
func (s *Store) Commit(ctx context.Context, sub Submission) (Committed, error) {
	if sub.Token == "" || len(sub.Token) > maxToken {
		return Committed{}, dossier.Errorf(dossier.CodeInvalid, "a submit token of %d bytes", len(sub.Token))
	}
	// Once begun, a tap on "submit" is not given up half-way.
	ctx = context.WithoutCancel(ctx)
	var c Committed
	err := s.tx(ctx, "commit a submission", func(tx *sql.Tx) error {
		var err error
		c, err = s.firstResult(ctx, tx, sub.Token)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if c.Seq, err = s.nextNumber(ctx, tx, "seq"); err != nil {
			return err
		}
		if sub.Slip {
			if c.SlipSerial, err = s.nextNumber(ctx, tx, "slip"); err != nil {
				return err
			}
		}
		rows, err := sub.Build(c.Seq, c.SlipSerial)
		if err != nil {
			return fmt.Errorf("failed to build the packet: %w", err)
		}
		if err := rows.check(c.Seq, sub.Slip); err != nil {
			return err
		}
		c.Packet = rows.Packet.Head.ID
		if rows.Dossier != nil {
			c.Slip = rows.Dossier.Slip
		}
		if c.PrintJob, err = s.insert(ctx, tx, rows); err != nil {
			return err
		}
		_, err = s.in(ctx, tx, sqlInsertSubmit).ExecContext(ctx, sub.Token, c.Packet, c.Slip, c.SlipSerial, c.PrintJob, s.ms())
		return err
	})
	if err != nil {
		return Committed{}, err
	}
	s.change.tell()
	return c, nil
}

func (s *Store) firstResult(ctx context.Context, tx *sql.Tx, token string) (Committed, error) {
	c := Committed{Again: true}
	err := s.in(ctx, tx, sqlFirstResult).QueryRowContext(ctx, token).
		Scan(&c.Packet, &c.Seq, &c.Slip, &c.SlipSerial, &c.PrintJob)
	if err != nil {
		return Committed{}, err
	}
	return c, nil
}

// nextNumber takes the next value of a counter; a rolled-back transaction gives
// it back, so there are no gaps.
func (s *Store) nextNumber(ctx context.Context, tx *sql.Tx, name string) (n uint64, err error) {
	err = s.in(ctx, tx, sqlNextNumber).QueryRowContext(ctx, name).Scan(&n)
	return n, err
}

func (r Rows) check(seq uint64, slip bool) error {
	h := r.Packet.Head
	switch {
	case h.Seq != seq:
		return dossier.Errorf(dossier.CodeInvalid, "sequence %d inside the packet, %d taken", h.Seq, seq)
	case h.ID == "" || !h.Kind.Valid() || len(r.Packet.JWS) == 0 || len(r.Packet.Body) == 0 || r.Digest == "":
		return dossier.Errorf(dossier.CodeInvalid, "an unfinished packet")
	case len(r.Packet.Body) > MaxBody:
		return dossier.Errorf(dossier.CodeInvalid, "a sealed body of %d bytes, at most %d", len(r.Packet.Body), MaxBody)
	case slip != (r.Dossier != nil):
		return dossier.Errorf(dossier.CodeInvalid, "a slip serial and a dossier row belong together")
	case slip && (r.Dossier.Slip == "" || len(r.Dossier.Slip) > maxSlip):
		return dossier.Errorf(dossier.CodeInvalid, "a slip number of %d bytes", len(r.Dossier.Slip))
	}
	return nil
}

func (s *Store) insert(ctx context.Context, tx *sql.Tx, r Rows) (job int64, err error) {
	h, now := r.Packet.Head, s.ms()
	if _, err = s.in(ctx, tx, sqlInsertPacket).ExecContext(ctx,
		h.ID, h.Seq, string(h.Kind), h.Parent, r.Packet.JWS, r.Packet.Body, r.Digest, now); err != nil {
		return 0, err
	}
	if _, err = s.in(ctx, tx, sqlInsertOutbox).ExecContext(ctx,
		h.Seq, int(r.Priority)); err != nil {
		return 0, err
	}
	if len(h.Attachments) > 0 {
		if err = s.insertFiles(ctx, tx, h); err != nil {
			return 0, err
		}
	}
	if d := r.Dossier; d != nil {
		if _, err = s.in(ctx, tx, sqlInsertDossier).ExecContext(ctx,
			h.ID, d.Slip, d.CitizenKey, d.IDIndex, now); err != nil {
			return 0, err
		}
	}
	for _, c := range r.Cards {
		if err = s.insertCard(ctx, tx, c, now); err != nil {
			return 0, err
		}
	}
	if r.HandOver != "" {
		if err = markHanded(ctx, tx, r.HandOver, now); err != nil {
			return 0, err
		}
	}
	if r.Print != nil {
		job, err = s.insertPrint(ctx, tx, h.ID, *r.Print, now)
	}
	return job, err
}

// markHanded refuses a second hand-over of the same dossier.
func markHanded(ctx context.Context, tx *sql.Tx, packet string, now int64) error {
	res, err := tx.ExecContext(ctx, `UPDATE dossiers SET handed_ms = ? WHERE packet = ? AND handed_ms IS NULL`, now, packet)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return dossier.Errorf(dossier.CodeBadTransition, "not here, or handed over already")
	}
	return nil
}
