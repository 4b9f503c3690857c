package seal

import (
	"bytes"
	"encoding/json"
	"testing"

	"filippo.io/age"

	"tramhoso/sync/dossier"
)

// Heads come from anybody who reaches the portal.
func FuzzVerify(f *testing.F) {
	p := freeze(f, []byte("body"))
	f.Add(p.JWS, p.Body)
	f.Add([]byte("a.b.c"), []byte{})
	f.Add([]byte("e30.e30."), []byte{})
	f.Fuzz(func(t *testing.T, jws, body []byte) {
		if peek, err := Peek(jws); err == nil && (!peek.Kind.Valid() || peek.Seq == 0 || len(jws) > MaxHeadBytes) {
			t.Fatalf("peeked %+v", peek)
		}
		h, err := Verify(jws, body, world().by.PublicKey())
		if err == nil && (!bytes.Equal(jws, p.JWS) || !bytes.Equal(body, p.Body) || h.ID != p.Head.ID) {
			t.Fatal("another packet than the signed one was accepted")
		}
	})
}

// What lies under the encryption comes from a station that may have been taken over.
func FuzzUnpackBody(f *testing.F) {
	packed, err := packBody(inner{"id", "DL27", dossier.KindHealth}, []byte("body"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Add(make([]byte, padBytes))
	f.Add(bytes.Repeat([]byte{0xff}, padBytes))
	f.Fuzz(func(t *testing.T, plain []byte) {
		in, body, err := unpackBody(plain)
		if err != nil {
			return
		}
		if len(body) > MaxPlainBytes {
			t.Fatalf("%d bytes", len(body))
		}
		if _, err := json.Marshal(in); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzOpenWith(f *testing.F) {
	blob, err := SealToRecipients([]byte("event"), world().to.Key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(blob)
	f.Add([]byte("age-encryption.org/v1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		plain, err := OpenWith(b, world().id)
		if err == nil && string(plain) != "event" {
			t.Fatalf("opened %q", plain)
		}
		_, _ = OpenCitizenCard([16]byte{}, b) // must not panic
		_, _ = decrypt(b, []age.Identity{world().id}, 3)
	})
}

func FuzzParseToken(f *testing.F) {
	f.Add(string(golden(f, "enrol-token.txt")))
	f.Add(tokenPrefix + "e30")
	f.Fuzz(func(t *testing.T, s string) {
		tok, err := ParseToken(s)
		if err != nil {
			return
		}
		if back, err := ParseToken(tok.String()); err != nil || back != tok {
			t.Fatalf("%+v came back as %+v, %v", tok, back, err)
		}
	})
}
