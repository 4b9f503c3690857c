package twin

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// Flow control of a simulated printer.
const (
	// FlowXonXoff: the printer sends XOFF (13) when its buffer is nearly full
	// and XON (11) when it is not any more. A station that has not switched
	// IXON on goes on sending, and what overflows is lost.
	FlowXonXoff = "xonxoff"
	// FlowDTR: DTR wired to the station's CTS. The line stands still while the
	// buffer is nearly full.
	FlowDTR = "dtr"
)

// PrinterConfig says where a simulated printer is plugged in and what it is.
// Of the zero value only Link must be filled: a printer that knows everything
// and is as fast as the computer.
type PrinterConfig struct {
	// Link is the path under which the station finds it, such as
	// DIR/usb-printer: a symlink to the pty.
	Link string
	// PaperDir receives each paper as paper-NNN.png and .bin; "" keeps none.
	PaperDir string
	// PapersBefore is the number of the last paper in PaperDir; the first one
	// is the next.
	PapersBefore int
	// KeepPapers is how many papers of a kind are remembered; 0 means 512, if
	// they are not large. NextPaper, too, knows only these.
	KeepPapers int
	// WidthDots is the head's width; 0 means 576.
	WidthDots int
	// NoProcessID and NoAutoStatus make it a clone that lacks GS ( H or GS a.
	NoProcessID, NoAutoStatus bool
	// NoRealTime: it hears no DLE EOT, DLE ENQ or DLE DC4.
	NoRealTime bool
	// NoGraphics: it lacks GS ( L.
	NoGraphics bool
	// NoDoubling: it ignores the m of GS v 0.
	NoDoubling bool
	// HalfDots: its vertical motion unit is half a dot, as with Epson's (GS P: y
	// is twice the head's resolution).
	HalfDots bool
	// KeepsBuffer: it hears DLE ENQ only in an error that it names, as Epson's
	// manuals say: what it holds when the paper ends, or the cover opens, comes
	// out on the new roll, unless DLE DC4 8 clears it.
	KeepsBuffer bool
	// Clone is the cheapest kind: it answers nothing at all, executes no
	// real-time command, lacks GS ( H and GS ( L, and prints GS v 0 and ESC *.
	Clone bool
	// BufferBytes is its receive buffer; what overflows while it is stopped is
	// lost. 0 means generous; else it is 45 at least.
	BufferBytes int
	// Flow is how it holds the line when the buffer is nearly full: "" (not at
	// all), FlowXonXoff or FlowDTR.
	Flow string
	// Baud is the speed of the line: bytes arrive no faster than 8N1 carries
	// them. 0 means as fast as the computer.
	Baud int
	// StrictBaud: a station that opened the line at another speed than Baud
	// sends and hears noise.
	StrictBaud bool
	// RowsPerSecond is the speed of the head; 0 means instant. A cutter then
	// takes its time too.
	RowsPerSecond int
	// HotFor is how long an overheated head takes to cool by itself; 0 means
	// until Cool or OK.
	HotFor time.Duration
	// BootFor is how long a switched-on printer is deaf and dumb; 0 means half
	// a second, which is less than any real one needs.
	BootFor time.Duration
	// NoCutter: GS V feeds but does not cut; Tear takes the paper.
	NoCutter bool
	// CutterRows is the way from the head to the knife: what is cut without a
	// feed leaves so many rows on the next paper. 0 means none.
	CutterRows int
	// Model, Maker, Firmware and Serial are what GS I 67, 66, 65 and 68 tell;
	// "" is the twin's own. ModelID is GS I 1; 0 means 20 (hexadecimal).
	Model, Maker, Firmware, Serial string
	ModelID                        byte
	// Script are the faults to come; see Printer.Script.
	Script string
	// OnPaper and OnFault are called, one at a time, for every paper that
	// falls out and every command that Do or a script carries out. They must
	// not call the printer.
	OnPaper func(Paper)
	OnFault func(command string)
}

