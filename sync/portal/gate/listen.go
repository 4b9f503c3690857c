package gate

import (
	"container/list"
	"context"
	"crypto/tls"
	"net"
	"sync"
)

// Doors bounds the connections to a listener.
type Doors struct {
	Most      int // connections at once
	Strangers int // of these, of whom nobody knows yet who they are
	Each      int // of one that is known
}

// Listener accepts at once, whoever comes, and makes room by closing: strangers
// before those who are known, the oldest first, and of one who is known the
// oldest, which is most likely a line that died. A listener that waited instead
// would let a thousand silent connections keep a whole province out.
type Listener struct {
	net.Listener
	doors Doors

	mu        sync.Mutex
	all       int
	strangers *list.List           // of *conn, oldest first
	known     map[int64]*list.List // of *conn, oldest first
}

// Limit puts doors before a listener.
func Limit(l net.Listener, doors Doors) *Listener {
	return &Listener{Listener: l, doors: doors, strangers: list.New(), known: make(map[int64]*list.List)}
}

type conn struct {
	net.Conn
	l     *Listener
	in    *list.List // where it is listed; nil once it is closed
	entry *list.Element
	who   int64
}

// Accept implements net.Listener.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &conn{Conn: raw, l: l}
		l.mu.Lock()
		var out *conn
		if l.strangers.Len() >= l.doors.Strangers || l.all >= l.doors.Most {
			if e := l.strangers.Front(); e != nil {
				out = e.Value.(*conn)
				out.forget()
			}
		}
		full := l.all >= l.doors.Most
		if !full {
			c.in, c.entry = l.strangers, l.strangers.PushBack(c)
			l.all++
		}
		l.mu.Unlock()
		if out != nil {
			_ = out.Conn.Close() // its last words are of no use to anybody
		}
		if !full {
			return c, nil
		}
		_ = raw.Close() // everybody here is known: they come first
	}
}

// forget takes a connection off its list.
func (c *conn) forget() {
	if c.in == nil {
		return
	}
	c.in.Remove(c.entry)
	if c.who != 0 && c.in.Len() == 0 {
		delete(c.l.known, c.who)
	}
	c.in, c.entry = nil, nil
	c.l.all--
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.l.mu.Lock()
	c.forget()
	c.l.mu.Unlock()
	return c.Conn.Close()
}

// Count is how many connections are open, and how many of them are strangers'.
func (l *Listener) Count() (all, strangers int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all, l.strangers.Len()
}

type connKey struct{}

// ConnContext is for http.Server: it lets Known find the connection again.
func ConnContext(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if g, ok := c.(*conn); ok {
		ctx = context.WithValue(ctx, connKey{}, g)
	}
	return ctx
}

// Known says whose connection a request came by. who is not 0.
func Known(ctx context.Context, who int64) {
	c, ok := ctx.Value(connKey{}).(*conn)
	if !ok {
		return
	}
	c.l.mu.Lock()
	if c.in == nil || c.who == who {
		c.l.mu.Unlock()
		return
	}
	c.forget()
	c.l.all++
	mine := c.l.known[who]
	if mine == nil {
		mine = list.New()
		c.l.known[who] = mine
	}
	c.who, c.in, c.entry = who, mine, mine.PushBack(c)
	var out *conn
	if mine.Len() > c.l.doors.Each {
		out = mine.Front().Value.(*conn)
		out.forget()
	}
	c.l.mu.Unlock()
	if out != nil {
		_ = out.Conn.Close()
	}
}
