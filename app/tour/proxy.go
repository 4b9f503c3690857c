//go:build tour

package tour

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// The states of a rural line.
const (
	networkUp      = "up"
	networkDown    = "down"    // connections break and new ones are reset
	networkSlow    = "slow"    // 300 ms there and back, 256 kbit/s each way
	networkCaptive = "captive" // whatever one asks, a log-in page answers
)

const (
	slowDelay       = 150 * time.Millisecond // each way
	slowBytesPerSec = 256_000 / 8
	copyBytes       = 4 << 10 // small enough that a slow line moves evenly
)

// loginPage is what a captive network says to everything, TLS or not.
const loginPage = "HTTP/1.1 302 Found\r\nLocation: http://wifi.example/login\r\n" +
	"Content-Type: text/html; charset=utf-8\r\nContent-Length: 46\r\nConnection: close\r\n\r\n" +
	"<html><title>Wi-Fi</title>Please log in</html>"

// line is the network between station and portal: a TCP proxy that can be cut.
type line struct {
	listener net.Listener
	target   string
	ctx      context.Context
	stop     context.CancelFunc
	running  sync.WaitGroup

	mu    sync.Mutex
	state string
	conns map[net.Conn]bool
}

// newLine starts a network to target ("host:port"), up.
func newLine(target string) (*line, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("failed to open the network: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	l := &line{
		listener: listener, target: target, ctx: ctx, stop: stop,
		state: networkUp, conns: map[net.Conn]bool{},
	}
	l.running.Go(l.accept)
	return l, nil
}

// addr is where the station finds the portal, as far as it knows.
func (l *line) addr() string { return l.listener.Addr().String() }

// set changes the network's state; what is under way breaks.
func (l *line) set(state string) error {
	switch state {
	case networkUp, networkDown, networkSlow, networkCaptive:
	default:
		return fmt.Errorf("the network cannot be %q: up, down, slow or captive", state)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state == state {
		return nil
	}
	l.state = state
	for conn := range l.conns {
		abort(conn)
	}
	return nil
}

// close ends the network and everything on it.
func (l *line) close() {
	l.stop()
	_ = l.listener.Close()
	l.mu.Lock()
	for conn := range l.conns {
		abort(conn)
	}
	l.mu.Unlock()
	l.running.Wait()
}

// abort closes with a reset, as a line does that is cut.
func abort(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func (l *line) accept() {
	for {
		conn, err := l.listener.Accept()
		if err != nil {
			return
		}
		if state, ok := l.keep(conn); ok {
			l.running.Go(func() {
				defer l.drop(conn)
				l.carry(conn, state)
			})
		}
	}
}

// keep remembers a connection so that it can be cut, and says what awaits it.
func (l *line) keep(conn net.Conn) (state string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil || l.state == networkDown {
		abort(conn)
		return "", false
	}
	l.conns[conn] = true
	return l.state, true
}

func (l *line) drop(conn net.Conn) {
	l.mu.Lock()
	delete(l.conns, conn)
	l.mu.Unlock()
	_ = conn.Close()
}

// carry moves bytes until either end is through.
func (l *line) carry(near net.Conn, state string) {
	if state == networkCaptive {
		// A log-in page answers once it has heard something.
		first := make([]byte, copyBytes)
		if _, err := near.Read(first); err == nil {
			_, _ = io.WriteString(near, loginPage)
		}
		return
	}
	far, err := net.Dial("tcp", l.target)
	if err != nil {
		abort(near)
		return
	}
	if _, ok := l.keep(far); !ok {
		abort(near)
		return
	}
	defer l.drop(far)
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		both.Go(func() {
			_ = l.move(way[1], way[0], state == networkSlow)
			if tcp, ok := way[1].(*net.TCPConn); ok {
				_ = tcp.CloseWrite()
			}
		})
	}
	both.Wait()
}

// move copies one direction, at a slow line's delay and rate if asked to.
func (l *line) move(to, from net.Conn, slow bool) error {
	if !slow {
		_, err := io.Copy(to, from)
		return err
	}
	type parcel struct {
		data []byte
		due  time.Time
	}
	// What is on the way: a bounded second of the line's rate.
	way := make(chan parcel, slowBytesPerSec/copyBytes)
	l.running.Go(func() {
		defer close(way)
		free := time.Now()
		for {
			buf := make([]byte, copyBytes)
			n, err := from.Read(buf)
			if n > 0 {
				if now := time.Now(); free.Before(now) {
					free = now
				}
				free = free.Add(time.Duration(n) * time.Second / slowBytesPerSec)
				select {
				case way <- parcel{buf[:n], free.Add(slowDelay)}:
				case <-l.ctx.Done():
					return
				}
			}
			if err != nil {
				return
			}
		}
	})
	var failed error
	for p := range way {
		if failed != nil {
			continue // drain, so that the reader ends
		}
		wait := time.NewTimer(time.Until(p.due))
		select {
		case <-wait.C:
		case <-l.ctx.Done():
			wait.Stop()
			failed = errors.New("the line is closed")
			continue
		}
		if _, err := to.Write(p.data); err != nil {
			failed = err
			abort(from)
		}
	}
	return failed
}
