package catalogue_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/catalogue/synthetic"
	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
)

func signer(t testing.TB) seal.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := seal.NewSigner(k)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func small() catalogue.Snapshot {
	name := func(code, vi, en string, topics ...string) dossier.Procedure {
		return dossier.Procedure{Code: code, Version: 1, Name: dossier.Text{"vi": vi, "en": en}, Agency: "a", Topics: topics}
	}
	s := catalogue.Snapshot{
		Version: 3, Made: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC),
		Agencies: []dossier.Agency{{ID: "a", Name: dossier.Text{"vi": "Uỷ ban nhân dân xã"}, Level: "commune"}},
		Topics:   []dossier.Topic{{ID: "t", Name: dossier.Text{"vi": "Việc"}}, {ID: "u", Name: dossier.Text{"vi": "Việc khác"}}},
		Procedures: []dossier.Procedure{
			name("1.001193", "Đăng ký khai sinh", "Birth registration", "t"),
			name("1.004884", "Đăng ký lại khai sinh", "Birth registration anew", "t"),
			name("2.000635", "Cấp bản sao trích lục hộ tịch", "Copy of a civil status extract", "t", "u"),
			name("1.004873", "Cấp giấy xác nhận tình trạng hôn nhân", "Certificate of marital status", "u"),
			name("3.000347", "Đổi giấy phép lái xe", "Exchange of a driving licence"),
			name("1.009999", "Khai sinh kiểu cũ", "Birth, the old way", "t"),
		},
		Stations: []catalogue.Station{{Code: "DL27", Name: dossier.Text{"vi": "Điểm Hoà Phú"}, SlipKey: make([]byte, 32)}, {Code: "DL28", SlipKey: []byte("short")}},
	}
	s.Procedures[5].Withdrawn = true
	return s
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Đăng ký khai sinh":     "dang ky khai sinh",
		"  Trợ cấp -- XÃ HỘI! ": "tro cap xa hoi",
		"H’ Bia Niê":            "h bia nie",
		"Đo\u031bn":             "don", // combining horn
		"ƯƠNG, ẫẵ":              "uong aa",
		"CT01":                  "ct01",
		"":                      "",
		"–":                     "",
	} {
		if got := catalogue.Fold(in); got != want {
			t.Errorf("%q folds to %q, want %q", in, got, want)
		}
	}
}

func TestFoldProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		f := catalogue.Fold(s)
		if catalogue.Fold(f) != f {
			t.Fatalf("%q folds to %q and on to %q", s, f, catalogue.Fold(f))
		}
		if strings.TrimSpace(f) != f || strings.Contains(f, "  ") {
			t.Fatalf("%q folds to %q", s, f)
		}
	})
}

func codes(hits []catalogue.Hit) []string {
	out := []string{}
	for _, h := range hits {
		out = append(out, h.Procedure.Code)
	}
	return out
}

func TestSearchRanks(t *testing.T) {
	c := catalogue.New(small())
	for query, want := range map[string][]string{
		"khai sinh":     {"1.001193", "1.004884", "1.009999"}, // withdrawn last, though it begins so
		"KHAI SINH":     {"1.001193", "1.004884", "1.009999"},
		"khai sính":     {"1.001193", "1.004884", "1.009999"}, // tones do not matter
		"đăng ký":       {"1.001193", "1.004884"},
		"dang ky la":    {"1.004884"},
		"sinh khai":     {"1.001193", "1.004884", "1.009999"},
		"ho tich":       {"2.000635"},
		"h t":           {"2.000635", "1.004873"}, // the shorter name first
		"birth":         {"1.001193", "1.004884", "1.009999"},
		"1.00":          {"1.001193", "1.004884", "1.004873", "1.009999"},
		"2.000635":      {"2.000635"},
		"zzz":           {},
		"khai zzz":      {},
		"":              {},
		" – ":           {},
		"driving birth": {},
	} {
		if got := codes(c.Search(query, 10)); !slices.Equal(got, want) {
			t.Errorf("search %q: %v, want %v", query, got, want)
		}
	}
	if got := c.Search("khai sinh", 1); len(got) != 1 {
		t.Errorf("limit 1 gave %d", len(got))
	}
	if got := c.Search("khai sinh", 0); got != nil {
		t.Errorf("limit 0 gave %v", got)
	}
	if got := c.Search(strings.Repeat("khai sinh ", 500), 5); len(got) == 0 {
		t.Error("a long query found nothing")
	}
}

