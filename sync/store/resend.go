//go:build !mutant_print_resent

package store

import (
	"context"

	"tramhoso/sync/store/internal/rows"
)

// afterRestart has a person decide about every paper that may exist.
func afterRestart(ctx context.Context, q *rows.Queries, nowMs int64) error {
	if err := q.UnsentPrints(ctx, nowMs); err != nil {
		return err
	}
	return q.UnsurePrints(ctx)
}
