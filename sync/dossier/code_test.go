package dossier

import (
	"strings"
	"testing"
)

func TestFoldCode(t *testing.T) {
	for in, want := range map[string]string{
		"H15.30-260714-0001":            "H15302607140001",
		"h15.30-260714-0001":            "H15302607140001",
		" h15 30 – 260714 — 0001 ":      "H15302607140001",
		"H15/30_260714.0001":            "H15302607140001",
		"h15302607140001":               "H15302607140001",
		"000.00.19.H26-230403-0004":     "0000019H262304030004",
		"đ15-260714-0001":               "Đ152607140001",
		"":                              "",
		"H15":                           "", // too short
		"UBND xã Ea Thử":                "", // no digit
		"H15.30-260714-0001'--":         "",
		"H15:30":                        "",
		strings.Repeat("H1", 25):        "",
		strings.Repeat(" ", 400) + "H1": "",
	} {
		if got := FoldCode(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzFoldCode(f *testing.F) {
	f.Add("H15.30-260714-0001")
	f.Add(" h15 30 – 260714 ")
	f.Add("İ15-260714-0001")
	f.Fuzz(func(t *testing.T, s string) {
		once := FoldCode(s)
		if once == "" {
			return
		}
		if n := len([]rune(once)); n < minCodeChars || n > maxCodeChars || strings.ContainsAny(once, " -._/") {
			t.Fatalf("%q became %q", s, once)
		}
		if again := FoldCode(once); again != once {
			t.Fatalf("%q became %q and then %q", s, once, again)
		}
	})
}
