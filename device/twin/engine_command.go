package twin

// Lengths of parameters of commands that change nothing we draw, so that they
// are skipped as a whole (Epson ESC/POS command reference).
var (
	escParams = map[byte]int{
		' ': 1, '%': 1, '-': 1, '=': 1, '?': 1, 'E': 1, 'G': 1, 'L': 0, 'M': 1, 'R': 1, 'S': 0, 'T': 1, 'V': 1,
		'W': 8, '\\': 2, 'c': 2, 'p': 3, 't': 1, 'u': 1, 'v': 0, '{': 1, '7': 3, '9': 1, 'B': 2, 'r': 1,
	}
	gsParams = map[byte]int{
		'$': 2, '/': 1, ':': 0, 'B': 1, 'H': 1, 'P': 2, 'W': 2, '\\': 2, '^': 3, 'b': 1, 'c': 0, 'f': 1, 'h': 1, 'w': 1,
	}
	fsParams = map[byte]int{'!': 1, '&': 0, '-': 1, '.': 0, 'C': 1, 'S': 2, 'W': 1, 'p': 2}
)

// command executes the command at the head of b and says how long it is; 0
// means that not all of it has come. Data that follows it is left to the
// inline data or the picture under way.
func (e *engine) command(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	switch c := b[0]; {
	case c == '\n':
		e.lineFeed()
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
			return e.extended(b)
		}
		return whole(b, 2+fsParams[b[1]])
	case c >= 0x20:
		e.letter(c)
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

// params calls do with the n bytes behind a command of two.
func params(b []byte, n int, do func([]byte)) int {
	if len(b) < 2+n {
		return 0
	}
	do(b[2 : 2+n])
	return 2 + n
}

func (e *engine) escCommand(b []byte) int {
	switch b[1] {
	case '@':
		e.reset()
		return 2
	case '!':
		return params(b, 1, func(p []byte) { e.line.tall, e.line.wide = int(p[0]>>4&1), int(p[0]>>5&1) })
	case '$':
		return params(b, 2, func(p []byte) { e.line.pos = min(int(p[0])+int(p[1])<<8, e.width) })
	case 'a':
		return params(b, 1, func(p []byte) { e.justify = min(int(p[0])&^'0', 2) })
	case '2':
		e.spacing = lineSpacingRows * e.unitsPerRow()
		return 2
	case '3':
		return params(b, 1, func(p []byte) { e.spacing = int(p[0]) })
	case 'J':
		return params(b, 1, func(p []byte) { e.feedBy(int(p[0])) })
	case 'd':
		return params(b, 1, func(p []byte) { e.feedBy(int(p[0]) * e.spacing) })
	case 'i':
		e.cutAfter(FullCut, 0)
		return 2
	case 'm':
		e.cutAfter(PartialCut, 0)
		return 2
	case '(':
		return e.extended(b)
	case '*':
		return e.bitImage(b)
	case 'D':
		e.inline = &inlineData{toNUL: true}
		return 2
	}
	return whole(b, 2+escParams[b[1]])
}

// bitImage begins ESC * m; another m makes the rest ordinary data.
func (e *engine) bitImage(b []byte) int {
	if len(b) < 3 {
		return 0
	}
	m := b[2]
	if m != 0 && m != 1 && m != 32 && m != 33 {
		return 3
	}
	return params(b, 3, func(p []byte) {
		n := int(p[1]) | int(p[2])<<8
		if m >= 32 {
			n *= 3
		}
		e.expect(n, func(data []byte) { e.columns(m, data) })
	})
}

// extended begins a "( fn pL pH …" command.
func (e *engine) extended(b []byte) int {
	return params(b, 3, func(p []byte) {
		intro, fn := b[0], p[0]
		e.expect(int(p[1])|int(p[2])<<8, func(data []byte) {
			switch {
			case intro == gs && fn == 'L':
				e.graphics(data)
			case intro == gs && fn == 'H':
				e.mark(data)
			case intro == gs && fn == 'k':
				e.symbolData(data)
			}
		})
	})
}

// mark is GS ( H function 48: what it answers means that everything before it
// is on paper, because commands wait for the head.
func (e *engine) mark(p []byte) {
	if e.noMarks || len(p) != 6 || p[0] != '0' || p[1] != '0' {
		return
	}
	e.say(append([]byte{0x37, 0x22}, append(append([]byte(nil), p[2:]...), 0)...)...)
}

func (e *engine) gsCommand(b []byte) int {
	switch b[1] {
	case '!':
		return params(b, 1, func(p []byte) { e.line.tall, e.line.wide = int(p[0]&7), int(p[0]>>4&7) })
	case 'v':
		return e.rasterImage(b)
	case '(':
		return e.extended(b)
	case '8': // GS 8 L: the same with a length of four bytes
		return params(b, 5, func(p []byte) {
			n := int(p[1]) | int(p[2])<<8 | int(p[3])<<16 | int(p[4])<<24
			if p[0] == 'L' {
				e.expect(n, e.graphics)
			} else {
				e.expect(n, nil)
			}
		})
	case 'L':
		return params(b, 2, func(p []byte) {
			if e.line.pos == 0 { // only at the beginning of a line
				e.margin = min(int(p[0])+int(p[1])<<8, e.width)
			}
		})
	case 'V':
		return e.cutCommand(b)
	case 'a':
		return params(b, 1, func(p []byte) { e.setAuto(p[0]) })
	case 'r':
		return params(b, 1, func(p []byte) {
			switch p[0] {
			case 1, '1':
				e.say(e.paperBits())
			case 2, '2':
				e.say(0)
			}
		})
	case 'I':
		return params(b, 1, func(p []byte) { e.identify(p[0]) })
	case '*':
		return params(b, 2, func(p []byte) { e.expect(int(p[0])*int(p[1])*8, nil) })
	case 'k':
		return e.barcode(b)
	}
	return whole(b, 2+gsParams[b[1]])
}

// rasterImage begins GS v 0 m; another m makes the rest ordinary data.
func (e *engine) rasterImage(b []byte) int {
	if len(b) < 4 {
		return 0
	}
	m := b[3] &^ '0'
	if b[2] != '0' || m > 3 {
		return 4
	}
	if e.noDoubling {
		m = 0
	}
	return params(b, 6, func(p []byte) {
		r := &rasterJob{bytes: int(p[2]) + int(p[3])<<8, rows: int(p[4]) + int(p[5])<<8, wide: 1 + int(m&1), tall: 1 + int(m>>1)}
		r.x = e.startX(r.bytes * 8 * r.wide)
		e.printLine()
		e.raster = r
	})
}

// cutCommand is GS V: m alone cuts here, A and B and their kin feed to the
// knife and n rows more first; odd is a full cut, even leaves a hinge.
func (e *engine) cutCommand(b []byte) int {
	if len(b) < 3 {
		return 0
	}
	switch m := b[2]; m {
	case 0, '0':
		e.cutAfter(FullCut, 0)
	case 1, '1':
		e.cutAfter(PartialCut, 0)
	case 'A', 'a', 'g', 'B', 'b', 'h':
		how := PartialCut
		if m == 'A' || m == 'a' || m == 'g' {
			how = FullCut
		}
		return params(b, 2, func(p []byte) { e.cutAfter(how, e.cutterRows*e.unitsPerRow()+int(p[1])) })
	}
	return 3
}

// barcode skips GS k: by length, or to a NUL.
func (e *engine) barcode(b []byte) int {
	if len(b) < 3 {
		return 0
	}
	if b[2] < 'A' {
		e.inline = &inlineData{toNUL: true}
		return 3
	}
	return params(b, 2, func(p []byte) { e.expect(int(p[1]), nil) })
}

// cutAfter feeds by motion units and cuts once what is pending is on the
// paper. Without a knife the feed is all.
func (e *engine) cutAfter(how ending, feed int) {
	e.feedBy(feed)
	if !e.noCutter {
		e.cutting = cutJob{how: how}
	}
}
