package printer

import (
	"bytes"
	"encoding/hex"
	"errors"
	"image"
	"strings"
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
	plain, err := Encode(img, Profile{Flow: FlowRTSCTS, Baud: 921600, NoDoubling: true})
	if err != nil {
		t.Fatal(err)
	}
	short, err := Encode(img, Profile{Flow: FlowRTSCTS, Baud: 921600})
	if err != nil {
		t.Fatal(err)
	}
	if want := 2 + 8 + 50*36 + 4; len(short) != want || len(plain) != 2+8+100*72+4 {
		t.Errorf("a bar takes %d bytes, %d without doubling", len(short), len(plain))
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
		p := anyProfile(t)
		wire, err := Encode(img, p)
		if err != nil {
			t.Fatal(err)
		}
		if at := realTime(wire); at >= 0 {
			t.Fatalf("% x at %d of the wire", wire[at:at+2], at)
		}
	})
}

// anyProfile is one of the ways to carry a picture.
func anyProfile(t *rapid.T) Profile {
	return Profile{
		Position:   rapid.SampledFrom([]Position{LeftMargin, AbsolutePos, FromLeft}).Draw(t, "position"),
		Raster:     rapid.SampledFrom([]Raster{RasterGSv0, RasterGSpL}).Draw(t, "raster"),
		Columns:    rapid.Bool().Draw(t, "columns"),
		NoDoubling: rapid.Bool().Draw(t, "no doubling"),
		Flow:       rapid.SampledFrom([]Flow{FlowNone, FlowXOnXOff}).Draw(t, "flow"),
		Cut:        rapid.SampledFrom([]CutWay{CutFeed, CutFull, CutPartial, CutNone}).Draw(t, "cut"),
	}
}

func TestCornerDotsByGraphics(t *testing.T) {
	img := blank(16, 2)
	img.Pix[0], img.Pix[16+15] = black, black
	got, err := Encode(img, Profile{Raster: RasterGSpL})
	if err != nil {
		t.Fatal(err)
	}
	const want = "1b40" + "1d284c0e0030703001013110000200800000011d284c02003032" + "1d564200"
	if hex.EncodeToString(got) != want {
		t.Errorf("%x, want %s", got, want)
	}
}

// A picture of more than 65,535 bytes needs the long form.
func TestALongPictureHasALongLength(t *testing.T) {
	img := blank(576, 1000)
	for i := range img.Pix {
		if i%3 == 0 {
			img.Pix[i] = black
		}
	}
	got, err := Encode(img, Profile{Raster: RasterGSpL, BandRows: 1200, Flow: FlowRTSCTS, Baud: 921600, NoDoubling: true})
	if err != nil {
		t.Fatal(err)
	}
	const want = "1b40" + "1d384c4a190100" + "307030010131" + "4002" + "e803"
	if !strings.HasPrefix(hex.EncodeToString(got), want) {
		t.Errorf("% x", got[:24])
	}
	if len(got) != 2+7+10+72000+7+4 {
		t.Errorf("%d bytes", len(got))
	}
}

// 1,030 bytes of picture have the length 0x0410 with their head: the lengths
// themselves must not read as a real-time command.
func TestNoRealTimeCommandInALength(t *testing.T) {
	img := blank(80, 103)
	for i := range img.Pix {
		if i%3 == 0 {
			img.Pix[i] = black
		}
	}
	p := Profile{Raster: RasterGSpL, NoDoubling: true}
	if cmd := (band{width: 10, rows: 103, wide: 1, tall: 1, data: make([]byte, 1030)}).command(p); realTime(cmd) < 0 {
		t.Fatal("the length does not show the danger")
	}
	got, err := Encode(img, p)
	if err != nil {
		t.Fatal(err)
	}
	if at := realTime(got); at >= 0 {
		t.Errorf("% x at %d", got[at:at+3], at)
	}
}

func TestFeedsAreNoRealTimeCommand(t *testing.T) {
	for rows := range 600 {
		b := feed(rows)
		sum := 0
		for i := 0; i < len(b); i += 3 {
			sum += int(b[i+2])
		}
		if sum != rows || realTime(append(b, 0x04)) >= 0 {
			t.Errorf("%d rows: % x", rows, b)
		}
	}
}

func TestWaysToEndAPaper(t *testing.T) {
	for way, want := range map[CutWay]string{
		"": "1d564200", CutFeed: "1d564200", CutFull: "1b4a78" + "1d5600", CutPartial: "1b4a78" + "1d5601", CutNone: "1b4a78",
	} {
		got, err := Encode(blank(8, 1), Profile{Cut: way})
		if err != nil {
			t.Fatal(err)
		}
		if hex.EncodeToString(got) != "1b40"+"1b4a01"+want {
			t.Errorf("%q: %x", way, got)
		}
	}
}

// Words far apart are jumped to instead of sending what is between them.
func TestGapsAreJumpedOver(t *testing.T) {
	img := blank(576, 24)
	for y := range 24 {
		for _, x := range []int{0, 1, 2, 570, 571} {
			if (x+y)%3 != 0 {
				img.Pix[y*576+x] = black
			}
		}
	}
	got, err := Encode(img, Profile{Columns: true})
	if err != nil {
		t.Fatal(err)
	}
	const want = "1b40" +
		"1b2a210300" + "6db6db" + "db6db6" + "b6db6d" +
		"1b243a02" + "1b2a210200" + "6db6db" + "db6db6" +
		"1b4a18" + "1d564200"
	if hex.EncodeToString(got) != want {
		t.Errorf("%x, want %s", got, want)
	}
}

func TestBandsKeepTheirLimits(t *testing.T) {
	img, err := Layout(slip(), Paper{WidthDots: Width80mm})
	if err != nil {
		t.Fatal(err)
	}
	const buffer = 2000
	pieces, err := Pieces(img, Profile{BandRows: MinBandRows, BufferBytes: buffer})
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
		if len(p.Bytes) > buffer {
			t.Errorf("a piece of %d bytes for a buffer of %d", len(p.Bytes), buffer)
		}
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
		{Density: &Density{Dots: 0x10, Time: 0x04}}, {BandRows: 2304, Raster: RasterGSpL}, {Raster: "bmp"}, {Cut: "tear"}, {Flow: "dtr"},
		{BufferBytes: 511}, {BufferBytes: 5 << 20}, {TearDots: -1}, {Name: "a\nb"}, {Name: strings.Repeat("x", 65)},
	} {
		if _, err := Encode(blank(8, 1), p); err == nil {
			t.Errorf("profile %+v passed", p)
		}
	}
}
