package twin

import (
	"fmt"
	"os"
	"sync"
	"time"
)

// cable is how a station reaches a twin: a pty, or a Wire in memory.
type cable interface {
	say([]byte) (int, error) // what the device sends; bounded, never for ever
	plug() error
	unplug() error
	renumber() error
	close() error
	node() string // "" when unplugged
	heedsXoff() bool
	baud() int // the speed that the station has set; 0 when not known
}

// wireBytes is what a driver keeps for a line, each way.
const wireBytes = 4096

// Wire is the station's end of a line in memory, for tests in virtual time: a
// pty's reads cannot be waited for in a bubble of testing/synctest, a Wire's
// can. Like a serial port it keeps some bytes, has deadlines, and is dead once
// the device was unplugged, until Open.
type Wire struct {
	xonXoff bool
	receive func(b []byte, gone <-chan struct{})

	mu         sync.Mutex
	news       chan struct{} // closed and replaced when anything changes
	down, up   []byte        // to the twin, to the station
	gone       chan struct{} // closed by an unplugging; nil while unplugged
	opened     chan struct{} // the plugging-in that the station has opened
	readUntil  time.Time
	writeUntil time.Time
	readers    sync.WaitGroup
}

// NewWiredPrinter makes a printer on a line in memory, with Link as its name
// only. With xonXoff the station's side of the line heeds XON and XOFF and
// swallows them, as a port that was opened so does.
func NewWiredPrinter(cfg PrinterConfig, xonXoff bool) (*Printer, *Wire, error) {
	p, err := newPrinter(cfg)
	if err != nil {
		return nil, nil, err
	}
	w := &Wire{xonXoff: xonXoff, receive: p.receive, news: make(chan struct{})}
	if err := w.plug(); err != nil {
		return nil, nil, err
	}
	w.Open()
	if p, err = p.begin(w); err != nil {
		return nil, nil, err
	}
	return p, w, nil
}

// Open opens the port anew, as a station does that finds it again.
func (w *Wire) Open() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opened, w.up = w.gone, nil
}

// tell wakes all who wait; the caller holds mu.
func (w *Wire) tell() {
	close(w.news)
	w.news = make(chan struct{})
}

// wait waits for news or a deadline, zero for none. It unlocks mu meanwhile.
func (w *Wire) wait(until time.Time) {
	news := w.news
	w.mu.Unlock()
	defer w.mu.Lock()
	if until.IsZero() {
		<-news
		return
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-news:
	case <-timer.C:
	}
}

func (w *Wire) alive() bool { return w.gone != nil && w.opened == w.gone }

func passed(t time.Time) bool { return !t.IsZero() && !time.Now().Before(t) }

// Read returns what the device said, os.ErrDeadlineExceeded or ErrUnplugged.
func (w *Wire) Read(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		switch {
		case !w.alive():
			return 0, ErrUnplugged
		case len(w.up) > 0:
			n := copy(p, w.up)
			w.up = w.up[n:]
			return n, nil
		case passed(w.readUntil):
			return 0, os.ErrDeadlineExceeded
		}
		w.wait(w.readUntil)
	}
}

// Write hands p to the line: what it keeps may not have reached the device.
func (w *Wire) Write(p []byte) (n int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		if !w.alive() {
			return n, ErrUnplugged
		}
		if room := min(len(p)-n, wireBytes-len(w.down)); room > 0 {
			w.down = append(w.down, p[n:n+room]...)
			n += room
			w.tell()
		}
		if n == len(p) {
			return n, nil
		}
		if passed(w.writeUntil) {
			return n, os.ErrDeadlineExceeded
		}
		w.wait(w.writeUntil)
	}
}

// SetReadDeadline ends a waiting and every later Read at t; zero: never.
func (w *Wire) SetReadDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.readUntil = t
	w.tell()
	return nil
}

// SetWriteDeadline likewise for Write.
func (w *Wire) SetWriteDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writeUntil = t
	w.tell()
	return nil
}

func (w *Wire) plug() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gone == nil {
		w.attach()
	}
	return nil
}

// attach begins to carry bytes. The caller holds mu.
func (w *Wire) attach() {
	gone := make(chan struct{})
	w.gone, w.down, w.up = gone, nil, nil
	w.readers.Go(func() {
		for {
			w.mu.Lock()
			for w.gone == gone && len(w.down) == 0 {
				w.wait(time.Time{})
			}
			if w.gone != gone {
				w.mu.Unlock()
				return
			}
			b := w.down
			w.down = nil
			w.tell()
			w.mu.Unlock()
			w.receive(b, gone)
		}
	})
}

func (w *Wire) unplug() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.detach()
	return nil
}

func (w *Wire) detach() {
	if w.gone != nil {
		close(w.gone)
		w.gone = nil
		w.tell()
	}
}

func (w *Wire) renumber() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.detach()
	w.attach()
	return nil
}

func (w *Wire) close() error {
	err := w.unplug()
	w.readers.Wait()
	return err
}

func (w *Wire) node() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gone == nil {
		return ""
	}
	return "a wire in memory"
}

func (w *Wire) heedsXoff() bool { return w.xonXoff }

// say carries what the device says; a station that does not read loses
// what the line cannot keep.
func (w *Wire) say(p []byte) (n int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gone == nil {
		return 0, ErrUnplugged
	}
	for _, b := range p {
		if w.xonXoff && (b == xon || b == xoff) {
			n++
			continue
		}
		if len(w.up) == wireBytes {
			return n, fmt.Errorf("failed to say everything: %w", os.ErrDeadlineExceeded)
		}
		w.up = append(w.up, b)
		n++
	}
	w.tell()
	return n, nil
}

// baud is not known: bytes in memory have no speed.
func (w *Wire) baud() int { return 0 }
