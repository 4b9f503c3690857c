package wire

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"tramhoso/sync/dossier"
)

func TestAcceptsZstd(t *testing.T) {
	for accept, want := range map[string]bool{
		"zstd": true, "gzip, zstd": true, "ZSTD": true, "gzip;q=1.0, zstd;q=0.5": true, " zstd ; q=1": true, "zstd\x00": false,
		"": false, "*": false, "gzip": false, "zstd;q=0": false, "zstd;q=0.000": false, "zstd;q=x": false, "zstd;q=NaN": false,
		"zstd;q=-1": false, "xzstd": false, "identity, *;q=0": false, ",,zstd": true,
	} {
		if got := AcceptsZstd([]string{accept}); got != want {
			t.Errorf("%q: %v", accept, got)
		}
	}
	if !AcceptsZstd([]string{"gzip", "zstd"}) || AcceptsZstd(nil) {
		t.Error("several headers")
	}
}

func TestCode(t *testing.T) {
	text := []byte(strings.Repeat("a receipt of a dossier ", 100))
	coded, ok, err := Code(text)
	if err != nil || !ok || len(coded) >= len(text)/4 {
		t.Fatalf("%d of %d bytes, %v, %v", len(coded), len(text), ok, err)
	}
	if plain, err := Decode(coded, len(text)); err != nil || !bytes.Equal(plain, text) {
		t.Errorf("%d bytes, %v", len(plain), err)
	}
	if _, ok, err := Code(text[:MinCodedBytes-1]); ok || err != nil {
		t.Errorf("a short answer: %v, %v", ok, err)
	}
	noise := make([]byte, 4<<10)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise)
	if _, ok, err := Code(noise); ok || err != nil {
		t.Errorf("noise: %v, %v", ok, err)
	}
}

// What is unpacked is bounded, whatever it claims to be and in however many frames.
func TestDecodeRefuses(t *testing.T) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	const most = 64 << 10
	for name, tc := range map[string]struct {
		in   []byte
		code dossier.Code
	}{
		"a bomb":           {z.EncodeAll(make([]byte, 64<<20), nil), CodeTooLarge},
		"one byte more":    {z.EncodeAll(make([]byte, most+1), nil), CodeTooLarge},
		"a bomb in pieces": {bytes.Repeat(z.EncodeAll(make([]byte, most/2), nil), 3), CodeTooLarge},
		"no zstd":          {[]byte("{}"), dossier.CodeInvalid},
		"cut":              {z.EncodeAll(make([]byte, most), nil)[:8], dossier.CodeInvalid},
	} {
		if plain, err := Decode(tc.in, most); dossier.CodeOf(err) != tc.code || len(plain) > 0 {
			t.Errorf("%s: %d bytes, %v", name, len(plain), err)
		}
	}
	if plain, err := Decode(z.EncodeAll(make([]byte, most), nil), most); err != nil || len(plain) != most {
		t.Errorf("as many as may be: %d, %v", len(plain), err)
	}
}

func FuzzDecode(f *testing.F) {
	coded, _, err := Code(bytes.Repeat([]byte("text"), MinCodedBytes))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(coded, uint16(4*MinCodedBytes))
	f.Add(coded[:len(coded)/2], uint16(4*MinCodedBytes))
	f.Add([]byte("text"), uint16(0))
	f.Fuzz(func(t *testing.T, in []byte, most uint16) {
		if plain, err := Decode(in, int(most)); err == nil && len(plain) > int(most) {
			t.Errorf("%d bytes past %d", len(plain), most)
		}
	})
}
