package main

import (
	"context"
	"sync"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
)

// roomFor is how long a look at the disk holds. The look writes and syncs, and
// the start screen, which is drawn often, must not wait for a dying card.
const roomFor = 3 * time.Second

// room is what was last seen of the disk.
type room struct {
	mu       sync.Mutex
	at       time.Time // zero: never looked
	full     bool      // a tour's word when it was looked at
	readOnly bool
	visits   int
}

// look says whether the disk can be written and how many visits fit.
func (r *room) look(ctx context.Context, s *store.Store, full bool) (readOnly bool, visits int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.at.IsZero() && r.full == full && time.Since(r.at) < roomFor {
		return r.readOnly, r.visits
	}
	r.readOnly, r.visits, r.full, r.at = false, 0, full, time.Now()
	switch dossier.CodeOf(s.CanStart(ctx)) {
	case dossier.CodeStorageReadOnly:
		r.readOnly = true
	case dossier.CodeStorageFull:
	default:
		if n, err := s.VisitsLeft(); err == nil {
			r.visits = n
		}
	}
	return r.readOnly, r.visits
}
