package wire

import (
	"bytes"
	"testing"

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
		got, items, err := DecodeBundle(EncodeBundle(claim, packets))
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
	if _, items, err := DecodeBundle(EncodeBundle("claim", packets)); err != nil || len(items) != len(packets) {
		t.Errorf("%d, %v", len(items), err)
	}
}

func TestDecodeBundleRefuses(t *testing.T) {
	p := dossier.Packet{JWS: []byte("a.b.c"), Body: []byte("body")}
	good := EncodeBundle("claim", []dossier.Packet{p})
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
		"too large":        {make([]byte, MaxBundleBytes+1), CodeTooLarge},
		"claim past limit": {[]byte{0xff, 0xff, 0x7f}, CodeTooLarge},
		"batch past limit": {append(AppendFrame(nil, []byte("claim")), 0xff, 0xff, 0xff, 0x7f), CodeTooLarge},
	} {
		if _, _, err := DecodeBundle(tc.in); dossier.CodeOf(err) != tc.code {
			t.Errorf("%s: %v, want %s", name, err, tc.code)
		}
	}
	if _, items, err := DecodeBundle(EncodeBundle("claim", many[1:])); err != nil || len(items) != MaxBundlePackets {
		t.Errorf("a full bundle: %d, %v", len(items), err)
	}
	spoiled := AppendFrame(AppendFrame(nil, []byte("claim")), AppendBatch(AppendFrame(nil, []byte{0xff, 0xff, 0x7f}), p))
	if _, items, err := DecodeBundle(spoiled); err != nil || len(items) != 2 || items[0].Err == nil || items[1].Err != nil {
		t.Errorf("one bad packet: %v, %v", items, err)
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
		claim, items, err := DecodeBundle(in)
		if err != nil {
			return
		}
		var packets []dossier.Packet
		for _, item := range items {
			if item.Err == nil {
				packets = append(packets, dossier.Packet{JWS: item.JWS, Body: item.Body})
			}
		}
		again, back, err := DecodeBundle(EncodeBundle(claim, packets))
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
