package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"time"

	"tramhoso/device/printer"
	"tramhoso/device/twin"
)

// drawRounds is how often each paper is laid out and encoded.
const drawRounds = 20

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
	doc, err := p.draw()
	if err != nil {
		return err
	}
	var img *image.Gray
	var ours []byte
	var drawn times
	for range drawRounds {
		start := time.Now()
		if img, err = printer.Layout(doc, printer.Paper{WidthDots: p.width}); err != nil {
			return err
		}
		if ours, err = printer.Encode(img, printer.Profile{WidthDots: p.width}); err != nil {
			return err
		}
		drawn = append(drawn, time.Since(start))
	}
	theirs, err := peer.encode(ctx, img)
	if err != nil {
		return err
	}
	raw := rawRaster(img)
	for name, job := range map[string][]byte{"ours": ours, "the peer": theirs, "the plain raster": raw} {
		if err := draws(ctx, job, img); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	s.figure(p.name+"-wire", float64(len(ours)), "B")
	s.figure(p.name+"-wire-peer", float64(len(theirs)), "B")
	s.figure(p.name+"-bytes", float64(len(ours))/float64(len(theirs)), "ratio")
	s.figure(p.name+"-bytes-beside-raw", float64(len(ours))/float64(len(raw)), "ratio")
	s.figure(p.name+"-drawn", drawn.median(), "ms")
	return nil
}

// draws reports what a job prints that is not the picture.
func draws(ctx context.Context, job []byte, img *image.Gray) error {
	dir, err := os.MkdirTemp("", "twin")
	if err != nil {
		return fmt.Errorf("failed to make room for a simulated printer: %w", err)
	}
	defer os.RemoveAll(dir)
	tw, err := twin.NewPrinter(twin.PrinterConfig{Link: filepath.Join(dir, "printer"), WidthDots: img.Rect.Dx()})
	if err != nil {
		return err
	}
	got, err := printOn(ctx, filepath.Join(dir, "printer"), tw, job)
	if err := errors.Join(err, tw.Close()); err != nil {
		return err
	}
	return same(got.Image, img)
}

// printOn sends a job down a line and waits for its paper.
func printOn(ctx context.Context, path string, tw *twin.Printer, job []byte) (twin.Paper, error) {
	line, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return twin.Paper{}, fmt.Errorf("failed to open a simulated printer: %w", err)
	}
	defer line.Close()
	if _, err := line.Write(job); err != nil {
		return twin.Paper{}, fmt.Errorf("failed to print: %w", err)
	}
	return tw.NextPaper(ctx)
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
