package main

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
	"tramhoso/device/twin"
)

// A job that prints another picture, prints it in pieces or loses bytes is not
// measured as if it were a peer.
func TestDraws(t *testing.T) {
	img, blank := image.NewGray(image.Rect(0, 0, 64, 200)), image.NewGray(image.Rect(0, 0, 64, 200))
	for i := range img.Pix {
		img.Pix[i], blank.Pix[i] = 0xff, 0xff
	}
	for y := 30; y < 150; y++ {
		img.SetGray(y%64, y, color.Gray{})
	}
	moved := image.NewGray(img.Rect)
	for i := range moved.Pix {
		moved.Pix[i] = 0xff
	}
	for y := 30; y < 150; y++ {
		moved.SetGray((y+1)%64, y, color.Gray{})
	}
	wire, err := printer.Encode(img, printer.Profile{WidthDots: 576})
	if err != nil {
		t.Fatal(err)
	}
	wide := image.NewGray(image.Rect(0, 0, 576, 200))
	for i := range wide.Pix {
		wide.Pix[i] = 0xff
	}
	for y := 30; y < 150; y++ {
		wide.SetGray(y%64, y, color.Gray{})
	}
	tiny := twin.PrinterConfig{WidthDots: 64, BufferBytes: 64, Baud: 115200}
	for _, tt := range []struct {
		name string
		job  []byte
		cfg  twin.PrinterConfig
		want *image.Gray
		says string // "": it draws the picture
	}{
		{"ours", wire, atCounter(576, 9600), wide, ""},
		{"plain", rawRaster(img), atCounter(64, 9600), img, ""},
		{"plain, after a line feed", append([]byte{'\n'}, rawRaster(img)...), atCounter(64, 9600), img, ""},
		{"another picture", rawRaster(moved), atCounter(64, 9600), img, "not that of the picture"},
		{"nothing", rawRaster(blank), atCounter(64, 9600), img, "rows are printed"},
		{"twice", append(rawRaster(img), rawRaster(img)...), atCounter(64, 9600), img, "2 papers"},
		{"no cut", rawRaster(img)[:len(rawRaster(img))-4], atCounter(64, 9600), img, "0 papers"},
		{"a buffer that overflows", rawRaster(img), tiny, img, "bytes were lost"},
	} {
		err := draws(twin.Simulate(tt.job, tt.cfg), tt.want)
		if (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// Every paper keeps to the design's bar beside the plain raster of the same
// picture, and what is reached is kept.
func TestRealPapersAreShortOnTheWire(t *testing.T) {
	bars := map[string]float64{"slip": 0.33, "slip-58mm": 0.375, "slip-long": 0.39, "form01": 0.315, "device-test": 0.395, "slip-tm-t82": 0.325}
	for _, p := range realPapers {
		model, ok := models.Get(p.model)
		if !ok {
			t.Fatalf("no model %q", p.model)
		}
		profile := model.Profile
		if p.width != 0 {
			profile.WidthDots = p.width
		}
		doc, err := p.draw(model)
		if err != nil {
			t.Fatal(err)
		}
		img, err := printer.Layout(doc, profile.Paper())
		if err != nil {
			t.Fatal(err)
		}
		wire, err := printer.Encode(img, profile)
		if err != nil {
			t.Fatal(err)
		}
		if got := float64(len(wire)) / float64(len(rawRaster(img))); got > bars[p.name] {
			t.Errorf("%s: %.3f of the plain raster, not %.3f", p.name, got, bars[p.name])
		}
	}
}

// The knife is no part of what an encoder takes.
func TestUncut(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 576, 8))
	wire, err := printer.Encode(img, printer.Profile{})
	if err != nil {
		t.Fatal(err)
	}
	whole, rows := twin.Simulate(wire, atCounter(576, 9600)), twin.Simulate(uncut(wire), atCounter(576, 9600))
	if len(whole.Papers) != 1 || len(rows.Papers) != 0 || rows.Took <= 0 || rows.Took >= whole.Took {
		t.Errorf("%v with %d papers, %v with %d without the cut", whole.Took, len(whole.Papers), rows.Took, len(rows.Papers))
	}
}
