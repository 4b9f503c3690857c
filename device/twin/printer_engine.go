package twin

const (
	dle = 0x10
	esc = 0x1b
	fs  = 0x1c
	gs  = 0x1d

	// engineBufferBytes is the receive buffer: generous, so that a stop in the
	// middle of a slip loses nothing by accident; PrinterConfig.BufferBytes
	// makes it as small as a real one.
	engineBufferBytes = 128 << 10
	lineSpacingRows   = 30
	defaultModel      = "TRAM-TWIN"
)

// engine is the printer's controller without a line: bytes in, paper and
// replies out. It is pure, and does not mind how the bytes were cut.
//
// Real-time commands are executed where they arrive, also inside pictures, as
// real printers do (Epson TM-L90). While paper or cover stops it, it receives
// and answers but prints nothing; what was received stays in the buffer.
type engine struct {
	width      int
	bufferSize int
	noMarks    bool // lacks GS ( H, as many clones do
	noAuto     bool // lacks GS a

	// What the fault scripts set.
	nearEnd, paperOut, coverOpen, silent bool
	outAfter                             int       // rows until the roll ends; -1: never
	silentAfter                          int       // rows until it falls silent; 0: never
	onRow                                func(int) // called with the rows of the paper so far

	buf     []byte
	rt      []byte // a real-time command under way
	dropped int    // bytes lost to a full buffer

	margin, pos, justify int
	spacing              int
	text                 []byte
	auto                 byte // the mask of GS a
	raster               *rasterJob
	stored               *rasterJob // GS ( L: downloaded, printed by fn 50
	pending              []rowRun

	cur     sheet
	cutting bool // a cut follows what is pending
	onPaper func(sheet, bool)
	replies []byte
}

// rowRun is rows about to be printed: the same bits n times, nil is white.
type rowRun struct {
	bits []byte
	n    int
}

// rasterJob is a picture under way.
type rasterJob struct {
	x, bytes, rows int
	wide, tall     int
	data           []byte // only for stored pictures
}

func newEngine(width int, onPaper func(sheet, bool)) *engine {
	e := &engine{width: width, bufferSize: engineBufferBytes, outAfter: -1, onPaper: onPaper}
	e.cur.width = width
	e.reset()
	return e
}

// reset is ESC @: settings and the line under way, not the buffer.
func (e *engine) reset() {
	e.margin, e.pos, e.justify, e.spacing = 0, 0, 0, lineSpacingRows
	e.text, e.stored = nil, nil
	e.auto = 0
}

// forget is what DLE ENQ 2 does: the buffers are empty and nothing is under
// way.
func (e *engine) forget() {
	e.buf, e.raster, e.pending, e.text, e.cutting = nil, nil, nil, nil, false
}

func (e *engine) stopped() bool { return e.paperOut || e.coverOpen }

// take is what the engine has to say since the last call.
func (e *engine) take() []byte {
	r := e.replies
	e.replies = nil
	return r
}

func (e *engine) say(b ...byte) {
	if !e.silent {
		e.replies = append(e.replies, b...)
	}
}

// feed receives bytes and does what can be done.
func (e *engine) feed(p []byte) {
	for _, b := range p {
		if len(e.buf) >= e.bufferSize {
			e.run()
		}
		if len(e.buf) < e.bufferSize {
			e.buf = append(e.buf, b)
		} else {
			e.dropped++
		}
		e.realTime(b)
	}
	e.run()
}

// clearSequence follows 10 14 08 in the real-time command that clears the
// buffers (Epson DLE DC4 function 8).
var clearSequence = []byte{1, 3, 20, 1, 6, 2, 8}

