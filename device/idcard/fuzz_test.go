package idcard

import (
	"errors"
	"strings"
	"testing"
)

func FuzzParse(f *testing.F) {
	for _, s := range []string{qrBia, qrAn, mrzA, specimn, "066190000123", "066 190 000 123", mrzA[:40]} {
		f.Add(s)
	}
	for _, s := range fixture(f, "vietqr.txt") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, frame string) {
		c, err := Parse(frame)
		switch {
		case err == nil:
			if len(c.Number) != numberDigits || !digits(c.Number) || c.Kind == "" || c.Raw != frame {
				t.Errorf("half a card: %+v", c)
			}
			if m, grade, fields := Cross(c, c); grade != Declared || len(fields) != 0 || m.Number != c.Number {
				t.Errorf("a card contradicts itself: %s %v", grade, fields)
			}
		case errors.Is(err, ErrNotAnID) == errors.Is(err, ErrCheckDigit):
			t.Errorf("unnamed error %v", err)
		case errors.Is(err, ErrNotAnID) && c.Kind != "":
			t.Error("a card that is none")
		}
	})
}

// What is taken for an MRZ holds to its check digits, whatever was put right in
// it, and putting it right once is enough.
func FuzzTD1(f *testing.F) {
	for _, s := range []string{mrzA, mrzLikes, specimn, mrzA[:88], strings.ToLower(mrzA), mrzAL1 + "\r" + mrzAL2 + "\r" + mrzAL3, strings.ReplaceAll(mrzA, "<", "_")} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := unwrapMRZ(text)
		once := mend(s)
		if mend(once) != once || len(once) != len(s) {
			t.Errorf("%q, then %q", once, mend(once))
		}
		td1, err := ParseTD1(text)
		if err != nil {
			if errors.Is(err, ErrNotAnID) == errors.Is(err, ErrCheckDigit) {
				t.Errorf("unnamed error %v", err)
			}
			return
		}
		if checkDigit(td1.Born) != once[36] || checkDigit(td1.Expiry) != once[44] || len(td1.Born) != 6 {
			t.Errorf("%q was read as %+v", text, td1)
		}
	})
}
