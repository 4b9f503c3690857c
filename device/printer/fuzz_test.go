package printer_test

import (
	"bytes"
	"context"
	"image"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/device/printer"
	"tramhoso/device/twin"
)

// FuzzEncode: any picture, by any command, comes out as it is, but for dots at
// the right of others that break up a real-time command.
func FuzzEncode(f *testing.F) {
	f.Add(byte(0), bytes.Repeat([]byte{0x10, 0x04, 0x10, 0x05, 0x10, 0x14}, 40))
	f.Add(byte(0x1f), bytes.Repeat([]byte{0xff, 0, 0x10, 0x05, 0x02}, 60))
	f.Add(byte(0x2a), bytes.Repeat([]byte{0x10}, 300))
	f.Fuzz(func(t *testing.T, how byte, dots []byte) {
		const width = 200
		if len(dots) == 0 || len(dots) > 8000 {
			return
		}
		p := printer.Profile{WidthDots: width, Position: printer.Position(how & 3 % 3), Columns: how&4 != 0, NoDoubling: how&8 != 0}
		if how&16 != 0 {
			p.Raster = printer.RasterGSpL
		}
		img := image.NewGray(image.Rect(0, 0, width, (len(dots)*8+width-1)/width))
		for i := range img.Pix {
			img.Pix[i] = white
			if i/8 < len(dots) && dots[i/8]&(0x80>>(i%8)) != 0 {
				img.Pix[i] = black
			}
		}
		wire, err := printer.Encode(img, p)
		if err != nil {
			t.Fatal(err)
		}
		out := twin.Simulate(wire, twin.PrinterConfig{WidthDots: width})
		if len(out.Papers) != 1 || len(out.Papers[0].Image.Pix) != len(img.Pix) {
			t.Fatalf("%d papers", len(out.Papers))
		}
		for i, v := range out.Papers[0].Image.Pix {
			if v != img.Pix[i] && (v != black || i%width == 0 || img.Pix[i-1] != black) {
				t.Fatalf("dot %d of row %d is %d", i%width, i/width, v)
			}
		}
	})
}

// parrot is a line that takes everything and says what it was given, piece by
// piece, whatever it is asked.
type parrot struct {
	words    []byte
	deadline time.Time
}

func (*parrot) Write(b []byte) (int, error)         { return len(b), nil }
func (*parrot) SetWriteDeadline(time.Time) error    { return nil }
func (p *parrot) SetReadDeadline(t time.Time) error { p.deadline = t; return nil }
func (p *parrot) Read(b []byte) (int, error) {
	if len(p.words) == 0 {
		time.Sleep(time.Until(p.deadline))
		return 0, os.ErrDeadlineExceeded
	}
	time.Sleep(time.Millisecond)
	n := copy(b, p.words[:min(len(p.words), 1+int(p.words[0])%5)])
	p.words = p.words[n:]
	return n, nil
}

// FuzzAnswers: whatever a line says, a print comes to an end soon, and is never
// taken for confirmed.
func FuzzAnswers(f *testing.F) {
	f.Add(byte(0), bytes.Repeat([]byte{0x12}, 60))
	f.Add(byte(1), bytes.Repeat([]byte{0x12, 0x12, 0x12, 0x12, 0x10, 0, 0, 0, 0}, 20))
	f.Add(byte(2), append(bytes.Repeat([]byte{0x12, 0}, 40), 0x13, 0x12, 0x52, 0x18, 0x40, 0, 0))
	f.Add(byte(3), []byte("\x12\x12\x12\x12\x37\x22AAAA\x00\x00\x37\x22"))
	f.Fuzz(func(t *testing.T, how byte, words []byte) {
		if len(words) > 4000 {
			return
		}
		p := printer.Profile{Baud: 115200, NoProcessID: how&1 != 0, NoAutoStatus: how&2 != 0}
		if how&4 != 0 {
			p.Flow = printer.FlowXOnXOff
		}
		synctest.Test(t, func(t *testing.T) {
			pr, err := printer.New(&parrot{words: words}, p)
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			out, err := pr.Print(context.Background(), document("A"), nil)
			if err != nil || out.Result == printer.Printed || out.Band > out.Bands || out.Started != (out.Band > 0) {
				t.Errorf("%+v, %v", out, err)
			}
			if d := time.Since(start); d > 10*time.Minute {
				t.Errorf("it took %v", d)
			}
		})
	})
}
