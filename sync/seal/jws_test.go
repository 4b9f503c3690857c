package seal

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

type statement struct {
	A string `json:"a"`
	B int    `json:"b"`
}

func TestStatements(t *testing.T) {
	w := world()
	s, err := SignJSON(statement{"x", 1}, "receipt+jws", w.by)
	if err != nil {
		t.Fatal(err)
	}
	var got statement
	if err := VerifyJSON(s, "receipt+jws", w.by.PublicKey(), &got); err != nil || got != (statement{"x", 1}) {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := VerifyJSONAny(s, "receipt+jws", []*ecdsa.PublicKey{w.other.PublicKey(), w.by.PublicKey()}, &got); err != nil {
		t.Error(err)
	}
	wantInvalid(t, "another type", VerifyJSON(s, "staff+jws", w.by.PublicKey(), &got))
	wantInvalid(t, "another key", VerifyJSON(s, "receipt+jws", w.other.PublicKey(), &got))
	wantInvalid(t, "no key", VerifyJSON(s, "receipt+jws", nil, &got))
	wantInvalid(t, "no valid key", VerifyJSONAny(s, "receipt+jws", []*ecdsa.PublicKey{w.other.PublicKey()}, &got))
	for i := range s {
		bad := s[:i] + string(rune(s[i]^1)) + s[i+1:]
		if VerifyJSON(bad, "receipt+jws", w.by.PublicKey(), &got) == nil {
			t.Fatalf("statement with byte %d changed was accepted", i)
		}
	}
}

// ES256 signatures can be negated by anybody; two spellings of one packet would
// make a replay look like a conflict.
func TestSignaturesAreCanonical(t *testing.T) {
	w := world()
	for range 20 { // half of all signatures have a high s before they are made canonical
		s, err := SignJSON(statement{"x", 1}, "t", w.by)
		if err != nil {
			t.Fatal(err)
		}
		var got statement
		if err := VerifyJSON(s, "t", w.by.PublicKey(), &got); err != nil {
			t.Fatal(err)
		}
		cut := strings.LastIndexByte(s, '.') + 1
		sig, err := base64.RawURLEncoding.DecodeString(s[cut:])
		if err != nil {
			t.Fatal(err)
		}
		n := new(big.Int).Sub(elliptic.P256().Params().N, new(big.Int).SetBytes(sig[32:]))
		n.FillBytes(sig[32:])
		wantInvalid(t, "the negated signature", VerifyJSON(s[:cut]+base64.RawURLEncoding.EncodeToString(sig), "t", w.by.PublicKey(), &got))
	}
	// The last character of a signature carries four spare bits.
	s, err := SignJSON(statement{"x", 1}, "t", w.by)
	if err != nil {
		t.Fatal(err)
	}
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(digits, s[len(s)-1])
	var got statement
	wantInvalid(t, "spare bits", VerifyJSON(s[:len(s)-1]+digits[last^1:last^1+1], "t", w.by.PublicKey(), &got))
}

func TestForeignEnvelopes(t *testing.T) {
	w := world()
	var got statement
	sign := func(alg jose.SignatureAlgorithm, key any, extra map[jose.HeaderKey]any) string {
		o := (&jose.SignerOptions{ExtraHeaders: extra}).WithType("t")
		s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, o)
		if err != nil {
			t.Fatal(err)
		}
		obj, err := s.Sign([]byte(`{"a":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		c, err := obj.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	b64 := base64.RawURLEncoding.EncodeToString
	none := b64([]byte(`{"alg":"none","typ":"t","kid":"`+w.by.ID()+`"}`)) + "." + b64([]byte(`{}`)) + "."
	for name, c := range map[string]string{
		"HMAC with the key's name": sign(jose.HS256, []byte(strings.Repeat("k", 32)), map[jose.HeaderKey]any{"kid": w.by.ID()}),
		"none":                     none,
		"an embedded key":          sign(jose.ES256, opaque{w.by}, map[jose.HeaderKey]any{"jwk": (&opaque{w.by}).Public()}),
		"an address of a key":      sign(jose.ES256, opaque{w.by}, map[jose.HeaderKey]any{"jku": "https://example.org"}),
		"no dots":                  "abc",
		"too long":                 strings.Repeat("a", MaxStatementBytes+1),
		"empty":                    "",
	} {
		wantInvalid(t, name, VerifyJSON(c, "t", w.by.PublicKey(), &got))
	}
}

func TestSignerKinds(t *testing.T) {
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewSigner(ed); err == nil {
		t.Error("an Ed25519 key signs ES256")
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewSigner(p384); err == nil {
		t.Error("a P-384 key signs ES256")
	}
	if _, err := (Signer{}).Raw(nil); err == nil {
		t.Error("the empty signer signed")
	}
	sig, err := world().by.Raw([]byte("badge"))
	if err != nil || !VerifyRaw(world().by.PublicKey(), []byte("badge"), sig) {
		t.Errorf("raw signature: %v", err)
	}
	if VerifyRaw(world().by.PublicKey(), []byte("badgE"), sig) || VerifyRaw(nil, []byte("badge"), sig) || VerifyRaw(world().by.PublicKey(), []byte("badge"), sig[1:]) {
		t.Error("a raw signature over something else was accepted")
	}
}
