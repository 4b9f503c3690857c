package seal

import (
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"
)

// MaxClassBytes bounds an opened event, counter card, citizen card, print job
// or draft.
const MaxClassBytes = 1 << 20

// SealToRecipients encrypts plain to hybrid age recipients: an event to a
// station, a counter card to the counter key.
func SealToRecipients(plain []byte, recipients ...string) ([]byte, error) {
	if len(plain) > MaxClassBytes {
		return nil, invalid("longer than %d bytes", MaxClassBytes)
	}
	return encrypt(plain, recipients...)
}

// OpenWith opens what SealToRecipients made.
func OpenWith(blob []byte, ids ...age.Identity) ([]byte, error) {
	return decrypt(blob, ids, MaxClassBytes)
}

// The citizen card: HPKE (RFC 9180) base mode. The slip's QR carries the
// 16-byte secret; the station keeps the public key only, so that news can be
// added to the card while nobody's slip is there.
const citizenInfo = "tramhoso citizen card v1"

func citizenKey(secret [16]byte) (hpke.PrivateKey, error) {
	ikm, err := hkdf.Key(sha256.New, secret[:], nil, citizenInfo+" key pair", 32)
	if err != nil {
		return nil, fmt.Errorf("failed to derive card key: %w", err)
	}
	k, err := hpke.DHKEM(ecdh.X25519()).DeriveKeyPair(ikm)
	if err != nil {
		return nil, fmt.Errorf("failed to derive card key: %w", err)
	}
	return k, nil
}

// NewSlipSecret draws the secret of a new slip.
func NewSlipSecret() [16]byte {
	var s [16]byte
	_, _ = rand.Read(s[:]) // never fails since Go 1.24
	return s
}

// SlipCardPublic derives the public key (32 bytes) that citizen cards of the
// slip with this secret are sealed to.
func SlipCardPublic(secret [16]byte) []byte {
	k, err := citizenKey(secret)
	if err != nil {
		return nil // derivation from 16 bytes has no way to fail
	}
	return k.PublicKey().Bytes()
}

// SealCitizenCard encrypts plain to the public key of a slip.
func SealCitizenCard(public, plain []byte) ([]byte, error) {
	if len(plain) > MaxClassBytes {
		return nil, invalid("longer than %d bytes", MaxClassBytes)
	}
	pk, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(public)
	if err != nil {
		return nil, invalid("not a slip's public key: %w", err)
	}
	blob, err := hpke.Seal(pk, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(citizenInfo), plain)
	if err != nil {
		return nil, fmt.Errorf("failed to seal citizen card: %w", err)
	}
	return blob, nil
}

// OpenCitizenCard opens a citizen card with the secret of its slip.
func OpenCitizenCard(secret [16]byte, blob []byte) ([]byte, error) {
	k, err := citizenKey(secret)
	if err != nil {
		return nil, err
	}
	plain, err := hpke.Open(k, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(citizenInfo), blob)
	if err != nil {
		return nil, invalid("citizen card does not open with this slip")
	}
	return plain, nil
}

// KeyBytes is the length of a symmetric key.
const KeyBytes = chacha20poly1305.KeySize

// NewKey draws a symmetric key: a print job's own, which is destroyed to
// destroy the job.
func NewKey() []byte {
	k := make([]byte, KeyBytes)
	_, _ = rand.Read(k) // never fails since Go 1.24
	return k
}

// SealWithKey encrypts plain with XChaCha20-Poly1305 under a random nonce and
// binds it to ad (which names its place: table and row).
func SealWithKey(key, plain, ad []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("failed to use key: %w", err)
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	_, _ = rand.Read(nonce) // never fails since Go 1.24
	return aead.Seal(nonce, nonce, plain, ad), nil
}

// OpenWithKey opens what SealWithKey made, in the same place.
func OpenWithKey(key, blob, ad []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("failed to use key: %w", err)
	}
	if len(blob) < aead.NonceSize() {
		return nil, invalid("sealed bytes are cut short")
	}
	n := aead.NonceSize()
	plain, err := aead.Open(nil, blob[:n], blob[n:], ad)
	if err != nil {
		return nil, invalid("sealed bytes do not open with this key in this place")
	}
	return plain, nil
}

// IDIndex is the look-up value of an identity number: without the storage key
// it says nothing, with it only that something is here.
func IDIndex(storage []byte, idNumber string) string {
	m := hmac.New(sha256.New, storage)
	writeFramed(m, "tramhoso id index v1", idNumber)
	return hex.EncodeToString(m.Sum(nil))
}

// Subkey derives a named key from the storage key, so that one key never serves
// two purposes.
func Subkey(storage []byte, purpose string) ([]byte, error) {
	k, err := hkdf.Key(sha256.New, storage, nil, "tramhoso storage v1: "+purpose, KeyBytes)
	if err != nil {
		return nil, fmt.Errorf("failed to derive key: %w", err)
	}
	return k, nil
}

func writeFramed(w interface{ Write([]byte) (int, error) }, parts ...string) {
	for _, p := range parts {
		_, _ = fmt.Fprintf(w, "%d:%s", len(p), p) // a hash never fails
	}
}
