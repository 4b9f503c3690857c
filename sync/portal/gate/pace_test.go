package gate

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var pace = Pace{Silence: time.Minute, BytesPerSecond: 200, Work: 10 * time.Minute}

// served is what became of one call over a line in memory.
type served struct {
	read int64 // of the body
	err  error // of reading it
	took time.Duration
}

// serve runs one call of talk's against a paced handler that reads everything and
// answers with so many bytes.
func serve(t *testing.T, answer int, talk func(c net.Conn)) (got served) {
	t.Helper()
	got.err = errors.New("no call came")
	here, there := net.Pipe()
	ln := pipes{c: make(chan net.Conn, 1)}
	ln.c <- there
	closed := make(chan struct{})
	srv := &http.Server{
		ReadHeaderTimeout: 30 * time.Second, IdleTimeout: time.Second, ErrorLog: log.New(io.Discard, "", 0),
		ConnState: func(_ net.Conn, s http.ConnState) {
			if s == http.StateClosed {
				close(closed)
			}
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			out := NewWriter(w, pace)
			defer out.Done()
			in := NewBody(out, r.Body, pace)
			defer in.Done()
			_, got.err = io.Copy(io.Discard, in)
			got.read = in.Bytes()
			if got.err == nil && answer > 0 {
				_, got.err = out.Write(make([]byte, answer))
			}
		}),
	}
	go func() { _ = srv.Serve(closer{ln}) }()
	began := time.Now()
	talk(here)
	<-closed
	got.took = time.Since(began)
	_ = here.Close()
	_ = srv.Close()
	return got
}

type closer struct{ pipes }

func (c closer) Close() error { close(c.c); return nil }
func (closer) Addr() net.Addr { return &net.TCPAddr{} }

// trickle writes n bytes, each piece after a pause, until the peer hangs up.
func trickle(c net.Conn, n, piece int, pause time.Duration) {
	b := []byte(strings.Repeat("x", piece))
	for n > 0 {
		time.Sleep(pause)
		m, err := c.Write(b[:min(piece, n)])
		if err != nil {
			return
		}
		n -= m
	}
}

const packet = 320 << 10 // the largest

func begin(c net.Conn, n int) {
	_, _ = fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", n)
}

func answered(c net.Conn) {
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err == nil {
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
	}
}

func TestASlowLineIsWaitedForAndATrickleIsNot(t *testing.T) {
	for _, tc := range []struct {
		name   string
		talk   func(c net.Conn)
		answer int
		ok     bool
		within time.Duration
	}{
		{"5 kbit/s brings the largest packet", func(c net.Conn) {
			begin(c, packet)
			trickle(c, packet, 600, time.Second)
			answered(c)
		}, 1000, true, 12 * time.Minute},
		{"5 kbit/s with a silence of 50 s now and then", func(c net.Conn) {
			begin(c, 60_000)
			for range 3 {
				trickle(c, 20_000, 600, time.Second)
				time.Sleep(50 * time.Second)
			}
			answered(c)
		}, 1000, true, 12 * time.Minute},
		{"a byte a second in the body", func(c net.Conn) {
			begin(c, packet)
			trickle(c, packet, 1, time.Second)
		}, 0, false, 3 * time.Minute},
		{"a byte a second in the header", func(c net.Conn) {
			_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nX-Slow: ")
			trickle(c, packet, 1, time.Second)
		}, 0, false, 31 * time.Second},
		{"a quick start, then nothing", func(c net.Conn) {
			begin(c, 2*packet)
			trickle(c, packet, packet, 0)
			time.Sleep(time.Hour)
		}, 0, false, time.Hour + time.Second},
		{"the answer is read at 5 kbit/s", func(c net.Conn) {
			begin(c, 0)
			_, _ = io.Copy(io.Discard, &slowly{c, 600})
		}, packet, true, 12 * time.Minute},
		{"the answer is read a byte a second", func(c net.Conn) {
			begin(c, 0)
			_, _ = io.Copy(io.Discard, &slowly{c, 1})
		}, packet, false, time.Hour},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := serve(t, tc.answer, tc.talk)
				if tc.ok != (got.err == nil) || got.took > tc.within {
					t.Errorf("took %v, %d bytes: %v", got.took, got.read, got.err)
				}
			})
		})
	}
}

// slowly reads at a rate.
type slowly struct {
	net.Conn
	perSecond int
}

func (s *slowly) Read(p []byte) (int, error) {
	time.Sleep(time.Second)
	return s.Conn.Read(p[:min(len(p), s.perSecond)])
}

func TestASilentBodyEndsWithinASilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at time.Duration
		got := serve(t, 0, func(c net.Conn) {
			began := time.Now()
			begin(c, 2*packet)
			trickle(c, packet, packet, 0)
			answered(c) // the server hangs up
			at = time.Since(began)
		})
		if got.err == nil || got.read != packet || at > 2*pace.Silence {
			t.Errorf("%d bytes, %v after %v", got.read, got.err, at)
		}
	})
}

func TestABodyCanBeEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		b := NewBody(&recorder{}, r, pace)
		why := errors.New("somebody else goes on")
		done := make(chan error, 1)
		go func() {
			_, err := io.Copy(io.Discard, b)
			done <- err
		}()
		_, _ = w.Write([]byte("abc"))
		synctest.Wait()
		b.End(why)
		_ = w.CloseWithError(errors.New("the deadline"))
		if err := <-done; !errors.Is(err, why) {
			t.Errorf("%v", err)
		}
		if _, err := b.Read(make([]byte, 1)); !errors.Is(err, why) || b.Bytes() != 3 {
			t.Errorf("%v after %d", err, b.Bytes())
		}
	})
}

// recorder is an answer without a connection.
type recorder struct{ http.ResponseWriter }
