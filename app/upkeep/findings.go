package upkeep

import (
	"context"
	"time"
)

// Found is something that the check of the storage found and mended, or that is
// gone for good.
type Found struct {
	Kind  string // the store's word
	What  string // the store's sentence, which tells one of a kind from another
	Lost  bool
	At    time.Time // when it was found last
	Times int
}

// Findings are what nobody has looked at yet, the newest first.
func (u *Upkeep) Findings() []Found {
	if u.ports.Findings == nil {
		return nil
	}
	return u.ports.Findings()
}

// SeeFindings ends those of list; by is the staff id that the audit log names.
func (u *Upkeep) SeeFindings(ctx context.Context, list []Found, by string) error {
	return u.ports.SeeFindings(ctx, list, by)
}
