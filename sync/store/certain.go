package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tramhoso/sync/store/internal/rows"
)

// stampSlack is how far ahead of a signed time a stamp may lie: clocks are
// corrected by seconds, and every life is longer.
const stampSlack = time.Hour

// Sure is the latest time that had come for certain when the storage was last
// swept, or zero: whoever knows the time goes on from there.
func (s *Store) Sure(ctx context.Context) (time.Time, error) {
	at, err := s.r.Counter(ctx, counterSure)
	if err != nil {
		return time.Time{}, coded(fmt.Errorf("failed to read what time it certainly was: %w", err))
	}
	return fromMs(sql.NullInt64{Int64: at, Valid: at != 0}), nil
}

// certain is the latest time that has come for certain: it goes back neither with
// the clock nor with a restart.
func (s *Store) certain(ctx context.Context) (at time.Time, exact bool, err error) {
	last, err := s.Sure(ctx)
	if err != nil {
		return time.Time{}, false, err
	}
	if at, exact = s.sure(); at.Before(last) {
		return last, false, nil
	}
	return at, exact, nil
}

// holdStamps ends what a clock that ran ahead did: records that were written down
// for a day that has not come would never end. They begin their life now.
func holdStamps(ctx context.Context, q *rows.Queries, now time.Time) error {
	at, latest := now.UnixMilli(), now.Add(stampSlack).UnixMilli()
	if err := q.HoldReceiptsAt(ctx, rows.HoldReceiptsAtParams{NowMs: sql.NullInt64{Int64: at, Valid: true}, LatestMs: sql.NullInt64{Int64: latest, Valid: true}}); err != nil {
		return err
	}
	if err := q.HoldPrintsAt(ctx, rows.HoldPrintsAtParams{NowMs: at, LatestMs: latest}); err != nil {
		return err
	}
	if err := q.HoldDossiersAt(ctx, rows.HoldDossiersAtParams{NowMs: at, LatestMs: latest}); err != nil {
		return err
	}
	if err := q.HoldCardsAt(ctx, rows.HoldCardsAtParams{NowMs: at, LatestMs: latest}); err != nil {
		return err
	}
	return q.HoldSubmitsAt(ctx, rows.HoldSubmitsAtParams{NowMs: at, LatestMs: latest})
}
