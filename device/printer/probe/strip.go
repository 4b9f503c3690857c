package probe

import (
	"bytes"
	"fmt"
	"image"
	"slices"

	"tramhoso/device/printer"
)

// The strip is the paper of proofs. All of it is drawn for the narrowest head,
// but for the codes at the right edge, each of which ends where some head ends.
const (
	// moduleDots is half a millimetre: any scanner reads it.
	moduleDots = 4
	codeDots   = qrModules * moduleDots
	// quietDots is the white that a code needs around it.
	quietDots = 4 * moduleDots
	// spoilDots of ink follow a code at the edge, where no head should print.
	spoilDots = 40
	// barDots is a module of the bar code, barLong how long its bars are.
	barDots, barLong = 3, 160
	// maxFeedUnits is the finest motion unit there is: half a dot.
	maxFeedUnits = 2
	// gapDots is blank paper between the parts, and more than a quiet zone even
	// where the motion unit is half a dot.
	gapDots = 48
)

// heads are the widths that receipt heads have, in dots, besides the one that
// is expected: 48, 54, 64, 72, 80 and 104 mm at 203 dpi, 72 mm at 180.
var heads = []int{384, 432, 512, 576, 640, 832}

// candidates are the widths that the strip tells apart.
func candidates(expected int) []int {
	out := slices.Clone(heads)
	if expected >= heads[0] && expected <= printer.MaxWidthDots && !slices.Contains(out, expected) {
		out = append(out, expected)
	}
	slices.Sort(out)
	return out
}

// piece is a part of the strip that a printer takes as a whole.
type piece struct {
	bytes []byte
	rows  int
}

// strip is the proofs of one run as bytes.
type strip struct {
	pieces []piece
	// asked are the codes of which one each can be read.
	asked []Code
	cut   []byte
}

// plan is what a strip is made for.
type plan struct {
	nonce    nonce
	width    int // expected
	raster   printer.Raster
	graphics bool // try GS ( L
	cut      printer.CutWay
	tear     int
}

// picture is a page of dots; true is ink.
type picture struct{ *image.Gray }

func newPicture(w, h int) picture {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for i := range g.Pix {
		g.Pix[i] = 0xff
	}
	return picture{g}
}

func (p picture) ink(x, y, w, h int) {
	for j := y; j < y+h; j++ {
		for i := x; i < x+w; i++ {
			if image.Pt(i, j).In(p.Rect) {
				p.Pix[p.PixOffset(i, j)] = 0
			}
		}
	}
}

// code draws some rows of a code's modules, so many dots a module.
func (p picture) code(m [][]bool, x, y, dots int) {
	for j, row := range m {
		for i, dark := range row {
			if dark {
				p.ink(x+i*dots, y+j*dots, dots, dots)
			}
		}
	}
}

