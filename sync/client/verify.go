package client

import (
	"crypto/ecdsa"
	"time"

	"tramhoso/sync/seal"
)

// verify checks a statement of the province with a key that was valid at the
// time which the statement itself names: a receipt keeps its worth after its
// key was replaced, and a signed time must not depend on the station's clock.
func verify(trust *seal.Trust, use seal.Use, compact, typ string, v any, at func() time.Time) error {
	var keys []*ecdsa.PublicKey
	for _, k := range trust.Keys {
		if pub, ok := k.Key.Key.(*ecdsa.PublicKey); ok && k.Use == use {
			keys = append(keys, pub)
		}
	}
	if err := seal.VerifyJSONAny(compact, typ, keys, v); err != nil {
		return err
	}
	return seal.VerifyJSONAny(compact, typ, trust.KeysFor(use, at()), v)
}
