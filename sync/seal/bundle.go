package seal

import (
	"crypto/ecdsa"
	"encoding/json"
	"io"
	"time"

	"filippo.io/age"
)

// MaxBundleBytes bounds the content of a courier's file: a whole catalogue and
// more.
const MaxBundleBytes = 128 << 20

// SealBundle encrypts a courier's file to one hybrid age recipient: a station's
// to the province, the province's to a station. Whoever carries it sees how
// large it is and nothing else.
func SealBundle(plain []byte, recipient string) ([]byte, error) {
	if len(plain) > MaxBundleBytes {
		return nil, invalid("longer than %d bytes", MaxBundleBytes)
	}
	return encrypt(plain, recipient)
}

// OpenBundle opens what SealBundle made, up to limit bytes of content.
func OpenBundle(blob []byte, limit int64, ids ...age.Identity) ([]byte, error) {
	return decrypt(blob, ids, min(limit, MaxBundleBytes))
}

// Addressed looks at the beginning of sealed bytes and refuses them if none of
// ids opens them.
func Addressed(r io.Reader, ids ...age.Identity) error {
	if _, err := age.Decrypt(r, ids...); err != nil {
		return invalid("cannot be opened with these keys: %w", err)
	}
	return nil
}

// PeekJSON reads a statement of type typ without verifying it: only to find out
// whose key to verify it with.
func PeekJSON(compact, typ string, v any) error {
	h, payload, err := split(compact, MaxStatementBytes)
	if err != nil {
		return err
	}
	if h.Typ != typ {
		return invalid("statement of type %q where %q is expected", h.Typ, typ)
	}
	if err := json.Unmarshal(payload, v); err != nil {
		return invalid("statement: %w", err)
	}
	return nil
}

// Verify checks a statement of the province with a key that was valid at the
// time which the statement itself names, and decodes it into v; at is asked
// once v is filled. A receipt keeps its worth after its key was replaced, and a
// signed time must not depend on the station's clock.
func (t *Trust) Verify(use Use, compact, typ string, v any, at func() time.Time) error {
	var keys []*ecdsa.PublicKey
	for _, k := range t.Keys {
		if pub, err := p256(k.Key); err == nil && k.Use == use {
			keys = append(keys, pub)
		}
	}
	if err := VerifyJSONAny(compact, typ, keys, v); err != nil {
		return err
	}
	return VerifyJSONAny(compact, typ, t.KeysFor(use, at()), v)
}
