package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"tramhoso/sync/dossier"
)

func readPacked(r io.Reader) (all []Framed, err error) {
	p := NewPackedReader(r, PacketLimits)
	for {
		f, err := p.Next()
		if errors.Is(err, io.EOF) && dossier.CodeOf(err) == "" {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, f)
	}
}

func pack(t testing.TB, ps ...dossier.Packet) []byte {
	t.Helper()
	packed, ok, err := EncodePacked(ps)
	if err != nil || !ok {
		t.Fatalf("not packed: %v", err)
	}
	return packed
}

// sealedLike is a packet with the layout of a sealed dossier.
func sealedLike(rnd *rand.ChaCha8, recipient, rest int) dossier.Packet {
	raw := make([]byte, 2000)
	_, _ = rnd.Read(raw)
	b64 := base64.RawURLEncoding.EncodeToString
	jws := b64([]byte(`{"alg":"ES256","typ":"packet+jws"}`)) + "." +
		b64(append([]byte(`{"kind":"dossier","station":"DL27","procedure":{"code":"2.000635","version":1},"body_sha256":"`), raw[:32]...)) + "." + b64(raw[32:96])
	body := "age-encryption.org/v1\n-> mlkem768x25519 " + base64.RawStdEncoding.EncodeToString(raw[100:100+recipient]) + "\n--- " + b64(raw[:32]) + "\n"
	tail := make([]byte, rest)
	_, _ = rnd.Read(tail)
	return dossier.Packet{JWS: []byte(jws), Body: append([]byte(body), tail...)}
}

func TestPackedRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := make([]dossier.Packet, rapid.IntRange(0, 5).Draw(t, "packets"))
		rnd := rand.NewChaCha8([32]byte{byte(rapid.IntRange(0, 255).Draw(t, "seed"))})
		for i := range ps {
			if rapid.Bool().Draw(t, "sealed") {
				ps[i] = sealedLike(rnd, rapid.IntRange(0, 1800).Draw(t, "recipient"), rapid.IntRange(0, 9000).Draw(t, "rest"))
				continue
			}
			ps[i] = dossier.Packet{JWS: rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(t, "jws"), Body: rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "body")}
		}
		packed, ok, err := EncodePacked(ps)
		if err != nil || !ok {
			t.Fatalf("not packed: %v", err)
		}
		got, err := readPacked(iotest.HalfReader(bytes.NewReader(packed)))
		if err != nil || len(got) != len(ps) {
			t.Fatalf("%d of %d packets: %v", len(got), len(ps), err)
		}
		for i, f := range got {
			if !bytes.Equal(f.JWS, ps[i].JWS) || !bytes.Equal(f.Body, ps[i].Body) {
				t.Fatalf("packet %d became another", i)
			}
		}
	})
}

// What is packed is what a line in the countryside carries faster.
func TestPackedIsSmaller(t *testing.T) {
	rnd := rand.NewChaCha8([32]byte{1})
	var ps []dossier.Packet
	var plain []byte
	for range 10 {
		p := sealedLike(rnd, 1152, 4500)
		ps, plain = append(ps, p), AppendBatch(plain, p)
	}
	if packed := pack(t, ps...); len(packed)*100 > len(plain)*92 {
		t.Errorf("%d bytes packed, %d plain", len(packed), len(plain))
	}
}

