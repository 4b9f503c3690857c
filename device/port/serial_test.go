package port

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// soon bounds what must happen promptly, generously for a busy machine.
const soon = 5 * time.Second

// device is the far end of a line: a pty master behind a link.
type device struct {
	t      *testing.T
	link   string
	master *os.File
	slave  string
	hold   *os.File
}

func newDevice(t *testing.T) *device {
	t.Helper()
	d := &device{t: t, link: filepath.Join(t.TempDir(), "by-id")}
	d.plug()
	t.Cleanup(d.unplug)
	return d
}

func (d *device) plug() {
	d.t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		d.t.Fatal(err)
	}
	d.master, d.hold, d.slave = master, slave, slave.Name()
	if err := os.Symlink(d.slave, d.link+".new"); err != nil {
		d.t.Fatal(err)
	}
	if err := os.Rename(d.link+".new", d.link); err != nil {
		d.t.Fatal(err)
	}
}

func (d *device) unplug() {
	if d.master == nil {
		return
	}
	if err := os.Remove(d.link); err != nil {
		d.t.Error(err)
	}
	if err := errors.Join(d.master.Close(), d.hold.Close()); err != nil {
		d.t.Error(err)
	}
	d.master = nil
}

func (d *device) say(s string) {
	d.t.Helper()
	if _, err := d.master.Write([]byte(s)); err != nil {
		d.t.Fatal(err)
	}
}

func (d *device) open(change ...func(*Config)) *Serial {
	d.t.Helper()
	cfg := Config{Path: d.link}
	for _, c := range change {
		c(&cfg)
	}
	s, err := Open(cfg)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = s.Close() })
	return s
}

// result of a call that ran on its own goroutine.
type result struct {
	n   int
	err error
}

// start runs do and gives its result; the caller must take it.
func start(do func() (int, error)) <-chan result {
	c := make(chan result, 1)
	go func() {
		n, err := do()
		c <- result{n, err}
	}()
	return c
}

func take(t *testing.T, c <-chan result) result {
	t.Helper()
	select {
	case r := <-c:
		return r
	case <-time.After(soon):
		t.Fatal("the call hangs")
		return result{}
	}
}

// closes fails the test when Close does not come back.
func closes(t *testing.T, s *Serial) {
	t.Helper()
	if r := take(t, start(func() (int, error) { return 0, s.Close() })); r.err != nil {
		t.Errorf("Close: %v", r.err)
	}
}

// asleep waits until the goroutine doing what is parked in the poller.
func asleep(t *testing.T, what string) {
	t.Helper()
	for deadline := time.Now().Add(soon); time.Now().Before(deadline); {
		if parked(what) {
			return
		}
	}
	t.Fatalf("nobody waits in %s", what)
}

func parked(what string) bool {
	buf := make([]byte, 1<<20)
	stacks := string(buf[:stackAll(buf)])
	for g := range strings.SplitSeq(stacks, "\n\n") {
		if strings.Contains(g, "[IO wait") && strings.Contains(g, what) {
			return true
		}
	}
	return false
}

func TestReadGivesBytes(t *testing.T) {
	d := newDevice(t)
	s := d.open()
	c := start(func() (int, error) { return s.Read(make([]byte, 16)) })
	asleep(t, "(*Serial).Read")
	d.say("abc\r")
	if r := take(t, c); r.n != 4 || r.err != nil {
		t.Errorf("Read = %d, %v", r.n, r.err)
	}
}

func TestReadRestAfterShortBuffer(t *testing.T) {
	d := newDevice(t)
	s := d.open()
	d.say("abcdef")
	got := ""
	for len(got) < 6 {
		buf := make([]byte, 2)
		r := take(t, start(func() (int, error) { return s.Read(buf) }))
		if r.err != nil {
			t.Fatal(r.err)
		}
		got += string(buf[:r.n])
	}
	if got != "abcdef" {
		t.Errorf("got %q", got)
	}
}

func TestReadDeadlineIsNoEOF(t *testing.T) {
	d := newDevice(t)
	s := d.open()
	if err := s.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	r := take(t, start(func() (int, error) { return s.Read(make([]byte, 1)) }))
	if r.n != 0 || !errors.Is(r.err, os.ErrDeadlineExceeded) {
		t.Errorf("Read = %d, %v", r.n, r.err)
	}
	// And the port goes on.
	if err := s.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	d.say("x")
	if r := take(t, start(func() (int, error) { return s.Read(make([]byte, 1)) })); r.n != 1 || r.err != nil {
		t.Errorf("Read after a time-out = %d, %v", r.n, r.err)
	}
}

func TestReadContextEnds(t *testing.T) {
	d := newDevice(t)
	s := d.open()
	ctx, cancel := context.WithCancel(t.Context())
	c := start(func() (int, error) { return ReadContext(ctx, s, make([]byte, 1)) })
	asleep(t, "(*Serial).Read")
	cancel()
	if r := take(t, c); !errors.Is(r.err, context.Canceled) {
		t.Errorf("err = %v", r.err)
	}
	d.say("x")
	if r := take(t, start(func() (int, error) { return ReadContext(t.Context(), s, make([]byte, 1)) })); r.n != 1 {
		t.Errorf("a deadline was left behind: %v", r.err)
	}
}