// A procedure whose name holds its own code is found once.
func TestSearchFindsOnce(t *testing.T) {
	s := small()
	s.Procedures[0].Name["vi"] = "Mẫu 1.001193"
	c := catalogue.New(s)
	for _, limit := range []int{1, 2, 10} {
		if got := codes(c.Search("1.001193", limit)); !slices.Equal(got, []string{"1.001193"}) {
			t.Errorf("limit %d: %v", limit, got)
		}
	}
}

func TestSearchSpans(t *testing.T) {
	s := small()
	s.Procedures[4].Name["vi"] = "Đo\u031bn đổi giấy phép lái xe" // a name that is not NFC
	c := catalogue.New(s)
	marked := func(query string) string {
		hits := c.Search(query, 1)
		if len(hits) == 0 {
			return "nothing"
		}
		r := []rune(hits[0].Procedure.Name[hits[0].Lang])
		out, at := "", 0
		for _, sp := range hits[0].Spans {
			out += string(r[at:sp.Start]) + "[" + string(r[sp.Start:sp.End]) + "]"
			at = sp.End
		}
		return out + string(r[at:])
	}
	for query, want := range map[string]string{
		"ho tich":     "Cấp bản sao trích lục [hộ] [tịch]",
		"trich l":     "Cấp bản sao [trích] [l]ục hộ tịch",
		"dang ky lai": "[Đăng] [ký] [lại] khai sinh",
		"don doi":     "[Đo\u031bn] [đổi] giấy phép lái xe",
		"d doi":       "[Đ]o\u031bn [đổi] giấy phép lái xe",
		"do":          "[Đo\u031b]n [đổ]i giấy phép lái xe",
		"marital":     "Certificate of [marital] status",
		"2.000635":    "Cấp bản sao trích lục hộ tịch",
	} {
		if got := marked(query); got != want {
			t.Errorf("search %q marks %s, want %s", query, got, want)
		}
	}
}

// Whatever is typed: spans lie inside the name, in order and apart, and each
// hit holds every word of the query.
func TestSearchProperties(t *testing.T) {
	c := catalogue.New(synthetic.Snapshot(300, 7))
	rapid.Check(t, func(t *rapid.T) {
		query := rapid.OneOf(
			rapid.StringMatching(`[a-zđêôơưăâ]{1,4}( [a-zđ]{1,3}){0,2}`),
			rapid.SampledFrom([]string{"giay phep", "cap lai the", "dang ky kh", "(du lieu", "9.0000"}),
			rapid.String(),
		).Draw(t, "query")
		words := strings.Fields(catalogue.Fold(query))
		for _, h := range c.Search(query, 50) {
			name := []rune(h.Procedure.Name[h.Lang])
			end := 0
			for _, s := range h.Spans {
				if s.Start < end || s.End <= s.Start || s.End > len(name) {
					t.Fatalf("%q in %q: spans %v", query, string(name), h.Spans)
				}
				end = s.End
			}
			folded := " " + catalogue.Fold(string(name))
			for _, w := range words {
				if len(h.Spans) > 0 && !strings.Contains(folded, " "+w) {
					t.Fatalf("%q found %q", query, string(name))
				}
			}
		}
	})
}

