package wire

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"tramhoso/sync/dossier"
)

func TestPacketRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := dossier.Packet{
			JWS:  rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(t, "jws"),
			Body: rapid.SliceOfN(rapid.Byte(), 0, 70000).Draw(t, "body"),
		}
		got, err := DecodePacket(iotest.HalfReader(bytes.NewReader(EncodePacket(p))), PacketLimits)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.JWS, p.JWS) || !bytes.Equal(got.Body, p.Body) {
			t.Fatal("decoded to something else")
		}
	})
}

func TestDecodePacketRefuses(t *testing.T) {
	good := EncodeFramed(Framed{JWS: []byte("a.b.c"), Body: []byte("body")})
	for name, tc := range map[string]struct {
		in   []byte
		code dossier.Code
	}{
		"nothing":           {nil, dossier.CodeInvalid},
		"no body":           {AppendFrame(nil, []byte("a")), dossier.CodeInvalid},
		"trailing":          {append(bytes.Clone(good), 0), dossier.CodeInvalid},
		"cut":               {good[:len(good)-1], dossier.CodeInvalid},
		"empty head":        {[]byte{0, 0}, dossier.CodeInvalid},
		"long length":       {[]byte{0x81, 0x00, 'x', 0}, dossier.CodeInvalid},
		"past 64 bits":      {bytes.Repeat([]byte{0xff}, 11), dossier.CodeInvalid},
		"head past limit":   {[]byte{0xff, 0xff, 0x7f}, CodeTooLarge},
		"lying body length": {append(AppendFrame(nil, []byte("a")), 0xff, 0x01), dossier.CodeInvalid},
	} {
		if _, err := DecodePacket(bytes.NewReader(tc.in), PacketLimits); dossier.CodeOf(err) != tc.code {
			t.Errorf("%s: got %v, want %s", name, err, tc.code)
		}
	}
	broken := errors.New("the line went down")
	if _, err := DecodePacket(io.MultiReader(bytes.NewReader(good[:3]), iotest.ErrReader(broken)), PacketLimits); !errors.Is(err, broken) {
		t.Errorf("a reader's own error is hidden: %v", err)
	}
}

func TestBatchSurvivesOneBadItem(t *testing.T) {
	a := dossier.Packet{JWS: []byte("a.a.a"), Body: []byte("one")}
	c := dossier.Packet{JWS: []byte("c.c.c"), Body: []byte("three")}
	in := AppendBatch(nil, a)
	in = AppendFrame(in, []byte{0xff, 0xff, 0x7f, 1, 2, 3}) // a head past its limit
	in = AppendBatch(in, c)
	b := NewBatchReader(bytes.NewReader(in), PacketLimits)
	if f, err := b.Next(); err != nil || string(f.Body) != "one" {
		t.Fatalf("first: %v", err)
	}
	var item *ItemError
	if _, err := b.Next(); !errors.As(err, &item) || dossier.CodeOf(err) != CodeTooLarge {
		t.Fatalf("second: %v", err)
	}
	if f, err := b.Next(); err != nil || string(f.Body) != "three" {
		t.Fatalf("third: %v", err)
	}
	if _, err := b.Next(); err != io.EOF {
		t.Fatalf("end: %v", err)
	}
}

func TestBatchCutInTheMiddleEnds(t *testing.T) {
	in := AppendBatch(nil, dossier.Packet{JWS: []byte("a.a.a"), Body: []byte("one")})
	_, err := NewBatchReader(bytes.NewReader(in[:len(in)-1]), PacketLimits).Next()
	var item *ItemError
	if err == nil || errors.As(err, &item) {
		t.Fatalf("a cut batch must end, got %v", err)
	}
}

