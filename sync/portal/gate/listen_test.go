package gate

import (
	"context"
	"net"
	"testing"
)

// pipes is a listener whose peers connect by dial.
type pipes struct {
	net.Listener
	c chan net.Conn
}

func (p pipes) Accept() (net.Conn, error) {
	c, ok := <-p.c
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

// watched knows whether it was closed.
type watched struct {
	net.Conn
	closed bool
}

func (w *watched) Close() error { w.closed = true; return nil }

func TestStrangersGiveWay(t *testing.T) {
	p := pipes{c: make(chan net.Conn, 100)}
	l := Limit(p, Doors{Most: 6, Strangers: 3, Each: 2})
	come := func() (raw *watched, c net.Conn) {
		t.Helper()
		raw = &watched{}
		p.c <- raw
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return raw, c
	}
	known := func(c net.Conn, who int64) { Known(ConnContext(context.Background(), c), who) }
	count := func(all, strangers int) {
		t.Helper()
		if a, s := l.Count(); a != all || s != strangers {
			t.Errorf("%d connections, %d of strangers; want %d and %d", a, s, all, strangers)
		}
	}

	a, _ := come()
	b, bc := come()
	c, _ := come()
	count(3, 3)
	known(bc, 7)
	known(bc, 7) // a second request by it
	count(3, 2)
	come()
	e, ec := come() // the oldest stranger makes room
	if !a.closed || b.closed || c.closed || e.closed {
		t.Errorf("closed: %v %v %v %v", a.closed, b.closed, c.closed, e.closed)
	}
	count(4, 3)

	known(ec, 7)
	_, fc := come()
	known(fc, 7) // its third: the oldest of its own goes
	if !b.closed || e.closed {
		t.Errorf("of one station: oldest closed %v, newer closed %v", b.closed, e.closed)
	}
	if err := bc.Close(); err != nil { // as the server does once it notices
		t.Error(err)
	}
	count(4, 2)

	for who := int64(8); who < 10; who++ { // two more stations: six are here, none too many
		_, x := come()
		known(x, who)
	}
	count(6, 2)
	_, x := come()
	count(6, 2) // a stranger for a stranger
	known(x, 10)
	_, y := come()
	known(y, 11)
	count(6, 0)

	// Nobody who is known goes for a stranger.
	turned := &watched{}
	p.c <- turned
	close(p.c)
	if _, err := l.Accept(); err == nil {
		t.Error("a stranger got in")
	}
	if !turned.closed || e.closed {
		t.Errorf("the stranger's closed: %v; a station's closed: %v", turned.closed, e.closed)
	}
	for _, c := range []net.Conn{ec, fc, x, y} {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	count(2, 0)
	if len(l.known) != 2 {
		t.Errorf("%d stations are remembered", len(l.known))
	}
}
