package sim

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// network is every line between stations and the portal. Bytes take no time on
// it: what time a request takes is decided where it arrives.
type network struct {
	mu sync.Mutex
	ln *listener // the portal's; nil while it is off
}

func (n *network) listen() *listener {
	ln := &listener{conns: make(chan net.Conn), closed: make(chan struct{})}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ln = ln
	return ln
}

// unplug ends the portal's listener: whoever calls is refused.
func (n *network) unplug() {
	n.mu.Lock()
	ln := n.ln
	n.ln = nil
	n.mu.Unlock()
	if ln != nil {
		_ = ln.Close()
	}
}

func (n *network) connect(ctx context.Context) (*conn, error) {
	n.mu.Lock()
	ln := n.ln
	n.mu.Unlock()
	if ln == nil {
		return nil, &net.OpError{Op: "dial", Net: "sim", Err: syscall.ECONNREFUSED}
	}
	near, far := pair()
	select {
	case ln.conns <- far:
		return near, nil
	case <-ln.closed:
		return nil, &net.OpError{Op: "dial", Net: "sim", Err: syscall.ECONNREFUSED}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// listener hands out the far ends of connections.
type listener struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *listener) Addr() net.Addr { return addr{} }

type addr struct{}

func (addr) Network() string { return "sim" }
func (addr) String() string  { return "127.0.0.1:443" }

// pipe carries bytes one way. Unlike net.Pipe it has room, as a socket has.
type pipe struct {
	mu     sync.Mutex
	cond   *sync.Cond
	buf    []byte
	ended  bool      // by the writer: what is in buf can still be read
	reset  bool      // the line broke: what is in buf is lost
	room   int       // bytes until the line breaks; -1: it does not
	until  time.Time // of the reader
	alarm  *time.Timer
	closed bool // by the reader
}

func newPipe() *pipe {
	p := &pipe{room: -1}
	p.cond = sync.NewCond(&p.mu)
	return p
}

func (p *pipe) read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.closed:
			return 0, net.ErrClosed
		case p.reset:
			return 0, &net.OpError{Op: "read", Net: "sim", Err: syscall.ECONNRESET}
		case len(p.buf) > 0:
			n := copy(b, p.buf)
			p.buf = p.buf[n:]
			return n, nil
		case p.ended:
			return 0, io.EOF
		case !p.until.IsZero() && !time.Now().Before(p.until):
			return 0, os.ErrDeadlineExceeded
		}
		p.cond.Wait()
	}
}

// write reports whether the line holds.
func (p *pipe) write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.cond.Broadcast()
	switch {
	case p.ended:
		return 0, net.ErrClosed
	case p.reset || p.closed:
		return 0, &net.OpError{Op: "write", Net: "sim", Err: syscall.EPIPE}
	case p.room >= 0 && len(b) > p.room:
		p.reset = true
		return 0, errBroke
	}
	if p.room >= 0 {
		p.room -= len(b)
	}
	p.buf = append(p.buf, b...)
	return len(b), nil
}

func (p *pipe) set(f func(p *pipe)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(p)
	p.cond.Broadcast()
}

func (p *pipe) deadline(t time.Time) {
	p.set(func(p *pipe) {
		p.until = t
		if p.alarm != nil {
			p.alarm.Stop()
			p.alarm = nil
		}
		if !t.IsZero() {
			p.alarm = time.AfterFunc(time.Until(t), func() { p.set(func(*pipe) {}) })
		}
	})
}

var errBroke = &net.OpError{Op: "write", Net: "sim", Err: syscall.ECONNRESET}

// conn is one end of a connection.
type conn struct{ in, out *pipe }

func pair() (a, b *conn) {
	there, back := newPipe(), newPipe()
	return &conn{in: back, out: there}, &conn{in: there, out: back}
}

func (c *conn) Read(b []byte) (int, error) { return c.in.read(b) }

func (c *conn) Write(b []byte) (int, error) {
	n, err := c.out.write(b)
	if errors.Is(err, errBroke) {
		c.cut()
	}
	return n, err
}

func (c *conn) Close() error {
	c.out.set(func(p *pipe) { p.ended = true })
	c.in.set(func(p *pipe) {
		p.closed = true
		if p.alarm != nil {
			p.alarm.Stop()
		}
	})
	return nil
}

// cut breaks the line under both ends.
func (c *conn) cut() {
	for _, p := range []*pipe{c.in, c.out} {
		p.set(func(p *pipe) { p.reset = true })
	}
}

// breakAfter breaks the line once n more bytes went out.
func (c *conn) breakAfter(n int) { c.out.set(func(p *pipe) { p.room = n }) }

func (c *conn) LocalAddr() net.Addr               { return addr{} }
func (c *conn) RemoteAddr() net.Addr              { return addr{} }
func (c *conn) SetReadDeadline(t time.Time) error { c.in.deadline(t); return nil }
func (c *conn) SetWriteDeadline(time.Time) error  { return nil } // writing never waits
func (c *conn) SetDeadline(t time.Time) error     { return c.SetReadDeadline(t) }
