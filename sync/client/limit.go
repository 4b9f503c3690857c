package client

import (
	"context"
	"net"
	"sync"
	"time"
)

// limitStep is the longest piece of time that a connection uses the line at
// once: what is more urgent waits no longer for its turn.
const limitStep = 100 * time.Millisecond

// Limit makes a Dial whose connections together carry no more than bits per
// second each way. dial nil: TCP.
func Limit(dial Dial, bits int) Dial {
	if dial == nil {
		dial = (&net.Dialer{KeepAlive: idleTimeout / 2}).DialContext
	}
	up, down := &turn{bits: bits}, &turn{bits: bits}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &limited{Conn: c, up: up, down: down, closed: make(chan struct{})}, nil
	}
}

// turn is one direction of a line.
type turn struct {
	bits int

	mu   sync.Mutex
	free time.Time // when the line has carried what was taken so far
}

// most is how many bytes go at once.
func (t *turn) most() int { return max(1, int(int64(t.bits)*int64(limitStep)/int64(time.Second)/8)) }

// take books n bytes and says how long to wait before they count as carried.
func (t *turn) take(n int) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if t.free.Before(now) {
		t.free = now
	}
	t.free = t.free.Add(time.Duration(int64(n) * 8 * int64(time.Second) / int64(t.bits)))
	return t.free.Sub(now)
}

// limited is a connection that waits for its turn.
type limited struct {
	net.Conn
	up, down *turn
	once     sync.Once
	closed   chan struct{}
}

func (c *limited) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

func (c *limited) pause(d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-c.closed:
		return net.ErrClosed
	}
}

func (c *limited) Write(b []byte) (n int, err error) {
	for len(b) > 0 {
		piece := b[:min(len(b), c.up.most())]
		if err := c.pause(c.up.take(len(piece))); err != nil {
			return n, err
		}
		m, err := c.Conn.Write(piece)
		n += m
		if err != nil {
			return n, err
		}
		b = b[m:]
	}
	return n, nil
}

func (c *limited) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b[:min(len(b), c.down.most())])
	if n > 0 {
		if perr := c.pause(c.down.take(n)); perr != nil {
			return n, perr
		}
	}
	return n, err
}
