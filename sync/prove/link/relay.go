package link

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
)

// Relay lets programs outside the namespaces meet over a line: whoever connects
// to it here reaches target here, and between the two lies the line.
type Relay struct {
	near, far net.Listener
	port      uint16
	ctx       context.Context
	cancel    context.CancelFunc
	all       sync.WaitGroup

	mu    sync.Mutex
	conns context.Context // of the connections since the last Break
	cut   context.CancelFunc
}

// Relay listens on a loopback port.
func (l *Line) Relay(target string) (_ *Relay, err error) {
	r := &Relay{}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.conns, r.cut = context.WithCancel(r.ctx)
	if r.far, err = l.Far.Listen(r.ctx, 0); err != nil {
		return nil, err
	}
	far, err := netip.ParseAddrPort(r.far.Addr().String())
	if err != nil {
		return nil, errors.Join(err, r.far.Close())
	}
	r.port = far.Port()
	var lc net.ListenConfig
	if r.near, err = lc.Listen(r.ctx, "tcp4", "127.0.0.1:0"); err != nil {
		return nil, errors.Join(err, r.far.Close())
	}
	r.serve(r.near, func() (net.Conn, error) { return l.Near.Dial(r.ctx, netip.AddrPortFrom(farAddr, r.port)) })
	var d net.Dialer
	r.serve(r.far, func() (net.Conn, error) { return d.DialContext(r.ctx, "tcp", target) })
	return r, nil
}

// Addr is where to connect.
func (r *Relay) Addr() string { return r.near.Addr().String() }

func (r *Relay) serve(ln net.Listener, next func() (net.Conn, error)) {
	r.all.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			r.all.Go(func() { r.join(c, next) })
		}
	})
}

// join copies both ways until both are at their end or the relay is closed.
func (r *Relay) join(a net.Conn, next func() (net.Conn, error)) {
	r.mu.Lock()
	conns := r.conns
	r.mu.Unlock()
	stop := context.AfterFunc(conns, func() { _ = a.Close() })
	defer stop()
	defer func() { _ = a.Close() }()
	b, err := next()
	if err != nil {
		return
	}
	defer func() { _ = b.Close() }()
	stopB := context.AfterFunc(conns, func() { _ = b.Close() })
	defer stopB()
	back := make(chan struct{})
	go func() {
		defer close(back)
		copyHalf(a, b)
	}()
	copyHalf(b, a)
	<-back
}

// copyHalf carries one way to its end, and the end itself. An error ends both
// ways, as a reset does.
func copyHalf(to, from net.Conn) {
	if _, err := io.Copy(to, from); err != nil {
		_, _ = to.Close(), from.Close()
		return
	}
	if c, ok := to.(*net.TCPConn); ok {
		_ = c.CloseWrite()
	}
}

// Break ends the connections of this moment; later ones are carried.
func (r *Relay) Break() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut()
	r.conns, r.cut = context.WithCancel(r.ctx)
}

// Close ends all connections of the relay.
func (r *Relay) Close() error {
	r.cancel()
	err := errors.Join(r.near.Close(), r.far.Close())
	r.all.Wait()
	return err
}
