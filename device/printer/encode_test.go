package printer

import (
	"testing"
)

// The bar of the design: a slip takes at most 0.4 of its full-width bytes.
func TestASlipIsShortOnTheWire(t *testing.T) {
	for _, width := range []int{Width80mm, Width58mm} {
		img, err := Layout(slip(), Paper{WidthDots: width})
		if err != nil {
			t.Fatal(err)
		}
		wire, err := Encode(img, Profile{WidthDots: width})
		if err != nil {
			t.Fatal(err)
		}
		full := width / 8 * img.Rect.Dy()
		ratio := float64(len(wire)) / float64(full)
		t.Logf("%d dots: %d of %d bytes, %.3f", width, len(wire), full, ratio)
		if width == Width80mm && ratio > 0.4 {
			t.Errorf("%d dots: %.3f of the full bytes", width, ratio)
		}
	}
}
