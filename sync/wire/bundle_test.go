package wire

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tramhoso/sync/dossier"
)

func TestBundleRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		claim := rapid.StringMatching(`[a-z.]{1,40}`).Draw(t, "claim")
		packets := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) dossier.Packet {
			return dossier.Packet{JWS: rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "jws"), Body: rapid.SliceOfN(rapid.Byte(), 0, 80).Draw(t, "body")}
		}), 0, 3*MaxBatchPackets).Draw(t, "packets")
		got, items, err := decodeBundle(EncodeBundle(claim, packets))
		if err != nil || got != claim || len(items) != len(packets) {
			t.Fatalf("%q, %d of %d, %v", got, len(items), len(packets), err)
		}
		for i, item := range items {
			if item.Err != nil || !bytes.Equal(item.JWS, packets[i].JWS) || !bytes.Equal(item.Body, packets[i].Body) {
				t.Fatalf("packet %d became something else: %v", i, item.Err)
			}
		}
	})
}

// Large packets fill batches by size, not by count.
func TestBundleOfLargePackets(t *testing.T) {
	body := make([]byte, MaxBodyBytes)
	var packets []dossier.Packet
	for range 40 {
		packets = append(packets, dossier.Packet{JWS: []byte("a.b.c"), Body: body})
	}
	if _, items, err := decodeBundle(EncodeBundle("claim", packets)); err != nil || len(items) != len(packets) {
		t.Errorf("%d, %v", len(items), err)
	}
}

func TestDecodeBundleRefuses(t *testing.T) {
	p := dossier.Packet{JWS: []byte("a.b.c"), Body: []byte("body")}
	good := EncodeBundle("claim", []dossier.Packet{p})
	large := AppendFrame(nil, AppendBatch(nil, dossier.Packet{JWS: make([]byte, MaxHeadBytes), Body: make([]byte, MaxBodyBytes)}))
	many := make([]dossier.Packet, MaxBundlePackets+1)
	for i := range many {
		many[i] = p
	}
	for name, tc := range map[string]struct {
		in   []byte
		code dossier.Code
	}{
		"nothing":          {nil, dossier.CodeInvalid},
		"cut":              {good[:len(good)-1], dossier.CodeInvalid},
		"too many packets": {EncodeBundle("claim", many), CodeTooLarge},
		"too large":        {bytes.Repeat(large, 1+MaxBundleBytes/len(large)), CodeTooLarge},
		"files, unnamed":   {append(bytes.Clone(good), 0, 'x'), dossier.CodeInvalid},
		"an end, no files": {append(bytes.Clone(good), 0), dossier.CodeInvalid},
		"claim past limit": {[]byte{0xff, 0xff, 0x7f}, CodeTooLarge},
		"batch past limit": {append(AppendFrame(nil, []byte("claim")), 0xff, 0xff, 0xff, 0x7f), CodeTooLarge},
	} {
		if _, _, err := decodeBundle(tc.in); dossier.CodeOf(err) != tc.code {
			t.Errorf("%s: %v, want %s", name, err, tc.code)
		}
	}
	if _, items, err := decodeBundle(EncodeBundle("claim", many[1:])); err != nil || len(items) != MaxBundlePackets {
		t.Errorf("a full bundle: %d, %v", len(items), err)
	}
	spoiled := AppendFrame(AppendFrame(nil, []byte("claim")), AppendBatch(AppendFrame(nil, []byte{0xff, 0xff, 0x7f}), p))
	if _, items, err := decodeBundle(spoiled); err != nil || len(items) != 2 || items[0].Err == nil || items[1].Err != nil {
		t.Errorf("one bad packet: %v, %v", items, err)
	}
}