func TestBatchCountIsBounded(t *testing.T) {
	var in []byte
	for range MaxBatchPackets + 1 {
		in = AppendBatch(in, dossier.Packet{JWS: []byte("a"), Body: nil})
	}
	b := NewBatchReader(bytes.NewReader(in), PacketLimits)
	for range MaxBatchPackets {
		if _, err := b.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Next(); dossier.CodeOf(err) != CodeTooLarge {
		t.Fatalf("got %v", err)
	}
}

func TestEventsQueryRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := EventsQuery{
			After: Cursor{Epoch: rapid.StringMatching(`[a-z0-9]{0,16}`).Draw(t, "epoch"), N: rapid.Uint64Range(0, 1<<62).Draw(t, "n")},
			Wait:  time.Duration(rapid.IntRange(0, 25).Draw(t, "wait")) * time.Second,
			Known: Hints{Catalogue: rapid.IntRange(0, 1<<30).Draw(t, "cat"), Staff: rapid.StringMatching(`[a-f0-9]{0,16}`).Draw(t, "staff")},
		}
		got, err := ParseEventsQuery(q.Values())
		if err != nil || got != q {
			t.Fatalf("%+v became %+v, %v", q, got, err)
		}
	})
	for _, bad := range []string{"after=12", "after=e,-1", "wait=x", "catalogue=-2"} {
		k, v, _ := strings.Cut(bad, "=")
		if _, err := ParseEventsQuery(map[string][]string{k: {v}}); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestProblemHidesWhatHasNoCode(t *testing.T) {
	p := ProblemOf(errors.New("disk /secret/path failed for Y Bhăm"))
	if p.Status != http.StatusInternalServerError || p.Detail != "" {
		t.Fatalf("leaked: %+v", p)
	}
	p = ProblemOf(dossier.Errorf(dossier.CodeConflict, "same id"))
	if p.Status != http.StatusConflict || p.Code != dossier.CodeConflict || dossier.CodeOf(p.Err()) != dossier.CodeConflict {
		t.Fatalf("%+v", p)
	}
	if p := ProblemOf(&http.MaxBytesError{Limit: 3}); p.Status != http.StatusRequestEntityTooLarge {
		t.Fatalf("%+v", p)
	}
}

func TestDecodeJSONIsStrict(t *testing.T) {
	var v TimeRequest
	for in, code := range map[string]dossier.Code{
		`{"nonce":"AAAA"}`:                            "",
		`{"nonce":"AAAA","more":1}`:                   dossier.CodeInvalid,
		`{"nonce":"AAAA"} {}`:                         dossier.CodeInvalid,
		`"` + strings.Repeat("x", MaxJSONBytes) + `"`: CodeTooLarge,
	} {
		if err := DecodeJSON(strings.NewReader(in), &v); dossier.CodeOf(err) != code {
			t.Errorf("%.30s: %v, want %q", in, err, code)
		}
	}
}

func TestValidID(t *testing.T) {
	for s, want := range map[string]bool{
		"0197f3a0-1c00-7abc-8def-0123456789ab": true,
		"0197F3A0-1C00-7ABC-8DEF-0123456789AB": false,
		"0197f3a0-1c00-4abc-8def-0123456789ab": false,
		"0197f3a0-1c00-7abc-cdef-0123456789ab": false,
		"":                                     false,
	} {
		if ValidID(s) != want {
			t.Errorf("%q", s)
		}
	}
}

// The description lists exactly the codes the Go side can send.
func TestOpenAPICodesAreOurs(t *testing.T) {
	var doc struct {
		Components struct {
			Schemas struct {
				Problem struct {
					Properties struct {
						Code struct {
							Enum []dossier.Code `yaml:"enum"`
						} `yaml:"code"`
					} `yaml:"properties"`
				} `yaml:"Problem"`
			} `yaml:"schemas"`
		} `yaml:"components"`
	}
	if err := yaml.Unmarshal(OpenAPI, &doc); err != nil {
		t.Fatal(err)
	}
	listed := map[dossier.Code]bool{CodeInternal: true}
	for _, c := range doc.Components.Schemas.Problem.Properties.Code.Enum {
		listed[c] = true
		if _, ok := statuses[c]; !ok && c != CodeInternal {
			t.Errorf("described but never sent: %s", c)
		}
	}
	for c := range statuses {
		if !listed[c] {
			t.Errorf("sent but not described: %s", c)
		}
	}
}

func FuzzDecodePacket(f *testing.F) {
	f.Add(EncodeFramed(Framed{JWS: []byte("a.b.c"), Body: []byte("body")}))
	f.Add([]byte{0x81, 0x00, 'x', 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := DecodePacket(bytes.NewReader(in), PacketLimits)
		if err != nil {
			return
		}
		if !bytes.Equal(EncodeFramed(got), in) {
			t.Fatal("two encodings of one packet")
		}
	})
}

func FuzzBatch(f *testing.F) {
	f.Add(AppendBatch(nil, dossier.Packet{JWS: []byte("a.b.c"), Body: []byte("body")}))
	f.Add([]byte{5, 1, 'a', 9, 9})
	f.Fuzz(func(t *testing.T, in []byte) {
		b := NewBatchReader(bytes.NewReader(in), PacketLimits)
		for range MaxBatchPackets + 2 {
			_, err := b.Next()
			var item *ItemError
			if err != nil && !errors.As(err, &item) {
				return
			}
		}
		t.Fatal("a batch without end")
	})
}
