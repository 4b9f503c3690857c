//go:build uart

package port

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// These tests need a UART, which ptys are not: packaging/uart runs them as the
// first process of a virtual machine whose second line is an emulated 16550.
const uart = "/dev/ttyS1"

// modemLoop is TIOCM_LOOP of asm-generic/termios.h, which x/sys lacks.
const modemLoop = 0x8000

// loop is the UART with its outputs wired to its inputs: what is sent comes
// back, and RTS is CTS. The descriptor holds that until the test ends.
type loop struct {
	t  *testing.T
	fd int
}

func newLoop(t *testing.T) *loop {
	t.Helper()
	fd, err := unix.Open(uart, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	l := &loop{t, fd}
	l.set(true)
	return l
}

func (l *loop) set(rts bool) {
	l.t.Helper()
	lines := modemLoop | unix.TIOCM_DTR
	if rts {
		lines |= unix.TIOCM_RTS
	}
	if err := unix.IoctlSetPointerInt(l.fd, unix.TIOCMSET, lines); err != nil {
		l.t.Fatal(err)
	}
}

// cts sets RTS and thereby CTS. The emulated loop raises no interrupt for a
// changed line, thus the driver is made to look: it does when a termios changes.
func (l *loop) cts(on bool) {
	l.t.Helper()
	l.set(on)
	tio := l.termios()
	tio.Iflag ^= unix.INPCK
	if err := unix.IoctlSetTermios(l.fd, unix.TCSETS, tio); err != nil {
		l.t.Fatal(err)
	}
}

func (l *loop) termios() *unix.Termios {
	l.t.Helper()
	tio, err := unix.IoctlGetTermios(l.fd, unix.TCGETS)
	if err != nil {
		l.t.Fatal(err)
	}
	return tio
}

func (l *loop) queued() int {
	l.t.Helper()
	n, err := unix.IoctlGetInt(l.fd, unix.TIOCOUTQ)
	if err != nil {
		l.t.Fatal(err)
	}
	return n
}

func (l *loop) open(cfg Config) *Serial {
	l.t.Helper()
	cfg.Path = uart
	s, err := Open(cfg)
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { _ = s.Close() })
	return s
}

// receive reads until it has as many bytes as want.
func receive(s *Serial, want int) <-chan []byte {
	c := make(chan []byte, 1)
	go func() {
		var got []byte
		buf := make([]byte, 512)
		for len(got) < want {
			if s.SetReadDeadline(time.Now().Add(soon)) != nil {
				break
			}
			n, err := s.Read(buf)
			if err != nil {
				break
			}
			got = append(got, buf[:n]...)
		}
		c <- got
	}()
	return c
}

func pattern(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte('!' + i%80) // neither XON nor XOFF, and no z
	}
	return p
}

// stopped writes more than the driver holds and gives how much it took.
func stopped(t *testing.T, s *Serial, job []byte) int {
	t.Helper()
	if err := s.SetWriteDeadline(time.Now().Add(2 * time.Second)); err != nil {
		t.Fatal(err)
	}
	n, err := s.Write(job)
	if n == 0 || n == len(job) || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("Write = %d of %d, %v", n, len(job), err)
	}
	if err := s.SetWriteDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestUARTHardwareFlow(t *testing.T) {
	l := newLoop(t)
	s := l.open(Config{Baud: 115200, Flow: FlowRTSCTS})
	if l.termios().Cflag&unix.CRTSCTS == 0 {
		t.Error("CRTSCTS is off")
	}
	job := pattern(10_000)
	l.cts(false) // every opening raises RTS
	n := stopped(t, s, job)
	if q := l.queued(); q != n {
		t.Errorf("%d taken, %d queued: some left with CTS off", n, q)
	}
	if err := s.Drain(time.Now().Add(50 * time.Millisecond)); !errors.Is(err, os.ErrDeadlineExceeded) || !strings.Contains(err.Error(), fmt.Sprintf("%d bytes left", n)) {
		t.Errorf("Drain with CTS off: %v", err)
	}
	back := receive(s, len(job))
	l.cts(true)
	if m, err := s.Write(job[n:]); err != nil {
		t.Fatalf("Write with CTS on = %d, %v", m, err)
	}
	if err := s.Drain(time.Now().Add(soon)); err != nil {
		t.Errorf("Drain with CTS on: %v", err)
	}
	if got := <-back; !bytes.Equal(got, job) {
		t.Errorf("%d bytes of %d came back, or others", len(got), len(job))
	}
	// And it stops again in the middle of things.
	l.cts(false)
	again := stopped(t, s, job)
	if q := l.queued(); q != again {
		t.Errorf("%d taken, %d queued: some left with CTS off again", again, q)
	}
}

