package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store/internal/rows"
)

// Kept is the plain part of a dossier that somebody holds a slip for.
type Kept struct {
	Packet     string
	Slip       string
	CitizenKey []byte
	Created    time.Time
	Handed     time.Time // zero: not handed over here
}

// Limits of what a list returns.
const (
	maxCards = 200  // news about one dossier
	maxKept  = 2000 // dossiers on a clerk's list
)

// addCard adds a card with its file; news that is known already changes nothing,
// so that a file which was replaced does not come back. fresh says that it was not.
func (s *Store) addCard(ctx context.Context, tx *sql.Tx, c Card, now int64) (fresh bool, err error) {
	q := s.w.WithTx(tx)
	if c.Mark == MarkFirst { // it may lie with its dossier
		here, err := q.CardHere(ctx, rows.CardHereParams{Packet: c.Packet, Class: string(c.Class), Mark: c.Mark})
		if err != nil || here > 0 {
			return false, err
		}
	}
	n, err := q.AddCard(ctx, rows.AddCardParams{Packet: c.Packet, Class: string(c.Class), Mark: c.Mark, Sealed: c.Sealed, AtMs: now})
	if err != nil || n == 0 {
		return false, err
	}
	if err := s.addBeside(ctx, tx, c); err != nil || len(c.File) == 0 {
		return true, err
	}
	return true, s.putFile(ctx, tx, c, now)
}

// addBeside adds what is kept with a card but not in it.
func (s *Store) addBeside(ctx context.Context, tx *sql.Tx, c Card) error {
	q := s.w.WithTx(tx)
	if len(c.Spare) > 0 {
		if err := q.AddSpare(ctx, rows.AddSpareParams{Packet: c.Packet, Mark: c.Mark, Sealed: c.Spare}); err != nil {
			return err
		}
	}
	if c.Code == "" {
		return nil
	}
	return q.AddCode(ctx, rows.AddCodeParams{Code: c.Code, Packet: c.Packet})
}

// Kept returns a dossier by its packet id.
func (s *Store) Kept(ctx context.Context, packet string) (Kept, error) {
	r, err := s.r.Kept(ctx, packet)
	return kept(rows.KeptBySlipRow(r)), lookUp(err)
}

// KeptBySlip returns a dossier by its slip number.
func (s *Store) KeptBySlip(ctx context.Context, slip string) (Kept, error) {
	r, err := s.r.KeptBySlip(ctx, slip)
	return kept(r), lookUp(err)
}

// KeptByID returns the dossiers under the keyed hash of an ID number.
func (s *Store) KeptByID(ctx context.Context, idIndex string) (list []Kept, err error) {
	if idIndex == "" {
		return nil, nil
	}
	found, err := s.r.KeptByID(ctx, rows.KeptByIDParams{IDIndex: idIndex, Limit: maxKept})
	for _, r := range found {
		list = append(list, kept(rows.KeptBySlipRow(r)))
	}
	return list, lookUp(err)
}

// AllKept returns every dossier, newest first.
func (s *Store) AllKept(ctx context.Context) (list []Kept, err error) {
	found, err := s.r.AllKept(ctx, maxKept)
	for _, r := range found {
		list = append(list, kept(rows.KeptBySlipRow(r)))
	}
	return list, lookUp(err)
}

func kept(r rows.KeptBySlipRow) Kept {
	if r.Packet == "" {
		return Kept{}
	}
	return Kept{Packet: r.Packet, Slip: r.Slip, CitizenKey: r.CitizenKey, Created: time.UnixMilli(r.CreatedMs), Handed: fromMs(r.HandedMs)}
}

func lookUp(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return dossier.E(dossier.CodeNotFound, nil)
	}
	return coded(fmt.Errorf("failed to look up dossiers: %w", err))
}

// Cards returns the sealed news about a dossier, oldest first: the first one
// was written with the dossier itself. Of more than maxCards what lies between it
// and the newest gives way, so that the last word is always heard.
func (s *Store) Cards(ctx context.Context, packet string, class Class) ([][]byte, error) {
	list, err := s.r.NewestCards(ctx, rows.NewestCardsParams{Packet: packet, Class: string(class), Limit: maxCards})
	if err != nil {
		return nil, coded(fmt.Errorf("failed to read cards: %w", err))
	}
	slices.Reverse(list)
	if len(list) < maxCards {
		return list, nil
	}
	first, err := s.r.Cards(ctx, rows.CardsParams{Packet: packet, Class: string(class), Limit: 1})
	if err != nil {
		return nil, coded(fmt.Errorf("failed to read the first card: %w", err))
	}
	copy(list, first)
	return list, nil
}
