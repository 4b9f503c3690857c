package token

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"

	qrcode "github.com/skip2/go-qrcode"
	"pgregory.net/rapid"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
)

const packet = "019f6a1e-0000-7000-8000-000000000001"

var (
	slipKey = ed25519.NewKeyFromSeed(make([]byte, 32))
	secret  = [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	staff   = sync.OnceValue(func() seal.Signer {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		s, err := seal.NewSigner(k)
		if err != nil {
			panic(err)
		}
		return s
	})
)

func known(station string) (ed25519.PublicKey, bool) {
	return slipKey.Public().(ed25519.PublicKey), station == "DL27"
}

func TestSlipGolden(t *testing.T) {
	text := MakeSlip("hoso.example.vn", "DL27", 318, packet, secret, slipKey)
	if text != readGolden(t, "slip.txt") {
		t.Errorf("slip is\n%s", text)
	}
	if n := SlipNumber("DL27", 318); n != readGolden(t, "number.txt") {
		t.Errorf("slip number is %s", n)
	}
	s, err := ReadSlip(text)
	if err != nil {
		t.Fatal(err)
	}
	if s.Station != "DL27" || s.Serial != 318 || s.PacketID != packet || s.Secret != secret || s.Host != "HOSO.EXAMPLE.VN" {
		t.Errorf("slip came back as %+v", s)
	}
	if err := s.Verify(known); err != nil {
		t.Error(err)
	}
	if s.Number() != SlipNumber("DL27", 318) {
		t.Errorf("number is %s", s.Number())
	}
}

// Every single changed character of the text is refused, and never as a slip of
// an unknown station unless the station itself reads differently.
func TestSlipTampered(t *testing.T) {
	text := MakeSlip("hoso.example.vn", "DL27", 318, packet, secret, slipKey)
	all := func(string) (ed25519.PublicKey, bool) { return slipKey.Public().(ed25519.PublicKey), true }
	for i := range text {
		for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567:/#.-0189 ") {
			bad := text[:i] + string(c) + text[i+1:]
			if bad == text {
				continue
			}
			s, err := ReadSlip(bad)
			if err == nil {
				err = s.Verify(all)
			}
			if err == nil {
				t.Fatalf("character %d as %q was accepted", i, c)
			}
			if code := dossier.CodeOf(err); code != dossier.CodeSlipAltered && !errors.Is(err, ErrNotASlip) {
				t.Fatalf("character %d as %q: %v", i, c, err)
			}
		}
	}
	if _, err := ReadSlip(text[:len(text)-1]); dossier.CodeOf(err) != dossier.CodeSlipAltered {
		t.Errorf("cut slip: %v", err)
	}
}

func TestSlipOfAnotherStation(t *testing.T) {
	s, err := ReadSlip(MakeSlip("hoso.example.vn", "GL05", 1, packet, secret, slipKey))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(known); dossier.CodeOf(err) != dossier.CodeSlipUnknown {
		t.Errorf("slip of a station not known here: %v", err)
	}
	other := func(string) (ed25519.PublicKey, bool) {
		return ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", 32))).Public().(ed25519.PublicKey), true
	}
	if err := s.Verify(other); dossier.CodeOf(err) != dossier.CodeSlipAltered {
		t.Errorf("slip signed with another key: %v", err)
	}
}

