//go:build !mutant_receipt_unverified

package client

import (
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// believe takes a receipt only from the province and about the very bytes that
// were sent.
func believe(trust *seal.Trust, p dossier.Packet, compact string) (r dossier.Receipt, err error) {
	if err := verify(trust, seal.UseReceipt, compact, wire.TypReceipt, &r, func() time.Time { return r.At }); err != nil {
		return r, err
	}
	if r.Packet != p.Head.ID || r.Station != p.Head.Station || r.Digest != seal.Digest(p.JWS, p.Body) ||
		r.State != wire.StateHeld && r.State != wire.StateWhole {
		return r, dossier.Errorf(dossier.CodeInvalid, "it is about something else")
	}
	return r, nil
}
