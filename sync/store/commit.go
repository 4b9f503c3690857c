package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store/internal/hot"
	"tramhoso/sync/store/internal/rows"
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
	To     []byte // the citizen's key that it is sealed to; Apply refuses one that was replaced. nil: not looked at
	File   []byte // sealed, of a result that came with this news; Apply keeps the newest
	Spare  []byte // sealed as the counter's: what only the citizen's record holds
	Code   string // keyed hash of the agency's code that came with this news
}

// MarkFirst marks the card that is written with its dossier.
const MarkFirst = "first"

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
	HandOver string   // packet id of the dossier that is handed over, or ""
	Reissue  *Reissue // nil: no new slip is given in place of a lost one; it has a Print and a Leaf
	Withdraw string   // packet id of the dossier that is asked back, or ""; a Print without a Dossier is filed under it
	Leaf     *Leaf    // of the audit log; nil: nothing goes into it with this
	// Second follows in the same transaction, under the next sequence number: the
	// withdrawal of a dossier that the first replaces.
	Second *Second
}

// Second is a packet without a slip that goes in with another.
type Second struct {
	Packet dossier.Packet
	Digest string
}

// Submission is one tap on "submit".
type Submission struct {
	Token string // one per visit: a second tap brings the same
	Slip  bool   // take a slip serial
	// Build makes the rows for the numbers that this commit takes: they lie
	// inside the frozen bytes. Nobody else takes a number while it runs, and when
	// it fails they are given to the next. It must not commit anything itself.
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

// committing names the transaction.
const committing = "commit a submission"

// Commit writes everything about one submission in one transaction.
func (s *Store) Commit(ctx context.Context, sub Submission) (Committed, error) {
	if sub.Token == "" || len(sub.Token) > maxToken {
		return Committed{}, dossier.Errorf(dossier.CodeInvalid, "a submit token of %d bytes", len(sub.Token))
	}
	// Once begun, a tap on "submit" is not given up half-way.
	ctx = context.WithoutCancel(ctx)
	c, err := s.commit(ctx, sub)
	if err != nil {
		return Committed{}, coded(fmt.Errorf("failed to %s: %w", committing, err))
	}
	if !c.Again {
		s.change.tell()
	}
	return c, nil
}

func (s *Store) commit(ctx context.Context, sub Submission) (c Committed, err error) {
	s.number.Lock()
	defer s.number.Unlock()
	if err := s.point(Point{committing, Before}); err != nil {
		return c, err
	}
	last, err := s.last(ctx, sub.Token)
	if err != nil {
		return c, err
	}
	if tapsAreKnown && last.Known != "" {
		f, err := s.w.FirstResult(ctx, sub.Token)
		return Committed{Packet: f.Packet, Seq: uint64(f.Seq), Slip: f.Slip, SlipSerial: uint64(f.SlipSerial), PrintJob: f.PrintJob, Again: true}, err
	}
	c.Seq = uint64(last.Seq) + 1
	if sub.Slip {
		c.SlipSerial = uint64(last.Slip) + 1
	}
	r, err := sub.Build(c.Seq, c.SlipSerial)
	if err != nil {
		return c, fmt.Errorf("failed to build the packet: %w", err)
	}
	if err := r.check(c.Seq, sub.Slip); err != nil {
		return c, err
	}
	c.Packet = r.Packet.Head.ID
	if r.Dossier != nil {
		c.Slip = r.Dossier.Slip
	}
	if r.Print != nil {
		c.PrintJob = last.Job + 1
	}
	s.numbers.take(sub.Token)
	defer func() { s.numbers.gave(c, r.Second != nil, err) }()
	row, rest := r.row(c, sub.Token, s.ms())
	if len(rest) > 0 || r.HandOver != "" || r.Reissue != nil || r.Withdraw != "" || r.Second != nil || r.Leaf != nil || len(r.Packet.Head.Attachments) > 0 {
		err := s.commitMore(ctx, r, row, rest)
		if err == nil && r.Reissue != nil {
			s.lingers.Store(true) // what the lost slip opened
			if err := s.clearLog(ctx); err != nil {
				s.log.Warn("the log is cleared later", "err", err) // by the next sweep, or at the next start
			}
		}
		return c, err
	}
	// One statement is a transaction of its own.
	if err := s.point(Point{committing, Inside}); err != nil {
		return c, err
	}
	if err := s.submit(ctx, row); err != nil {
		return c, err
	}
	s.committed()
	_ = s.point(Point{committing, After}) // it is kept, whatever is said now
	return c, nil
}

// commitMore commits what does not go in with the one statement.
func (s *Store) commitMore(ctx context.Context, r Rows, row hot.SubmitParams, rest []Card) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	err = s.finish(tx, committing, func(tx *sql.Tx) error {
		if err := s.hot.WithTx(tx).Submit(ctx, row); err != nil {
			return err
		}
		if len(r.Packet.Head.Attachments) > 0 {
			if err := s.insertFiles(ctx, tx, r.Packet.Head); err != nil {
				return err
			}
		}
		for _, card := range rest {
			if _, err := s.addCard(ctx, tx, card, row.CreatedMs); err != nil {
				return err
			}
		}
		if r.Reissue != nil {
			if err := s.reissue(ctx, tx, r, row.Job.Int64, row.CreatedMs); err != nil {
				return err
			}
		}
		if withdrawnWithin {
			if err := s.withdraw(ctx, tx, r, row); err != nil {
				return err
			}
		}
		if r.Leaf != nil {
			if err := appendLeaf(ctx, s.w.WithTx(tx), *r.Leaf); err != nil {
				return err
			}
		}
		if r.HandOver == "" {
			return nil
		}
		return handOver(ctx, s.w.WithTx(tx), r.HandOver, row.CreatedMs)
	})
	if err != nil || withdrawnWithin {
		return err
	}
	return s.tx(ctx, "withdraw", func(tx *sql.Tx) error { return s.withdraw(ctx, tx, r, row) })
}

