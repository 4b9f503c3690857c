package twin

import "time"

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
	// feedButtonRows is what one press of the feed button moves.
	feedButtonRows = lineSpacingRows
	// never is the row counter of a roll that does not end.
	never = -1
)

// traits are what a model is born with.
type traits struct {
	width       int
	bufferSize  int
	flow        string
	noMarks     bool // lacks GS ( H, as many clones do
	noAuto      bool // lacks GS a
	noGraphics  bool // lacks GS ( L
	noDoubling  bool // ignores the m of GS v 0
	keepsBuffer bool // DLE ENQ is heard in a cutter error only
	halfDots    bool // the vertical motion unit is half a dot
	mute        bool // answers nothing
	noRealTime  bool // executes no real-time command
	noCutter    bool
	cutterRows  int // from the head to the knife
	rowTime     time.Duration
	cutTime     time.Duration
	hotFor      time.Duration // a hot head cools in this time; 0: when told
	bootFor     time.Duration // from switching on to the first byte received
	identity    identity
}

// engine is the printer's controller without a line: bytes in, paper and
// replies out. It is pure: it does not mind how the bytes were cut, and its
// time is what the field now says.
//
// Real-time commands are executed where they arrive, also inside pictures, as
// real printers do (Epson TM-L90). While something stops it, it receives and
// answers but prints nothing; what was received stays in the buffer.
type engine struct {
	traits
	now time.Duration // since the printer was made; its driver moves it

	sensors
	outAfter int // rows until the roll ends

	buf      []byte
	rt       []byte // a real-time command under way
	received int    // bytes that came over the line
	dropped  int    // bytes lost to a full buffer
	holding  bool   // flow control has asked the station to wait

	margin, justify int
	spacing         int
	auto            byte    // the mask of GS a
	told            [4]byte // the automatic status last sent
	line            lineBuffer
	raster          *rasterJob
	inline          *inlineData
	stored          *rasterJob // GS ( L: downloaded, printed by fn 50
	symbol          symbol
	pending         []rowRun

	cur     sheet
	cutting cutJob
	moving  bool          // the head is between two rows
	rowEnd  time.Duration // when the row under the head is on paper
	hotEnd  time.Duration // when a hot head has cooled
	booting bool          // just switched on: deaf and dumb
	bootEnd time.Duration
	moments []moment
	due     []func(*Printer) // moments that have come and wait to be acted on
	paused  bool             // they are being acted on
	onPaper func(sheet, ending)
	replies []byte
}

// busy says that something is being printed.
func (e *engine) busy() bool {
	return len(e.pending) > 0 || e.raster != nil || e.inline != nil || e.cutting.how != ""
}

// rowRun is rows about to be printed: the same bits n times, nil is white.
type rowRun struct {
	bits []byte
	n    int
}

// cutJob is a cut that follows what is pending.
type cutJob struct {
	how     ending // "" for none
	started bool
	end     time.Duration // when the knife is back
}

func newEngine(width int, onPaper func(sheet, ending)) *engine {
	e := &engine{outAfter: never, onPaper: onPaper}
	e.width, e.bufferSize = width, engineBufferBytes
	e.identity = identity{}.filled()
	e.cur.width = width
	e.reset()
	return e
}

// reset is ESC @: settings and the line under way, not the buffer.
func (e *engine) reset() {
	e.margin, e.justify, e.spacing = 0, 0, lineSpacingRows*e.unitsPerRow()
	e.line, e.stored, e.symbol = lineBuffer{}, nil, symbol{}
	e.auto = 0
}

// forget empties the buffers; nothing is under way after it.
func (e *engine) forget() {
	e.buf, e.raster, e.inline, e.pending = nil, nil, nil, nil
	e.line, e.cutting, e.moving = lineBuffer{}, cutJob{}, false
}

// powerCycle loses everything but what is mechanical: the paper under the
// head, the roll, the cover, a jam and the heat.
func (e *engine) powerCycle() {
	e.forget()
	e.reset()
	e.rt, e.replies = nil, nil
	e.hardware, e.silent, e.cutterError = false, false, e.jammed
	e.holding, e.booting, e.bootEnd = false, true, e.now+e.bootFor
}

// boot ends the start after a power cycle.
func (e *engine) boot() {
	if !e.booting || e.now < e.bootEnd {
		return
	}
	if e.booting = false; e.flow == FlowXonXoff {
		e.signal(xon) // the greeting of a printer that is ready to receive
	}
}

// take is what the engine has to say since the last call.
func (e *engine) take() []byte {
	r := e.replies
	e.replies = nil
	return r
}

// say answers the station.
func (e *engine) say(b ...byte) {
	if !e.mute {
		e.signal(b...)
	}
}