// Files follow the packets, byte by byte, and a reader holds none of them.
func TestBundleWithFiles(t *testing.T) {
	p := dossier.Packet{JWS: []byte("a.b.c"), Body: []byte("body")}
	files := [][]byte{[]byte("the first"), []byte("another"), []byte("the last")}
	raw := append(EncodeBundle("claim", []dossier.Packet{p}), EndOfPackets...)
	for _, f := range files {
		raw = append(raw, f...)
	}
	read := func(raw []byte) (got []string, err error) {
		b, err := ReadBundle(iotest.OneByteReader(bytes.NewReader(raw)))
		if err != nil || len(b.Items) != 1 {
			t.Fatalf("%+v, %v", b, err)
		}
		for i, f := range files {
			one := b.File(int64(len(f)))
			if i != 1 { // whoever has a file already reads on without it
				data, err := io.ReadAll(one)
				got = append(got, string(data))
				if err != nil {
					return got, err
				}
			}
			if err := b.Skip(one); err != nil {
				return got, err
			}
		}
		return got, b.End(len(files))
	}
	if got, err := read(raw); err != nil || !slices.Equal(got, []string{"the first", "the last"}) {
		t.Errorf("%q, %v", got, err)
	}
	for name, bad := range map[string][]byte{"cut": raw[:len(raw)-1], "longer": append(bytes.Clone(raw), 0), "without files": raw[:len(raw)-24-1]} {
		if _, err := read(bad); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := BundleFile{Packet: "019f6a1e-0000-7000-8000-000000000001", SHA256: strings.Repeat("0a", 32), Size: 9}
	huge, path := good, good
	huge.Size, path.SHA256 = dossier.MaxAttachmentBytes+1, "../../../etc/passwd"
	for name, list := range map[string][]BundleFile{"no size": {{Packet: good.Packet, SHA256: good.SHA256}}, "no packet": {{SHA256: good.SHA256, Size: 9}},
		"too large": {huge}, "a path": {path}, "too many": slices.Repeat([]BundleFile{good}, MaxBundleFiles+1),
		"too much": slices.Repeat([]BundleFile{{Packet: good.Packet, SHA256: good.SHA256, Size: dossier.MaxAttachmentBytes}}, 2)} {
		if err := (BundleClaim{Files: list}).CheckFiles(); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if err := (BundleClaim{Files: []BundleFile{good}}).CheckFiles(); err != nil {
		t.Error(err)
	}
}

func TestAnswerRoundTrip(t *testing.T) {
	want := AnswerBody{News: AnswerNews{Results: []BatchResult{{ID: "1", Status: 201, Receipt: "r"}}, Events: []SealedEvent{{N: 3, Sealed: []byte("s")}}},
		Trust: []byte("t"), Staff: []byte{}, Catalogue: []byte("c")}
	raw, err := EncodeAnswerBody(want)
	if err != nil {
		t.Fatal(err)
	}
	claim, body, err := SplitAnswer(EncodeAnswer("claim", raw))
	if err != nil || claim != "claim" || !bytes.Equal(body, raw) {
		t.Fatalf("%q, %v", claim, err)
	}
	got, err := DecodeAnswerBody(body)
	if err != nil || !cmp.Equal(want, got) {
		t.Errorf("%v\n%s", err, cmp.Diff(want, got))
	}
	for name, bad := range map[string][]byte{"cut": raw[:len(raw)-1], "longer": append(bytes.Clone(raw), 0), "nothing": nil,
		"not JSON": append(AppendFrame(nil, []byte("{")), 0, 0, 0)} {
		if _, err := DecodeAnswerBody(bad); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if raw, err = EncodeAnswerBody(AnswerBody{News: AnswerNews{Events: make([]SealedEvent, MaxAnswerEvents+1)}}); err != nil {
		t.Fatal(err)
	}
	if _, err := DecodeAnswerBody(raw); dossier.CodeOf(err) != CodeTooLarge {
		t.Errorf("too many events: %v", err)
	}
}

func FuzzDecodeBundle(f *testing.F) {
	f.Add(EncodeBundle("claim", []dossier.Packet{{JWS: []byte("a.b.c"), Body: []byte("body")}}))
	f.Add([]byte{0})
	f.Fuzz(func(t *testing.T, in []byte) {
		claim, items, err := decodeBundle(in)
		if err != nil {
			return
		}
		var packets []dossier.Packet
		for _, item := range items {
			if item.Err == nil {
				packets = append(packets, dossier.Packet{JWS: item.JWS, Body: item.Body})
			}
		}
		again, back, err := decodeBundle(EncodeBundle(claim, packets))
		if err != nil || again != claim || len(back) != len(packets) {
			t.Fatalf("what was read cannot be written: %v", err)
		}
	})
}

func FuzzDecodeAnswer(f *testing.F) {
	raw, err := EncodeAnswerBody(AnswerBody{News: AnswerNews{Events: []SealedEvent{{N: 1, Sealed: []byte("x")}}}, Staff: []byte("s")})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(EncodeAnswer("claim", raw))
	f.Add([]byte("\x01c\x02{}\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		claim, body, err := SplitAnswer(in)
		if err != nil {
			return
		}
		if !bytes.Equal(EncodeAnswer(claim, body), in) {
			t.Fatal("two spellings of one answer")
		}
		if _, err := DecodeAnswerBody(body); err != nil && dossier.CodeOf(err) == "" {
			t.Fatalf("no code: %v", err)
		}
	})
}

// decodeBundle reads a bundle that has no files.
func decodeBundle(plain []byte) (claim string, items []BundleItem, err error) {
	b, err := ReadBundle(bytes.NewReader(plain))
	if err != nil {
		return "", nil, err
	}
	return b.Claim, b.Items, b.End(0)
}

// FuzzBundleFiles reads two files of sizes that a claim made up, the first of
// them in part only, as one that is here already.
func FuzzBundleFiles(f *testing.F) {
	f.Add(slices.Concat(EncodeBundle("claim", nil), EndOfPackets, []byte("onetwo")), uint16(3), uint16(3))
	f.Add(EncodeBundle("claim", nil), uint16(0), uint16(0))
	f.Fuzz(func(t *testing.T, in []byte, one, two uint16) {
		b, err := ReadBundle(bytes.NewReader(in))
		if err != nil {
			return
		}
		var got []byte
		for _, size := range []uint16{one, two} {
			file := b.File(int64(size))
			part, err := io.ReadAll(io.LimitReader(file, int64(size)/2))
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, part...)
			if err := b.Skip(file); err != nil {
				if dossier.CodeOf(err) != dossier.CodeInvalid {
					t.Fatalf("no code: %v", err)
				}
				return
			}
		}
		if err := b.End(2); err != nil {
			if dossier.CodeOf(err) != dossier.CodeInvalid {
				t.Fatalf("no code: %v", err)
			}
			return
		}
		files := in[len(in)-int(one)-int(two):]
		if want := slices.Concat(files[:one/2], files[one:one+two/2]); !bytes.Equal(got, want) {
			t.Fatalf("read %q of %q", got, files)
		}
	})
}
