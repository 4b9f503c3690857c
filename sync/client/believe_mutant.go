//go:build mutant_receipt_unverified

package client

import (
	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// believe takes whatever has the form of a receipt.
func believe(_ *seal.Trust, _ dossier.Packet, compact string) (r dossier.Receipt, err error) {
	return r, seal.PeekJSON(compact, wire.TypReceipt, &r)
}
