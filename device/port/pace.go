package port

import (
	"os"
	"sync"
	"time"
)

const (
	// flowChunk is written at a time on a line with flow control: 67 ms of
	// 9,600 baud.
	flowChunk = 64
	// flowAhead is how far the writing may be ahead of what the line's rate
	// can have sent. A stop from the device holds back only what the driver
	// has not yet given away, and most USB adapters' drivers give away
	// kilobytes at once; so the driver is given no more than a printer with
	// "buffer full" on its line still has room for.
	flowAhead = 2 * flowChunk
	// bitsPerByte: start, eight or seven and parity, stop.
	bitsPerByte = 10
)

// pace makes writing no faster than the line, so that a stop stops.
type pace struct {
	perByte time.Duration
	ahead   time.Duration // how early a chunk may be given
	now     func() time.Time
	after   func(d time.Duration) <-chan time.Time

	mu       sync.Mutex
	free     time.Time // when the line will have sent what it was given
	deadline time.Time
	poke     chan struct{} // a new deadline
	ended    <-chan struct{}
}

func newPace(baud int, ended <-chan struct{}) *pace {
	perByte := bitsPerByte * time.Second / time.Duration(baud)
	return &pace{
		perByte: perByte,
		ahead:   (flowAhead - flowChunk) * perByte,
		now:     time.Now,
		after:   time.After,
		poke:    make(chan struct{}, 1),
		ended:   ended,
	}
}

// await waits until the line has room for another chunk.
func (p *pace) await() error {
	for {
		p.mu.Lock()
		now := p.now()
		wait := p.free.Add(-p.ahead).Sub(now)
		deadline := p.deadline
		p.mu.Unlock()
		if !deadline.IsZero() {
			left := deadline.Sub(now)
			if left <= 0 {
				return os.ErrDeadlineExceeded
			}
			wait = min(wait, left)
		}
		if wait <= 0 {
			return nil
		}
		select {
		case <-p.after(wait):
		case <-p.poke:
		case <-p.ended:
			return os.ErrClosed
		}
	}
}

// gave notes that the line took n bytes now.
func (p *pace) gave(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.now(); p.free.Before(now) {
		p.free = now
	}
	p.free = p.free.Add(time.Duration(n) * p.perByte)
}

func (p *pace) setDeadline(t time.Time) {
	p.mu.Lock()
	p.deadline = t
	p.mu.Unlock()
	select {
	case p.poke <- struct{}{}:
	default: // poked and not yet awake
	}
}
