package printer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

var short = Document{Blocks: []Block{Text{Runs: []Run{{Text: "Phiếu"}}}}}

// deaf takes no byte and says none.
func deaf() (Port, func()) {
	a, b := net.Pipe()
	return a, func() { _ = a.Close(); _ = b.Close() }
}

func TestADeafLineEndsEveryCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		port, done := deaf()
		defer done()
		p, err := New(port, Profile{})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		s, err := p.Status(context.Background())
		if err != nil || s.Known {
			t.Errorf("status %+v, %v", s, err)
		}
		out, err := p.Print(context.Background(), short, nil)
		if err != nil || out != (Outcome{Result: Failed, Reason: ReasonStalled, Bands: 1}) {
			t.Errorf("%+v, %v", out, err)
		}
		if d := time.Since(start); d > time.Minute {
			t.Errorf("it took %v", d)
		}
		if s, err := p.Recover(context.Background()); err != nil || s.Ready() {
			t.Errorf("a deaf printer became ready: %+v, %v", s, err)
		}
	})
}

func TestACancelledCallEndsSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		port, done := deaf()
		defer done()
		p, err := New(port, Profile{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		start := time.Now()
		out, err := p.Print(ctx, short, nil)
		if !errors.Is(err, context.DeadlineExceeded) || out.Reason != ReasonCancelled {
			t.Errorf("%+v, %v", out, err)
		}
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("it took %v", d)
		}
	})
}

// answering runs a printer's side of a line: what it says to each write.
func answering(t *testing.T, say func(wire []byte) []byte) Port {
	a, b := net.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buf := make([]byte, 4096)
		for {
			n, err := b.Read(buf)
			if err != nil {
				return
			}
			if r := say(buf[:n]); len(r) > 0 {
				if _, err := b.Write(r); err != nil {
					return
				}
			}
		}
	}()
	t.Cleanup(func() { _ = a.Close(); _ = b.Close(); <-ended })
	return a
}

// slow is a line whose answers come after a while, in the order of the
// questions.
type slow struct {
	answers  chan byte
	wait     func(nth int) (time.Duration, byte)
	asked    int
	last     time.Time
	deadline time.Time
}

func (s *slow) Write(b []byte) (int, error) {
	wait, answer := s.wait(s.asked)
	s.asked++
	at := time.Now().Add(wait)
	if !at.After(s.last) {
		at = s.last.Add(time.Millisecond)
	}
	s.last = at
	time.AfterFunc(time.Until(s.last), func() { s.answers <- answer })
	return len(b), nil
}

func (s *slow) Read(b []byte) (int, error) {
	timer := time.NewTimer(time.Until(s.deadline))
	defer timer.Stop()
	select {
	case b[0] = <-s.answers:
		return 1, nil
	case <-timer.C:
		return 0, os.ErrDeadlineExceeded
	}
}

func (s *slow) SetReadDeadline(t time.Time) error { s.deadline = t; return nil }
func (*slow) SetWriteDeadline(time.Time) error    { return nil }

// An answer that comes too late must not be taken for the next question's.
func TestALateAnswerIsNotTheNextOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		port := &slow{answers: make(chan byte, 64), wait: func(nth int) (time.Duration, byte) {
			if nth == 0 {
				return 180 * time.Millisecond, 0x1a // offline, but that was then
			}
			return 5*time.Millisecond + time.Duration(nth), 0x12
		}}
		p, err := New(port, Profile{ReplyWait: 100 * time.Millisecond, Baud: 115200})
		if err != nil {
			t.Fatal(err)
		}
		if s, err := p.Status(context.Background()); err != nil || s.Known {
			t.Fatalf("%+v, %v", s, err)
		}
		s, err := p.Status(context.Background())
		if err != nil || !s.Ready() || s.Paper != PaperOK {
			t.Errorf("%+v, %v", s, err)
		}
		if p.late {
			t.Error("still waiting for an answer that came")
		}
	})
}

func TestAForeignMarkConfirmsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		port := answering(t, func(wire []byte) []byte {
			var out []byte
			for i := 0; i+2 < len(wire); i++ {
				if wire[i] == dle && wire[i+1] == 4 {
					out = append(out, 0x12)
				}
				if wire[i] == gs && wire[i+1] == '(' && wire[i+2] == 'H' {
					out = append(out, 0x37, 0x22, 'a', 'b', 'c', 'd', 0)
				}
			}
			return out
		})
		p, err := New(port, Profile{})
		if err != nil {
			t.Fatal(err)
		}
		out, err := p.Print(context.Background(), short, nil)
		if err != nil || out.Result != ProbablyPrinted {
			t.Errorf("%+v, %v", out, err)
		}
	})
}

// lying returns at once and says nothing, as an unplugged tty does.
type lying struct{ err error }

func (l lying) Read([]byte) (int, error)       { return 0, l.err }
func (l lying) Write(b []byte) (int, error)    { return len(b), nil }
func (lying) SetReadDeadline(time.Time) error  { return nil }
func (lying) SetWriteDeadline(time.Time) error { return nil }

func TestALyingLineDoesNotSpin(t *testing.T) {
	for _, cause := range []error{nil, io.EOF, os.ErrClosed} {
		p, err := New(lying{cause}, Profile{})
		if err != nil {
			t.Fatal(err)
		}
		out, err := p.Print(context.Background(), short, nil)
		if err == nil || out.Reason != ReasonUnplugged {
			t.Errorf("%v: %+v, %v", cause, out, err)
		}
	}
}

func TestABadDocumentSendsNothing(t *testing.T) {
	p, err := New(lying{io.EOF}, Profile{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Print(context.Background(), Document{Blocks: []Block{QR{Payload: "ạ"}}}, nil)
	if !errors.Is(err, ErrNotASCII) || out != (Outcome{Reason: ReasonDocument}) {
		t.Errorf("%+v, %v", out, err)
	}
}

// The answer to a fence of the paper before is not taken for the first one's of
// this paper: the one that comes then would hide a loss.
func TestAnOldAnswerIsNoNewOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line, device := net.Pipe()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			buf := make([]byte, 4096)
			for {
				n, err := device.Read(buf)
				if err != nil {
					return
				}
				at := bytes.Index(buf[:n], []byte{gs, '(', 'H'})
				if at < 0 {
					continue
				}
				said := append([]byte{0, 0x37, 0x22}, buf[at+7:at+11]...) // the old one, the mark
				if _, err := device.Write(append(said, 0)); err != nil {
					return
				}
				time.Sleep(20 * time.Millisecond)
				if _, err := device.Write([]byte{0}); err != nil {
					return
				}
			}
		}()
		defer func() { _ = line.Close(); _ = device.Close(); <-ended }()
		p, err := New(line, Profile{Baud: 115200})
		if err != nil {
			t.Fatal(err)
		}
		p.knowsFences, p.knowsMarks, p.planted = yes, yes, 1
		j := &job{Printer: p}
		if reason, err := j.open(t.Context()); reason != ReasonNone || err != nil {
			t.Fatalf("%q, %v", reason, err)
		}
		if err := p.listen(t.Context(), time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		if p.acks != 0 {
			t.Errorf("%d fences are answered, and none was sent", p.acks)
		}
	})
}
