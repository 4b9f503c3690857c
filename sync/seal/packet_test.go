package seal

import (
	"bytes"
	"encoding/hex"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"pgregory.net/rapid"

	"tramhoso/sync/dossier"
)

type province struct {
	id    *age.HybridIdentity
	to    Recipient
	by    Signer
	other Signer
}

// world makes keys once for the whole package: they are slow to make.
var world = sync.OnceValue(func() province {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		panic(err)
	}
	signer := func() Signer {
		k, err := newP256()
		if err != nil {
			panic(err)
		}
		s, err := NewSigner(k)
		if err != nil {
			panic(err)
		}
		return s
	}
	return province{id: id, to: Recipient{ID: "r1", Key: id.Recipient().String()}, by: signer(), other: signer()}
})

func head() dossier.Head {
	return dossier.Head{
		ID: "019f6a1e-0000-7000-8000-000000000001", Kind: dossier.KindDossier, Station: "DL27", Seq: 1,
		Procedure: &dossier.ProcedureRef{Code: "2.000635", Version: 1},
		Time:      dossier.Stamp{Wall: time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC), Source: dossier.TimeSystem, Boot: "b", MonoMs: 5},
	}
}

func freeze(t testing.TB, body []byte) dossier.Packet {
	t.Helper()
	p, err := Freeze(head(), body, world().to, world().by)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func wantInvalid(t testing.TB, what string, err error) {
	t.Helper()
	if dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Fatalf("%s: got %v, want %s", what, err, dossier.CodeInvalid)
	}
}

func TestPacketRoundTrip(t *testing.T) {
	body := []byte(strings.Repeat(`{"slip":"DL27-000318-K"}`, 20))
	p := freeze(t, body)
	h, err := Verify(p.JWS, p.Body, world().by.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	if h.Recipient != "r1" || h.BodySize != int64(len(p.Body)) || h.ID != p.Head.ID || *h.Procedure != *p.Head.Procedure {
		t.Fatalf("head came back as %+v", h)
	}
	got, err := Open(dossier.Packet{Head: h, JWS: p.JWS, Body: p.Body}, []age.Identity{world().id})
	if err != nil || !bytes.Equal(got, body) {
		t.Fatalf("body came back as %q, %v", got, err)
	}
	peek, err := Peek(p.JWS)
	if err != nil || peek.Station != "DL27" {
		t.Fatalf("peek: %+v, %v", peek, err)
	}
	if kid, err := KeyOf(string(p.JWS)); err != nil || kid != world().by.ID() {
		t.Fatalf("key of head: %q, %v", kid, err)
	}
	if bytes.Contains(p.Body, []byte("DL27")) {
		t.Fatal("sealed body shows its plaintext")
	}
}

// Every single changed byte of head or body is refused.
func TestPacketTampered(t *testing.T) {
	p := freeze(t, []byte("a short body"))
	key := world().by.PublicKey()
	for i := range p.JWS {
		for _, flip := range []byte{1, 4, 0x20, 0x80} {
			jws := bytes.Clone(p.JWS)
			jws[i] ^= flip
			if _, err := Verify(jws, p.Body, key); dossier.CodeOf(err) != dossier.CodeInvalid {
				t.Fatalf("head with byte %d changed by %#x: %v", i, flip, err)
			}
		}
	}
	for i := range p.Body {
		body := bytes.Clone(p.Body)
		body[i] ^= 1
		if _, err := Verify(p.JWS, body, key); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Fatalf("body with byte %d changed: %v", i, err)
		}
		if _, err := Open(dossier.Packet{Head: p.Head, Body: body}, []age.Identity{world().id}); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Fatalf("opened body with byte %d changed: %v", i, err)
		}
	}
	_, err := Verify(p.JWS, p.Body[:len(p.Body)-1], key)
	wantInvalid(t, "cut body", err)
	_, err = Verify(append(bytes.Clone(p.JWS), '\n'), p.Body, key)
	wantInvalid(t, "line end behind the head", err)
	_, err = Verify(p.JWS, p.Body, world().other.PublicKey())
	wantInvalid(t, "another station's key", err)
	_, err = Open(p, nil)
	wantInvalid(t, "no key", err)
}

