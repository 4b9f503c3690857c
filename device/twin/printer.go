package twin

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// PrinterConfig says where a simulated printer is plugged in and what it is.
type PrinterConfig struct {
	// Link is the path under which the station finds it, such as
	// DIR/usb-printer: a symlink to the pty.
	Link string
	// PaperDir receives each paper as paper-NNN.png and .bin; "" keeps none.
	PaperDir string
	// WidthDots is the head's width; 0 means 576.
	WidthDots int
	// NoProcessID and NoAutoStatus make it a clone that lacks GS ( H or GS a.
	NoProcessID, NoAutoStatus bool
	// BufferBytes is its receive buffer; what overflows while it is stopped is
	// lost. 0 means generous.
	BufferBytes int
}

// maxPapers bounds what is remembered; the oldest go first.
const maxPapers = 512

// Printer is a simulated receipt printer on a pty.
type Printer struct {
	cfg  PrinterConfig
	line *line

	mu       sync.Mutex
	engine   *engine
	count    int
	queue    []Paper // cut, not yet taken by NextPaper
	cut      []Paper
	partials []Paper
	changed  chan struct{} // closed and replaced when a paper falls out
	failure  error         // the first paper that could not be kept
	closed   bool
}

// NewPrinter makes a printer with paper in it and plugs it in.
func NewPrinter(cfg PrinterConfig) (*Printer, error) {
	if cfg.WidthDots == 0 {
		cfg.WidthDots = 576
	}
	if cfg.WidthDots < 8 || cfg.WidthDots > 2048 || cfg.WidthDots%8 != 0 {
		return nil, fmt.Errorf("a simulated printer of %d dots", cfg.WidthDots)
	}
	p := &Printer{cfg: cfg, changed: make(chan struct{})}
	p.engine = newEngine(cfg.WidthDots, p.paper)
	p.engine.noMarks, p.engine.noAuto = cfg.NoProcessID, cfg.NoAutoStatus
	if cfg.BufferBytes > 0 {
		p.engine.bufferSize = cfg.BufferBytes
	}
	l, err := newLine(cfg.Link, func(b []byte) {
		p.do(func(e *engine) { e.feed(b) })
	})
	if err != nil {
		return nil, fmt.Errorf("failed to plug a simulated printer in: %w", err)
	}
	p.mu.Lock()
	p.line = l
	p.mu.Unlock()
	return p, nil
}

// do changes the printer and sends what it has to say about it.
func (p *Printer) do(change func(*engine)) {
	p.mu.Lock()
	change(p.engine)
	replies := p.engine.take()
	l := p.line
	p.mu.Unlock()
	if len(replies) > 0 && l != nil {
		// A station that does not read, or is gone, hears nothing: so it is
		// with a real printer.
		_, _ = l.Write(replies)
	}
}

// paper takes a piece from the engine; the caller holds mu.
func (p *Printer) paper(s sheet, partial bool) {
	p.count++
	paper, err := s.finish(p.count, partial)
	if err == nil && p.cfg.PaperDir != "" {
		err = paper.keep(p.cfg.PaperDir)
	}
	if err != nil && p.failure == nil {
		p.failure = err
	}
	keep := func(list *[]Paper) {
		*list = append(*list, paper)
		if len(*list) > maxPapers {
			*list = (*list)[1:]
		}
	}
	if partial {
		keep(&p.partials)
	} else {
		keep(&p.queue)
		keep(&p.cut)
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

// state changes the sensors, goes on printing if that is possible again, and
// reports as the station asked for.
func (p *Printer) state(change func(*engine)) {
	p.do(func(e *engine) {
		change(e)
		e.report()
		e.run()
	})
}

// OK puts paper in, closes the cover and lets it speak again. As a real
// printer does, it goes on with what is still in its buffer.
func (p *Printer) OK() {
	p.state(func(e *engine) {
		e.nearEnd, e.paperOut, e.coverOpen, e.silent, e.outAfter = false, false, false, false, -1
	})
}

// NearEnd is a roll that soon ends; it still prints.
func (p *Printer) NearEnd() { p.state(func(e *engine) { e.nearEnd = true }) }

// PaperOut ends the roll now. What is printed on it becomes a partial paper.
func (p *Printer) PaperOut() {
	p.do(func(e *engine) {
		if !e.paperOut {
			e.runOut()
		}
	})
}

// PaperOutAfter ends the roll after so many more rows, in the middle of
// whatever is printed then.
func (p *Printer) PaperOutAfter(rows int) {
	if rows <= 0 {
		p.PaperOut()
		return
	}
	p.do(func(e *engine) { e.outAfter = rows })
}

// CoverOpen opens the cover. The paper under the head stays.
func (p *Printer) CoverOpen() { p.state(func(e *engine) { e.coverOpen = true }) }

// Silent makes it say nothing more, while it prints as before: a cut wire.
func (p *Printer) Silent() { p.do(func(e *engine) { e.silent = true }) }

// Unplug pulls the cable; the printer keeps what it has received.
func (p *Printer) Unplug() error { return p.line.unplug() }

// Plug puts the cable back, under the same name.
func (p *Printer) Plug() error {
	p.mu.Lock()
	closed := p.closed
	p.mu.Unlock()
	if closed {
		return errors.New("a closed simulated printer cannot be plugged in")
	}
	return p.line.plug()
}

// NextPaper waits for the next paper that was cut and takes it.
func (p *Printer) NextPaper(ctx context.Context) (Paper, error) {
	for {
		p.mu.Lock()
		if len(p.queue) > 0 {
			paper := p.queue[0]
			p.queue = p.queue[1:]
			p.mu.Unlock()
			return paper, nil
		}
		changed := p.changed
		p.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return Paper{}, fmt.Errorf("no paper came out: %w", ctx.Err())
		}
	}
}

// Papers are all papers cut so far.
func (p *Printer) Papers() []Paper {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Paper(nil), p.cut...)
}

// Partials are the pieces that the end of a roll left.
func (p *Printer) Partials() []Paper {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Paper(nil), p.partials...)
}

// Dropped is how many bytes the buffer could not take.
func (p *Printer) Dropped() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.engine.dropped
}

// Close unplugs it for good. It returns the first paper that could not be
// kept.
func (p *Printer) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	err := p.line.close()
	p.mu.Lock()
	defer p.mu.Unlock()
	return errors.Join(p.failure, err)
}