// Without flow control CTS means nothing: this is what the test above would see
// if the flag had no effect.
func TestUARTNoFlow(t *testing.T) {
	l := newLoop(t)
	s := l.open(Config{Baud: 115200})
	l.cts(false)
	job := pattern(10_000)
	back := receive(s, len(job))
	if n, err := s.Write(job); err != nil {
		t.Fatalf("Write = %d, %v", n, err)
	}
	if got := <-back; !bytes.Equal(got, job) {
		t.Errorf("%d bytes of %d came back, or others", len(got), len(job))
	}
}

// The kernel would wait half a minute for a printer that never says go.
func TestUARTCloseWhileStopped(t *testing.T) {
	l := newLoop(t)
	s := l.open(Config{Baud: 115200, Flow: FlowRTSCTS})
	l.cts(false)
	stopped(t, s, pattern(10_000))
	writing := start(func() (int, error) { return s.Write(pattern(10_000)) })
	asleep(t, "(*Serial).Write")
	closes(t, s)
	if r := take(t, writing); !errors.Is(r.err, os.ErrClosed) {
		t.Errorf("Write: %v", r.err)
	}
	if q := l.queued(); q != 0 {
		t.Errorf("%d bytes of the old job wait for the next one", q)
	}
	ended := make(chan error, 1)
	go func() { ended <- unix.Close(l.fd) }()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(soon):
		t.Error("the last close of the line hangs")
	}
	l.fd = -1
}

// A device that says XOFF and forgets it (power cycled) is spoken to again after
// closing and opening anew, even where another process keeps the line open.
func TestUARTForgottenXoff(t *testing.T) {
	l := newLoop(t)
	s := l.open(Config{Baud: 115200, Flow: FlowXonXoff})
	if _, err := s.Write([]byte("\x13")); err != nil { // comes back and stops us
		t.Fatal(err)
	}
	n := stopped(t, s, pattern(10_000))
	if q := l.queued(); q == 0 || q > n {
		t.Errorf("%d taken, %d queued", n, q)
	}
	closes(t, s)
	s = l.open(Config{Baud: 115200, Flow: FlowXonXoff})
	job := []byte(strings.Repeat("z", 300))
	if _, err := s.Write(job); err != nil {
		t.Fatal(err)
	}
	// What went out before the stop is still to be read.
	zs := 0
	for zs < len(job) {
		got := <-receive(s, 1)
		if len(got) == 0 {
			t.Fatalf("%d of %d came back", zs, len(job))
		}
		zs += bytes.Count(got, []byte("z"))
	}
}

// The script sees from outside what the UART was told.
func TestUARTSevenBitsEvenParity(t *testing.T) {
	l := newLoop(t)
	s := l.open(Config{Baud: 19200, DataBits7E1: true})
	c := l.termios().Cflag
	if c&unix.CSIZE != unix.CS7 || c&unix.PARENB == 0 || c&(unix.PARODD|unix.CSTOPB) != 0 {
		t.Errorf("cflag %#x is not 7E1", c)
	}
	if c&unix.CBAUD != unix.B19200 {
		t.Errorf("cflag %#x is not 19,200 baud", c)
	}
	back := receive(s, 3)
	if _, err := s.Write([]byte("ABC")); err != nil {
		t.Fatal(err)
	}
	if got := <-back; string(got) != "ABC" {
		t.Errorf("came back: %q", got)
	}
	closes(t, s)
	s = l.open(Config{Baud: 38400})
	if c := l.termios().Cflag; c&unix.CSIZE != unix.CS8 || c&unix.PARENB != 0 {
		t.Errorf("cflag %#x is not 8N1", c)
	}
	closes(t, s)
}

func TestUARTLastBit(t *testing.T) {
	l := newLoop(t)
	lsr, err := unix.IoctlGetInt(l.fd, unix.TIOCSERGETLSR)
	if err != nil || lsr&lineEmpty == 0 {
		t.Fatalf("the driver does not tell about its last bit: %#x, %v", lsr, err)
	}
	s := l.open(Config{Baud: 9600})
	if _, err := s.Write(pattern(100)); err != nil {
		t.Fatal(err)
	}
	if err := s.Drain(time.Now().Add(soon)); err != nil {
		t.Fatal(err)
	}
	if q := l.queued(); q != 0 {
		t.Errorf("drained with %d bytes queued", q)
	}
}
