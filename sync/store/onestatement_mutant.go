//go:build mutant_paper_outside_tx

package store

import (
	"context"
	"database/sql"

	"tramhoso/sync/store/internal/hot"
	"tramhoso/sync/store/internal/rows"
)

// submit keeps the packet, and its paper afterwards.
func (s *Store) submit(ctx context.Context, row hot.SubmitParams) error {
	paper := row.Paper
	row.Paper = sql.NullString{}
	if err := s.hot.Submit(ctx, row); err != nil || !paper.Valid {
		return err
	}
	_, err := s.w.AddPrint(ctx, rows.AddPrintParams{Packet: row.ID, Kind: paper.String, Sealed: row.Sealed, Key: row.Key, AtMs: row.CreatedMs})
	return err
}