func TestLookUps(t *testing.T) {
	c := catalogue.New(small())
	if p, err := c.Procedure("2.000635"); err != nil || p.Code != "2.000635" {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err := c.Procedure("1.009999"); dossier.CodeOf(err) != dossier.CodeProcedureWithdrawn || p.Name["vi"] == "" {
		t.Errorf("withdrawn: %+v, %v", p, err)
	}
	if _, err := c.Procedure("0"); dossier.CodeOf(err) != dossier.CodeProcedureUnknown {
		t.Errorf("unknown: %v", err)
	}
	var byTopic []string
	for _, p := range c.ByTopic("t") {
		byTopic = append(byTopic, p.Code)
	}
	if want := []string{"1.001193", "1.004884", "2.000635"}; !slices.Equal(byTopic, want) {
		t.Errorf("topic: %v", byTopic)
	}
	if a, ok := c.Agency("a"); !ok || a.Level != "commune" {
		t.Errorf("agency: %+v", a)
	}
	if _, ok := c.Agency("b"); ok {
		t.Error("an agency that is not there")
	}
	if k, ok := c.SlipKey("DL27"); !ok || len(k) != ed25519.PublicKeySize {
		t.Error("no slip key of a known station")
	}
	for _, code := range []string{"DL28", "XX"} {
		if _, ok := c.SlipKey(code); ok {
			t.Errorf("a slip key of %s", code)
		}
	}
	if len(c.Topics()) != 2 || c.Version() != 3 {
		t.Error("topics or version")
	}
}

func TestSignedSnapshot(t *testing.T) {
	by := signer(t)
	keys := []*ecdsa.PublicKey{signer(t).PublicKey(), by.PublicKey()}
	s := small()
	signed, err := catalogue.SignSnapshot(s, by)
	if err != nil {
		t.Fatal(err)
	}
	got, err := catalogue.OpenSnapshot(signed, keys)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(s, *got); d != "" {
		t.Error(d)
	}
	again, err := catalogue.SignSnapshot(s, by)
	if err != nil || !bytes.Equal(again.Body, signed.Body) {
		t.Error("the same snapshot has another body")
	}
	delta, err := catalogue.SignDelta(catalogue.Delta{From: 2, To: 3}, by)
	if err != nil {
		t.Fatal(err)
	}
	other := s
	other.Version = 4
	newer, err := catalogue.SignSnapshot(other, by)
	if err != nil {
		t.Fatal(err)
	}
	// A head that names the right size and version, but another digest.
	mixed, err := seal.SignJSON(catalogue.Head{Version: 3, Made: s.Made, SHA256: strings.Repeat("00", 32), Size: int64(len(signed.Body))}, catalogue.TypSnapshot, by)
	if err != nil {
		t.Fatal(err)
	}
	renumbered, err := seal.SignJSON(catalogue.Head{Version: 9, Made: s.Made, SHA256: digest(signed.Body), Size: int64(len(signed.Body))}, catalogue.TypSnapshot, by)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]catalogue.Signed{
		"another version":           {Head: renumbered, Body: signed.Body},
		"another digest":            {Head: mixed, Body: signed.Body},
		"a delta as a snapshot":     delta,
		"the body of another":       {Head: signed.Head, Body: newer.Body},
		"a changed body":            {Head: signed.Head, Body: append(bytes.Clone(signed.Body[:len(signed.Body)-1]), signed.Body[len(signed.Body)-1]^1)},
		"a cut body":                {Head: signed.Head, Body: signed.Body[:len(signed.Body)-1]},
		"a changed head":            {Head: strings.Replace(signed.Head, ".", ".A", 1), Body: signed.Body},
		"nothing":                   {},
		"a head of another signing": {Head: newer.Head, Body: signed.Body},
	} {
		if _, err := catalogue.OpenSnapshot(bad, keys); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := catalogue.OpenSnapshot(signed, keys[:1]); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("another province's key: %v", err)
	}
	if _, err := catalogue.OpenDelta(signed, keys); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("a snapshot as a delta: %v", err)
	}
	if d, err := catalogue.OpenDelta(delta, keys); err != nil || d.To != 3 {
		t.Errorf("delta: %+v, %v", d, err)
	}
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func byCode(s catalogue.Snapshot) catalogue.Snapshot {
	s.Procedures = slices.Clone(s.Procedures)
	slices.SortFunc(s.Procedures, func(a, b dossier.Procedure) int { return strings.Compare(a.Code, b.Code) })
	return s
}