const (
	// cutterTime is a cut of a printer that takes its time over rows.
	cutterTime = 300 * time.Millisecond
	// bootTime is the start of a printer whose configuration does not say.
	bootTime = 500 * time.Millisecond
	// wakeEvery bounds how often a slow head runs: six rows at 1,200 a second.
	wakeEvery = 5 * time.Millisecond

	minWidthDots = 8
	maxWidthDots = 2048
	// minBufferBytes is the smallest that Epson's printers can be set to; the
	// longest fixed command fits well. maxBufferBytes is more than any has.
	minBufferBytes   = 45
	maxBufferBytes   = 64 << 20
	maxBaud          = 4_000_000
	maxRowsPerSecond = 100_000
)

// engine checks the configuration and makes the controller.
func (c PrinterConfig) engine(onPaper func(sheet, ending)) (*engine, error) {
	if c.WidthDots == 0 {
		c.WidthDots = 576
	}
	switch {
	case c.WidthDots < minWidthDots || c.WidthDots > maxWidthDots || c.WidthDots%8 != 0:
		return nil, fmt.Errorf("a simulated printer of %d dots", c.WidthDots)
	case c.Flow != "" && c.Flow != FlowXonXoff && c.Flow != FlowDTR:
		return nil, fmt.Errorf("a simulated printer with flow control %q", c.Flow)
	case c.BufferBytes != 0 && (c.BufferBytes < minBufferBytes || c.BufferBytes > maxBufferBytes), c.Baud < 0 || c.Baud > maxBaud,
		c.RowsPerSecond < 0 || c.RowsPerSecond > maxRowsPerSecond, c.HotFor < 0, c.KeepPapers < 0, c.BootFor < 0, c.CutterRows < 0 || c.CutterRows > maxPaperRows:
		return nil, errors.New("a simulated printer with impossible numbers")
	}
	e := newEngine(c.WidthDots, onPaper)
	if c.BufferBytes > 0 {
		e.bufferSize = c.BufferBytes
	}
	e.flow, e.hotFor, e.cutterRows, e.noCutter = c.Flow, c.HotFor, c.CutterRows, c.NoCutter
	if e.bootFor = c.BootFor; e.bootFor == 0 {
		e.bootFor = bootTime
	}
	e.noMarks = c.NoProcessID || c.Clone
	e.keepsBuffer = c.KeepsBuffer
	e.noAuto = c.NoAutoStatus || c.Clone
	e.noGraphics = c.NoGraphics || c.Clone
	e.noDoubling, e.halfDots = c.NoDoubling, c.HalfDots
	e.mute, e.noRealTime = c.Clone, c.NoRealTime || c.Clone
	if e.rowTime = rowTime(c.RowsPerSecond); e.rowTime > 0 {
		e.cutTime = cutterTime
	}
	e.identity = identity{model: c.Model, maker: c.Maker, firmware: c.Firmware, serial: c.Serial, modelID: c.ModelID}.filled()
	e.reset() // with the model's own motion unit
	return e, nil
}

// rowTime is how long a row takes; 0 is no time at all.
func rowTime(rowsPerSecond int) time.Duration {
	if rowsPerSecond <= 0 {
		return 0
	}
	return time.Second / time.Duration(rowsPerSecond)
}

// Printer is a simulated receipt printer on a pty. Its methods may be called
// from any goroutine.
type Printer struct {
	cfg   PrinterConfig
	line  cable
	start time.Time
	noise noise

	mu       sync.Mutex
	engine   *engine
	count    int
	queue    []Paper // cut, not yet taken by NextPaper
	cut      []Paper
	partials []Paper
	news     []func()      // OnPaper and OnFault to be called
	changed  chan struct{} // closed and replaced when a paper falls out
	flowing  chan struct{} // closed while flow control lets the station send
	failure  error         // the first paper that could not be kept
	closed   bool
	timer    *time.Timer
	timerAt  time.Duration
	timed    sync.WaitGroup // the timer's call and the scripts' waits
	over     chan struct{}  // closed by Close
	ready    chan struct{}  // closed when there is a line and the script is armed
	late     time.Duration  // how much longer an answer takes

	out     sync.Mutex // holds the order of what is said
	waiting []outgoing
}

