package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store/internal/rows"
)

// ResultsQuota bounds the files of all results together, in bytes: a thousand of
// the largest that wait to be collected, and a sixteenth of the disk budget, so
// that results never stop visits.
const ResultsQuota = 512 << 20

// putFile keeps the file that came with news, in place of the one before. Where
// it finds no room it is not kept, and the one before is not either: nobody shall
// be handed a result that was replaced. The news say that there was one.
func (s *Store) putFile(ctx context.Context, tx *sql.Tx, c Card, now int64) error {
	q := s.w.WithTx(tx)
	if err := q.DropResultFile(ctx, c.Packet); err != nil {
		return err
	}
	kept, err := q.ResultBytes(ctx)
	if err != nil {
		return err
	}
	room, err := s.room()
	if err != nil {
		return err
	}
	if room = min(room, ResultsQuota-kept); int64(len(c.File)) > room {
		s.log.Warn("no room for a result's file", "packet", c.Packet, "bytes", len(c.File), "room", room)
		return nil
	}
	return q.AddResultFile(ctx, rows.AddResultFileParams{Packet: c.Packet, AtMs: now, Size: int64(len(c.File)), Sealed: c.File})
}

// HasResultFile says whether the file of a dossier's result is kept here.
func (s *Store) HasResultFile(ctx context.Context, packet string) (bool, error) {
	n, err := s.r.HasResultFile(ctx, packet)
	if err != nil {
		return false, coded(fmt.Errorf("failed to look for a result's file: %w", err))
	}
	return n > 0, nil
}

// ResultFile returns the sealed file of a dossier's result with the counter cards
// of the same moment, whose news name it, or CodeNotFound: news that come between
// two reads would name another.
func (s *Store) ResultFile(ctx context.Context, packet string) (sealed []byte, cards [][]byte, err error) {
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return nil, nil, coded(fmt.Errorf("failed to read a result's file: %w", err))
	}
	defer func() { _ = tx.Rollback() }() // it only read
	q := s.r.WithTx(tx)
	if sealed, err = q.ResultFile(ctx, packet); err == nil {
		cards, err = q.Cards(ctx, rows.CardsParams{Packet: packet, Class: string(ClassCounter), Limit: maxCards})
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, dossier.Errorf(dossier.CodeNotFound, "no result's file is kept here")
	}
	if err != nil {
		return nil, nil, coded(fmt.Errorf("failed to read a result's file: %w", err))
	}
	return sealed, cards, nil
}