func TestUnplugMidRead(t *testing.T) {
	d := newDevice(t)
	s := d.open()
	c := start(func() (int, error) { return s.Read(make([]byte, 1)) })
	asleep(t, "(*Serial).Read")
	d.unplug()
	if r := take(t, c); r.n != 0 || !errors.Is(r.err, ErrUnplugged) {
		t.Errorf("Read = %d, %v", r.n, r.err)
	}
	// tarm answers every further Read with an instant EOF.
	if r := take(t, start(func() (int, error) { return s.Read(make([]byte, 1)) })); !errors.Is(r.err, ErrUnplugged) {
		t.Errorf("second Read: %v", r.err)
	}
	if r := take(t, start(func() (int, error) { return s.Write([]byte("x")) })); !errors.Is(r.err, ErrUnplugged) {
		t.Errorf("Write: %v", r.err)
	}
	closes(t, s)
}

func TestCloseDuringRead(t *testing.T) {
	d := newDevice(t)
	s := d.open()
	c := start(func() (int, error) { return s.Read(make([]byte, 1)) })
	asleep(t, "(*Serial).Read")
	closes(t, s)
	if r := take(t, c); !errors.Is(r.err, os.ErrClosed) {
		t.Errorf("Read: %v", r.err)
	}
	if _, err := s.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Read after Close: %v", err)
	}
	closes(t, s)
}

func TestCloseDuringWrite(t *testing.T) {
	d := newDevice(t)
	s := d.open()
	c := start(func() (int, error) { return s.Write(make([]byte, 1<<20)) })
	asleep(t, "(*Serial).Write")
	closes(t, s)
	if r := take(t, c); !errors.Is(r.err, os.ErrClosed) || r.n == 0 || r.n >= 1<<20 {
		t.Errorf("Write = %d, %v", r.n, r.err)
	}
}

func TestWriteIsCancelled(t *testing.T) {
	d := newDevice(t)
	s := d.open()
	ctx, cancel := context.WithCancel(t.Context())
	const size = 100_000
	c := start(func() (int, error) { return WriteContext(ctx, s, []byte(strings.Repeat("w", size))) })
	asleep(t, "(*Serial).Write")
	cancel()
	r := take(t, c)
	if !errors.Is(r.err, context.Canceled) || r.n <= 0 || r.n >= size {
		t.Fatalf("Write = %d, %v", r.n, r.err)
	}
	// What the line took, and nothing else, arrives; then it goes on.
	rest := start(func() (int, error) { return s.Write([]byte("E")) })
	got, buf := 0, make([]byte, 4096)
	for {
		if err := d.master.SetReadDeadline(time.Now().Add(soon)); err != nil {
			t.Fatal(err)
		}
		n, err := d.master.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		if buf[n-1] == 'E' {
			got += n - 1
			break
		}
		got += n
	}
	if got != r.n {
		t.Errorf("Write said %d, %d arrived", r.n, got)
	}
	if r := take(t, rest); r.err != nil {
		t.Error(r.err)
	}
}

func TestWriteGoesOnWhenThePeerReads(t *testing.T) {
	d := newDevice(t)
	s := d.open()
	const size = 200_000
	c := start(func() (int, error) { return s.Write(make([]byte, size)) })
	asleep(t, "(*Serial).Write")
	for got, buf := 0, make([]byte, 4096); got < size; {
		if err := d.master.SetReadDeadline(time.Now().Add(soon)); err != nil {
			t.Fatal(err)
		}
		n, err := d.master.Read(buf)
		if err != nil {
			t.Fatalf("after %d bytes: %v", got, err)
		}
		got += n
	}
	if r := take(t, c); r.n != size || r.err != nil {
		t.Errorf("Write = %d, %v", r.n, r.err)
	}
	if err := s.Drain(time.Now().Add(soon)); err != nil {
		t.Error(err)
	}
}

func TestOpenRefusals(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDevice(t)
	d.open()
	for name, c := range map[string]struct {
		cfg  Config
		want error
	}{
		"absent":                {Config{Path: filepath.Join(dir, "none")}, ErrAbsent},
		"a file":                {Config{Path: plain}, ErrNotAPort},
		"dev null":              {Config{Path: os.DevNull}, ErrNotAPort},
		"busy":                  {Config{Path: d.link}, ErrBusy},
		"busy, by its own name": {Config{Path: d.slave}, ErrBusy},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(c.cfg)
			if !errors.Is(err, c.want) {
				t.Errorf("err = %v", err)
			}
			if err == nil {
				closes(t, s)
			}
		})
	}
	for _, cfg := range []Config{{Path: d.link, Flow: "hardware"}, {Path: newDevice(t).link, Baud: 12345}} {
		if _, err := Open(cfg); err == nil {
			t.Errorf("Open(%+v) succeeds", cfg)
		}
	}
}

func TestBusyDoesNotRebaud(t *testing.T) {
	d := newDevice(t)
	s := d.open(func(c *Config) { c.Baud = 19200 })
	if _, err := Open(Config{Path: d.link, Baud: 115200}); !errors.Is(err, ErrBusy) {
		t.Fatalf("err = %v", err)
	}
	err := s.ioctl(func(fd int) error {
		tio, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err == nil && tio.Cflag&unix.CBAUD != unix.B19200 {
			t.Errorf("the first port's baud rate is now %#x", tio.Cflag&unix.CBAUD)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestReopenAfterClose(t *testing.T) {
	d := newDevice(t)
	for range 3 {
		s := d.open()
		closes(t, s)
	}
}
