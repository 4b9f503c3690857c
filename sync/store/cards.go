package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tramhoso/sync/dossier"
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

// insertCard adds a card with its file; news that is known already changes
// nothing, so that a file which was replaced does not come back.
func (s *Store) insertCard(ctx context.Context, tx *sql.Tx, c Card, now int64) error {
	res, err := s.in(ctx, tx, sqlInsertCard).ExecContext(ctx, c.Packet, string(c.Class), c.Mark, c.Sealed, now)
	if err != nil || len(c.File) == 0 {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return s.putFile(ctx, tx, c, now)
}

const selectKept = `SELECT packet, slip, citizen_key, created_ms, handed_ms FROM dossiers `

// Kept returns a dossier by its packet id.
func (s *Store) Kept(ctx context.Context, packet string) (Kept, error) {
	return one(s.kept(ctx, selectKept+`WHERE packet = ?`, packet))
}

// KeptBySlip returns a dossier by its slip number.
func (s *Store) KeptBySlip(ctx context.Context, slip string) (Kept, error) {
	return one(s.kept(ctx, selectKept+`WHERE slip = ?`, slip))
}

// KeptByID returns the dossiers under the keyed hash of an ID number.
func (s *Store) KeptByID(ctx context.Context, idIndex string) ([]Kept, error) {
	if idIndex == "" {
		return nil, nil
	}
	return s.kept(ctx, selectKept+`WHERE id_index = ? ORDER BY created_ms DESC LIMIT ?`, idIndex, maxKept)
}

// AllKept returns every dossier, newest first.
func (s *Store) AllKept(ctx context.Context) ([]Kept, error) {
	return s.kept(ctx, selectKept+`ORDER BY created_ms DESC, packet DESC LIMIT ?`, maxKept)
}

func one(list []Kept, err error) (Kept, error) {
	if err != nil {
		return Kept{}, err
	}
	if len(list) == 0 {
		return Kept{}, dossier.E(dossier.CodeNotFound, nil)
	}
	return list[0], nil
}

func (s *Store) kept(ctx context.Context, query string, args ...any) (list []Kept, err error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, coded(fmt.Errorf("failed to look up dossiers: %w", err))
	}
	defer func() { err = coded(errors.Join(err, rows.Close())) }()
	for rows.Next() {
		var (
			k               Kept
			created, handed sql.NullInt64
		)
		if err := rows.Scan(&k.Packet, &k.Slip, &k.CitizenKey, &created, &handed); err != nil {
			return nil, fmt.Errorf("failed to look up a dossier: %w", err)
		}
		k.Created, k.Handed = fromMs(created), fromMs(handed)
		list = append(list, k)
	}
	return list, rows.Err()
}

// Cards returns the sealed news about a dossier, oldest first: the first one
// was written with the dossier itself.
func (s *Store) Cards(ctx context.Context, packet string, class Class) (list [][]byte, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT sealed FROM cards WHERE packet = ? AND class = ? ORDER BY n LIMIT ?`,
		packet, string(class), maxCards)
	if err != nil {
		return nil, coded(fmt.Errorf("failed to read cards: %w", err))
	}
	defer func() { err = coded(errors.Join(err, rows.Close())) }()
	for rows.Next() {
		var sealed []byte
		if err := rows.Scan(&sealed); err != nil {
			return nil, fmt.Errorf("failed to read a card: %w", err)
		}
		list = append(list, sealed)
	}
	return list, rows.Err()
}