// signal puts bytes on the wire, answers or not.
func (e *engine) signal(b ...byte) {
	if !e.silent {
		e.replies = append(e.replies, b...)
	}
}

// feed receives bytes until a moment comes or flow control stops the line, and
// says how many it took. It prints no earlier than it must: before a byte that
// may complete a real-time command, when the buffer is full, and at the end.
func (e *engine) feed(p []byte) (taken int) {
	if e.boot(); e.booting {
		e.received += len(p)
		return len(p)
	}
	for _, b := range p {
		if len(e.rt) >= 2 || len(e.buf) >= e.bufferSize {
			if e.run(); len(e.due) > 0 {
				break
			}
		}
		if len(e.buf) < e.bufferSize {
			e.buf = append(e.buf, b)
		} else {
			e.dropped++
		}
		e.received++
		taken++
		e.realTime(b)
		// Whether the buffer is nearly full is only known once what can be
		// done is.
		if e.byteAwaited() || e.flow != "" && !e.holding && e.nearlyFull() {
			if e.run(); len(e.due) > 0 || e.holding {
				break
			}
		}
	}
	e.run()
	return taken
}

// run prints and interprets until the buffer has no whole command left or
// something stops the printer.
func (e *engine) run() {
	e.cool()
	e.boot()
	for e.step() {
	}
	e.handshake()
	if !e.paused && len(e.due) == 0 {
		e.momentByte()
	}
}

// step does the next thing, and says whether there may be another.
func (e *engine) step() bool {
	if e.paused || len(e.due) > 0 {
		return false
	}
	if e.booting || e.stopped() {
		e.moving = false
		return false
	}
	switch {
	case len(e.pending) > 0:
		if !e.rowDone() {
			return false
		}
		e.printRow()
	case e.cutting.how != "":
		e.moving = false
		return e.cut()
	case e.inline != nil:
		return e.takePayload() || e.rest()
	case e.raster != nil:
		return e.rasterRow() || e.rest()
	default:
		n := e.command(e.buf)
		if n == 0 {
			return e.rest()
		}
		e.consume(n)
	}
	return true
}

// rest stops the motor: there is nothing to print.
func (e *engine) rest() bool {
	e.moving = false
	return false
}

// rowDone says whether the row under the head is on paper by now. A late call
// finds the head where it would be: rows follow each other while there are
// any.
func (e *engine) rowDone() bool {
	if e.rowTime == 0 {
		return true
	}
	if !e.moving {
		e.moving, e.rowEnd = true, e.now+e.rowTime
	}
	if e.rowEnd > e.now {
		return false
	}
	e.rowEnd += e.rowTime
	return true
}

// wake is when the engine wants to run again without having received
// anything.
func (e *engine) wake() (at time.Duration, wanted bool) {
	soonest := func(t time.Duration) {
		if !wanted || t < at {
			at, wanted = t, true
		}
	}
	if e.hot && e.hotFor > 0 {
		soonest(e.hotEnd)
	}
	if e.booting {
		soonest(e.bootEnd)
	}
	if e.moving && len(e.pending) > 0 {
		soonest(e.rowEnd)
	}
	if e.cutting.started && !e.stopped() {
		soonest(e.cutting.end)
	}
	return at, wanted && !e.paused
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
	r.n--
	if e.rowTime == 0 && e.outAfter == never && len(e.moments) == 0 {
		e.cur.printAll(*r) // nothing can come between
		r.n = 0
	}
	if r.n <= 0 {
		e.pending = e.pending[1:]
	}
	e.momentRow(e.cur.rows)
	if e.outAfter > 0 {
		e.outAfter--
	}
	if e.outAfter == 0 {
		e.outAfter = never
		e.runOut()
	}
}

// runOut is the end of the roll: what was printed on it is a paper of its own.
func (e *engine) runOut() {
	e.paperOut = true
	e.tear(RollEnd, e.cur.rows)
	e.report()
}

// cut runs the knife. It reports false while the knife is on its way.
func (e *engine) cut() bool {
	c := &e.cutting
	if !c.started {
		if e.momentCut(beforeCut); len(e.due) > 0 {
			return false
		}
		c.started, c.end = true, e.now+e.cutTime
	}
	if c.end > e.now {
		return false
	}
	how := c.how
	e.cutting = cutJob{}
	e.tear(how, e.cur.rows-e.cutterRows)
	e.momentCut(afterCut)
	return true
}

// tear takes so many rows of the paper out; none is no paper.
func (e *engine) tear(how ending, rows int) {
	if rows > 0 {
		rest := e.cur.split(rows)
		e.onPaper(e.cur, how)
		e.cur = rest
	}
}

func (e *engine) advance(rows int) {
	if rows > 0 {
		e.pending = append(e.pending, rowRun{n: rows})
	}
}
