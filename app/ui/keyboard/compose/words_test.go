package compose

import (
	_ "embed"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

//go:embed testdata/words.txt
var wordTable string

// pair is a word and the keys that write it.
type pair struct{ word, telex, vni string }

func pairs(t testing.TB) []pair {
	t.Helper()
	var all []pair
	for _, line := range strings.Split(wordTable, "\n") {
		f := strings.Fields(line)
		if len(f) != 3 || f[0] == "#" {
			if len(f) > 0 && f[0] != "#" {
				t.Fatalf("bad line %q", line)
			}
			continue
		}
		all = append(all, pair{norm.NFC.String(f[0]), f[1], f[2]})
	}
	return all
}

// typed is what a text becomes when keys are pressed behind it.
func typed(m Method, before, keys string) string {
	w := Writer{Method: m}
	for _, k := range keys {
		before = w.Type(before, string(k))
	}
	return before
}

func TestWords(t *testing.T) {
	all := pairs(t)
	if len(all) < 300 {
		t.Fatalf("only %d words", len(all))
	}
	for _, p := range all {
		for _, before := range []string{"", "xã ", "H’", "12/3 "} {
			if got := typed(Telex, before, p.telex); got != before+p.word {
				t.Errorf("telex %s behind %q: %s, want %s", p.telex, before, got, p.word)
			}
			if got := typed(VNI, before, p.vni); got != before+p.word {
				t.Errorf("vni %s behind %q: %s, want %s", p.vni, before, got, p.word)
			}
		}
		if got, want := typed(Telex, "", p.telex+" "), p.word+" "; got != want {
			t.Errorf("after the space %q, want %q", got, want)
		}
	}
}

func TestCapitals(t *testing.T) {
	for _, p := range pairs(t) {
		want := strings.ToUpper(p.word)
		if got := typed(Telex, "", strings.ToUpper(p.telex)); got != want {
			t.Errorf("telex %s: %s, want %s", strings.ToUpper(p.telex), got, want)
		}
		if got := typed(VNI, "", strings.ToUpper(p.vni)); got != want {
			t.Errorf("vni %s: %s, want %s", strings.ToUpper(p.vni), got, want)
		}
	}
}

func TestHandWritten(t *testing.T) {
	tests := []struct {
		m          Method
		keys, want string
	}{
		{Telex, "duongwf", "dường"}, {Telex, "dduowngf", "đường"}, {Telex, "duwowngf", "dường"}, {Telex, "duongwfd", "đường"},
		{Telex, "DDuwowngf", "Đường"}, {Telex, "Dduowngf", "Đường"}, {VNI, "d9uo7ng2", "đường"}, {VNI, "duong729", "đường"}, {VNI, "du7o7ng2", "dường"},
		{Telex, "wowc", "ươc"}, {Telex, "tw", "tư"}, {Telex, "W", "Ư"}, {Telex, "nhwng", "nhưng"}, {Telex, "nguwoif", "người"},
		{Telex, "toansz", "toan"}, {VNI, "toan10", "toan"}, {Telex, "toansf", "toàn"}, {Telex, "az", "az"}, {VNI, "a0", "a0"},
		// The same mark again.
		{Telex, "ass", "as"}, {Telex, "aaa", "aa"}, {Telex, "ddd", "dd"}, {Telex, "uww", "uw"}, {Telex, "ww", "w"}, {Telex, "tww", "tw"}, {Telex, "WW", "W"},
		{Telex, "uoww", "uow"}, {Telex, "dangdd", "dangd"}, {Telex, "tesst", "test"}, {Telex, "boook", "book"}, {Telex, "aaass", "aass"},
		{VNI, "a11", "a1"}, {VNI, "a66", "a6"}, {VNI, "d99", "d9"}, {VNI, "uo77", "uo7"}, {VNI, "a88", "a8"}, {VNI, "A112", "A12"},
		// Another mark takes its place.
		{Telex, "aaw", "ă"}, {Telex, "awa", "â"}, {Telex, "muonwo", "muôn"}, {Telex, "muoonw", "mươn"}, {VNI, "a68", "ă"}, {VNI, "muon76", "muôn"},
		// What is no syllable stays.
		{Telex, "Facebook", "Facebook"}, {Telex, "windows", "windows"}, {Telex, "Google", "Google"}, {Telex, "internet", "internet"},
		{Telex, "software", "software"}, {Telex, "Microsoft", "Microsoft"}, {Telex, "website", "website"}, {Telex, "wifi", "wifi"}, {Telex, "next", "next"},
		{Telex, "text", "text"}, {Telex, "USB", "USB"}, {Telex, "Peter", "Peter"}, {Telex, "James", "James"}, {Telex, "computer", "computer"},
		{Telex, "fax", "fax"}, {Telex, "zoo", "zoo"}, {Telex, "banana", "banana"}, {Telex, "soft", "soft"}, {Telex, "forest", "forest"}, {Telex, "Hwing", "Hwing"},
		{VNI, "Facebook1", "Facebook1"}, {VNI, "B52", "B52"}, {VNI, "12a", "12a"}, {VNI, "2026", "2026"}, {VNI, "QL14", "QL14"}, {VNI, "windows7", "windows7"},
		{Telex, "test", "tét"}, // a syllable, and what every Telex writes
		// At the end of a word that has marks and is no syllable.
		{Telex, "user ", "user "}, {Telex, "user", "uẻ"}, {Telex, "uowj,", "ượ,"}, {Telex, "Ddawk ", "Đăk "}, {Telex, "Niee ", "Niê "}, {Telex, "asn ass ", "án as "},
		// Marked letters from their own keys, and signs between.
		{Telex, "Eebur", "Êbur"}, {Telex, "EEBUR", "ÊBUR"}, {Telex, "Drawsk", "Drắk"}, {Telex, "Niêj", "Niệ"}, {Telex, "hoa’s", "hoa’s"}, {Telex, "o-s", "o-s"}, {Telex, "tôis", "tối"}, {VNI, "đường2", "đương2"}, {VNI, "đường1", "đướng"}, {Telex, "xooongs", "xoóng"},
		{Plain, "Niees", "Niees"}, {Plain, "hoas", "hoas"},
	}
	for _, tt := range tests {
		if got := typed(tt.m, "", tt.keys); got != tt.want {
			t.Errorf("%d: %q = %q, want %q", tt.m, tt.keys, got, tt.want)
		}
	}
}

// A word that stands there already is gone on with: after the caret has moved,
// after a letter was taken away, after another keyboard typed.
func TestGoingOn(t *testing.T) {
	w := Writer{Method: Telex}
	if got := w.Type("Nguyên", "x"); got != "Nguyễn" {
		t.Errorf("behind a standing word: %q", got)
	}
	if got := w.Type("Nguyễ", "n"); got != "Nguyễn" { // one letter was erased
		t.Errorf("after erasing: %q", got)
	}
	if got := w.Type("Nguyễn Va", "w"); got != "Nguyễn Vă" { // typed elsewhere
		t.Errorf("after another keyboard: %q", got)
	}
	if got := w.Type("ho\u0300a", "n"); got != "hoàn" {
		t.Errorf("decomposed: %q", got)
	}
	text := w.Accent("Nguyễn Văn Hoa", Sac)
	if text != "Nguyễn Văn Hoá" {
		t.Errorf("tone key: %q", text)
	}
	if got := w.Type(text, "f"); got != "Nguyễn Văn Hoà" {
		t.Errorf("a key after a tone key: %q", got)
	}
	if got := w.Accent("Josep", Nang); got != "Josẹp" {
		t.Errorf("a tone key on a foreign word: %q", got)
	}
	// A taken-off mark is not forgotten while the word goes on.
	if got := typed(Telex, "", "Messsi"); got != "Messi" {
		t.Errorf("after a mark was taken off: %q", got)
	}
}

// TestEveryLetter reaches all 134 accented letters, by Telex and by VNI.
func TestEveryLetter(t *testing.T) {
	tails := map[Method][2][]string{
		Telex: {{"", "w", "a", "e", "o", "d"}, {"", "s", "f", "r", "x", "j"}},
		VNI:   {{"", "6", "7", "8", "9"}, {"", "1", "2", "3", "4", "5"}},
	}
	for m, tail := range tails {
		reached := map[rune]bool{}
		for _, base := range "aeiouydAEIOUYD" {
			for _, mark := range tail[0] {
				for _, tone := range tail[1] {
					got := typed(m, "", string(base)+mark+tone)
					if utf8.RuneCountInString(got) != 1 {
						continue
					}
					if r, _ := utf8.DecodeRuneInString(got); r >= utf8.RuneSelf {
						reached[r] = true
					}
				}
			}
		}
		if len(reached) != 134 {
			t.Errorf("method %d reaches %d letters, want 134", m, len(reached))
		}
	}
}

// Keys that only change a tone to and fro are not remembered without bound.
func TestKeysAreBounded(t *testing.T) {
	w, text := Writer{Method: Telex}, "a"
	for i := range 10 * MaxKeys {
		text = w.Type(text, string("sf"[i%2]))
		if len(w.keys) > MaxKeys {
			t.Fatalf("%d keys are remembered", len(w.keys))
		}
	}
	if text != "à" {
		t.Errorf("after many tones %q", text)
	}
}
