package twin

import (
	"bytes"
	"hash/crc32"
	"image"
	"os"
	"testing"

	"pgregory.net/rapid"

	"tramhoso/device/printer"
)

// play feeds an engine and returns the papers that were cut.
func play(width int, chunks ...[]byte) (*engine, []Paper) {
	var out []Paper
	e := newEngine(width, func(s sheet, how ending) {
		p, err := s.finish(len(out)+1, how)
		if err != nil {
			panic(err)
		}
		out = append(out, p)
	})
	for _, c := range chunks {
		e.feed(c)
	}
	return e, out
}

func drawPicture(t *rapid.T, width int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, width, rapid.IntRange(1, 260).Draw(t, "rows")))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	for range rapid.IntRange(0, 12).Draw(t, "boxes") {
		x0, y0 := rapid.IntRange(0, width-1).Draw(t, "x"), rapid.IntRange(0, img.Rect.Dy()-1).Draw(t, "y")
		w, h := rapid.IntRange(1, 200).Draw(t, "w"), rapid.IntRange(1, 90).Draw(t, "h")
		step := rapid.IntRange(1, 5).Draw(t, "step")
		for y := y0; y < min(y0+h, img.Rect.Dy()); y += step {
			for x := x0; x < min(x0+w, width); x += step {
				img.Pix[y*width+x] = 0
			}
		}
	}
	return img
}

// What is encoded and interpreted is what was drawn, dot for dot, for every
// profile.
func TestEncodedIsDrawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.SampledFrom([]int{384, 576}).Draw(t, "width")
		p := printer.Profile{
			WidthDots:  width,
			BandRows:   rapid.IntRange(printer.MinBandRows, printer.MaxBandRows).Draw(t, "band"),
			Position:   rapid.SampledFrom([]printer.Position{printer.LeftMargin, printer.AbsolutePos, printer.FromLeft}).Draw(t, "position"),
			NoDoubling: rapid.Bool().Draw(t, "plain"),
		}
		img := drawPicture(t, width)
		wire, err := printer.Encode(img, p)
		if err != nil {
			t.Fatal(err)
		}
		cut := rapid.IntRange(0, len(wire)).Draw(t, "cut")
		e, papers := play(width, wire[:cut], wire[cut:])
		if len(papers) != 1 || len(e.take()) != 0 {
			t.Fatalf("%d papers", len(papers))
		}
		got := papers[0]
		if !bytes.Equal(got.Raw, wire) {
			t.Fatal("the bytes kept are not those sent")
		}
		if got.Image.Rect != img.Rect || !drawn(got.Image.Pix, img.Pix) {
			t.Fatal("the paper is not what was drawn")
		}
	})
}

// maxGuardDots is how many dots a picture may differ in where the guard has
// broken a real-time command: one for each, and a picture of noise holds few.
const maxGuardDots = 8

func drawn(got, want []byte) bool {
	differ := 0
	for i := range want {
		if got[i] != want[i] {
			differ++
		}
	}
	return differ <= maxGuardDots
}

// A picture sent without the guard wipes itself out; with it nothing happens.
func TestRealTimeInAPictureIsExecutedUnlessGuarded(t *testing.T) {
	raw := []byte{gs, 'v', '0', 0, 3, 0, 1, 0, 0x10, 0x05, 0x02, gs, 'V', 66, 0}
	if _, papers := play(576, raw); len(papers) != 0 {
		t.Error("the twin ignored DLE ENQ 2 in a picture")
	}
	// 0x10 ends one row and 0x04 begins the next.
	edge := []byte{gs, 'v', '0', 0, 1, 0, 3, 0, 0x10, 0x04, 0x01, gs, 'V', 66, 0}
	if e, _ := play(576, edge); !bytes.Equal(e.take(), []byte{0x12}) {
		t.Error("the twin ignored DLE EOT over the edge of a row")
	}
	for name, bits := range map[string][]byte{"in a row": {0x10, 0x05, 0x02}, "over rows": {0x10, 0x04, 0x01}, "drawer": {0x10, 0x14, 0x01}} {
		rows := 1
		if name == "over rows" {
			rows = 3
		}
		width := 8 * len(bits) / rows
		img := image.NewGray(image.Rect(0, 0, width, rows))
		for i := range img.Pix {
			if bits[i/8]&(0x80>>(i%8)) == 0 {
				img.Pix[i] = 0xff
			}
		}
		for _, pos := range []printer.Position{printer.LeftMargin, printer.FromLeft} {
			wire, err := printer.Encode(img, printer.Profile{Position: pos})
			if err != nil {
				t.Fatal(err)
			}
			e, papers := play(576, wire)
			if said := e.take(); len(said) != 0 || len(papers) != 1 || papers[0].Image.Rect.Dy() != rows {
				t.Errorf("%s: said % x, %d papers", name, said, len(papers))
			}
		}
	}
}

