package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"time"

	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
	"tramhoso/device/twin"
)

// drawRounds is how often each paper is laid out and encoded.
const drawRounds = 20

// bitsPerByte on the line: start, eight of data, stop.
const bitsPerByte = 10

// lineRates are the speeds that printers are set to, in bits per second.
var lineRates = []int{9600, 19200, 115200}

// Who encodes a picture.
const (
	ours   = "the station"
	theirs = "the peer"
	plain  = "the plain raster"
)

// measurePrinter measures what the station prints on the wire, beside a
// full-width raster encoder that is given the same picture and beside the plain
// raster. All three are printed on a simulated printer and must draw that very
// picture there: an encoder that draws something else is no peer.
func measurePrinter(ctx context.Context, s *sheet) error {
	peer, err := installPeer(ctx)
	if err != nil {
		return err
	}
	defer peer.remove()
	s.peer(peerPackage + " " + peerVersion)
	for _, p := range realPapers {
		if err := measurePaper(ctx, s, p, peer); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

func measurePaper(ctx context.Context, s *sheet, p realPaper, peer *peer) error {
	model, ok := models.Get(p.model)
	if !ok {
		return fmt.Errorf("there is no printer model %q", p.model)
	}
	profile := model.Profile
	if p.width != 0 {
		profile.WidthDots = p.width
	}
	doc, err := p.draw(model)
	if err != nil {
		return err
	}
	var img *image.Gray
	var wire []byte
	var drawn times
	for range drawRounds {
		start := time.Now()
		if img, err = printer.Layout(doc, profile.Paper()); err != nil {
			return err
		}
		if wire, err = printer.Encode(img, profile); err != nil {
			return err
		}
		drawn = append(drawn, time.Since(start))
	}
	other, err := peer.encode(ctx, img)
	if err != nil {
		return err
	}
	jobs := map[string][]byte{ours: wire, theirs: other, plain: rawRaster(img)}
	took := map[string]map[int]time.Duration{ours: {}, theirs: {}, plain: {}}
	drawnOut := map[int]time.Duration{} // ours, until the last row is on paper
	for who, job := range jobs {
		for _, baud := range lineRates {
			done := twin.Simulate(job, atCounter(profile.Paper().WidthDots, baud))
			if err := draws(done, img); err != nil {
				return fmt.Errorf("%s at %d baud: %w", who, baud, err)
			}
			took[who][baud] = done.Took
		}
	}
	for _, baud := range lineRates {
		drawnOut[baud] = twin.Simulate(uncut(wire), atCounter(profile.Paper().WidthDots, baud)).Took
	}
	beside := func(name string, value func(who string) float64) {
		s.figure(p.name+name, value(ours)/value(theirs), "ratio")
		s.figure(p.name+name+"-beside-raw", value(ours)/value(plain), "ratio")
	}
	size := func(who string) float64 { return float64(len(jobs[who])) }
	s.figure(p.name+"-on-the-wire", size(ours), "B")
	beside("-bytes", size)
	for _, baud := range lineRates {
		seconds := func(who string) float64 { return took[who][baud].Seconds() }
		name := fmt.Sprintf("-time-%d", baud)
		s.figure(p.name+name+"-paper-out", seconds(ours), "s")
		beside(name, seconds)
		line := size(ours) * bitsPerByte / float64(baud)
		s.figure(p.name+name+"-over-line", seconds(ours)/line, "ratio")
		s.figure(p.name+name+"-last-row-over-line", drawnOut[baud].Seconds()/line, "ratio")
	}
	s.figure(p.name+"-drawn", drawn.median(), "ms")
	return nil
}

// atCounter is the printer that papers come out of: a common one, as it is set
// up at a counter, which holds the line while its buffer is full. The head is
// as fast as the twin's usual one, 150 mm/s.
func atCounter(width, baud int) twin.PrinterConfig {
	return twin.PrinterConfig{WidthDots: width, BufferBytes: printer.DefaultBufferBytes, Flow: twin.FlowXonXoff, Baud: baud}
}

// uncut is a job without the cut at its end: the knife takes its time, whatever
// the encoder did.
func uncut(job []byte) []byte {
	return bytes.TrimSuffix(job, []byte{0x1d, 'V', 66, 0})
}

// draws reports what a job printed that is not the picture.
func draws(done twin.Simulated, img *image.Gray) error {
	switch {
	case done.Dropped > 0:
		return fmt.Errorf("%d bytes were lost", done.Dropped)
	case len(done.Papers) != 1:
		return fmt.Errorf("%d papers came out, not one", len(done.Papers))
	}
	return same(done.Papers[0].Image, img)
}

// same compares the dots of two pictures; white rows above and below are no
// difference, since an encoder may feed as it likes.
func same(got, want *image.Gray) error {
	g, w := inked(got), inked(want)
	if g.Dy() != w.Dy() {
		return fmt.Errorf("%d rows are printed, %d were drawn", g.Dy(), w.Dy())
	}
	for y := range w.Dy() {
		for x := range want.Rect.Dx() {
			if ink(got, x, g.Min.Y+y) != ink(want, x, w.Min.Y+y) {
				return fmt.Errorf("dot %d of row %d is not that of the picture", x, y)
			}
		}
	}
	return nil
}

// inked is the picture without the white rows above and below.
func inked(img *image.Gray) image.Rectangle {
	r := img.Rect
	white := func(y int) bool {
		for x := range r.Dx() {
			if ink(img, x, y) {
				return false
			}
		}
		return true
	}
	for r.Min.Y < r.Max.Y && white(r.Min.Y) {
		r.Min.Y++
	}
	for r.Max.Y > r.Min.Y && white(r.Max.Y-1) {
		r.Max.Y--
	}
	return r
}

func ink(img *image.Gray, x, y int) bool { return img.GrayAt(x, y).Y < 0x80 }