// rows packs the picture as a raster command takes it.
func (p picture) rows() (data []byte, stride int) {
	stride = (p.Rect.Dx() + 7) / 8
	data = make([]byte, stride*p.Rect.Dy())
	for y := range p.Rect.Dy() {
		for x := range p.Rect.Dx() {
			if p.GrayAt(x, y).Y < 0x80 {
				data[y*stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return data, stride
}

// gsv0 is a picture by GS v 0, doubled in both ways when asked to.
func gsv0(p picture, double bool) piece {
	data, stride := p.rows()
	h, mode := p.Rect.Dy(), byte(0)
	rows := h
	if double {
		mode, rows = 3, 2*h
	}
	head := []byte{gs, 'v', '0', mode, byte(stride), byte(stride >> 8), byte(h), byte(h >> 8)}
	return piece{append(head, data...), rows}
}

// gsL is a picture by GS ( L: stored by function 112, printed by function 50.
func gsL(p picture) piece {
	data, _ := p.rows()
	w, h := p.Rect.Dx(), p.Rect.Dy()
	n := len(data) + 10
	out := []byte{gs, '(', 'L', byte(n), byte(n >> 8), 48, 112, 48, 1, 1, 49, byte(w), byte(w >> 8), byte(h), byte(h >> 8)}
	return piece{append(append(out, data...), gs, '(', 'L', 2, 0, 48, 50), h}
}

// raster is a picture by the command that is believed to work.
func (pl plan) picture(p picture) piece {
	if pl.raster == printer.RasterGSpL {
		return gsL(p)
	}
	return gsv0(p, false)
}

// feed moves the paper: ESC J, in units of which nobody knows the size yet.
func feed(units int) piece {
	p := piece{rows: units}
	for ; units > 0; units -= 255 {
		p.bytes = append(p.bytes, esc, 'J', byte(min(units, 255)))
	}
	return p
}

// text is a paragraph as everyday papers print it, sent as plain bands.
func (pl plan) text(blocks ...printer.Block) (piece, error) {
	img, err := printer.Layout(printer.Document{Blocks: blocks}, printer.Paper{WidthDots: min(pl.width, heads[0])})
	if err != nil {
		return piece{}, fmt.Errorf("failed to lay out a test strip: %w", err)
	}
	return pl.picture(picture{img}), nil
}

// newStrip draws the proofs.
func newStrip(pl plan) (strip, error) {
	s := strip{asked: []Code{CodeWidth, CodeBands, CodeFeed}, cut: ending(pl.cut, pl.tear)}
	title := func(n int, what string) error {
		p, err := pl.text(printer.Text{Runs: []printer.Run{{Text: fmt.Sprintf("%d", n), Size: printer.Title, Bold: true}, {Text: "  " + what}}})
		s.pieces = append(s.pieces, feed(gapDots), p, feed(quietDots))
		return err
	}
	head, err := pl.text(
		printer.Text{Align: printer.Center, Runs: []printer.Run{{Text: "Dải đo máy in", Size: printer.Large, Bold: true}}},
		printer.Text{Runs: []printer.Run{{Text: "Ở mỗi phần chỉ một mã đọc được. Xin đưa máy quét lần lượt qua từng mã cho tới khi nghe tiếng bíp.", Size: printer.Small}}},
		printer.Rule{})
	if err != nil {
		return s, err
	}
	s.pieces = append(s.pieces, head)
	if err := title(1, "Khổ giấy"); err != nil {
		return s, err
	}
	if err := s.edges(pl); err != nil {
		return s, err
	}
	if err := title(2, "Cách vẽ hình"); err != nil {
		return s, err
	}
	if err := s.bands(pl); err != nil {
		return s, err
	}
	if err := title(3, "Bước giấy"); err != nil {
		return s, err
	}
	if err := s.feeds(pl); err != nil {
		return s, err
	}
	s.pieces = append(s.pieces, feed(gapDots))
	return s, nil
}

// edges prints a code that ends at the right edge of every head there is. Ink
// follows it at once: on a wider head it runs into the code and spoils it, on a
// narrower one a part of the code is missing. So only the code of this very
// head can be read.
func (s *strip) edges(pl plan) error {
	all := candidates(pl.width)
	for len(all) > 0 {
		var row, rest []int // what fits side by side, from the left
		end := 0
		for _, w := range all {
			if len(row) == 0 || w-codeDots-2*quietDots >= end {
				row, end = append(row, w), w+spoilDots
			} else {
				rest = append(rest, w)
			}
		}
		p := newPicture(end, codeDots)
		for _, w := range row {
			m, err := matrix(pl.nonce.payload(CodeWidth, w))
			if err != nil {
				return err
			}
			p.code(m, w-codeDots, 0, moduleDots)
			p.ink(w, 0, spoilDots, codeDots)
		}
		s.pieces = append(s.pieces, pl.picture(p), feed(gapDots))
		all = rest
	}
	return nil
}

// Values of a bands code: what the printer does.
const (
	doubles  = 1 // the m of GS v 0 is honoured
	draws    = 2 // GS ( L is
	thirdRow = qrModules / 3
)

// Where the two codes of a bands row stand. The upper third of both is sent
// doubled: the left one drawn at full size, so that it is whole only where the
// doubling is ignored, the right one at half its size.
const (
	plainX = quietDots
	halfX  = (plainX + codeDots + quietDots) * 2 // even, and beyond the left one doubled
)

// bands prints codes of which the upper third comes as a doubled GS v 0, the
// middle by GS ( L and the lower plainly. In the second row GS ( L draws a bar
// instead, which tears the codes apart unless it is ignored.
func (s *strip) bands(pl plan) error {
	if pl.raster == printer.RasterGSpL { // it has no GS v 0 to be doubled
		s.asked = slices.DeleteFunc(s.asked, func(c Code) bool { return c == CodeBands })
		return nil
	}
	width := halfX + codeDots + quietDots
	for _, value := range []int{draws, 0} {
		if value == draws && !pl.graphics {
			continue
		}
		plain, err := matrix(pl.nonce.payload(CodeBands, value))
		if err != nil {
			return err
		}
		half, err := matrix(pl.nonce.payload(CodeBands, value|doubles))
		if err != nil {
			return err
		}
		third := thirdRow * moduleDots
		top := newPicture(halfX/2+codeDots/2, quietDots/2+third)
		top.code(plain[:thirdRow], plainX, quietDots/2, moduleDots)
		top.code(half[:thirdRow], halfX/2, quietDots/2+third/2, moduleDots/2)
		s.pieces = append(s.pieces, gsv0(top, true))
		from := thirdRow
		if value == draws {
			mid := newPicture(width, third)
			mid.code(plain[thirdRow:2*thirdRow], plainX, 0, moduleDots)
			mid.code(half[thirdRow:2*thirdRow], halfX, 0, moduleDots)
			s.pieces = append(s.pieces, gsL(mid))
			from = 2 * thirdRow
		} else if pl.graphics {
			bar := newPicture(width, third)
			bar.ink(0, 0, width, third)
			s.pieces = append(s.pieces, gsL(bar))
		}
		low := newPicture(width, (qrModules-from)*moduleDots)
		low.code(plain[from:], plainX, 0, moduleDots)
		low.code(half[from:], halfX, 0, moduleDots)
		s.pieces = append(s.pieces, gsv0(low, false), feed(gapDots))
	}
	return nil
}

// feeds prints a bar code standing on its side, its bars as bands and its gaps
// as feeds: once reckoned in dots, once in half dots. The gaps of the wrong one
// are twice or half as wide as they should be.
func (s *strip) feeds(pl plan) error {
	for units := 1; units <= maxFeedUnits; units++ {
		widths, err := barWidths(pl.nonce.bars(units))
		if err != nil {
			return err
		}
		quiet := feed(10 * barDots * units)
		s.pieces = append(s.pieces, quiet)
		for i, w := range widths {
			if i%2 == 1 {
				s.pieces = append(s.pieces, feed(w*barDots*units))
				continue
			}
			p := newPicture(quietDots+barLong, w*barDots)
			p.ink(quietDots, 0, barLong, w*barDots)
			s.pieces = append(s.pieces, pl.picture(p))
		}
		s.pieces = append(s.pieces, quiet)
	}
	return nil
}

// ending cuts the strip.
func ending(cut printer.CutWay, tear int) []byte {
	if tear == 0 {
		tear = printer.DefaultTearDots
	}
	out := feed(tear).bytes
	switch cut {
	case printer.CutNone:
		return out
	case printer.CutFull:
		return append(out, gs, 'V', 0)
	case printer.CutPartial:
		return append(out, gs, 'V', 1)
	}
	return []byte{gs, 'V', 66, 0}
}

// realTime reports bytes that printers execute wherever they stand, also across
// the borders of pieces.
func (s strip) realTime() bool {
	var all []byte
	for _, p := range s.pieces {
		all = append(all, p.bytes...)
	}
	for _, b := range []byte{0x04, 0x05, 0x14} {
		if bytes.Contains(all, []byte{dle, b}) {
			return true
		}
	}
	return false
}
