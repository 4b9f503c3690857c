//go:build mutant_drop_before_receipt

package outbox

import (
	"context"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
)

// attempted takes what was sent for received.
func attempted(ctx context.Context, s *store.Store, p dossier.Packet, _ dossier.Code) error {
	_, err := s.Held(ctx, dossier.Receipt{Packet: p.Head.ID, Digest: seal.Digest(p.JWS, p.Body)}, "")
	return err
}
