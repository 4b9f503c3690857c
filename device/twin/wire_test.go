package twin

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"
)

// station is the other end of a wire, as a test uses it.
type station struct {
	*testing.T
	*Wire
}

// wired makes a printer in memory. It is closed with the test.
func wired(t *testing.T, cfg PrinterConfig, xonXoff bool) (*Printer, station) {
	t.Helper()
	if cfg.BootFor == 0 {
		cfg.BootFor = time.Nanosecond // only tests of it wait for a start
	}
	p, w, err := NewWiredPrinter(cfg, xonXoff)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, station{t, w}
}

func (s station) put(wire string) {
	s.Helper()
	if _, err := s.Write([]byte(wire)); err != nil {
		s.Fatal(err)
	}
}

// take puts bytes and waits until the printer has received them.
func (s station) take(p *Printer, wire string) {
	s.Helper()
	taken := make(chan struct{})
	p.AtByte(len(wire), func(*Printer) { close(taken) })
	s.put(wire)
	<-taken
}

// hear reads exactly what is wanted.
func (s station) hear(want string) {
	s.Helper()
	if err := s.SetReadDeadline(time.Now().Add(15 * longWait)); err != nil {
		s.Fatal(err)
	}
	var got []byte
	for len(got) < len(want) {
		buf := make([]byte, len(want)-len(got))
		n, err := s.Read(buf)
		got = append(got, buf[:n]...)
		if err != nil {
			s.Fatalf("heard % x, then %v; want % x", got, err, want)
		}
	}
	if string(got) != want {
		s.Fatalf("heard % x, want % x", got, want)
	}
}

// quiet checks that nothing more was said.
func (s station) quiet() {
	s.Helper()
	if err := s.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
		s.Fatal(err)
	}
	buf := make([]byte, 64)
	if n, err := s.Read(buf); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		s.Errorf("heard % x, %v", buf[:n], err)
	}
}

func TestAWireIsDeadAfterAnUnplugging(t *testing.T) {
	p, s := wired(t, PrinterConfig{}, false)
	s.put("\x10\x04\x01")
	s.hear("\x12")
	ended := make(chan error, 1)
	go func() {
		_, err := s.Read(make([]byte, 1))
		ended <- err
	}()
	if err := p.Unplug(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, ErrUnplugged) {
		t.Errorf("a waiting read: %v", err)
	}
	if _, err := s.Write([]byte{0}); !errors.Is(err, ErrUnplugged) {
		t.Errorf("a write: %v", err)
	}
	if err := p.Plug(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write([]byte{0}); !errors.Is(err, ErrUnplugged) {
		t.Errorf("a write on the old port: %v", err)
	}
	s.Open()
	s.put("\x10\x04\x01")
	s.hear("\x12")
	if err := p.Renumber(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(make([]byte, 1)); !errors.Is(err, ErrUnplugged) {
		t.Errorf("a read on the old port: %v", err)
	}
}

func TestAWireKeepsOnlySoMuch(t *testing.T) {
	p, s := wired(t, PrinterConfig{BufferBytes: 100, Flow: FlowDTR}, false)
	p.CoverOpen()
	if err := s.SetWriteDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	n, err := s.Write(bytes.Repeat([]byte{'x'}, 3*wireBytes))
	if !errors.Is(err, os.ErrDeadlineExceeded) || n < wireBytes || n > 2*wireBytes+100 {
		t.Errorf("a stopped line took %d bytes, %v", n, err)
	}
	if d := p.Dropped(); d != 0 {
		t.Errorf("%d bytes were lost", d)
	}
}