// age alone does not tell which packet a body belongs to: the inner head does.
func TestBodyOfAnotherPacket(t *testing.T) {
	p := freeze(t, []byte("body"))
	for name, change := range map[string]func(*dossier.Head){
		"id":      func(h *dossier.Head) { h.ID = "019f6a1e-0000-7000-8000-000000000002" },
		"station": func(h *dossier.Head) { h.Station = "DL28" },
		"kind":    func(h *dossier.Head) { h.Kind = dossier.KindRating },
	} {
		q := p
		change(&q.Head)
		_, err := Open(q, []age.Identity{world().id})
		wantInvalid(t, name, err)
		if !strings.Contains(err.Error(), "another packet") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFreezeRefuses(t *testing.T) {
	for name, change := range map[string]func(*dossier.Head){
		"UUIDv4":      func(h *dossier.Head) { h.ID = "6ba7b810-9dad-41d1-80b4-00c04fd430c8" },
		"upper case":  func(h *dossier.Head) { h.ID = strings.ToUpper(h.ID) },
		"kind":        func(h *dossier.Head) { h.Kind = "letter" },
		"station":     func(h *dossier.Head) { h.Station = "" },
		"sequence":    func(h *dossier.Head) { h.Seq = 0 },
		"attachments": func(h *dossier.Head) { h.Attachments = make([]dossier.Attachment, 4000) },
	} {
		h := head()
		change(&h)
		_, err := Freeze(h, nil, world().to, world().by)
		wantInvalid(t, name, err)
	}
	_, err := Freeze(head(), make([]byte, MaxPlainBytes+1), world().to, world().by)
	wantInvalid(t, "long body", err)
	if _, err := Freeze(head(), nil, Recipient{ID: "x", Key: "age1abc"}, world().by); err == nil {
		t.Error("a recipient that is none was accepted")
	}
	x, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Freeze(head(), nil, Recipient{ID: "x", Key: x.Recipient().String()}, world().by); err == nil {
		t.Error("a recipient that is not post-quantum was accepted")
	}
	if _, err := Freeze(head(), nil, world().to, Signer{}); err == nil {
		t.Error("the empty signer signed")
	}
}

// A body of zeros compresses to almost nothing: opening must stop at the limit.
func TestDecompressionIsBounded(t *testing.T) {
	enc, err := encoder()
	if err != nil {
		t.Fatal(err)
	}
	bomb := enc.EncodeAll(make([]byte, 64<<20), make([]byte, 4))
	n := len(bomb) - 4
	bomb[0], bomb[1], bomb[2], bomb[3] = byte(n>>24), byte(n>>16), byte(n>>8), byte(n)
	for len(bomb)%padBytes != 0 {
		bomb = append(bomb, 0)
	}
	_, _, err = unpackBody(bomb)
	wantInvalid(t, "64 MB in a few KB", err)
	if !strings.Contains(err.Error(), "does not decompress") {
		t.Errorf("64 MB were decompressed before they were refused: %v", err)
	}
	if full, err := packBody(inner{"i", "s", "k"}, make([]byte, MaxPlainBytes)); err != nil {
		t.Error(err)
	} else if _, body, err := unpackBody(full); err != nil || len(body) != MaxPlainBytes {
		t.Errorf("the longest body: %d, %v", len(body), err)
	}
}

func TestPackBodyProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 0, 3000).Draw(t, "body")
		packed, err := packBody(inner{"id", "DL27", dossier.KindHealth}, body)
		if err != nil {
			t.Fatal(err)
		}
		if len(packed)%padBytes != 0 {
			t.Fatalf("length %d tells too much", len(packed))
		}
		in, got, err := unpackBody(packed)
		if err != nil || !bytes.Equal(got, body) || in.Station != "DL27" {
			t.Fatalf("came back as %v %q %v", in, got, err)
		}
		packed[len(packed)-1] ^= 1
		if _, got, err := unpackBody(packed); err == nil && !bytes.Equal(got, body) {
			t.Fatal("changed padding gave another body")
		}
	})
}

func TestDigest(t *testing.T) {
	// Framing keeps the border between head and body from moving.
	if Digest([]byte("ab"), []byte("c")) == Digest([]byte("a"), []byte("bc")) {
		t.Error("the border between head and body can move")
	}
	const want = "53e9636bac7ec8012af4353b72cd453515a8e0b52688e34c4413f628e77f64f4"
	got := Digest([]byte("head"), []byte("body"))
	if _, err := hex.DecodeString(got); err != nil || got != want {
		t.Errorf("digest is %s, want %s: receipts in the field sign this form", got, want)
	}
}

// The sizes that DESIGN.md measured: 4,096 B → 5,755 B for incompressible text.
func TestSealedSize(t *testing.T) {
	body := NewKey()
	for len(body) < 3700 {
		body = append(body, NewKey()...)
	}
	p := freeze(t, body)
	if len(p.Body) > 5_900 {
		t.Errorf("%d bytes sealed to %d", len(body), len(p.Body))
	}
}
