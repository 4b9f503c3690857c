package compose

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// A word that stands is left as it is, whatever way it came about.
func TestSettled(t *testing.T) {
	for _, p := range pairs(t) {
		for _, m := range []Method{Telex, VNI} {
			w := Writer{Method: m}
			if got := w.Type(p.word, " "); got != p.word+" " {
				t.Errorf("%s and a space: %q", p.word, got)
			}
			w = Writer{Method: m}
			w.meet(p.word)
			again, undone := m.write(p.word, nil)
			if again != p.word || undone {
				t.Errorf("%s written anew: %s", p.word, again)
			}
		}
	}
}

// Every key in any order: NFC, no letter more than keys, and taking a letter
// away shortens the text by one.
func TestProperties(t *testing.T) {
	alphabet := []rune(latin + latin + marked + "aeiouwsfrxjzd0123456789" + " ’-." + "QÊĐWDS")
	rapid.Check(t, func(t *rapid.T) {
		w := Writer{Method: Method(rapid.IntRange(0, 2).Draw(t, "method"))}
		text, most := "", 0
		for range rapid.IntRange(0, 60).Draw(t, "keys") {
			switch rapid.IntRange(0, 9).Draw(t, "kind") {
			case 0:
				text = w.Accent(text, Tones[rapid.IntRange(0, 4).Draw(t, "tone")])
			case 1:
				if r := []rune(text); len(r) > 0 {
					text = string(r[:len(r)-1])
				}
			default:
				text = w.Type(text, string(alphabet[rapid.IntRange(0, len(alphabet)-1).Draw(t, "key")]))
				most++
			}
			if !norm.NFC.IsNormalString(text) {
				t.Fatalf("%q is not NFC", text)
			}
			if n := utf8.RuneCountInString(text); n > most {
				t.Fatalf("%q has %d letters from %d keys", text, n, most)
			}
			if len(w.keys) > MaxKeys {
				t.Fatalf("%d keys are remembered", len(w.keys))
			}
		}
	})
}

// What stands before the word never changes.
func TestHeadStays(t *testing.T) {
	all := pairs(t)
	rapid.Check(t, func(t *rapid.T) {
		p := all[rapid.IntRange(0, len(all)-1).Draw(t, "word")]
		head := rapid.StringMatching(`([A-Za-zăâêôơưđạếộ]{0,6}[ ,/’-])?`).Draw(t, "head")
		m, keys := Telex, p.telex
		if rapid.Bool().Draw(t, "vni") {
			m, keys = VNI, p.vni
		}
		head = norm.NFC.String(head)
		if got := typed(m, head, keys); !strings.HasPrefix(got, head) || got != head+p.word {
			t.Fatalf("%q behind %q: %q", keys, head, got)
		}
	})
}

// A caret that jumps, other keyboards and any keys: nothing panics, nothing
// grows by more than what was typed.
func FuzzWriter(f *testing.F) {
	f.Add("Y Khôi Ni", "eej", 1)
	f.Add("", "dduowngf windows ", 1)
	f.Add("", "d9uo7ng2", 2)
	f.Add("ho\u0300a", "\u0301n", 1)
	f.Fuzz(func(t *testing.T, before, keys string, method int) {
		if !utf8.ValidString(before) || !utf8.ValidString(keys) {
			return
		}
		w := Writer{Method: Method(((method % 3) + 3) % 3)}
		text, most := before, utf8.RuneCountInString(norm.NFC.String(before))
		for i, k := range keys {
			if i%7 == 6 { // the caret was moved
				r := []rune(norm.NFC.String(text))
				text, most = string(r[:len(r)/2]), utf8.RuneCountInString(norm.NFC.String(string(r[:len(r)/2])))
			}
			text = w.Type(text, string(k))
			most += utf8.RuneCountInString(norm.NFC.String(string(k)))
			if !norm.NFC.IsNormalString(text) {
				t.Fatalf("%q is not NFC", text)
			}
			if n := utf8.RuneCountInString(text); n > most {
				t.Fatalf("%q has %d letters, %d were typed", text, n, most)
			}
		}
	})
}
