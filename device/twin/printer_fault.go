package twin

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
)

// state changes the sensors, reports as the station asked for, and goes on
// printing if that is possible again.
func (p *Printer) state(change func(*engine)) {
	p.do(func(e *engine) {
		change(e)
		e.report()
	})
}

// OK puts everything right by hand: paper in, cover closed, knife free, head
// cool, wire whole and fast. As a real printer does, it goes on with what is still in
// its buffer.
func (p *Printer) OK() {
	p.Late(0)
	p.state(func(e *engine) { e.sensors, e.outAfter = sensors{}, never })
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

// CoverOpen opens the cover. The paper under the head stays. Opened while it
// prints, that is an error too, which closing ends.
func (p *Printer) CoverOpen() {
	p.state(func(e *engine) { e.coverOpen, e.coverError = true, e.busy() })
}

// CoverClosed closes the cover and changes nothing else.
func (p *Printer) CoverClosed() {
	p.state(func(e *engine) { e.coverOpen, e.coverError = false, false })
}

// CutterJam blocks the knife: the printer stops with a cutter error. OK frees
// it and ends the error; FreeCutter leaves the error, as a hand does on real
// printers, until the station sends DLE ENQ or the power is cycled.
func (p *Printer) CutterJam() { p.state(func(e *engine) { e.jammed, e.cutterError = true, true }) }

// FreeCutter takes what blocks the knife away.
func (p *Printer) FreeCutter() { p.state(func(e *engine) { e.jammed = false }) }

// Hot overheats the head: the printer waits until it has cooled, which it does
// by itself after PrinterConfig.HotFor.
func (p *Printer) Hot() { p.state(func(e *engine) { e.hot, e.hotEnd = true, e.now+e.hotFor }) }

// Cool ends Hot.
func (p *Printer) Cool() { p.state(func(e *engine) { e.hot = false }) }

// Hardware is an error that only PowerCycle (or OK) ends.
func (p *Printer) Hardware() { p.state(func(e *engine) { e.hardware = true }) }

// FeedButton holds the feed button down, which moves the paper by a line and
// stops all printing, or lets it go.
func (p *Printer) FeedButton(held bool) {
	p.state(func(e *engine) {
		if held && !e.feeding && !e.stopped() {
			for range feedButtonRows {
				e.cur.print(nil)
			}
		}
		e.feeding = held
	})
}

// Tear tears the paper off by hand, as one does where there is no knife.
func (p *Printer) Tear() { p.do(func(e *engine) { e.tear(TornOff, e.cur.rows) }) }

// Silent makes it say nothing more, while it prints as before: a cut wire.
func (p *Printer) Silent() { p.do(func(e *engine) { e.silent = true }) }

// SlowHead sets the head's speed; 0 is an instant one.
func (p *Printer) SlowHead(rowsPerSecond int) {
	p.do(func(e *engine) { e.rowTime, e.moving = rowTime(rowsPerSecond), false })
}

// PowerCycle switches it off and on: the buffer, the settings and the
// automatic status are lost, and so is what comes until it has started
// (BootFor); then it speaks again, and a hardware error is gone.
// Paper, cover, jam and heat stay as they are, and so does the cable.
func (p *Printer) PowerCycle() { p.do((*engine).powerCycle) }

// Garbage puts n bytes of noise on the line to the station, the same in every
// run. Noise may look like anything.
func (p *Printer) Garbage(n int) {
	p.do(func(e *engine) {
		for range min(n, maxGarbageBytes) {
			e.signal(p.noise.byte())
		}
	})
}

// Noise is noise that happens to be these bytes.
func (p *Printer) Noise(b ...byte) { p.do(func(e *engine) { e.signal(b...) }) }

// falsePaperOut is an automatic status that says: no paper.
var falsePaperOut = []byte{0x18, 0x00, 0x0c, 0x00}

// noise makes the same bytes in every run, by the generator of Numerical
// Recipes.
type noise struct{ state atomic.Uint32 }

func (n *noise) byte() byte {
	for {
		old := n.state.Load()
		if next := old*1664525 + 1013904223; n.state.CompareAndSwap(old, next) {
			return byte(next >> 24)
		}
	}
}

// garble makes noise of what passes between two speeds.
func (p *Printer) garble(b []byte) {
	if !p.cfg.StrictBaud || p.cfg.Baud == 0 {
		return
	}
	if at := p.line.baud(); at == 0 || at == p.cfg.Baud {
		return
	}
	for i := range b {
		b[i] = p.noise.byte()
	}
}

// maxGarbageBytes bounds one burst of noise.
const maxGarbageBytes = 64 << 10

// Unplug pulls the cable; the printer keeps what it has received.
func (p *Printer) Unplug() error {
	p.lose()
	return p.line.unplug()
}

// UnplugAfter pulls the cable in the middle of a byte: when so many more have
// come whole. The one under way is lost with all that follow it.
func (p *Printer) UnplugAfter(bytes int) {
	p.AtByte(bytes, func(p *Printer) {
		if err := p.Unplug(); err != nil {
			p.failed(err)
		}
	})
}

// Plug puts the cable back, under the same name.
func (p *Printer) Plug() error {
	if p.ended() {
		return errClosed
	}
	return p.line.plug()
}

// Renumber unplugs it and plugs it in elsewhere at once: the same name then
// leads to another pts.
func (p *Printer) Renumber() error {
	if p.ended() {
		return errClosed
	}
	p.lose()
	return p.line.renumber()
}

var errClosed = errors.New("a closed simulated printer cannot be plugged in")

// Condition describes the printer in one line, for a person.
func (p *Printer) Condition() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.engine
	where := p.line.node()
	if where == "" {
		where = "unplugged"
	}
	parts := []string{where, fmt.Sprintf("%s, %d dots", e.identity.model, e.width)}
	for _, c := range []struct {
		on   bool
		text string
	}{
		{!e.stopped(), "ready"}, {e.nearEnd, "paper near its end"}, {e.paperOut, "paper out"}, {e.coverOpen, "cover open"},
		{e.cutterError, "cutter jam"}, {e.hot, "hot head"}, {e.hardware, "hardware error"}, {e.feeding, "feed button held"},
		{e.silent, "silent"}, {e.cur.rows > 0, fmt.Sprintf("%d rows under the head", e.cur.rows)},
		{len(e.buf) > 0, fmt.Sprintf("%d bytes waiting", len(e.buf))}, {e.dropped > 0, fmt.Sprintf("%d bytes lost", e.dropped)},
	} {
		if c.on {
			parts = append(parts, c.text)
		}
	}
	return strings.Join(parts, ", ")
}
