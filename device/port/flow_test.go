package port

import (
	"errors"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestXoffStopsAndXonResumes(t *testing.T) {
	d := newDevice(t)
	s := d.open(func(c *Config) { c.Flow = FlowXonXoff })
	d.say("\x13")
	// The driver acts on XOFF in its own time: write until a write stops.
	stopped := false
	for deadline := time.Now().Add(soon); !stopped && time.Now().Before(deadline); {
		if err := s.SetWriteDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		_, err := s.Write([]byte("x"))
		stopped = errors.Is(err, os.ErrDeadlineExceeded)
	}
	if !stopped {
		t.Fatal("XOFF does not stop us")
	}
	if err := s.SetWriteDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	c := start(func() (int, error) { return s.Write([]byte("y")) })
	asleep(t, "(*Serial).Write")
	d.say("\x11a")
	if r := take(t, c); r.n != 1 || r.err != nil {
		t.Errorf("Write after XON = %d, %v", r.n, r.err)
	}
	buf := make([]byte, 8)
	if r := take(t, start(func() (int, error) { return s.Read(buf) })); string(buf[:r.n]) != "a" {
		t.Errorf("Read = %q, want the flow bytes swallowed", buf[:r.n])
	}
}

func TestNulDoesNotStopXonXoff(t *testing.T) {
	d := newDevice(t)
	s := d.open(func(c *Config) { c.Flow = FlowXonXoff })
	d.say("\x00\x00b")
	buf := make([]byte, 8)
	if r := take(t, start(func() (int, error) { return s.Read(buf) })); string(buf[:r.n]) != "\x00\x00b" {
		t.Errorf("Read = %q", buf[:r.n])
	}
	if r := take(t, start(func() (int, error) { return s.Write([]byte("y")) })); r.n != 1 {
		t.Errorf("Write: %v", r.err)
	}
}

func TestRTSCTSIsSet(t *testing.T) {
	s := newDevice(t).open(func(c *Config) { c.Flow = FlowRTSCTS })
	err := s.ioctl(func(fd int) error {
		tio, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err == nil && tio.Cflag&unix.CRTSCTS == 0 {
			t.Error("CRTSCTS is off")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestSevenBitsStripped(t *testing.T) {
	d := newDevice(t)
	s := d.open(func(c *Config) { c.DataBits7E1 = true })
	d.say("\xc1\x42\xc3")
	buf := make([]byte, 8)
	if r := take(t, start(func() (int, error) { return s.Read(buf) })); string(buf[:r.n]) != "ABC" {
		t.Errorf("Read = %q", buf[:r.n])
	}
}
