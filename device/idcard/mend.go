package idcard

import "strings"

const (
	// vnDigits are the places of a Vietnamese card's MRZ that hold digits: the
	// end of the number and its check, the number, the national check, and the
	// dates with theirs and the last one.
	vnDigits = "" +
		".....dddddddddddddddddddddd..d" +
		"ddddddd.ddddddd..............d" +
		"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
)

// mend puts right what an optical reader takes for its look-alike in a
// Vietnamese card's MRZ: a letter where only a digit can stand, and a zero in a
// name. It invents nothing: numbers and dates have check digits over them, and
// a name is shown to its bearer. Any other text comes back as it was.
func mend(s string) string {
	if len(s) == td1Chars && (strings.HasPrefix(s, "1DVNM") || strings.HasPrefix(s, "LDVNM")) {
		s = "I" + s[1:]
	}
	if len(s) != td1Chars || !strings.HasPrefix(s, vnHead) {
		return s
	}
	b := []byte(s)
	for i, place := range []byte(vnDigits) {
		switch {
		case place == 'd':
			b[i] = digitLike(b[i])
		case place == 'n' && b[i] == '0':
			b[i] = 'O'
		}
	}
	return string(b)
}

// digitLike is the digit that a letter is taken for.
func digitLike(c byte) byte {
	switch c {
	case 'O', 'Q', 'D':
		return '0'
	case 'I', 'L':
		return '1'
	case 'Z':
		return '2'
	case 'S':
		return '5'
	case 'B':
		return '8'
	}
	return c
}
