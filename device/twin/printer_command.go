package twin

import (
	"bytes"
	"image"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// Lengths of parameters of commands that change nothing we draw, so that they
// are skipped as a whole (Epson ESC/POS command reference).
var (
	escParams = map[byte]int{
		' ': 1, '!': 1, '%': 1, '-': 1, '2': 0, '=': 1, '?': 1, 'E': 1, 'G': 1, 'L': 0, 'M': 1, 'R': 1,
		'S': 0, 'T': 1, 'V': 1, 'W': 8, '\\': 2, 'c': 2, 'p': 3, 't': 1, 'u': 1, 'v': 0, '{': 1, '7': 3, '9': 1, 'B': 2, 'r': 1,
	}
	gsParams = map[byte]int{
		'!': 1, '$': 2, '/': 1, ':': 0, 'B': 1, 'H': 1, 'P': 2, 'W': 2, '\\': 2, '^': 3, 'b': 1, 'c': 0, 'f': 1, 'h': 1, 'w': 1,
	}
	fsParams = map[byte]int{'!': 1, '&': 0, '-': 1, '.': 0, 'C': 1, 'S': 2, 'W': 1, 'p': 2}
)

// command executes the command at the head of b and says how long it is; 0
// means that not all of it has come.
func (e *engine) command(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	switch c := b[0]; {
	case c == '\n':
		e.printText()
		return 1
	case c == dle:
		return e.skipRealTime(b)
	case c == esc, c == gs, c == fs:
		if len(b) < 2 {
			return 0
		}
		switch c {
		case esc:
			return e.escCommand(b)
		case gs:
			return e.gsCommand(b)
		}
		if b[1] == '(' {
			return extended(b)
		}
		return whole(b, 2+fsParams[b[1]])
	case c >= 0x20:
		if len(e.text) < e.width {
			e.text = append(e.text, c)
		}
	}
	return 1 // NUL and other controls do nothing
}

// whole is n if so much has come.
func whole(b []byte, n int) int {
	if len(b) < n {
		return 0
	}
	return n
}

// extended is the length of a "( fn pL pH …" command.
func extended(b []byte) int {
	if len(b) < 5 {
		return 0
	}
	return whole(b, 5+int(b[3])+int(b[4])<<8)
}

// skipRealTime passes over a command that was executed on its arrival.
func (e *engine) skipRealTime(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case 0x04, 0x05:
		return whole(b, 3)
	case 0x14:
		if len(b) < 3 {
			return 0
		}
		if b[2] == 0x08 {
			return whole(b, 3+len(clearSequence))
		}
		return whole(b, 5)
	}
	return 1
}

func (e *engine) escCommand(b []byte) int {
	param := func(n int, do func([]byte)) int {
		if len(b) < 2+n {
			return 0
		}
		do(b[2 : 2+n])
		return 2 + n
	}
	switch b[1] {
	case '@':
		e.reset()
		return 2
	case '$':
		return param(2, func(p []byte) { e.pos = min(int(p[0])+int(p[1])<<8, e.width) })
	case 'a':
		return param(1, func(p []byte) { e.justify = min(int(p[0])&^'0', 2) })
	case '3':
		return param(1, func(p []byte) { e.spacing = int(p[0]) })
	case 'J':
		return param(1, func(p []byte) { e.printLine(); e.advance(int(p[0])) })
	case 'd':
		return param(1, func(p []byte) { e.printLine(); e.advance(int(p[0]) * e.spacing) })
	case 'i', 'm':
		e.cutAfter(0)
		return 2
	case '(':
		return extended(b)
	case '*': // columns: not drawn, but skipped as a whole
		if len(b) < 5 {
			return 0
		}
		n := int(b[3]) + int(b[4])<<8
		if b[2] >= 32 {
			n *= 3
		}
		return whole(b, 5+n)
	case 'D':
		if i := bytes.IndexByte(b[2:], 0); i >= 0 {
			return 3 + i
		}
		return 0
	}
	return whole(b, 2+escParams[b[1]])
}

