package idcard

import (
	"fmt"
	"strings"
)

const (
	td1Line  = 30
	td1Chars = 3 * td1Line
	vietnam  = "VNM"
	// vnHead starts every Vietnamese card's MRZ.
	vnHead = "IDVNM"
)

// TD1 is a machine-readable zone of three lines of 30, any state's, as it is
// written (ICAO 9303 part 5). Dates are yymmdd and may hold '<'.
type TD1 struct {
	Code, Issuer, Document, Optional1         string
	Born, Sex, Expiry, Nationality, Optional2 string
	Surname, Given                            string
}

// unwrapMRZ takes away what readers put around and into the 90 characters:
// line breaks, blanks, 3M's '_' for '<', and small letters.
func unwrapMRZ(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r', r == '\n', r == ' ':
			return -1
		case r == '_':
			return '<'
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, text)
}

func looksLikeMRZ(text string) bool {
	s := mend(unwrapMRZ(text))
	if len(s) == 0 || strings.IndexByte("IAC", s[0]) < 0 {
		return false
	}
	for i := range len(s) {
		if mrzValue(s[i]) < 0 {
			return false
		}
	}
	return len(s) == td1Chars && strings.Contains(s, "<") || strings.HasPrefix(s, vnHead)
}

// mrzValue is a character's value for check digits, or -1.
func mrzValue(b byte) int {
	switch {
	case b >= '0' && b <= '9':
		return int(b - '0')
	case b >= 'A' && b <= 'Z':
		return int(b-'A') + 10
	case b == '<':
		return 0
	}
	return -1
}

// checkDigit is ICAO 9303 part 3, 4.9: weights 7, 3, 1, modulo 10.
func checkDigit(s string) byte {
	sum := 0
	for i := range len(s) {
		sum += mrzValue(s[i]) * [3]int{7, 3, 1}[i%3]
	}
	return byte('0' + sum%10)
}

// ParseTD1 reads 90 characters, bare or with line breaks, and checks every
// ICAO check digit. Errors: ErrNotAnID, or a FieldError.
func ParseTD1(text string) (TD1, error) {
	s := mend(unwrapMRZ(text))
	if len(s) != td1Chars {
		if strings.HasPrefix(s, vnHead) {
			return TD1{}, &FieldError{FieldLength, fmt.Sprintf("%d of %d characters", len(s), td1Chars)}
		}
		return TD1{}, ErrNotAnID
	}
	if !looksLikeMRZ(s) {
		return TD1{}, ErrNotAnID
	}
	l1, l2, l3 := s[:td1Line], s[td1Line:2*td1Line], s[2*td1Line:]
	t := TD1{
		Code: trim(l1[:2]), Issuer: trim(l1[2:5]), Document: trim(l1[5:14]), Optional1: trim(l1[15:]),
		Born: l2[:6], Sex: trim(l2[7:8]), Expiry: l2[8:14], Nationality: trim(l2[15:18]), Optional2: trim(l2[18:29]),
	}
	surname, given, _ := strings.Cut(l3, "<<")
	t.Surname, t.Given = words(surname), words(given)

	document, documentCheck := l1[5:14], l1[14]
	if documentCheck == '<' {
		// A longer number goes on in the optional data, its check digit last.
		if more, _, _ := strings.Cut(l1[15:], "<"); more != "" {
			document += more[:len(more)-1]
			documentCheck = more[len(more)-1]
			t.Document, t.Optional1 = document, trim(l1[15+len(more):])
		}
	}
	for _, c := range []struct {
		field Field
		data  string
		digit byte
	}{
		{FieldDocument, document, documentCheck},
		{FieldBorn, l2[:6], l2[6]},
		{FieldExpiry, l2[8:14], l2[14]},
		{FieldComposite, l1[5:] + l2[:7] + l2[8:15] + l2[18:29], l2[29]},
	} {
		if checkDigit(c.data) != c.digit {
			return t, &FieldError{c.field, "its check digit does not hold"}
		}
	}
	return t, nil
}

func trim(s string) string { return strings.TrimRight(s, "<") }
func words(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '<' }), " ")
}

// parseMRZ takes a Vietnamese card: IDVNM, the last 9 digits of the number,
// their check digit, all 12 digits, "<<" and the national check digit over
// the 12; then ICAO 9303.
func parseMRZ(text string) (Card, error) {
	t, err := ParseTD1(text)
	if err != nil && t.Issuer == "" {
		return Card{}, err
	}
	if t.Issuer != vietnam || !strings.HasPrefix(t.Code, "I") {
		return Card{}, ErrForeign
	}
	c := Card{Kind: KindMRZ, Name: strings.TrimSpace(t.Surname + " " + t.Given)}
	number, check := vnNumber(t.Optional1)
	c.Number = number
	if err != nil {
		return c, err
	}
	switch {
	case number == "":
		return c, &FieldError{FieldNumber, "not 12 digits and a check digit"}
	case checkDigit(number) != check:
		return c, &FieldError{FieldNational, "its check digit does not hold"}
	case number[3:] != t.Document:
		return c, &FieldError{FieldDocument, "not the end of the number"}
	case t.Nationality != vietnam:
		return c, &FieldError{FieldNation, "not Vietnamese"}
	case c.Name == "":
		return c, &FieldError{FieldName, "empty"}
	case strings.ContainsAny(c.Name, "0123456789"):
		return c, &FieldError{FieldName, "a digit in it"}
	}
	n, err := ParseNumber(number)
	if err != nil {
		return c, err
	}
	var ok bool
	if c.Born, ok = mrzDate(t.Born, n.BirthYear/100*100); !ok {
		return c, &FieldError{FieldBorn, "no day of the calendar"}
	}
	if c.Expires, ok = mrzDate(t.Expiry, 2000); !ok {
		return c, &FieldError{FieldExpiry, "no day of the calendar"}
	}
	switch t.Sex {
	case "M":
		c.Sex = SexMale
	case "F":
		c.Sex = SexFemale
	case "", "X": // unspecified
	default:
		return c, &FieldError{FieldSex, "neither M nor F"}
	}
	return c, c.checkNumber()
}

// vnNumber splits the optional data: 12 digits, two fillers, a check digit.
func vnNumber(optional string) (number string, check byte) {
	if len(optional) != numberDigits+3 || optional[numberDigits:numberDigits+2] != "<<" {
		return "", 0
	}
	number, check = optional[:numberDigits], optional[numberDigits+2]
	if !digits(number) {
		return "", 0
	}
	return number, check
}

// mrzDate reads yymmdd in a century; unknown parts are '<' (ICAO 9303 part 3,
// 4.8), then the later ones too. All unknown is no date. Some issuers write 00.
func mrzDate(s string, century int) (Date, bool) {
	if s[2:] == "0000" {
		s = s[:2] + "<<<<"
	} else if s[4:] == "00" {
		s = s[:4] + "<<"
	}
	if s == "<<<<<<" {
		return Date{}, true
	}
	if !digits(s[:2]) {
		return Date{}, false
	}
	d := Date{Year: century + twoDigits(s)}
	if s[2:] == "<<<<" {
		return d, true
	}
	if !digits(s[2:4]) {
		return Date{}, false
	}
	d.Month = twoDigits(s[2:])
	if s[4:] == "<<" {
		return d, d.Month >= 1 && d.Month <= 12
	}
	if !digits(s[4:]) {
		return Date{}, false
	}
	d.Day = twoDigits(s[4:])
	return d, d.real()
}