func TestPackedRefuses(t *testing.T) {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	text := func(parts ...[]byte) []byte { return AppendFrame(nil, z.EncodeAll(bytes.Join(parts, nil), nil)) }
	table := func(n ...uint64) (b []byte) {
		for _, v := range n {
			b = binary.AppendUvarint(b, v)
		}
		return b
	}
	good := pack(t, dossier.Packet{JWS: []byte("a.b.c"), Body: []byte("body")})
	// A frame that does not say how much it holds, many times over.
	var stream bytes.Buffer
	w, err := zstd.NewWriter(&stream, zstd.WithWindowSize(64<<10))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, MaxPackedTextBytes/2)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Flush(), w.Close()); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		in   []byte
		code dossier.Code
	}{
		"nothing":             {nil, dossier.CodeInvalid},
		"not compressed":      {AppendFrame(nil, []byte("text")), dossier.CodeInvalid},
		"no table":            {text(), dossier.CodeInvalid},
		"cut table":           {text(table(2, 1, 0)), dossier.CodeInvalid},
		"cut heads":           {text(table(1, 9, 0, 0), []byte("a")), dossier.CodeInvalid},
		"cut texts":           {text(table(1, 1, 9, 0), []byte("a")), dossier.CodeInvalid},
		"text left over":      {text(table(1, 1, 0, 0), []byte("ab")), dossier.CodeInvalid},
		"cut rest":            {good[:len(good)-1], dossier.CodeInvalid},
		"trailing":            {append(bytes.Clone(good), 0), dossier.CodeInvalid},
		"too many":            {text(table(MaxBatchPackets + 1)), CodeTooLarge},
		"a huge part":         {text(table(1, 1<<62, 0, 0)), CodeTooLarge},
		"more than a batch":   {text(table(2, 1, 0, MaxBatchBytes-1, 1, 0, 1)), CodeTooLarge},
		"a bomb":              {text(make([]byte, MaxPackedTextBytes+1)), CodeTooLarge},
		"a bomb in pieces":    {AppendFrame(nil, bytes.Repeat(stream.Bytes(), 100)), CodeTooLarge},
		"a lying text length": {table(MaxPackedTextBytes + 1), CodeTooLarge},
	} {
		if _, err := readPacked(bytes.NewReader(tc.in)); dossier.CodeOf(err) != tc.code {
			t.Errorf("%s: got %v, want %s", name, err, tc.code)
		}
	}
	broken := errors.New("the line went down")
	if _, err := readPacked(io.MultiReader(bytes.NewReader(good[:len(good)-2]), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("a reader's own error is hidden: %v", err)
	}
}

func TestPackedSurvivesOneBadItem(t *testing.T) {
	limits := Limits{Head: 8, Body: 8}
	p := NewPackedReader(bytes.NewReader(pack(t,
		dossier.Packet{JWS: []byte("a.a.a"), Body: []byte("one")},
		dossier.Packet{JWS: []byte("a head past its limit"), Body: []byte("two")},
		dossier.Packet{JWS: []byte("c.c.c"), Body: []byte("a body past its limit")},
		dossier.Packet{Body: []byte("four")},
		dossier.Packet{JWS: []byte("e.e.e"), Body: []byte("five")})), limits)
	if f, err := p.Next(); err != nil || string(f.Body) != "one" {
		t.Fatalf("first: %v", err)
	}
	for i, code := range []dossier.Code{CodeTooLarge, CodeTooLarge, dossier.CodeInvalid} {
		var item *ItemError
		if _, err := p.Next(); !errors.As(err, &item) || dossier.CodeOf(err) != code {
			t.Fatalf("bad item %d: %v", i, err)
		}
	}
	if f, err := p.Next(); err != nil || string(f.Body) != "five" {
		t.Fatalf("last: %v", err)
	}
	if _, err := p.Next(); err != io.EOF {
		t.Fatalf("end: %v", err)
	}
}

// What would not be taken is not packed.
func TestPackedKnowsItsLimits(t *testing.T) {
	for name, ps := range map[string][]dossier.Packet{
		"too many":      make([]dossier.Packet, MaxBatchPackets+1),
		"too much text": {{JWS: make([]byte, MaxPackedTextBytes), Body: []byte("b")}},
		"too large":     {{JWS: []byte("a"), Body: make([]byte, MaxBatchBytes)}},
	} {
		if _, ok, err := EncodePacked(ps); ok || err != nil {
			t.Errorf("%s: packed, %v", name, err)
		}
	}
}

func FuzzPacked(f *testing.F) {
	f.Add(pack(f, dossier.Packet{JWS: []byte("a.b.c"), Body: []byte("body")}))
	f.Add(pack(f, sealedLike(rand.NewChaCha8([32]byte{}), 100, 100), dossier.Packet{JWS: []byte("x")}))
	f.Fuzz(func(t *testing.T, in []byte) {
		all, err := readPacked(bytes.NewReader(in))
		if err != nil {
			return
		}
		ps := make([]dossier.Packet, len(all))
		for i, one := range all {
			ps[i] = dossier.Packet{JWS: one.JWS, Body: one.Body}
		}
		again, err := readPacked(bytes.NewReader(pack(t, ps...)))
		if err != nil || len(again) != len(all) {
			t.Fatalf("%d packets became %d: %v", len(all), len(again), err)
		}
		for i := range all {
			if !bytes.Equal(all[i].JWS, again[i].JWS) || !bytes.Equal(all[i].Body, again[i].Body) {
				t.Fatal("another packet")
			}
		}
	})
}
