package assets

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"tramhoso/sync/dossier"
)

func load(t *testing.T, lang string) *Words {
	t.Helper()
	w, err := Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

func TestLanguagesAgree(t *testing.T) {
	first := load(t, Languages[0])
	for _, lang := range Languages[1:] {
		other := load(t, lang)
		for _, k := range first.Keys() {
			if !other.Has(k) {
				t.Errorf("%s: %q is missing", lang, k)
				continue
			}
			a, b := placeholder.FindAllString(first.T(k), -1), placeholder.FindAllString(other.T(k), -1)
			slices.Sort(a)
			slices.Sort(b)
			if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
				t.Errorf("%s: %q has placeholders %v, want %v", lang, k, b, a)
			}
			if x, y := strings.Count(first.T(k), "**"), strings.Count(other.T(k), "**"); x%2 != 0 || y%2 != 0 {
				t.Errorf("%q: unbalanced ** in a language", k)
			}
		}
		for _, k := range other.Keys() {
			if of, single := strings.CutSuffix(k, one); single {
				a, b := placeholder.FindAllString(other.T(of), -1), placeholder.FindAllString(other.T(k), -1)
				if !slices.Equal(a, b) || !slices.Contains(a, "{n}") {
					t.Errorf("%s: %q words no single one of %q", lang, k, of)
				}
				continue
			}
			if !first.Has(k) {
				t.Errorf("%s: %q exists in no other language", lang, k)
			}
		}
	}
}

func TestTextsAreComposed(t *testing.T) {
	old := regexp.MustCompile(`(?i)(hòa|hóa|thủy|tùy|ủy ban|òa\b|óa\b)`)
	for _, lang := range Languages {
		w := load(t, lang)
		for _, k := range w.Keys() {
			text := w.T(k)
			if strings.TrimSpace(text) != text || text == "" {
				t.Errorf("%s: %q is empty or padded", lang, k)
			}
			if !norm.NFC.IsNormalString(text) {
				t.Errorf("%s: %q is not NFC", lang, k)
			}
			if m := old.FindString(text); m != "" {
				t.Errorf("%s: %q spells %q the old way", lang, k, m)
			}
		}
	}
}

// TestEveryCodeHasASentence reads the codes from the domain's source, so that
// a new code without a sentence fails here.
func TestEveryCodeHasASentence(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../sync/dossier/error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); ok && id.Name == "Code" {
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
				code, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				codes = append(codes, code)
			}
		}
		return true
	})
	if len(codes) < 20 {
		t.Fatalf("found only %d codes", len(codes))
	}
	for _, lang := range Languages {
		w := load(t, lang)
		for _, c := range codes {
			if !w.Has("error." + c) {
				t.Errorf("%s: error.%s is missing", lang, c)
			}
		}
		if got := w.Error(dossier.Code("never-heard-of")); got != w.T("error.unknown") {
			t.Errorf("%s: unknown code worded %q", lang, got)
		}
	}
}

func TestWording(t *testing.T) {
	vi, en := load(t, "vi"), load(t, "en")
	day := time.Date(2026, 7, 14, 9, 24, 5, 0, time.FixedZone("+07", 7*3600))
	tests := []struct{ got, want string }{
		{vi.Money(16000), "16.000 đồng"},
		{en.Money(16000), "16,000 dong"},
		{vi.Money(0), "0 đồng"},
		{vi.Money(999), "999 đồng"},
		{vi.Money(-1234567), "-1.234.567 đồng"},
		{vi.Number(16280), "16.280"},
		{vi.Date(day), "14/07/2026"},
		{vi.Clock(day), "09:24"},
		{vi.DateTime(day), "09:24 ngày 14/07/2026"},
		{en.DateTime(day), "09:24, 14/07/2026"},
		{vi.Weekday(day), "Thứ Ba"},
		{en.Weekday(day), "Tuesday"},
		{vi.LongDate(time.Date(2012, 3, 5, 0, 0, 0, 0, time.UTC)), "Thứ Hai, ngày 5 tháng 3 năm 2012"},
		{vi.T("status.waiting", "n", 3), "3 hồ sơ chờ gửi"},
		{en.T("search.found", "n", 1), "1 procedure"},
		{en.T("search.found", "n", "1"), "1 procedure"},
		{en.T("search.found", "n", 21), "21 procedures"},
		{en.T("search.found", "n", 0), "0 procedures"},
		{vi.T("search.found", "n", 1), "1 thủ tục"},
		{vi.T("no.such"), "⟨no.such⟩"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
	if _, err := Load("fr"); err == nil {
		t.Error("an unknown language loaded")
	}
}

func TestIcons(t *testing.T) {
	names := Icons()
	if len(names) < 80 {
		t.Fatalf("only %d icons", len(names))
	}
	for _, n := range names {
		if !strings.HasPrefix(string(Icon(n)), "<svg ") {
			t.Errorf("%s is no SVG", n)
		}
	}
	if Icon("no-such") != nil {
		t.Error("an icon that does not exist has content")
	}
}
