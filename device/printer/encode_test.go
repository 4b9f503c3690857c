package printer

import (
	"bytes"
	"encoding/hex"
	"errors"
	"image"
	"testing"

	"pgregory.net/rapid"
)

func blank(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = white
	}
	return img
}

func TestCornerDots(t *testing.T) {
	img := blank(16, 2)
	img.Pix[0], img.Pix[16+15] = black, black
	got, err := Encode(img, Profile{})
	if err != nil {
		t.Fatal(err)
	}
	const want = "1b40" + "1d7630000200020080000001" + "1d564200"
	if hex.EncodeToString(got) != want {
		t.Errorf("%x, want %s", got, want)
	}
}

func TestWhiteIsFedAndBandsAreTrimmed(t *testing.T) {
	img := blank(576, 302)
	img.Pix[300*576+259] = black // row 300, dot 259
	for _, tc := range []struct {
		p    Profile
		want string
	}{
		{Profile{}, "1b40" + "1b4aff" + "1b4a2d" + "1d4c0301" + "1d76300001000100" + "80" + "1b4a01" + "1d564200"},
		{Profile{Position: AbsolutePos}, "1b40" + "1b4aff" + "1b4a2d" + "1b240301" + "1d76300001000100" + "80" + "1b4a01" + "1d564200"},
		{Profile{FeedUnitsPerDot: 2}, "1b40" + "1b4aff" + "1b4aff" + "1b4a5a" + "1d4c0301" + "1d76300001000100" + "80" + "1b4a02" + "1d564200"},
	} {
		got, err := Encode(img, tc.p)
		if err != nil {
			t.Fatal(err)
		}
		if hex.EncodeToString(got) != tc.want {
			t.Errorf("%+v: %x, want %s", tc.p, got, tc.want)
		}
	}
}

func TestPairsOfDotsAreDoubledByThePrinter(t *testing.T) {
	img := blank(576, 100)
	for y := range 100 {
		for x := range 576 {
			img.Pix[y*576+x] = black
		}
	}
	plain, err := Encode(img, Profile{NoDoubling: true})
	if err != nil {
		t.Fatal(err)
	}
	short, err := Encode(img, Profile{})
	if err != nil {
		t.Fatal(err)
	}
	if want := 2 + 8 + 50*36 + 4; len(short) != want || len(plain) != 2+8+100*72+4 {
		t.Errorf("a bar takes %d bytes, %d without doubling", len(short), len(plain))
	}
}

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
		ratio := float64(len(wire)) / float64(width/8*img.Rect.Dy())
		t.Logf("%d dots: %d bytes, %.3f of the full width", width, len(wire), ratio)
		if ratio > 0.4 {
			t.Errorf("%d dots: %.3f of the full bytes", width, ratio)
		}
	}
}

// Pictures made of the forbidden pairs at every bit offset, also over the
// edge of a row, must not hold one on the wire.
func TestNoRealTimeCommandInAPicture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := 8 * rapid.IntRange(1, 24).Draw(t, "bytes")
		h := rapid.IntRange(1, 60).Draw(t, "rows")
		img := blank(w, h)
		n := rapid.IntRange(1, 80).Draw(t, "pairs")
		for range n {
			at := rapid.IntRange(0, w*h-1).Draw(t, "at")
			pair := rapid.SampledFrom([]uint16{0x1004, 0x1005, 0x1014}).Draw(t, "pair")
			for bit := range 16 {
				if pair&(0x8000>>bit) != 0 && at+bit < len(img.Pix) {
					img.Pix[at+bit] = black
				}
			}
		}
		p := Profile{Position: rapid.SampledFrom([]Position{LeftMargin, AbsolutePos, FromLeft}).Draw(t, "position")}
		wire, err := Encode(img, p)
		if err != nil {
			t.Fatal(err)
		}
		if at := realTime(wire); at >= 0 {
			t.Fatalf("% x at %d of the wire", wire[at:at+2], at)
		}
	})
}

func TestBandsKeepTheirLimits(t *testing.T) {
	img, err := Layout(slip(), Paper{WidthDots: Width80mm})
	if err != nil {
		t.Fatal(err)
	}
	pieces, err := Pieces(img, Profile{BandRows: MinBandRows})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pieces {
		at := bytes.Index(p.Bytes, []byte{gs, 'v', '0'})
		if p.Owed == 0 || at < 0 {
			continue
		}
		b := p.Bytes[at:]
		rows, width := int(b[6])|int(b[7])<<8, int(b[4])|int(b[5])<<8
		if rows > MinBandRows || rows*width != p.Owed || len(b) != 8+p.Owed {
			t.Errorf("a band of %d rows and %d bytes owes %d", rows, width, p.Owed)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	if _, err := Encode(blank(584, 1), Profile{}); !errors.Is(err, ErrTooWide) {
		t.Errorf("too wide: %v", err)
	}
	if _, err := Encode(blank(8, MaxLengthDots+1), Profile{}); !errors.Is(err, ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
	for _, p := range []Profile{
		{WidthDots: 100}, {BandRows: 119}, {BandRows: 401}, {FeedUnitsPerDot: 3}, {Position: 9}, {Baud: -1},
		{Density: &Density{Dots: 0x10, Time: 0x04}},
	} {
		if _, err := Encode(blank(8, 1), p); err == nil {
			t.Errorf("profile %+v passed", p)
		}
	}
}
