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
	folded, _ := fold(s)
	return string(folded)
}

// fold also says, for every rune of its answer, which rune of s it came from.
func fold(s string) (out []rune, from []int) {
	space := true // nothing written yet: leading separators vanish
	i := 0
	for _, r := range s {
		for _, d := range decompose(r) {
			switch {
			case isMark(d):
				continue
			case unicode.IsLetter(d) || unicode.IsDigit(d):
				out, from, space = append(out, d), append(from, i), false
			case !space:
				out, from, space = append(out, ' '), append(from, i), true
			}
		}
		i++
	}
	if n := len(out); n > 0 && out[n-1] == ' ' {
		out, from = out[:n-1], from[:n-1]
	}
	return out, from
}

// decompose gives the base letter and the marks of one rune.
func decompose(r rune) []rune {
	if r < 0x80 {
		return []rune{unicode.ToLower(r)}
	}
	if r == 'đ' || r == 'Đ' {
		return []rune{'d'}
	}
	return []rune(strings.ToLower(norm.NFD.String(string(r))))
}

func isMark(r rune) bool { return unicode.Is(unicode.Mn, r) }