func (e *engine) gsCommand(b []byte) int {
	need := func(n int) bool { return len(b) >= n }
	switch b[1] {
	case 'v':
		if !need(8) {
			return 0
		}
		r := &rasterJob{bytes: int(b[4]) + int(b[5])<<8, rows: int(b[6]) + int(b[7])<<8, wide: 1 + int(b[3])&1, tall: 1 + int(b[3])>>1&1}
		r.x = e.startX(r.bytes * 8 * r.wide)
		e.printLine()
		e.raster = r
		return 8
	case '(':
		n := extended(b)
		if n > 0 {
			e.extended(b[2], b[5:n])
		}
		return n
	case '8': // GS 8 L: the same with a length of four bytes
		if !need(7) {
			return 0
		}
		n := int(b[3]) | int(b[4])<<8 | int(b[5])<<16 | int(b[6])<<24
		if n = whole(b, 7+n); n > 0 && b[2] == 'L' {
			e.extended('L', b[7:n])
		}
		return n
	case 'L':
		if !need(4) {
			return 0
		}
		if len(e.text) == 0 && e.pos == 0 { // only at the beginning of a line
			e.margin = min(int(b[2])+int(b[3])<<8, e.width)
		}
		return 4
	case 'V':
		if !need(3) {
			return 0
		}
		if m := b[2]; m == 'A' || m == 'B' || m == 'a' || m == 'b' || m == 'g' || m == 'h' {
			if !need(4) {
				return 0
			}
			e.cutAfter(int(b[3]))
			return 4
		}
		e.cutAfter(0)
		return 3
	case 'a':
		if !need(3) {
			return 0
		}
		e.auto = b[2]
		e.report()
		return 3
	case 'r':
		if !need(3) {
			return 0
		}
		switch b[2] {
		case 1, '1':
			e.say(e.paperBits())
		case 2, '2':
			e.say(0)
		}
		return 3
	case 'I':
		if !need(3) {
			return 0
		}
		e.identify(b[2])
		return 3
	case '*':
		if !need(4) {
			return 0
		}
		return whole(b, 4+int(b[2])*int(b[3])*8)
	case 'k':
		if !need(4) {
			return 0
		}
		if b[2] >= 'A' {
			return whole(b, 4+int(b[3]))
		}
		if i := bytes.IndexByte(b[3:], 0); i >= 0 {
			return 4 + i
		}
		return 0
	}
	return whole(b, 2+gsParams[b[1]])
}

// extended executes GS ( L and GS ( H.
func (e *engine) extended(kind byte, p []byte) {
	switch {
	case kind == 'H' && len(p) == 6 && p[0] == 48 && p[1] == 48 && !e.noMarks:
		e.say(append([]byte{0x37, 0x22}, append(append([]byte(nil), p[2:]...), 0)...)...)
	case kind == 'L' && len(p) >= 10 && p[1] == 112:
		r := &rasterJob{wide: max(1, min(int(p[3]), 2)), tall: max(1, min(int(p[4]), 2))}
		r.bytes = (int(p[6]) + int(p[7])<<8 + 7) / 8
		r.rows = int(p[8]) + int(p[9])<<8
		r.data = append([]byte(nil), p[10:]...)
		e.stored = r
	case kind == 'L' && len(p) == 2 && (p[1] == 50 || p[1] == 2) && e.stored != nil:
		r := e.stored
		e.stored = nil
		r.x = e.startX(r.bytes * 8 * r.wide)
		e.printLine()
		for range min(r.rows, maxPaperRows) {
			if len(r.data) < r.bytes || r.bytes == 0 {
				break
			}
			e.pending = append(e.pending, rowRun{e.place(r.data[:r.bytes], r), r.tall})
			r.data = r.data[r.bytes:]
		}
		e.pos = 0
	}
}

func (e *engine) identify(n byte) {
	switch {
	case n >= 65 && n <= 69:
		text := defaultModel
		if n == 66 {
			text = "TRAMHOSO"
		}
		e.say(append(append([]byte{0x5f}, text...), 0)...)
	case n >= 1 && n <= 3, n >= '1' && n <= '3':
		e.say(0x02)
	}
}

// cutAfter feeds and cuts once what is pending is on the paper. The way from
// the head to the cutter is not drawn: it is blank on every paper.
func (e *engine) cutAfter(rows int) {
	e.printLine()
	e.advance(rows)
	e.cutting = true
}

// printText prints the line under way and moves on by the line spacing.
func (e *engine) printText() {
	had := e.printLine()
	e.advance(max(0, e.spacing-had))
}

// printLine prints the text under way in a plain font, so that bytes which
// were not meant to be text can be seen. It returns the rows it took.
func (e *engine) printLine() int {
	if len(e.text) == 0 {
		return 0
	}
	face := basicfont.Face7x13
	img := image.NewAlpha(image.Rect(0, 0, e.width, face.Height))
	d := font.Drawer{Dst: img, Src: image.Opaque, Face: face, Dot: fixed.P(e.margin+e.pos, face.Ascent)}
	d.DrawBytes(e.text)
	for y := range face.Height {
		row := make([]byte, e.width/8)
		for x := range e.width {
			if img.AlphaAt(x, y).A >= 0x80 {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
		e.pending = append(e.pending, rowRun{row, 1})
	}
	e.text, e.pos = nil, 0
	return face.Height
}
