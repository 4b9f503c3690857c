package idcard

import (
	"errors"
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