func TestPlainTextIsVisible(t *testing.T) {
	_, papers := play(576, []byte("\x1b@oops\nmore\n\x1dV\x00"))
	if len(papers) != 1 || papers[0].Image.Rect.Dy() != 2*lineSpacingRows || bytes.Count(papers[0].Image.Pix, []byte{0}) == 0 {
		t.Errorf("%d papers", len(papers))
	}
}

func TestClearBySequence(t *testing.T) {
	e, papers := play(576,
		[]byte{gs, 'v', '0', 0, 72, 0, 100, 0, 1, 2, 3},
		append([]byte{dle, 0x14, 8}, clearSequence...),
		[]byte{esc, 'J', 5, gs, 'V', 66, 0})
	if said := e.take(); !bytes.Equal(said, []byte{0x37, 0x25, 0}) || len(papers) != 1 || papers[0].Image.Rect.Dy() != 5 {
		t.Errorf("said % x, %d papers", said, len(papers))
	}
}

// FuzzEngine: any bytes end, in bounded memory, and however they are cut.
func FuzzEngine(f *testing.F) {
	img, err := printer.Layout(doc("Phiếu"), printer.Paper{WidthDots: 384})
	if err != nil {
		f.Fatal(err)
	}
	wire, err := printer.Encode(img, printer.Profile{WidthDots: 384})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(wire[:600], byte(7))
	f.Add([]byte("\x1b@text\n\x1dV\x42\x00\x10\x04\x01\x1d(H\x06\x0000ABCD"), byte(1))
	f.Add([]byte("\x1d(L\x0e\x000p0\x01\x011\x10\x00\x02\x00\x80\x00\x00\x01\x1d(L\x02\x0002\x1bi"), byte(3))
	f.Add([]byte("\x1d(k\x03\x001C\x02\x1d(k\x06\x001P0abc\x1d(k\x03\x001Q0\x1bi"), byte(1))
	f.Add([]byte("\x1d8L\xff\xff\xff\x7f\x1bD\x01\x1dk\x04abc\x00\x1b*\x21\xff\xff"), byte(2))
	f.Fuzz(func(t *testing.T, in []byte, step byte) {
		if len(in) > 1024 {
			return
		}
		cfg := PrinterConfig{WidthDots: 384, Clone: step&0x40 != 0, NoCutter: step&0x20 != 0, CutterRows: int(step & 0x10)}
		if step&0x80 != 0 {
			cfg.BufferBytes = minBufferBytes
		}
		one, a := sheets(t, cfg, in)
		var chunks [][]byte
		for rest := in; len(rest) > 0; {
			n := min(len(rest), 1+int(step&0x0f))
			chunks = append(chunks, rest[:n])
			rest = rest[n:]
		}
		other, b := sheets(t, cfg, chunks...)
		if len(a) != len(b) || len(one.buf) != len(other.buf) || one.cur.rows != other.cur.rows || one.dropped != other.dropped {
			t.Fatalf("%d and %d papers, %d and %d bytes left, %d and %d lost", len(a), len(b), len(one.buf), len(other.buf), one.dropped, other.dropped)
		}
		if x, y := one.take(), other.take(); !bytes.Equal(x, y) {
			t.Fatalf("it said % x and % x", x, y)
		}
		for i := range a {
			if a[i] != b[i] {
				t.Fatalf("paper %d depends on how the bytes were cut", i)
			}
		}
		if one.cur.rows > maxPaperRows || len(one.replies) > 256*len(in) {
			t.Fatal("an endless paper or an endless answer")
		}
	})
}

// sheets feeds an engine and returns sums of what was cut.
func sheets(t *testing.T, cfg PrinterConfig, chunks ...[]byte) (*engine, []uint32) {
	var out []uint32
	e, err := cfg.engine(func(s sheet, _ ending) { out = append(out, crc32.ChecksumIEEE(s.bits)) })
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range chunks {
		e.feed(c)
	}
	return e, out
}

func TestPapersAreKept(t *testing.T) {
	dir := t.TempDir()
	p := Paper{Number: 7, Name: "paper-007", Raw: []byte{1}, PNG: []byte{2}}
	if err := p.keep(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"paper-007.png", "paper-007.bin"} {
		if _, err := os.Stat(dir + "/" + name); err != nil {
			t.Error(err)
		}
	}
}
