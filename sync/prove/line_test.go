package prove

import (
	"io"
	"net"
	"sync"
	"testing"
)

// line is a TCP line to the portal that can be cut.
type line struct {
	ln net.Listener

	mu     sync.Mutex
	target string
	down   bool
	spare  int64 // bytes to the portal until everything is cut; 0: no end
	every  int64 // then as many until the next cut
	left   int   // cuts to come
	cuts   int   // cuts that were
	sent   int64 // bytes to the portal
	deafAt int64 // once as many went, the next answer is lost and everything cut; 0: never
	conns  map[net.Conn]bool
	most   int64 // bytes to the station before the line is cut; 0: any
	all    sync.WaitGroup
}

func newLine(t *testing.T, target string) *line {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	l := &line{target: target, ln: ln, conns: map[net.Conn]bool{}}
	l.all.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			l.all.Go(func() { l.carry(c) })
		}
	})
	return l
}

func (l *line) addr() string { return l.ln.Addr().String() }

func (l *line) carry(c net.Conn) {
	defer func() { _ = c.Close() }()
	l.mu.Lock()
	down, target := l.down, l.target
	l.mu.Unlock()
	if down {
		return
	}
	far, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer func() { _ = far.Close() }()
	l.mu.Lock()
	l.conns[c], l.conns[far] = true, true
	l.mu.Unlock()
	back := make(chan struct{})
	go func() {
		_, _ = io.Copy(heard{&budgeted{c, l}, l}, far)
		_ = c.Close()
		close(back)
	}()
	_, _ = io.Copy(counted{far, l}, c)
	_ = far.Close()
	_ = c.Close()
	<-back
	l.mu.Lock()
	delete(l.conns, c)
	delete(l.conns, far)
	l.mu.Unlock()
}

// budgeted carries bytes to the station, and cuts the line where they are too many.
type budgeted struct {
	net.Conn
	l *line
}

func (c *budgeted) Write(b []byte) (int, error) {
	c.l.mu.Lock()
	limited := c.l.most > 0
	c.l.most -= int64(len(b))
	over := limited && c.l.most <= 0
	if !limited {
		c.l.most = 0
	}
	c.l.mu.Unlock()
	if over {
		c.l.cut()
	}
	return c.Conn.Write(b)
}

// downAfter cuts the line once n more bytes have gone to the station.
func (l *line) downAfter(n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.most = n
}

// reroute lets later connections go another way.
func (l *line) reroute(target string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.target = target
}

func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = true
	for c := range l.conns {
		_ = c.Close()
	}
}

// cutAfter cuts every connection once, when n more bytes have gone to the portal.
func (l *line) cutAfter(n int64) { l.cutEvery(n, 1) }

// cutEvery cuts every connection whenever n more bytes have gone to the portal, so
// many times.
func (l *line) cutEvery(n int64, times int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spare, l.every, l.left = n, n, times
}

// wasCut is how often.
func (l *line) wasCut() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cuts
}

// loseAnswer loses the first answer after n more bytes have gone to the portal,
// and cuts every connection once.
func (l *line) loseAnswer(n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deafAt = l.sent + n
}

// heard is the way back.
type heard struct {
	net.Conn
	l *line
}

func (h heard) Write(p []byte) (int, error) {
	h.l.mu.Lock()
	lost := h.l.deafAt > 0 && h.l.sent >= h.l.deafAt
	if lost {
		h.l.deafAt = 0
		for conn := range h.l.conns {
			_ = conn.Close()
		}
	}
	h.l.mu.Unlock()
	if lost {
		return 0, net.ErrClosed
	}
	return h.Conn.Write(p)
}

// carried is how many bytes have gone to the portal.
func (l *line) carried() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sent
}

// counted is the way to the portal.
type counted struct {
	net.Conn
	l *line
}

func (c counted) Write(p []byte) (int, error) {
	c.l.mu.Lock()
	cut := c.l.spare > 0 && c.l.spare <= int64(len(p))
	if cut {
		p = p[:c.l.spare]
	}
	c.l.sent += int64(len(p))
	if c.l.spare > 0 {
		c.l.spare -= int64(len(p))
	}
	if cut {
		c.l.cuts++
		if c.l.left--; c.l.left > 0 {
			c.l.spare = c.l.every
		}
	}
	c.l.mu.Unlock()
	n, err := c.Conn.Write(p)
	if cut {
		c.l.mu.Lock()
		for conn := range c.l.conns {
			_ = conn.Close()
		}
		c.l.mu.Unlock()
		return n, net.ErrClosed
	}
	return n, err
}

func (l *line) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = false
}

func (l *line) close() {
	l.cut()
	_ = l.ln.Close()
	l.all.Wait()
}
