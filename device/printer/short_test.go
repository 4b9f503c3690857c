package printer

import (
	"image"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The bar of the design is 0.4 of the full-width bytes; what is reached is kept.
func TestASlipIsShortOnTheWire(t *testing.T) {
	for _, tc := range []struct {
		p   Profile
		bar float64
	}{
		{Profile{WidthDots: Width80mm}, 0.325},
		{Profile{WidthDots: Width80mm, Columns: true}, 0.305},
		{Profile{WidthDots: Width58mm}, 0.370},
		{Profile{WidthDots: Width58mm, Columns: true}, 0.360},
	} {
		img, err := Layout(slip(), tc.p.Paper())
		if err != nil {
			t.Fatal(err)
		}
		ratio := float64(sent(t, img, tc.p)) / float64(tc.p.WidthDots/8*img.Rect.Dy())
		t.Logf("%d dots, columns %v: %.3f of the full width", tc.p.WidthDots, tc.p.Columns, ratio)
		if ratio > tc.bar {
			t.Errorf("%d dots, columns %v: %.3f of the full bytes", tc.p.WidthDots, tc.p.Columns, ratio)
		}
	}
}

func sent(t *testing.T, img *image.Gray, p Profile) int {
	t.Helper()
	wire, err := Encode(img, p)
	if err != nil {
		t.Fatal(err)
	}
	return len(wire)
}

// Codes and dashes are drawn so that the printer can double them: a quarter of
// their dots is sent.
func TestCodesAndDashesAreSentAtHalfTheirSize(t *testing.T) {
	for name, b := range map[string]Block{
		"a slip's code":  QR{Payload: "HTTPS://TRAM.EXAMPLE.VN/S/" + strings.Repeat("MFRGG2LT", 9) + "#ORSXG5A2ORSXG5A2", Align: Center},
		"a small code":   QR{Payload: "H15.27-260714-0042"},
		"a dashed rule":  Rule{Dashed: true},
		"a straight one": Rule{},
	} {
		for _, width := range []int{Width80mm, Width58mm} {
			img, err := Layout(Document{Blocks: []Block{b}}, Paper{WidthDots: width})
			if err != nil {
				t.Fatal(err)
			}
			whole := 0 // bytes of the rows between their ends, all dots of them
			for _, e := range pack(img).extents() {
				whole += (e.r - e.l + 7) / 8
			}
			const around = 30 // headers, feeds, the cut
			if n := sent(t, img, Profile{WidthDots: width}); n > whole/3+around {
				t.Errorf("%s on %d dots: %d bytes of %d", name, width, n, whole)
			}
		}
	}
}

// cost is what a step was reckoned at, in bytes.
func (s span) cost(p Profile) int {
	switch {
	case s.white():
		return feedCost
	case p.Raster == RasterGSpL:
		return positionCost + graphicsCost + s.bytes(p)
	}
	return positionCost + gsv0Cost + s.bytes(p)
}

// Cutting finer than at white rows is never worse than not doing so.
func TestSpansAreNeverWorseThanWholeStretches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		img := blank(Width58mm, rapid.IntRange(1, MinBandRows).Draw(t, "rows"))
		for range rapid.IntRange(0, 10).Draw(t, "shapes") {
			x, y := rapid.IntRange(0, Width58mm-1).Draw(t, "x"), rapid.IntRange(0, img.Rect.Dy()-1).Draw(t, "y")
			w, h := rapid.IntRange(1, 200).Draw(t, "w"), rapid.IntRange(1, 30).Draw(t, "h")
			every := rapid.IntRange(1, 3).Draw(t, "every")
			for j := y; j < min(y+h, img.Rect.Dy()); j++ {
				for i := x; i < min(x+w, Width58mm); i += every {
					img.Pix[j*Width58mm+i] = black
				}
			}
		}
		p, err := Profile{
			WidthDots: Width58mm, Flow: FlowRTSCTS, Baud: 921600,
			Raster:     rapid.SampledFrom([]Raster{RasterGSv0, RasterGSpL}).Draw(t, "raster"),
			Position:   rapid.SampledFrom([]Position{LeftMargin, AbsolutePos, FromLeft}).Draw(t, "position"),
			NoDoubling: rapid.Bool().Draw(t, "no doubling"),
		}.filled()
		if err != nil {
			t.Fatal(err)
		}
		m := pack(img)
		rows := m.extents()
		plain, fine, end := 0, 0, 0
		for _, s := range m.spans(p) {
			if s.y0 != end {
				t.Fatalf("row %d follows row %d", s.y0, end)
			}
			end = s.y1
			fine += s.cost(p)
		}
		if end != len(rows) {
			t.Fatalf("%d rows of %d", end, len(rows))
		}
		for y := 0; y < len(rows); {
			s := span{y0: y, wide: 1, tall: 1}
			for white := rows[y].white(); y < len(rows) && rows[y].white() == white; y++ {
				s.extent = s.union(rows[y])
			}
			s.y1 = y
			plain += s.cost(p)
		}
		if fine > plain {
			t.Fatalf("%d bytes, %d without cutting inside", fine, plain)
		}
	})
}
