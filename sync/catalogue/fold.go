package catalogue

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold writes s as it is compared: lower case, without accents and tone marks,
// đ as d, every run of anything but letters and digits as one space, none at
// the ends.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	foldEach(s, func(r rune, _ int) { b.WriteRune(r) })
	return b.String()
}

// fold also says, for every rune of its answer, which rune of s it came from.
func fold(s string) (out []rune, from []int) {
	foldEach(s, func(r rune, at int) { out, from = append(out, r), append(from, at) })
	return out, from
}

// foldEach hands on every rune of the folded form with the place, in runes, of
// what it came from.
func foldEach(s string, put func(r rune, at int)) {
	space, spaceAt := false, 0 // a space is due before the next letter
	wrote := false
	at := 0
	one := func(d rune) {
		switch {
		case unicode.IsLetter(d) || unicode.IsDigit(d):
			if space {
				put(' ', spaceAt)
			}
			put(d, at)
			space, wrote = false, true
		case !isMark(d) && wrote && !space:
			space, spaceAt = true, at
		}
	}
	for _, r := range s {
		if int(r) < len(bases) && bases[r] != 0 {
			one(bases[r])
		} else {
			for _, d := range decompose(r) {
				one(d)
			}
		}
		at++
	}
}

// bases is the base letter of every rune that has exactly one, up to the end of
// the block that holds the Vietnamese vowels with tones; 0 elsewhere.
var bases = func() (t [0x1f00]rune) {
	for r := range rune(len(t)) {
		base, n := rune(0), 0
		for _, d := range decompose(r) {
			if !isMark(d) {
				base = d
				n++
			}
		}
		if n == 1 {
			t[r] = base
		}
	}
	return t
}()

// decompose gives the base letter and the marks of one rune, in lower case.
func decompose(r rune) []rune {
	if r == 'đ' || r == 'Đ' {
		return []rune{'d'}
	}
	return []rune(strings.ToLower(norm.NFD.String(string(r))))
}

func isMark(r rune) bool { return unicode.Is(unicode.Mn, r) }
