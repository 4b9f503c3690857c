//go:build uart

package port

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// These tests need a UART, which ptys are not: packaging/uart runs them as the
// first process of a virtual machine whose second line is an emulated 16550.
const uart = "/dev/ttyS1"

// modemLoop is TIOCM_LOOP of asm-generic/termios.h, which x/sys lacks.
const modemLoop = 0x8000

// As the first process the binary makes a machine of itself, runs its tests as
// another one, says how it ended and turns the machine off.
func init() {
	if os.Getpid() != 1 {
		return
	}
	code := 1
	if err := boot(); err != nil {
		fmt.Println("uart:", err)
	} else {
		c := exec.Command("/proc/self/exe", "-test.v", "-test.run=^TestUART", "-test.timeout=4m")
		c.Stdout, c.Stderr = os.Stdout, os.Stderr
		if err := c.Run(); err != nil {
			fmt.Println("uart:", err)
		} else {
			code = 0
		}
	}
	fmt.Println("uart: exit", code)
	syscall.Sync()
	if f, err := os.OpenFile("/dev/console", os.O_WRONLY, 0); err == nil {
		_ = unix.IoctlSetInt(int(f.Fd()), unix.TCSBRK, 1) // the last line, too
	}
	_ = syscall.Reboot(syscall.LINUX_REBOOT_CMD_RESTART) // qemu -no-reboot ends then
	select {}
}

func boot() error {
	for _, m := range []struct{ kind, at string }{{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}, {"tmpfs", "/tmp"}} {
		if err := os.MkdirAll(m.at, 0o755); err != nil {
			return err
		}
		if err := syscall.Mount(m.kind, m.at, m.kind, 0, ""); err != nil {
			return fmt.Errorf("failed to mount %s: %w", m.at, err)
		}
	}
	return nil
}

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

// nobody opens the line as a user without rights.
func nobody(t *testing.T) string {
	t.Helper()
	c := exec.Command("/proc/self/exe", "-test.run=^TestUARTChild$")
	c.Env = []string{"UART_CHILD=open"}
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("the child failed: %v: %s", err, out)
	}
	said, _, _ := strings.Cut(string(out), "\n")
	return said
}

// TestUARTChild is what other processes do; by itself nothing.
func TestUARTChild(t *testing.T) {
	switch os.Getenv("UART_CHILD") {
	case "open":
		fd, err := unix.Open(uart, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
		if err == nil {
			_ = unix.Close(fd)
			fmt.Println("opened")
			return
		}
		fmt.Println(err)
	case "hold":
		s, err := Open(Config{Path: uart})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("holding")
		_, _ = s.Read(make([]byte, 1))
	}
}

func TestUARTExclusive(t *testing.T) {
	if err := os.Chmod(uart, 0o666); err != nil {
		t.Fatal(err)
	}
	if got := nobody(t); got != "opened" {
		t.Fatalf("before: %s", got)
	}
	s, err := Open(Config{Path: uart, Baud: 19200})
	if err != nil {
		t.Fatal(err)
	}
	if got := nobody(t); got != unix.EBUSY.Error() {
		t.Errorf("while it is ours: %s", got)
	}
	if _, err := Open(Config{Path: uart}); !errors.Is(err, ErrBusy) {
		t.Errorf("a second one of ours: %v", err)
	}
	closes(t, s)
	if got := nobody(t); got != "opened" {
		t.Errorf("after Close: %s", got)
	}

	// Killed, without a word.
	c := exec.Command("/proc/self/exe", "-test.run=^TestUARTChild$")
	c.Env = []string{"UART_CHILD=hold"}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 7)
	if _, err := out.Read(said); err != nil || string(said) != "holding" {
		t.Fatalf("the child said %q, %v", said, err)
	}
	if got := nobody(t); got != unix.EBUSY.Error() {
		t.Errorf("while it is the child's: %s", got)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // killed
	if got := nobody(t); got != "opened" {
		t.Errorf("after kill -9: %s", got)
	}
	s, err = Open(Config{Path: uart})
	if err != nil {
		t.Fatalf("after kill -9: %v", err)
	}
	closes(t, s)
}

// The machine has two UARTs and, as everywhere, more nodes than that.
func TestUARTList(t *testing.T) {
	for _, node := range []string{"/dev/ttyS2", "/dev/ttyS3"} {
		if _, err := os.Stat(node); err != nil {
			t.Fatalf("nothing to leave out: %v", err)
		}
		if _, err := Open(Config{Path: node}); !errors.Is(err, ErrAbsent) {
			t.Errorf("Open(%s): %v", node, err)
		}
	}
	s, err := Open(Config{Path: uart})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	all, err := List()
	if err != nil || len(all) != 2 {
		t.Fatalf("found %+v, %v", all, err)
	}
	want := []Found{
		{Path: "/dev/ttyS0", Node: "/dev/ttyS0", Console: true},
		{Path: uart, Node: uart, Taken: true, Holder: filepath.Base(comm(t))},
	}
	if !slices.Equal(all, want) {
		t.Errorf("found %+v", all)
	}
	if name, err := Stable(uart); err != nil || name != uart {
		t.Errorf("Stable = %q, %v", name, err)
	}
}

func comm(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(raw))
}
