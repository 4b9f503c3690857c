package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store/internal/rows"
)

// MaxReissues bounds the new slips of one dossier: who lost as many is helped by
// a clerk who knows them, and who never lost one must not be able to spend a
// roll, or to keep the owner's slip void.
const MaxReissues = 5

// maxResealed bounds the records of one dossier that are sealed anew at once; the
// portal keeps far fewer events about one.
const maxResealed = 2000

// ErrNewSlip is in the error of a card that was sealed to a key which a new slip
// has replaced meanwhile.
var ErrNewSlip = errors.New("a new slip was given meanwhile")

// SpareCard is one of the counter's records with what only the citizen's holds.
type SpareCard struct {
	Mark    string
	Counter []byte // sealed
	Spare   []byte // sealed likewise; nil: there is no more
}

// SpareCards returns what a citizen's card can be made of again, oldest first.
func (s *Store) SpareCards(ctx context.Context, packet string) (list []SpareCard, err error) {
	found, err := s.r.SpareCards(ctx, rows.SpareCardsParams{Packet: packet, Limit: maxResealed})
	if err != nil {
		return nil, coded(fmt.Errorf("failed to read a dossier's cards: %w", err))
	}
	for _, r := range found {
		list = append(list, SpareCard{Mark: r.Mark, Counter: r.Sealed, Spare: r.Spare})
	}
	return list, nil
}

// Reissues is how many new slips a dossier was given.
func (s *Store) Reissues(ctx context.Context, packet string) (int, error) {
	n, err := s.r.Reissues(ctx, packet)
	if err != nil {
		return 0, coded(fmt.Errorf("failed to count a dossier's slips: %w", err))
	}
	return int(n), nil
}

// Leaf is a record of the audit log that is kept with what it is about.
type Leaf struct {
	N      int64
	Data   []byte
	Hashes []tlog.Hash
}

// Reissue is a new slip in place of a lost one. The paper of its Rows is filed
// under the dossier.
type Reissue struct {
	Packet   string // of the dossier
	Old, New []byte // public keys: the one that the cards are sealed to now, and the new slip's
	Cards    []Card // every record of the citizen's card, sealed to New
}

// reissue makes the new slip the only one: the key, the cards, the papers. What it
// was made of must be what is here, or it is CodeConflict; the dossier must be here
// (CodeNotFound) and not handed over (CodeBadTransition), and not have had too many
// new slips (CodeSlipLimit).
func (s *Store) reissue(ctx context.Context, tx *sql.Tx, r Rows, job, now int64) error {
	q, re := s.w.WithTx(tx), r.Reissue
	had, err := q.Reissues(ctx, re.Packet)
	if err != nil {
		return err
	}
	changed, err := q.ChangeKey(ctx, rows.ChangeKeyParams{NewKey: re.New, Packet: re.Packet, OldKey: re.Old})
	switch {
	case err != nil:
		return err
	case changed == 0:
		return whyNoSlip(ctx, q, re.Packet)
	case had >= MaxReissues:
		return dossier.Errorf(dossier.CodeSlipLimit, "%d new slips were given", had)
	}
	if err := s.reseal(ctx, q, re, now); err != nil {
		return err
	}
	if err := q.CountReissue(ctx, rows.CountReissueParams{Packet: re.Packet, AtMs: now}); err != nil {
		return err
	}
	if err := q.VoidPapers(ctx, rows.VoidPapersParams{NowMs: now, Packet: re.Packet, Kind: r.Print.Kind}); err != nil {
		return err
	}
	return q.AddPrintAs(ctx, rows.AddPrintAsParams{ID: job, Packet: re.Packet, Kind: r.Print.Kind, Sealed: r.Print.Sealed, Key: r.Print.Key, AtMs: now})
}

func whyNoSlip(ctx context.Context, q *rows.Queries, packet string) error {
	k, err := q.Kept(ctx, packet)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return dossier.Errorf(dossier.CodeNotFound, "no dossier to give a new slip for")
	case err != nil:
		return err
	case k.HandedMs.Valid:
		return dossier.Errorf(dossier.CodeBadTransition, "handed over: nobody needs a slip")
	}
	return dossier.Errorf(dossier.CodeConflict, "another new slip was given meanwhile")
}

// reseal puts the records under the new key, each in the place of the old one. It
// refuses when news came since they were read.
func (s *Store) reseal(ctx context.Context, q *rows.Queries, re *Reissue, now int64) error {
	marks, err := q.CounterMarks(ctx, re.Packet)
	if err != nil {
		return err
	}
	there := make(map[string]bool, len(marks))
	for _, m := range marks {
		there[m] = true
	}
	for _, c := range re.Cards {
		if c.Packet != re.Packet || c.Class != ClassCitizen || len(c.Sealed) == 0 || !there[c.Mark] {
			return dossier.Errorf(dossier.CodeConflict, "a record that is not of this dossier's card")
		}
		delete(there, c.Mark)
		if c.Mark == MarkFirst {
			done, err := q.ResealFirst(ctx, rows.ResealFirstParams{Citizen: c.Sealed, ID: c.Packet})
			if err != nil {
				return err
			}
			if done > 0 {
				continue
			}
		}
		if err := q.ResealCard(ctx, rows.ResealCardParams{Packet: c.Packet, Mark: c.Mark, Sealed: c.Sealed, AtMs: now}); err != nil {
			return err
		}
	}
	if len(there) > 0 {
		return dossier.Errorf(dossier.CodeConflict, "%d records came meanwhile", len(there))
	}
	lost, err := q.DropUnreadable(ctx, re.Packet)
	if err != nil {
		return err
	}
	first, err := q.DropUnreadableFirst(ctx, re.Packet)
	if lost += first; lost > 0 {
		s.log.Warn("records of a citizen's card went with the lost slip", "packet", re.Packet, "records", lost)
	}
	return err
}

// sealedFor refuses a record that was sealed to a key that is not the citizen's
// any more: nobody could read the card that holds it.
func sealedFor(ctx context.Context, q *rows.Queries, c Card) error {
	if len(c.To) == 0 {
		return nil
	}
	key, err := q.CitizenKey(ctx, c.Packet)
	if err != nil {
		return err
	}
	if string(key) != string(c.To) {
		return dossier.E(dossier.CodeConflict, ErrNewSlip)
	}
	return nil
}

// CountByCode says how many dossiers lie here under the keyed hash of an agency's
// code.
func (s *Store) CountByCode(ctx context.Context, code string) (int, error) {
	if code == "" {
		return 0, nil
	}
	n, err := s.r.CountByCode(ctx, code)
	if err != nil {
		return 0, coded(fmt.Errorf("failed to look up a code: %w", err))
	}
	return int(n), nil
}
