package twin

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
)

// maxPaperRows bounds one paper; a program that feeds for ever gets no more.
const maxPaperRows = 24000

// ending is how a piece of paper came off the roll.
type ending = string

// The endings.
const (
	FullCut    = "full"     // GS V 0, 65
	PartialCut = "partial"  // GS V 1, 66: a hinge is left
	RollEnd    = "roll-end" // no paper any more: never a whole slip
	TornOff    = "torn-off" // by hand, at the tear bar
)

// Paper is one piece of paper as it fell out of the printer.
type Paper struct {
	Number  int    // counted from 1, partial ones included
	Ending  string // FullCut, PartialCut, RollEnd, TornOff
	Partial bool   // torn off by the end of the roll, not cut
	Name    string // paper-NNN or paper-NNN-partial: the file's, without its ending
	Raw     []byte
	PNG     []byte
	Image   *image.Gray
}

// sheet is the paper under the head: rows of packed bits.
type sheet struct {
	width int // dots
	rows  int
	bits  []byte
	raw   []byte
}

// maxRawBytes bounds what is kept of one paper's bytes on the wire.
const maxRawBytes = 4 << 20

// print adds a row; nil is white.
func (s *sheet) print(row []byte) { s.printAll(rowRun{row, 1}) }

// printAll adds a run of rows. Beyond maxPaperRows nothing is kept.
func (s *sheet) printAll(r rowRun) {
	n, stride := min(r.n, maxPaperRows-s.rows), s.width/8
	s.rows += n
	if r.bits == nil {
		s.bits = append(s.bits, make([]byte, n*stride)...)
		return
	}
	for range n {
		s.bits = append(s.bits, r.bits[:stride]...)
	}
}

func (s *sheet) sent(p []byte) {
	s.raw = append(s.raw, p[:min(len(p), maxRawBytes-len(s.raw))]...)
}

// split leaves the first rows in s and returns the others, which hang below
// the knife. The bytes stay with the first.
func (s *sheet) split(rows int) sheet {
	rest := sheet{width: s.width}
	if rows < s.rows {
		rest.rows, rest.bits = s.rows-rows, s.bits[rows*s.width/8:]
		s.rows, s.bits = rows, s.bits[:rows*s.width/8]
	}
	return rest
}

// finish makes the piece of paper.
func (s *sheet) finish(number int, how ending) (Paper, error) {
	img := image.NewGray(image.Rect(0, 0, s.width, s.rows))
	for i := range img.Pix {
		if s.bits[i/8]&(0x80>>(i%8)) == 0 {
			img.Pix[i] = 0xff
		}
	}
	var buf bytes.Buffer
	if err := s.encode(&buf); err != nil {
		return Paper{}, fmt.Errorf("failed to draw paper %d: %w", number, err)
	}
	p := Paper{Number: number, Ending: how, Partial: how == RollEnd, Raw: s.raw, PNG: buf.Bytes(), Image: img}
	p.Name = fmt.Sprintf("paper-%03d", number)
	if p.Partial {
		p.Name += "-partial"
	}
	return p, nil
}

// encode draws the paper with a bit for each dot.
func (s *sheet) encode(to io.Writer) error {
	img := image.NewPaletted(image.Rect(0, 0, s.width, s.rows), color.Palette{color.White, color.Black})
	for i := range img.Pix {
		img.Pix[i] = s.bits[i/8] >> (7 - i%8) & 1
	}
	return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(to, img)
}

// keep writes the paper to a folder, as a picture and as bytes.
func (p Paper) keep(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, p.Name+".png"), p.PNG, 0o644); err != nil {
		return fmt.Errorf("failed to keep a paper: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, p.Name+".bin"), p.Raw, 0o644); err != nil {
		return fmt.Errorf("failed to keep a paper's bytes: %w", err)
	}
	return nil
}