func TestDeltaLeadsToTheNextVersion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string) int { return rapid.IntRange(0, 12).Draw(t, name) }
		a := synthetic.Snapshot(40, 1)
		b := synthetic.Edit(a, n("changed"), n("removed"), n("withdrawn"), rapid.Uint64().Draw(t, "seed"))
		b.Topics = b.Topics[:rapid.IntRange(0, len(b.Topics)).Draw(t, "topics")]
		b.Stations = []catalogue.Station{{Code: "DL27", SlipKey: make([]byte, 32)}}
		d := catalogue.Diff(a, b)
		raw, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back catalogue.Delta
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		before := canonical(a)
		got, err := a.Apply(back)
		if err != nil {
			t.Fatal(err)
		}
		if canonical(byCode(got)) != canonical(byCode(b)) {
			t.Fatal(cmp.Diff(byCode(b), byCode(got)))
		}
		if canonical(a) != before {
			t.Fatal("Apply changed the old snapshot")
		}
	})
}

func canonical(s catalogue.Snapshot) string {
	data, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	// Empty and missing lists mean the same.
	return strings.ReplaceAll(string(data), ":null", ":[]")
}

func TestDeltaThatDoesNotFollow(t *testing.T) {
	s := small()
	for _, d := range []catalogue.Delta{{From: 2, To: 4}, {From: 3, To: 3}, {From: 4, To: 5}} {
		if _, err := s.Apply(d); dossier.CodeOf(err) != dossier.CodeConflict {
			t.Errorf("%+v: %v", d, err)
		}
	}
}

// A tombstone removes; a procedure that comes back in the same delta stays.
func TestTombstones(t *testing.T) {
	s, err := small().Apply(catalogue.Delta{From: 3, FromMade: small().Made, To: 4, Gone: catalogue.Gone{
		Procedures: []string{"1.001193", "never-there"}, Agencies: []string{"a"}, Stations: []string{"DL28"}, Topics: []string{"u"}}})
	if err != nil {
		t.Fatal(err)
	}
	c := catalogue.New(s)
	if _, err := c.Procedure("1.001193"); dossier.CodeOf(err) != dossier.CodeProcedureUnknown {
		t.Errorf("a removed procedure: %v", err)
	}
	if len(s.Agencies) != 0 || len(s.Stations) != 1 || len(s.Topics) != 1 || len(s.Procedures) != 5 {
		t.Errorf("what is left: %+v", s)
	}
	if hits := c.Search("dang ky khai sinh", 5); len(hits) != 1 {
		t.Errorf("search still finds %v", codes(hits))
	}
}

func TestSynthetic(t *testing.T) {
	s := synthetic.Snapshot(synthetic.Full, 1)
	if !s.Synthetic || len(s.Procedures) != 16_280 {
		t.Fatalf("%d procedures, synthetic %v", len(s.Procedures), s.Synthetic)
	}
	levels := map[byte]int{}
	for _, p := range s.Procedures {
		if !strings.HasPrefix(p.Code, "9.") || !strings.HasSuffix(p.Name["vi"], synthetic.Mark) {
			t.Fatalf("%s %s could be taken for a real one", p.Code, p.Name["vi"])
		}
		levels[p.Agency[1]]++
	}
	if got := fmt.Sprint(levels['0'], levels['1'], levels['2']); got != "1461 2835 11984" {
		t.Errorf("levels are %s", got)
	}
	first, again, other := canonical(synthetic.Snapshot(50, 1)), canonical(synthetic.Snapshot(50, 1)), canonical(synthetic.Snapshot(50, 2))
	if first != again || first == other {
		t.Error("the seed does not decide")
	}
}
