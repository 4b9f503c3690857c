package twin

// maxGraphicsBytes is the memory for downloaded pictures; what is larger is
// taken from the line and thrown away.
const maxGraphicsBytes = 1 << 20

// rasterJob is a picture under way.
type rasterJob struct {
	x, bytes, rows int
	wide, tall     int
	got            int    // bytes of the row under way
	row            []byte // as many of them as can be on paper
	data           []byte // only for stored pictures: packed rows
}

// inlineData is data that belongs to a command. It is taken as it comes, so it
// may be larger than the buffer.
type inlineData struct {
	left    int  // bytes still to come
	toNUL   bool // or until a NUL
	data    []byte
	execute func([]byte) // nil: the command changes nothing we draw
}

// expect makes the next n bytes a command's data.
func (e *engine) expect(n int, execute func([]byte)) {
	e.inline = &inlineData{left: n, execute: execute}
}

// takePayload moves data from the buffer to the command under way.
func (e *engine) takePayload() bool {
	p := e.inline
	n := min(p.left, len(e.buf))
	if p.toNUL {
		n = len(e.buf)
		for i, b := range e.buf {
			if b == 0 {
				n, p.toNUL = i+1, false
				break
			}
		}
	}
	if p.execute != nil && len(p.data) <= maxGraphicsBytes {
		p.data = append(p.data, e.buf[:n]...)
	}
	e.consume(n)
	p.left -= n
	if p.toNUL || p.left > 0 {
		return false
	}
	e.inline = nil
	if p.execute != nil && len(p.data) <= maxGraphicsBytes {
		p.execute(p.data)
	}
	return true
}

// rasterRow takes a row of the picture under way from the buffer, or what
// there is of it.
func (e *engine) rasterRow() bool {
	r := e.raster
	if r.rows == 0 || r.bytes == 0 {
		e.raster = nil
		return true
	}
	n := min(len(e.buf), r.bytes-r.got)
	r.row = append(r.row, e.buf[:min(n, max(0, e.width/8-len(r.row)))]...)
	r.got += n
	e.consume(n)
	if r.got < r.bytes {
		return false
	}
	e.pending = append(e.pending, rowRun{e.place(r.row, r), r.tall})
	r.got, r.row = 0, nil
	r.rows--
	return true
}

// place puts a row of picture bytes where it belongs on the paper; what is
// beyond the edge is not printed.
func (e *engine) place(data []byte, r *rasterJob) []byte {
	row := make([]byte, e.width/8)
	for i := 0; i < len(data)*8; i++ {
		if data[i/8]&(0x80>>(i%8)) == 0 {
			continue
		}
		for k := range r.wide {
			if x := r.x + i*r.wide + k; x < e.width {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return row
}

// startX is where a picture of so many dots begins.
func (e *engine) startX(dots int) int {
	x := e.margin + e.line.pos
	free := e.width - e.margin - dots
	if free > 0 && e.line.pos == 0 {
		x += free * e.justify / 2
	}
	return x
}

// columns draws ESC * m into the line: columns of 8 or 24 dots. Eight dots are
// as high as 24, and single density is twice as wide (Epson ESC/POS, ESC *).
func (e *engine) columns(m byte, data []byte) {
	high, tall, wide := 1, 3, 1
	if m >= 32 {
		high, tall = 3, 1
	}
	if m&1 == 0 {
		wide = 2
	}
	e.line.reach(high*8*tall, e.width) // white columns are as high as black ones
	for ; len(data) >= high; data = data[high:] {
		for dot := range high * 8 {
			if data[dot/8]&(0x80>>(dot%8)) != 0 {
				e.line.fill(e.margin+e.line.pos, dot*tall, wide, tall, e.width)
			}
		}
		e.line.pos = min(e.line.pos+wide, e.width)
	}
}

// graphics executes GS ( L and GS 8 L: store a raster (112) or a column (113)
// picture, print it (50).
func (e *engine) graphics(p []byte) {
	if e.noGraphics || len(p) < 2 || p[0] != '0' {
		return
	}
	switch fn := p[1]; {
	case (fn == 112 || fn == 113) && len(p) >= 10:
		r := &rasterJob{wide: max(1, min(int(p[3]), 2)), tall: max(1, min(int(p[4]), 2))}
		dots, high := int(p[6])|int(p[7])<<8, int(p[8])|int(p[9])<<8
		r.bytes, r.rows, r.data = (dots+7)/8, high, p[10:]
		if fn == 113 {
			r.data = turned(p[10:], dots, high)
		}
		e.stored = r
	case (fn == 50 || fn == 2) && e.stored != nil:
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
	}
}

// turned makes rows of a picture that came in columns.
func turned(data []byte, dots, high int) []byte {
	column, stride := (high+7)/8, (dots+7)/8
	if column == 0 || stride*high > maxGraphicsBytes {
		return nil
	}
	out := make([]byte, stride*high)
	for x := range dots {
		for y := range high {
			if at := x*column + y/8; at < len(data) && data[at]&(0x80>>(y%8)) != 0 {
				out[y*stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return out
}