// NewPrinter makes a printer with paper in it and plugs it in. What a station
// sends waits until the script is armed.
func NewPrinter(cfg PrinterConfig) (*Printer, error) {
	p, err := newPrinter(cfg)
	if err != nil {
		return nil, err
	}
	l, err := newPacedLine(cfg.Link, p.receive)
	if err != nil {
		return nil, fmt.Errorf("failed to plug a simulated printer in: %w", err)
	}
	return p.begin(l)
}

// begin lets the printer receive.
func (p *Printer) begin(c cable) (*Printer, error) {
	p.line = c
	err := p.Script(p.cfg.Script)
	close(p.ready)
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func newPrinter(cfg PrinterConfig) (*Printer, error) {
	p := &Printer{cfg: cfg, start: time.Now(), count: cfg.PapersBefore, changed: make(chan struct{}), flowing: make(chan struct{}), over: make(chan struct{}), ready: make(chan struct{})}
	close(p.flowing)
	e, err := cfg.engine(p.paper)
	if err != nil {
		return nil, err
	}
	p.engine = e
	return p, nil
}

// do changes the printer, lets it work and sends what it has to say.
func (p *Printer) do(change func(*engine)) {
	p.mu.Lock()
	p.engine.now = time.Since(p.start)
	change(p.engine)
	p.work()
}

// work runs the engine, acts on the moments that come, and unlocks mu.
func (p *Printer) work() {
	e := p.engine
	for {
		e.run()
		due := e.due
		e.due = nil
		e.paused = e.paused || len(due) > 0
		p.allow()
		p.plan()
		p.mu.Unlock()
		p.speak()
		if len(due) == 0 {
			return
		}
		for _, f := range due {
			f(p)
		}
		p.mu.Lock()
		e.now = time.Since(p.start)
		e.paused = false // nothing comes due meanwhile, so this call alone paused it
	}
}

// allow opens or shuts the line by the engine's flow control.
func (p *Printer) allow() {
	select {
	case <-p.flowing:
		if p.engine.holding {
			p.flowing = make(chan struct{})
		}
	default:
		if !p.engine.holding {
			close(p.flowing)
		}
	}
}

// plan sets the timer for the engine's next move.
func (p *Printer) plan() {
	at, wanted := p.engine.wake()
	if !wanted || p.closed || p.timer != nil && p.timerAt <= at {
		return
	}
	p.stopTimer()
	p.timed.Add(1)
	p.timerAt = at
	var timer *time.Timer
	timer = time.AfterFunc(max(wakeEvery, at-p.engine.now), func() {
		defer p.timed.Done()
		p.mu.Lock()
		if p.timer == timer { // else a sooner one has taken its place meanwhile
			p.timer = nil
		}
		if p.closed {
			p.mu.Unlock()
			return
		}
		p.engine.now = time.Since(p.start)
		p.work()
	})
	p.timer = timer
}

func (p *Printer) stopTimer() {
	if p.timer != nil && p.timer.Stop() {
		p.timed.Done()
	}
	p.timer = nil
}

// Dropped is how many bytes the buffer could not take.
func (p *Printer) Dropped() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.engine.dropped
}

// failed keeps the first error for Close.
func (p *Printer) failed(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failure == nil {
		p.failure = err
	}
}

func (p *Printer) ended() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// Close unplugs it for good and waits for all that it had under way. It
// returns the first thing that failed meanwhile, such as a paper that could
// not be kept. It must not be called from a moment.
func (p *Printer) Close() error {
	p.mu.Lock()
	if !p.closed {
		p.closed = true
		close(p.over)
		p.stopTimer()
	}
	p.mu.Unlock()
	err := p.line.close()
	p.timed.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	return errors.Join(p.failure, err)
}
