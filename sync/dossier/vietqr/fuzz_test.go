package vietqr

import (
	"reflect"
	"testing"
)

// FuzzParse holds that no text panics and that what is read can be written and
// read again as the same.
func FuzzParse(f *testing.F) {
	for _, text := range valid(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			if !reflect.DeepEqual(p, Payment{}) {
				t.Fatalf("refused and read: %+v", p)
			}
			// Most of what is made up fails at the check sum: try it with the right one.
			if len(text) < 8 || len(text) > maxText {
				return
			}
			if p, err = Parse(sum(text[:len(text)-8])); err != nil {
				return
			}
		}
		p.Ignored = nil
		again, err := p.Encode()
		if err != nil {
			t.Fatalf("%+v cannot be written: %v", p, err)
		}
		if q, err := Parse(again); err != nil || !reflect.DeepEqual(p, q) {
			t.Fatalf("%+v became %+v (%v)", p, q, err)
		}
	})
}