// secondRow is the packet that follows. No tap asks for its token.
func (r Rows) secondRow(first hot.SubmitParams) hot.SubmitParams {
	h := r.Second.Packet.Head
	return hot.SubmitParams{Seq: int64(h.Seq), ID: h.ID, Kind: string(h.Kind), Parent: h.Parent, Digest: r.Second.Digest, CreatedMs: first.CreatedMs,
		Jws: r.Second.Packet.JWS, Body: r.Second.Packet.Body, Priority: sql.NullInt64{Int64: int64(PriorityPacket), Valid: true},
		Token: first.Token + secondToken}
}

// secondToken makes the second packet's token of the first's.
const secondToken = "+"

func (r Rows) check(seq uint64, slip bool) error {
	if err := checkPacket(r.Packet, r.Digest, seq); err != nil {
		return err
	}
	if s := r.Second; s != nil {
		if err := checkPacket(s.Packet, s.Digest, seq+1); err != nil {
			return err
		}
		if len(s.Packet.Head.Attachments) > 0 {
			return dossier.Errorf(dossier.CodeInvalid, "a second packet has no attachments")
		}
	}
	switch {
	case slip != (r.Dossier != nil):
		return dossier.Errorf(dossier.CodeInvalid, "a slip serial and a dossier row belong together")
	case slip && (r.Dossier.Slip == "" || len(r.Dossier.Slip) > maxSlip):
		return dossier.Errorf(dossier.CodeInvalid, "a slip number of %d bytes", len(r.Dossier.Slip))
	case r.Print != nil && !slip && r.Reissue == nil && r.Withdraw == "":
		return dossier.Errorf(dossier.CodeInvalid, "a paper of no dossier")
	case r.Reissue != nil && (slip || r.Print == nil || r.HandOver != "" || r.Withdraw != "" || r.Second != nil || r.Leaf == nil || len(r.Reissue.New) == 0):
		return dossier.Errorf(dossier.CodeInvalid, "an unfinished new slip")
	}
	return nil
}

func checkPacket(p dossier.Packet, digest string, seq uint64) error {
	h := p.Head
	switch {
	case h.Seq != seq:
		return dossier.Errorf(dossier.CodeInvalid, "sequence %d inside the packet, %d taken", h.Seq, seq)
	case h.ID == "" || !h.Kind.Valid() || len(p.JWS) == 0 || len(p.Body) == 0 || digest == "":
		return dossier.Errorf(dossier.CodeInvalid, "an unfinished packet")
	case len(p.Body) > MaxBody:
		return dossier.Errorf(dossier.CodeInvalid, "a sealed body of %d bytes, at most %d", len(p.Body), MaxBody)
	}
	return nil
}

// row is what goes in with one statement. The dossier's own first cards are in
// it; the rest of the cards are not.
func (r Rows) row(c Committed, token string, now int64) (row hot.SubmitParams, rest []Card) {
	h := r.Packet.Head
	row = hot.SubmitParams{
		Seq: int64(h.Seq), ID: h.ID, Kind: string(h.Kind), Parent: h.Parent, Digest: r.Digest, CreatedMs: now,
		Jws: r.Packet.JWS, Body: r.Packet.Body, Priority: sql.NullInt64{Int64: int64(r.Priority), Valid: true},
		Token: token, SlipSerial: int64(c.SlipSerial),
	}
	if d := r.Dossier; d != nil {
		row.Slip, row.CitizenKey, row.IDIndex = text(d.Slip), d.CitizenKey, text(d.IDIndex)
	}
	if p := r.Print; p != nil {
		row.Job = sql.NullInt64{Int64: c.PrintJob, Valid: true}
		if r.Dossier != nil { // else the paper is another packet's, the dossier's that this one is about
			row.Paper, row.Sealed, row.Key = text(p.Kind), p.Sealed, p.Key
		}
	}
	for _, card := range r.Cards {
		own := card.Packet == h.ID && card.Mark == MarkFirst && len(card.Sealed) > 0 && len(card.File) == 0
		switch {
		case own && card.Class == ClassCitizen && row.Citizen == nil:
			row.Citizen = card.Sealed
		case own && card.Class == ClassCounter && row.Counter == nil:
			row.Counter = card.Sealed
		default:
			rest = append(rest, card)
		}
	}
	return row, rest
}

func text(s string) sql.NullString { return sql.NullString{String: s, Valid: true} }

// handOver refuses a second hand-over of the same dossier.
func handOver(ctx context.Context, q *rows.Queries, packet string, now int64) error {
	n, err := q.HandOver(ctx, rows.HandOverParams{HandedMs: sql.NullInt64{Int64: now, Valid: true}, Packet: packet})
	if err != nil {
		return err
	}
	if n == 0 {
		return whyNotHanded(ctx, q, packet)
	}
	return q.DropSpares(ctx, packet) // nobody needs a new slip any more
}

// whyNotHanded tells what was handed over from what was asked back: whoever stands
// there is told what happened.
func whyNotHanded(ctx context.Context, q *rows.Queries, packet string) error {
	k, err := q.Kept(ctx, packet)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return dossier.Errorf(dossier.CodeNotFound, "no dossier to hand over")
	case err != nil:
		return err
	case k.HandedMs.Valid:
		return dossier.Errorf(dossier.CodeBadTransition, "handed over already")
	}
	return dossier.Errorf(dossier.CodeWithdrawn, "asked back")
}
