package store

import (
	"context"
	"hash/maphash"

	"tramhoso/sync/store/internal/hot"
)

// maxTaken is how many tokens of taps are remembered, in some 1 MB: a station has
// thousands of them in SubmitLife. With more, every tap asks the database.
const maxTaken = 1 << 16

// numbers are what was given last, so that a tap on "submit" does not ask the
// database for what this program alone writes: the folder is locked. The statement
// that keeps a submission checks them again. Store.number guards them.
type numbers struct {
	known          bool
	seq, slip, job int64
	// taken holds the hash of every token that a tap may have brought: one that is
	// not in it is new. nil: too many to remember.
	taken map[uint64]struct{}
	seed  maphash.Seed
}

// remember reads which taps had a result.
func (n *numbers) remember(ctx context.Context, q *hot.Queries) error {
	*n = numbers{taken: map[uint64]struct{}{}, seed: maphash.MakeSeed()}
	tokens, err := q.Taken(ctx, maxTaken+1)
	for _, t := range tokens {
		n.take(t)
	}
	return err
}

// take notes a token before anything is kept under it: what failed may have been
// kept all the same.
func (n *numbers) take(token string) {
	if n.taken == nil {
		return
	}
	n.taken[maphash.String(n.seed, token)] = struct{}{}
	if len(n.taken) > maxTaken {
		n.taken = nil
	}
}

// mayBeKnown reports whether only the database knows if the tap had a result.
func (n *numbers) mayBeKnown(token string) bool {
	_, in := n.taken[maphash.String(n.seed, token)]
	return in || n.taken == nil
}

// last is what was given last, and whether the token brought something before.
func (s *Store) last(ctx context.Context, token string) (hot.NextRow, error) {
	n := &s.numbers
	if n.known && !n.mayBeKnown(token) {
		return hot.NextRow{Seq: n.seq, Slip: n.slip, Job: n.job}, nil
	}
	row, err := s.hot.Next(ctx, token)
	n.known, n.seq, n.slip, n.job = err == nil, row.Seq, row.Slip, row.Job
	return row, err
}

// gave notes what a commit has given. One that failed may have given it too.
func (n *numbers) gave(c Committed, second bool, err error) {
	if n.known = err == nil; !n.known {
		return
	}
	n.seq = int64(c.Seq)
	if second {
		n.seq++
	}
	if c.SlipSerial > 0 {
		n.slip = int64(c.SlipSerial)
	}
	n.job = max(n.job, c.PrintJob)
}
