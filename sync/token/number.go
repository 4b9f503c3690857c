package token

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"tramhoso/sync/dossier"
)

// MaxSerial is the last serial a station can print: six digits.
const MaxSerial = 999_999

// Number is a slip number taken apart.
type Number struct {
	Station string
	Serial  uint64
}

// String writes the number as it is printed.
func (n Number) String() string { return SlipNumber(n.Station, n.Serial) }

// SlipNumber writes "DL27-000318-?": station, serial, check character. It
// returns "" for what no station can print (serial 0 or above MaxSerial, an
// invalid station code).
func SlipNumber(station string, serial uint64) string {
	if !ValidStation(station) || serial == 0 || serial > MaxSerial {
		return ""
	}
	digits := fmt.Sprintf("%06d", serial)
	return station + "-" + digits + "-" + string(check(station+digits))
}

// ParseSlipNumber reads a number as a person says or types it: lower case,
// spaces, no dashes or dots for them, and in the serial O for 0 and I or L for 1.
func ParseSlipNumber(s string) (Number, error) {
	if len(s) > MaxTextBytes {
		return Number{}, dossier.Errorf(dossier.CodeInvalid, "slip number too long")
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case unicode.Is(unicode.Pd, r) || r == '.' || r == '_' || r == '/':
			return '-'
		}
		return unicode.ToUpper(r)
	}, s)
	// Dashes may be left out; those that are there must be in their places, so
	// that a forgotten character is not made up by one of the next group.
	const tail = 6 + 1
	parts := strings.Split(s, "-")
	if n := len(parts); n > 3 || n == 3 && len(parts[1]) != 6 || n == 2 && len(parts[1]) != tail {
		return Number{}, dossier.Errorf(dossier.CodeInvalid, "not a slip number")
	}
	s = strings.Join(parts, "")
	if len(s) < 2+tail || len(s) > MaxStationChars+tail {
		return Number{}, dossier.Errorf(dossier.CodeInvalid, "not a slip number")
	}
	cut := len(s) - tail
	station, c := s[:cut], rune(s[len(s)-1])
	digits := strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(s[cut : cut+6])
	serial, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || !ValidStation(station) || serial == 0 || serial > MaxSerial {
		return Number{}, dossier.Errorf(dossier.CodeInvalid, "not a slip number")
	}
	if check(station+digits) != c {
		return Number{}, dossier.Errorf(dossier.CodeInvalid, "slip number with a wrong check character")
	}
	return Number{Station: station, Serial: serial}, nil
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// check computes the check character: the state after all symbols, starting at
// 0, with the quasigroup a∗x = φ·a + x on GF(4) × GF(9), where φ multiplies by
// a primitive element of each field; the character is the x that leads the
// state back to 0.
//
// A symbol's value (its place in alphabet) v is the pair (v div 9, v mod 9).
// x ↦ φ·a + x and a ↦ φ·a + x are bijections, so one wrong symbol always
// changes the end. Two neighbours x, y swapped change the state by
// (φ−1)(x−y), which is 0 only for x = y because φ is not 1 in either field.
// (H. M. Damm, "Totally anti-symmetric quasigroups for all orders n ≠ 2, 6";
// order 36 keeps the alphabet of station codes, which modulo 37 would not.)
func check(s string) rune {
	var a, b uint8
	for i := range len(s) {
		v := uint8(strings.IndexByte(alphabet, s[i]))
		a, b = mul4(a)^(v/9), add9(mul9(b), v%9)
	}
	// φ·state + x = 0 in both fields.
	a, b = mul4(a), neg9(mul9(b))
	return rune(alphabet[a*9+b])
}

// mul4 multiplies by the primitive element of GF(4) = GF(2)[z]/(z²+z+1).
func mul4(a uint8) uint8 { return [4]uint8{0, 2, 3, 1}[a] }

// GF(9) = GF(3)[i]/(i²+1); the value 3·q + p stands for p + q·i. 1+i has order 8.
func mul9(b uint8) uint8 {
	p, q := b%3, b/3
	return (p+2*q)%3 + 3*((p+q)%3)
}

func add9(x, y uint8) uint8 { return (x%3+y%3)%3 + 3*((x/3+y/3)%3) }

func neg9(x uint8) uint8 { return (3-x%3)%3 + 3*((3-x/3)%3) }
