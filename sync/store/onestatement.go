//go:build !mutant_paper_outside_tx

package store

import (
	"context"

	"tramhoso/sync/store/internal/hot"
)

// submit keeps packet, outbox row, cards and paper at once.
func (s *Store) submit(ctx context.Context, row hot.SubmitParams) error {
	return s.hot.Submit(ctx, row)
}
