package port

import (
	"bytes"
	"errors"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"
)

func TestPaceIsTheLinesRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(9600, make(chan struct{}))
		began := time.Now()
		const chunks = 150
		for i := range chunks {
			if err := p.await(); err != nil {
				t.Fatal(err)
			}
			p.gave(flowChunk)
			sent := int(time.Since(began) / p.perByte)
			if ahead := (i+1)*flowChunk - sent; ahead > flowAhead {
				t.Fatalf("chunk %d: %d bytes ahead", i, ahead)
			}
		}
		// 9,600 bytes take ten seconds, less what is still under way.
		if took := time.Since(began); took > 10*time.Second || took < 10*time.Second-flowAhead*p.perByte-time.Millisecond {
			t.Errorf("took %v", took)
		}
		// A line that was idle has no credit for it.
		time.Sleep(time.Minute)
		began = time.Now()
		for range 3 {
			if err := p.await(); err != nil {
				t.Fatal(err)
			}
			p.gave(flowChunk)
		}
		if took := time.Since(began); took < flowChunk*p.perByte {
			t.Errorf("three chunks after an idle minute took %v", took)
		}
	})
}

func TestPaceIsInterrupted(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(p *pace, end func())
		want error
	}{
		"by a deadline that is there": {nil, os.ErrDeadlineExceeded},
		"by a deadline that comes":    {func(p *pace, _ func()) { p.setDeadline(aLongTimeAgo) }, os.ErrDeadlineExceeded},
		"by Close":                    {func(_ *pace, end func()) { end() }, os.ErrClosed},
		"by no later deadline":        {func(p *pace, _ func()) { p.setDeadline(time.Now().Add(time.Hour)) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ended := make(chan struct{})
				p := newPace(50, ended)
				if c.do == nil {
					p.setDeadline(time.Now().Add(time.Second))
				}
				p.gave(1000) // more than three minutes
				began := time.Now()
				got := make(chan error)
				go func() { got <- p.await() }()
				synctest.Wait()
				if c.do != nil {
					c.do(p, func() { close(ended) })
				}
				if err := <-got; !errors.Is(err, c.want) {
					t.Errorf("await: %v", err)
				}
				if took := time.Since(began); c.want != nil && took > time.Second {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

// slowHead is a printer whose head is slower than its line: a buffer of 4 KiB
// that drops what does not fit, XOFF when it is three quarters full and XON at a
// quarter. It learns from the pty's packet mode when its XOFF has taken effect,
// so that nothing here depends on time.
type slowHead struct {
	d        *device
	master   *os.File
	asleep   func() bool // the writer waits
	listens  bool        // the station obeys
	mu       sync.Mutex
	moved    *sync.Cond
	held     int
	printed  []byte
	received int
	dropped  int
	stops    int
	stopping bool // XOFF is said and has not yet taken effect
}

const headBuffer = 4096

func (h *slowHead) run() {
	buf := make([]byte, 1+headBuffer)
	for {
		n, err := h.master.Read(buf)
		if err != nil {
			return
		}
		if buf[0] != 0 {
			if buf[0]&unix.TIOCPKT_STOP != 0 {
				h.stopped()
			}
			continue
		}
		h.mu.Lock()
		for _, b := range buf[1:n] {
			h.received++
			if h.held == headBuffer {
				h.dropped++
				continue
			}
			h.held++
			h.printed = append(h.printed, b)
		}
		if h.held >= headBuffer*3/4 && !h.stopping {
			h.stopping = h.listens
			h.stops++
			_, _ = h.master.Write([]byte{0x13})
		}
		h.moved.Broadcast()
		h.mu.Unlock()
	}
}

// stopped: once the writer is seen to wait, the head has its time.
func (h *slowHead) stopped() {
	h.mu.Lock()
	h.stopping = false
	h.moved.Broadcast()
	h.mu.Unlock()
	if h.asleep() {
		h.mu.Lock()
		h.held = headBuffer / 4
		h.mu.Unlock()
		_, _ = h.master.Write([]byte{0x11})
	}
}

// settled waits until the head has all that was given and its XOFF, if any, is
// obeyed: what a line does in the time it takes.
func (h *slowHead) settled(given int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for h.received < given || h.stopping {
		h.moved.Wait()
	}
}

func newSlowHead(t *testing.T, listens bool) *slowHead {
	t.Helper()
	h := &slowHead{d: newDevice(t), listens: listens}
	h.master = h.d.master
	h.moved = sync.NewCond(&h.mu)
	if err := unix.IoctlSetPointerInt(int(h.d.master.Fd()), unix.TIOCPKT, 1); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestXonXoffDropsNothing(t *testing.T) {
	h := newSlowHead(t, true)
	written := make(chan struct{})
	h.asleep = func() bool {
		for {
			select {
			case <-written:
				return false
			default:
				if parked("(*Serial).Write") {
					return true
				}
			}
		}
	}
	s := h.d.open(func(c *Config) { c.Flow, c.Baud = FlowXonXoff, 115200 })
	epoch := time.Unix(0, 0)
	now := epoch // of the line: it passes while the line sends
	s.pace.now = func() time.Time { return now }
	s.pace.after = func(d time.Duration) <-chan time.Time {
		s.pace.mu.Lock()
		given := int(s.pace.free.Sub(epoch) / s.pace.perByte)
		s.pace.mu.Unlock()
		h.settled(given)
		now = now.Add(d)
		c := make(chan time.Time, 1)
		c <- now
		return c
	}
	go h.run()
	job := make([]byte, 40_000)
	for i := range job {
		job[i] = byte('!' + i%91)
	}
	r := take(t, start(func() (int, error) { return s.Write(job) }))
	close(written)
	if r.n != len(job) || r.err != nil {
		t.Fatalf("Write = %d, %v", r.n, r.err)
	}
	h.settled(len(job))
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.dropped != 0 || !bytes.Equal(h.printed, job) {
		t.Errorf("%d bytes dropped, %d of %d printed", h.dropped, len(h.printed), len(job))
	}
	if h.stops < 10 {
		t.Errorf("stopped only %d times", h.stops)
	}
}

// The same head beside a station that does not listen: it can drop.
func TestNoFlowDrops(t *testing.T) {
	h := newSlowHead(t, false)
	h.asleep = func() bool { return false }
	s := h.d.open()
	go h.run()
	if r := take(t, start(func() (int, error) { return s.Write(make([]byte, 40_000)) })); r.err != nil {
		t.Fatal(r.err)
	}
	h.settled(40_000)
	if h.dropped != 40_000-headBuffer {
		t.Errorf("%d bytes dropped", h.dropped)
	}
}

func TestPacedWriteIsCancelled(t *testing.T) {
	d := newDevice(t)
	s := d.open(func(c *Config) { c.Flow, c.Baud = FlowXonXoff, 50 })
	if err := s.SetWriteDeadline(time.Now().Add(30 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	r := take(t, start(func() (int, error) { return s.Write(make([]byte, 1000)) })) // three minutes
	if !errors.Is(r.err, os.ErrDeadlineExceeded) || r.n != flowAhead {
		t.Errorf("Write = %d, %v", r.n, r.err)
	}
	if err := s.SetWriteDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	c := start(func() (int, error) { return s.Write(make([]byte, 1000)) })
	closes(t, s)
	if r := take(t, c); !errors.Is(r.err, os.ErrClosed) {
		t.Errorf("Write = %d, %v", r.n, r.err)
	}
}
