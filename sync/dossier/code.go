package dossier

import (
	"strings"
	"unicode"
)

// Limits of a dossier's code without what stands between its groups.
const (
	minCodeChars = 6
	maxCodeChars = 48
)

// FoldCode writes an agency's code of a dossier as it is compared: capital letters
// and digits, whatever stands between them left out, because people type "h15 30
// 260714 0001" for "H15.30-260714-0001". Nothing else is read out of it. What cannot
// be a code – too short or long, without a digit, with other signs – is "".
func FoldCode(s string) string {
	if len(s) > 8*maxCodeChars {
		return ""
	}
	var b strings.Builder
	digits := 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r), strings.ContainsRune("._/", r):
			continue
		case r >= '0' && r <= '9':
			digits++
		case !unicode.IsLetter(r):
			return ""
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	out := b.String()
	if n := len([]rune(out)); n < minCodeChars || n > maxCodeChars || digits == 0 {
		return ""
	}
	return out
}
