package twin

import (
	"image"
	"sync"

	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// Font A: 48 characters on 576 dots. The letters are a plain font doubled, so
// that bytes that were not meant to be text can be seen.
const (
	charWidth  = 12
	charHeight = 26
)

// lineBuffer is the line under way: letters and the columns of ESC *, printed
// together by a line feed. The zero value is an empty line.
type lineBuffer struct {
	pos        int // where the next letter goes, from the left margin
	wide, tall int // of a letter, less one
	rows       [][]byte
}

// fill blackens dots, x from the paper's edge.
func (l *lineBuffer) fill(x, y, w, h, width int) {
	l.reach(y+h, width)
	for _, row := range l.rows[y : y+h] {
		for k := x; k < min(x+w, width); k++ {
			row[k/8] |= 0x80 >> (k % 8)
		}
	}
}

// reach makes the line so high.
func (l *lineBuffer) reach(high, width int) {
	for len(l.rows) < high {
		l.rows = append(l.rows, make([]byte, width/8))
	}
}

// box stands for a byte that is not ASCII: its code page is not known.
var box = [13]byte{2: 0xf8, 3: 0x88, 4: 0x88, 5: 0x88, 6: 0x88, 7: 0x88, 8: 0x88, 9: 0x88, 10: 0xf8}

// glyphs are the dots of the letters, a byte a row.
var glyphs = sync.OnceValue(func() (g [0x60][13]byte) {
	face := basicfont.Face7x13
	for c := range g {
		dr, mask, at, _, ok := face.Glyph(fixed.P(0, face.Ascent), rune(c+0x20))
		alpha, isAlpha := mask.(*image.Alpha)
		if !ok || !isAlpha {
			continue
		}
		for y := range dr.Dy() {
			for x := range min(dr.Dx(), 8) {
				if row := dr.Min.Y + y; row >= 0 && row < 13 && alpha.AlphaAt(at.X+x, at.Y+y).A >= 0x80 {
					g[c][row] |= 0x80 >> (dr.Min.X + x)
				}
			}
		}
	}
	return g
})

// letter adds a character to the line; a full line is printed first.
func (e *engine) letter(c byte) {
	w, h := e.line.wide+1, e.line.tall+1
	if e.line.pos > 0 && e.margin+e.line.pos+charWidth*w > e.width {
		e.lineFeed()
	}
	dots := box
	if c < 0x80 {
		dots = glyphs()[c-0x20]
	}
	left := e.margin + e.line.pos
	for gy, bits := range dots {
		for gx := range charWidth / 2 {
			if bits&(0x80>>gx) != 0 {
				e.line.fill(left+gx*2*w, gy*2*h, 2*w, 2*h, e.width)
			}
		}
	}
	e.line.pos += charWidth * w
}

// lineFeed prints the line and moves on by the line spacing.
func (e *engine) lineFeed() { e.feedBy(e.spacing) }

// feedBy prints the line and moves by so many motion units in all (ESC J, ESC
// d): the height of what is printed is part of the way.
func (e *engine) feedBy(units int) { e.advance(units/e.unitsPerRow() - e.printLine()) }

func (e *engine) unitsPerRow() int {
	if e.halfDots {
		return 2
	}
	return 1
}

// printLine prints the line under way. It returns the rows it took.
func (e *engine) printLine() int {
	l := e.line
	e.line = lineBuffer{wide: l.wide, tall: l.tall}
	shift := max(0, e.width-e.margin-l.pos) * e.justify / 2
	for _, row := range l.rows {
		e.pending = append(e.pending, rowRun{shifted(row, shift), 1})
	}
	return len(l.rows)
}

// shifted moves a row of dots to the right.
func shifted(row []byte, by int) []byte {
	if by == 0 {
		return row
	}
	out := make([]byte, len(row))
	for i := range len(row)*8 - by {
		if row[i/8]&(0x80>>(i%8)) != 0 {
			out[(i+by)/8] |= 0x80 >> ((i + by) % 8)
		}
	}
	return out
}