// realTime follows the stream for commands that are executed at once.
func (e *engine) realTime(b byte) {
	switch {
	case len(e.rt) == 0:
		if b == dle {
			e.rt = append(e.rt, b)
		}
		return
	case len(e.rt) == 1:
		if b == 0x04 || b == 0x05 || b == 0x14 {
			e.rt = append(e.rt, b)
		} else if b != dle { // DLE DLE EOT is still DLE EOT
			e.rt = e.rt[:0]
		}
		return
	}
	e.rt = append(e.rt, b)
	switch {
	case e.rt[1] == 0x04:
		e.tell(b)
	case e.rt[1] == 0x05:
		if b == 2 {
			e.forget()
		}
	case e.rt[2] == 0x08: // DLE DC4 8: as long as it matches
		if i := len(e.rt) - 4; i >= 0 && b != clearSequence[i] {
			break
		}
		if len(e.rt) < 3+len(clearSequence) {
			return
		}
		e.forget()
		e.say(0x37, 0x25, 0)
	}
	e.rt = e.rt[:0]
}

// tell answers DLE EOT n.
func (e *engine) tell(n byte) {
	b := byte(0x12)
	bit := func(on bool, mask byte) {
		if on {
			b |= mask
		}
	}
	switch n {
	case 1:
		bit(e.stopped(), 0x08)
	case 2:
		bit(e.coverOpen, 0x04)
		bit(e.paperOut, 0x20)
	case 3:
	case 4:
		bit(e.nearEnd, 0x0c)
		bit(e.paperOut, 0x60)
	default:
		return
	}
	e.say(b)
}

// paperBits are the sensors as GS r 1 and the automatic status give them.
func (e *engine) paperBits() byte {
	var b byte
	if e.nearEnd {
		b |= 0x03
	}
	if e.paperOut {
		b |= 0x0c
	}
	return b
}

// report sends an automatic status if the station asked for any.
func (e *engine) report() {
	if e.auto == 0 || e.noAuto {
		return
	}
	first := byte(0x10)
	if e.stopped() {
		first |= 0x08
	}
	if e.coverOpen {
		first |= 0x20
	}
	e.say(first, 0, e.paperBits(), 0)
}

// run prints and interprets until the buffer has no whole command left or
// something stops the printer.
func (e *engine) run() {
	for !e.stopped() {
		switch {
		case len(e.pending) > 0:
			e.printRow()
		case e.cutting:
			e.cutting = false
			e.tear(false)
		case e.raster != nil:
			if !e.rasterRow() {
				return
			}
		default:
			n := e.command(e.buf)
			if n == 0 {
				return
			}
			e.consume(n)
		}
	}
}

// consume takes bytes out of the buffer. A command may have emptied it.
func (e *engine) consume(n int) {
	n = min(n, len(e.buf))
	e.cur.sent(e.buf[:n])
	e.buf = e.buf[n:]
}

// printRow moves the paper by one row. The roll may end with it.
func (e *engine) printRow() {
	r := &e.pending[0]
	e.cur.print(r.bits)
	if r.n--; r.n <= 0 {
		e.pending = e.pending[1:]
	}
	if e.onRow != nil {
		e.onRow(e.cur.rows)
	}
	if e.silentAfter > 0 && e.cur.rows >= e.silentAfter {
		e.silent = true
	}
	if e.outAfter > 0 {
		e.outAfter--
	}
	if e.outAfter == 0 {
		e.outAfter = -1
		e.runOut()
	}
}

// runOut is the end of the roll: what was printed on it is a paper of its own.
func (e *engine) runOut() {
	e.paperOut = true
	e.tear(true)
	e.report()
}

// tear takes the paper out; an empty one is none.
func (e *engine) tear(partial bool) {
	if e.cur.rows > 0 {
		e.onPaper(e.cur, partial)
		e.cur = sheet{width: e.width}
	}
}

func (e *engine) advance(rows int) {
	if rows > 0 {
		e.pending = append(e.pending, rowRun{n: rows})
	}
}

// rasterRow takes one row of the picture under way from the buffer.
func (e *engine) rasterRow() bool {
	r := e.raster
	if r.rows == 0 || r.bytes == 0 {
		e.raster = nil
		e.pos = 0
		return true
	}
	if len(e.buf) < r.bytes {
		return false
	}
	e.pending = append(e.pending, rowRun{e.place(e.buf[:r.bytes], r), r.tall})
	r.rows--
	e.consume(r.bytes)
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
	x := e.margin + e.pos
	free := e.width - e.margin - dots
	if free > 0 && e.pos == 0 {
		x += free * e.justify / 2
	}
	return x
}
