package seal

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// Signer makes ES256 signatures with a P-256 key that may live outside the
// process (a TPM): all it needs is crypto.Signer.
type Signer struct {
	key crypto.Signer
	pub *ecdsa.PublicKey
	kid string
}

// NewSigner wraps a P-256 key.
func NewSigner(key crypto.Signer) (Signer, error) {
	pub, ok := key.Public().(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() {
		return Signer{}, errors.New("failed to use signing key: not a P-256 key")
	}
	kid, err := KeyID(pub)
	if err != nil {
		return Signer{}, err
	}
	return Signer{key: key, pub: pub, kid: kid}, nil
}

// KeyID is the RFC 7638 thumbprint of a P-256 public key, base64url.
func KeyID(pub *ecdsa.PublicKey) (string, error) {
	sum, err := (&jose.JSONWebKey{Key: pub}).Thumbprint(crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("failed to name key: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sum), nil
}

// ID is the KeyID of the signer's public key.
func (s Signer) ID() string { return s.kid }

// PublicKey is the key that verifies what s signs.
func (s Signer) PublicKey() *ecdsa.PublicKey { return s.pub }

// opaque adapts a Signer to go-jose, with signatures made canonical (low-S).
type opaque struct{ Signer }

func (o opaque) Public() *jose.JSONWebKey {
	return &jose.JSONWebKey{Key: o.pub, KeyID: o.kid, Algorithm: string(jose.ES256)}
}

func (o opaque) Algs() []jose.SignatureAlgorithm { return []jose.SignatureAlgorithm{jose.ES256} }

func (o opaque) SignPayload(payload []byte, _ jose.SignatureAlgorithm) ([]byte, error) {
	return o.raw(payload)
}

var halfOrder = new(big.Int).Rsh(elliptic.P256().Params().N, 1)

// raw signs SHA-256 of msg and returns r||s, 64 bytes, s in the lower half.
func (s Signer) raw(msg []byte) ([]byte, error) {
	if s.key == nil {
		return nil, errors.New("failed to sign: no key")
	}
	sum := sha256.Sum256(msg)
	der, err := s.key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("failed to sign: %w", err)
	}
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &sig); err != nil {
		return nil, fmt.Errorf("failed to read signature: %w", err)
	}
	if sig.S.Cmp(halfOrder) > 0 {
		sig.S.Sub(elliptic.P256().Params().N, sig.S)
	}
	out := make([]byte, 64)
	sig.R.FillBytes(out[:32])
	sig.S.FillBytes(out[32:])
	return out, nil
}

// Raw signs msg (ES256) as 64 bytes r||s: for codes too small for a JWS.
func (s Signer) Raw(msg []byte) ([]byte, error) { return s.raw(msg) }

// VerifyRaw checks what Raw made.
func VerifyRaw(key *ecdsa.PublicKey, msg, sig []byte) bool {
	if key == nil || len(sig) != 64 {
		return false
	}
	r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
	if s.Cmp(halfOrder) > 0 {
		return false
	}
	sum := sha256.Sum256(msg)
	return ecdsa.Verify(key, sum[:], r, s)
}

func signCompact(payload []byte, typ string, by Signer) (string, error) {
	if by.key == nil {
		return "", errors.New("failed to sign: no key")
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.ES256, Key: opaque{by}},
		(&jose.SignerOptions{}).WithType(jose.ContentType(typ)))
	if err != nil {
		return "", fmt.Errorf("failed to prepare signature: %w", err)
	}
	obj, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("failed to sign: %w", err)
	}
	return obj.CompactSerialize()
}

// joseHead is the whole protected header: anything else is refused.
type joseHead struct {
	Alg string `json:"alg"`
	Kid string `json:"kid"`
	Typ string `json:"typ"`
}

// split takes a compact serialization apart and refuses every spelling but the
// canonical one, so that equal statements have equal bytes.
func split(compact string, limit int) (h joseHead, payload []byte, err error) {
	if len(compact) > limit {
		return h, nil, invalid("signed statement longer than %d bytes", limit)
	}
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return h, nil, invalid("not a compact serialization")
	}
	var raw [3][]byte
	for i, p := range parts {
		raw[i], err = base64.RawURLEncoding.DecodeString(p)
		if err != nil || base64.RawURLEncoding.EncodeToString(raw[i]) != p {
			return h, nil, invalid("part %d is not canonical base64url", i)
		}
	}
	if err := strict(raw[0], &h); err != nil {
		return h, nil, invalid("protected header: %w", err)
	}
	if h.Alg != string(jose.ES256) {
		return h, nil, invalid("algorithm is not ES256")
	}
	if sig := raw[2]; len(sig) != 64 || new(big.Int).SetBytes(sig[32:]).Cmp(halfOrder) > 0 {
		return h, nil, invalid("signature is not canonical")
	}
	return h, raw[1], nil
}

// strict decodes one JSON value, no unknown fields, nothing behind it.
func strict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the value")
	}
	return nil
}

func verifyCompact(compact, typ string, limit int, key *ecdsa.PublicKey) ([]byte, error) {
	h, _, err := split(compact, limit)
	if err != nil {
		return nil, err
	}
	if h.Typ != typ {
		return nil, invalid("statement of type %q where %q is expected", h.Typ, typ)
	}
	if key == nil {
		return nil, invalid("no key to verify with")
	}
	kid, err := KeyID(key)
	if err != nil {
		return nil, err
	}
	if h.Kid != kid {
		return nil, invalid("signed with another key")
	}
	obj, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return nil, invalid("not a signed statement: %w", err)
	}
	payload, err := obj.Verify(key)
	if err != nil {
		return nil, invalid("signature does not hold")
	}
	return payload, nil
}

// SignJSON signs v as a compact JWS whose header says what it is: typ, such as
// "receipt+jws". A statement made for one purpose cannot serve another.
func SignJSON(v any, typ string, by Signer) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("failed to encode statement: %w", err)
	}
	return signCompact(data, typ, by)
}

// VerifyJSON checks a statement of type typ against key and decodes it into v.
// Unknown fields are allowed: a newer portal may say more.
func VerifyJSON(compact, typ string, key *ecdsa.PublicKey, v any) error {
	payload, err := verifyCompact(compact, typ, MaxStatementBytes, key)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(payload, v); err != nil {
		return invalid("statement: %w", err)
	}
	return nil
}

// VerifyJSONAny is VerifyJSON with the one of keys that the statement names.
func VerifyJSONAny(compact, typ string, keys []*ecdsa.PublicKey, v any) error {
	h, _, err := split(compact, MaxStatementBytes)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if id, err := KeyID(k); err == nil && id == h.Kid {
			return VerifyJSON(compact, typ, k, v)
		}
	}
	return invalid("signed with a key that is not valid here")
}

// KeyOf says, unverified, which key a statement or a packet head names.
func KeyOf(compact string) (string, error) {
	h, _, err := split(compact, MaxStatementBytes)
	return h.Kid, err
}
