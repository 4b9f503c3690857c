package idcard

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// maxFrame bounds what is looked at; a CCCD's QR holds some 200 bytes.
	maxFrame = 4096
	// qrFields are the fields every CCCD's QR has; newer cards append more.
	qrFields = 7
	// maxExtra bounds the appended fields that are kept.
	maxExtra = 32
	// oldDigits is the length of the number of a chứng minh nhân dân.
	oldDigits = 9
)

// Parse reads one frame (without its terminator) or typed text.
//
// Errors: ErrNotAnID (ErrForeign within it), or a FieldError. With a
// FieldError the card holds what could be read, so that a clerk can look; it
// must not be used as somebody's identity.
func Parse(frame string) (Card, error) {
	if len(frame) > maxFrame || !utf8.ValidString(frame) {
		return Card{}, ErrNotAnID
	}
	text := norm.NFC.String(strings.TrimSpace(frame))
	var c Card
	var err error
	switch {
	case strings.Contains(text, "|"):
		c, err = parseQR(text)
	case looksLikeMRZ(text):
		c, err = parseMRZ(text)
	default:
		c, err = parseTyped(text)
	}
	if c.Kind != "" {
		c.Raw = frame
	}
	return c, err
}

// parseTyped takes 12 digits, with the blanks and points people put between.
func parseTyped(text string) (Card, error) {
	number := strings.Map(func(r rune) rune {
		if r == ' ' || r == '.' || r == '\u00a0' {
			return -1
		}
		return r
	}, text)
	n, err := ParseNumber(number)
	if err != nil {
		if len(number) == oldDigits && digits(number) {
			return Card{}, ErrOldNumber
		}
		return Card{}, err
	}
	c := Card{Kind: KindNumber, Number: number}
	if !c.Specimen() {
		c.Sex, c.Born = n.Sex, Date{Year: n.BirthYear}
	}
	return c, nil
}

// parseQR takes number|old CMND|name|ddMMyyyy|sex|address|ddMMyyyy of issue
// and whatever follows.
func parseQR(text string) (Card, error) {
	f := strings.Split(text, "|")
	for i := range f {
		f[i] = strings.Join(strings.Fields(f[i]), " ")
	}
	if len(f) < qrFields || len(f[0]) != numberDigits || !digits(f[0]) {
		return Card{}, ErrNotAnID
	}
	c := Card{Kind: KindQR, Number: f[0], OldCMND: f[1], Name: f[2], Address: f[5]}
	if extra := f[qrFields:]; len(extra) > 0 {
		c.Extra = slices.Clone(extra[:min(len(extra), maxExtra)])
	}
	if _, err := ParseNumber(c.Number); err != nil {
		return c, err
	}
	if old := c.OldCMND; old != "" && (!digits(old) || len(old) != oldDigits && len(old) != numberDigits) {
		return c, &FieldError{FieldOldCMND, "not 9 or 12 digits"}
	}
	if c.Name == "" {
		return c, &FieldError{FieldName, "empty"}
	}
	var ok bool
	if c.Born, ok = birthDate(f[3]); !ok {
		return c, &FieldError{FieldBorn, "no day of the calendar"}
	}
	if c.Sex, ok = qrSex(f[4]); !ok {
		return c, &FieldError{FieldSex, "neither Nam nor Nữ"}
	}
	if c.IssuedOn, ok = qrDate(f[6]); !ok {
		return c, &FieldError{FieldIssued, "no day of the calendar"}
	}
	if c.IssuedOn.before(c.Born) {
		return c, &FieldError{FieldIssued, "before the birth"}
	}
	return c, c.checkNumber()
}

// birthDate reads ddMMyyyy of a birth. Of many older people only the year is
// known, or month and year: then the rest is 00, or left out.
func birthDate(s string) (Date, bool) {
	if !digits(s) || len(s) > 8 || len(s)%2 != 0 || len(s) < 4 {
		return Date{}, false
	}
	s = strings.Repeat("0", 8-len(s)) + s
	if s[:2] != "00" {
		return qrDate(s)
	}
	d := Date{Month: twoDigits(s[2:]), Year: twoDigits(s[4:])*100 + twoDigits(s[6:])}
	return d, d.Month <= 12 && d.Year >= firstYear && d.Year <= lastYear
}

func qrDate(s string) (Date, bool) {
	if len(s) != 8 || !digits(s) {
		return Date{}, false
	}
	d := Date{Day: twoDigits(s), Month: twoDigits(s[2:]), Year: twoDigits(s[4:])*100 + twoDigits(s[6:])}
	if !d.real() {
		return Date{}, false
	}
	return d, true
}

func qrSex(s string) (Sex, bool) {
	switch strings.ToLower(s) {
	case "nam":
		return SexMale, true
	case "nữ", "nu":
		return SexFemale, true
	case "", "x", "khác": // none, or neither
		return SexUnknown, true
	}
	return SexUnknown, false
}