func TestReadSlipIsLenient(t *testing.T) {
	text := MakeSlip("hoso.example.vn", "DL27", 318, packet, secret, slipKey)
	for _, in := range []string{strings.ToLower(text), " " + text + "\r\n"} {
		s, err := ReadSlip(in)
		if err != nil || s.Verify(known) != nil {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestNotASlip(t *testing.T) {
	for _, in := range []string{
		"", "HTTPS://", "https://dichvucong.gov.vn", "https://x/s/", "HTTPS://X/S/ABC", "HTTPS://X@Y/S/AB#CD",
		"000000000001||NGUOI DEMO|01011990|Nam|DIA CHI DEMO|01012021", "TRAMBADGE:AB", strings.Repeat("A", MaxTextBytes+1),
		"00020101021138540010A00000072701240006970423011000999999990208QRIBFTTA53037045802VN6304CBB4",
	} {
		if _, err := ReadSlip(in); !errors.Is(err, ErrNotASlip) || IsSlip(in) {
			t.Errorf("%q: %v", in, err)
		}
	}
	if !IsSlip("HTTPS://X/S/A#B") {
		t.Error("a damaged slip is still meant as a slip")
	}
}

func TestMakeSlipRefuses(t *testing.T) {
	ok := func(host, station string, serial uint64, id string, key ed25519.PrivateKey) bool {
		return MakeSlip(host, station, serial, id, secret, key) != ""
	}
	if !ok("x.vn:8443", "DL27", 1, packet, slipKey) {
		t.Error("a host with a port was refused")
	}
	for name, made := range map[string]bool{
		"no host":     ok("", "DL27", 1, packet, slipKey),
		"long host":   ok(strings.Repeat("a", MaxHostChars+1), "DL27", 1, packet, slipKey),
		"path":        ok("x.vn/a", "DL27", 1, packet, slipKey),
		"station":     ok("x.vn", "dl27", 1, packet, slipKey),
		"serial 0":    ok("x.vn", "DL27", 0, packet, slipKey),
		"high serial": ok("x.vn", "DL27", MaxSerial+1, packet, slipKey),
		"packet":      ok("x.vn", "DL27", 1, "1", slipKey),
		"key":         ok("x.vn", "DL27", 1, packet, nil),
	} {
		if made {
			t.Errorf("%s was accepted", name)
		}
	}
}

// The largest slip must fit a QR of version 8 at level M: 49 modules at 8 dots
// and more are readable on 58 mm paper.
func TestSlipFitsVersion8(t *testing.T) {
	const limit = 107
	if MaxSlipBytes > limit {
		t.Fatalf("token and secret take %d bytes, more than %d", MaxSlipBytes, limit)
	}
	host := strings.Repeat("w", MaxHostChars-9) + ".vn:65535"
	if len(host) != MaxHostChars {
		t.Fatalf("host has %d characters", len(host))
	}
	text := MakeSlip(host, "ABCDEF", MaxSerial, packet, [16]byte{0: 255, 15: 255}, slipKey)
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	if q.VersionNumber > 8 {
		t.Errorf("%d characters need version %d", len(text), q.VersionNumber)
	}
	// skip2 cuts a text into segments by itself: digits must not make it longer.
	rapid.Check(t, func(t *rapid.T) {
		host := rapid.StringMatching(`[a-z0-9.:-]{24}`).Draw(t, "host")
		sec := [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "secret"))
		q, err := qrcode.New(MakeSlip(host, "A2B3C4", MaxSerial, packet, sec, slipKey), qrcode.Medium)
		if err != nil || q.VersionNumber > 8 {
			t.Fatalf("more than version 8, or %v", err)
		}
	})
}

func TestSlipProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		station := rapid.StringMatching(`[A-Z][A-Z0-9]{1,5}`).Draw(t, "station")
		serial := rapid.Uint64Range(1, MaxSerial).Draw(t, "serial")
		host := rapid.StringMatching(`[a-z][a-z0-9.-]{0,17}(:[0-9]{1,5})?`).Draw(t, "host")
		sec := [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "secret"))
		s, err := ReadSlip(MakeSlip(host, station, serial, packet, sec, slipKey))
		if err != nil {
			t.Fatal(err)
		}
		if s.Station != station || s.Serial != serial || s.Secret != sec || s.Host != strings.ToUpper(host) {
			t.Fatalf("came back as %+v", s)
		}
		n, err := ParseSlipNumber(s.Number())
		if err != nil || n.Station != station || n.Serial != serial {
			t.Fatalf("number %s came back as %+v, %v", s.Number(), n, err)
		}
	})
}

func TestBadge(t *testing.T) {
	text, err := MakeBadge("NV-01", secret, staff())
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []string{text, strings.ToLower(text), "  " + text + "\r"} {
		b, err := ReadBadge(in)
		if err != nil || b.Staff != "NV-01" || b.Secret != secret {
			t.Fatalf("%q: %+v, %v", in, b, err)
		}
		if err := b.Verify([]*ecdsa.PublicKey{nil, staff().PublicKey()}); err != nil {
			t.Error(err)
		}
		if err := b.Verify(nil); dossier.CodeOf(err) != dossier.CodeBadgeUnknown {
			t.Errorf("no keys: %v", err)
		}
	}
	for i := len(badgePrefix); i < len(text); i++ {
		for _, c := range []byte("A7Z") {
			bad := text[:i] + string(c) + text[i+1:]
			if bad == text {
				continue
			}
			b, err := ReadBadge(bad)
			if err == nil {
				err = b.Verify([]*ecdsa.PublicKey{staff().PublicKey()})
			}
			if dossier.CodeOf(err) != dossier.CodeBadgeUnknown {
				t.Fatalf("badge with character %d as %c: %v", i, c, err)
			}
		}
	}
	if q, err := qrcode.New(text, qrcode.Medium); err != nil || q.VersionNumber > 8 {
		t.Errorf("badge needs %+v, %v", q.VersionNumber, err)
	}
	for _, id := range []string{"", "nv 01", strings.Repeat("A", MaxStaffIDChars+1), "Ê"} {
		if _, err := MakeBadge(id, secret, staff()); err == nil {
			t.Errorf("made a badge for %q", id)
		}
	}
	if _, err := ReadBadge("HTTPS://X"); !errors.Is(err, ErrNotABadge) {
		t.Error(err)
	}
}
