//go:build mutant_print_resent

package store

import (
	"context"

	"tramhoso/sync/store/internal/rows"
)

// afterRestart sends again whatever was not finished.
func afterRestart(ctx context.Context, q *rows.Queries, nowMs int64) error {
	open, err := q.OpenPrintJobs(ctx, maxJobs)
	for _, j := range open {
		if err == nil && j.State == string(PrintSending) {
			err = q.MovePrint(ctx, rows.MovePrintParams{State: string(PrintRendered), ChangedMs: nowMs, ID: j.ID})
		}
	}
	return err
}
