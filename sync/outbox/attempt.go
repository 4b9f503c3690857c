//go:build !mutant_drop_before_receipt

package outbox

import (
	"context"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
)

// attempted counts an attempt that brought no receipt: the packet stays.
func attempted(ctx context.Context, s *store.Store, p dossier.Packet, refused dossier.Code) error {
	return s.Attempted(ctx, p.Head.ID, refused)
}
