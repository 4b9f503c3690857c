package printer_test

import (
	"bytes"
	"image"
	"testing"

	"pgregory.net/rapid"

	"tramhoso/device/printer"
	"tramhoso/device/twin"
)

const (
	black = 0x00
	white = 0xff
)

// picture is a random bitmap: letters' sizes of noise, doubled squares, lines,
// and the bytes that must not appear, at any place.
func picture(t *rapid.T, width int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, width, rapid.IntRange(1, 200).Draw(t, "rows")))
	for i := range img.Pix {
		img.Pix[i] = white
	}
	h := img.Rect.Dy()
	dot := func(x, y int) {
		if x < width && y < h {
			img.Pix[y*width+x] = black
		}
	}
	for range rapid.IntRange(0, 12).Draw(t, "shapes") {
		x, y := rapid.IntRange(0, width-1).Draw(t, "x"), rapid.IntRange(0, h-1).Draw(t, "y")
		switch rapid.IntRange(0, 3).Draw(t, "shape") {
		case 0:
			seed := rapid.Uint32().Draw(t, "seed")
			for j := range 24 {
				for i := range 60 {
					if seed = seed*1664525 + 1013904223; seed>>30 == 0 {
						dot(x+i, y+j)
					}
				}
			}
		case 1:
			size := rapid.IntRange(1, 4).Draw(t, "module")
			seed := rapid.Uint32().Draw(t, "seed")
			for j := range 16 * size {
				for i := range 16 * size {
					if seed>>(uint(i/size+j/size*3)%32)&1 == 1 {
						dot(x+i, y+j)
					}
				}
			}
		case 2:
			for i := range rapid.IntRange(1, width).Draw(t, "length") {
				dot(x+i, y)
				dot(x+i, y+1)
			}
		case 3:
			pair := rapid.SampledFrom([]uint32{0x1004, 0x1005, 0x1014, 0x100502}).Draw(t, "pair")
			down := rapid.Bool().Draw(t, "down")
			for i := range 24 {
				if pair&(0x800000>>i) != 0 {
					if down {
						dot(x, y+i)
					} else {
						dot(x+i, y)
					}
				}
			}
		}
	}
	return img
}

// What a printer draws from the bytes is the picture, whichever commands carry
// it. The only exception is the dot that breaks up a real-time command where
// nothing else does: it lies at the right of a printed one.
func TestThePaperIsThePicture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := printer.Profile{
			WidthDots:  rapid.SampledFrom([]int{200, printer.Width58mm, printer.Width80mm}).Draw(t, "width"),
			Position:   rapid.SampledFrom([]printer.Position{printer.LeftMargin, printer.AbsolutePos, printer.FromLeft}).Draw(t, "position"),
			Raster:     rapid.SampledFrom([]printer.Raster{printer.RasterGSv0, printer.RasterGSpL}).Draw(t, "raster"),
			Columns:    rapid.Bool().Draw(t, "columns"),
			NoDoubling: rapid.Bool().Draw(t, "no doubling"),
			Flow:       rapid.SampledFrom([]printer.Flow{printer.FlowNone, printer.FlowXOnXOff}).Draw(t, "flow"),
			Cut:        rapid.SampledFrom([]printer.CutWay{printer.CutFeed, printer.CutFull, printer.CutPartial}).Draw(t, "cut"),
		}
		img := picture(t, p.WidthDots)
		wire, err := printer.Encode(img, p)
		if err != nil {
			t.Fatal(err)
		}
		for i := range len(wire) - 1 {
			if wire[i] == 0x10 && (wire[i+1] == 4 || wire[i+1] == 5 || wire[i+1] == 0x14) {
				t.Fatalf("% x at %d of the wire", wire[i:i+2], i)
			}
		}
		out := twin.Simulate(wire, twin.PrinterConfig{WidthDots: p.WidthDots})
		if len(out.Papers) != 1 || out.Dropped != 0 {
			t.Fatalf("%d papers, %d bytes dropped", len(out.Papers), out.Dropped)
		}
		got := out.Papers[0].Image
		if got.Rect.Dx() != img.Rect.Dx() || got.Rect.Dy() < img.Rect.Dy() {
			t.Fatalf("the paper is %v, the picture %v", got.Rect, img.Rect)
		}
		if bytes.IndexByte(got.Pix[len(img.Pix):], black) >= 0 {
			t.Fatal("ink below the picture")
		}
		for i, v := range img.Pix {
			if got.Pix[i] == v {
				continue
			}
			if x := i % p.WidthDots; v != white || x == 0 || img.Pix[i-1] != black {
				t.Fatalf("dot %d of row %d is %d, drawn as %d", x, i/p.WidthDots, got.Pix[i], v)
			}
		}
	})
}

// The dot is not needed on paper that people get.
func TestASlipIsPrintedDotForDot(t *testing.T) {
	for _, p := range []printer.Profile{
		{}, {WidthDots: printer.Width58mm}, {Columns: true}, {WidthDots: printer.Width58mm, Columns: true},
		{Raster: printer.RasterGSpL}, {Raster: printer.RasterGSpL, Columns: true, Position: printer.AbsolutePos},
	} {
		img, err := printer.Layout(document("PHIẾU GỬI HỒ SƠ"), p.Paper())
		if err != nil {
			t.Fatal(err)
		}
		wire, err := printer.Encode(img, p)
		if err != nil {
			t.Fatal(err)
		}
		out := twin.Simulate(wire, twin.PrinterConfig{WidthDots: p.Paper().WidthDots, BufferBytes: 4096, Baud: 9600})
		if len(out.Papers) != 1 || !bytes.Equal(out.Papers[0].Image.Pix, img.Pix) {
			t.Errorf("%+v: not what was drawn", p)
		}
	}
}
