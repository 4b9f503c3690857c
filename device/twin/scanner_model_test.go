package twin

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"tramhoso/device/port"
)

// stationEnd is the far end of a scanner twin.
type stationEnd struct {
	t *testing.T
	s *Scanner
	p port.Port
}

func newStationEnd(t *testing.T, cfg ScannerConfig) *stationEnd {
	t.Helper()
	cfg.Link = filepath.Join(t.TempDir(), "scanner")
	s, err := NewScanner(cfg)
	if err != nil {
		t.Fatal(err)
	}
	p, err := port.Open(port.Config{Path: cfg.Link})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(p.Close(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	return &stationEnd{t, s, p}
}

func (e *stationEnd) say(p []byte) {
	e.t.Helper()
	if err := e.p.SetWriteDeadline(time.Now().Add(longWait)); err != nil {
		e.t.Fatal(err)
	}
	if _, err := e.p.Write(p); err != nil {
		e.t.Fatal(err)
	}
}

func (e *stationEnd) read(want []byte) {
	e.t.Helper()
	if err := e.p.SetReadDeadline(time.Now().Add(longWait)); err != nil {
		e.t.Fatal(err)
	}
	var got []byte
	for buf := make([]byte, 500); len(got) < len(want); {
		n, err := e.p.Read(buf)
		if err != nil {
			e.t.Fatalf("after % x: %v", got, err)
		}
		got = append(got, buf[:n]...)
	}
	if !bytes.Equal(got, want) {
		e.t.Errorf("read % x, want % x", got, want)
	}
}

func (e *stationEnd) lamp(want bool) {
	e.t.Helper()
	for end := time.Now().Add(longWait); e.s.Lamp() != want; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			e.t.Fatalf("the lamp is never %v", want)
		}
	}
}

func TestScannerModels(t *testing.T) {
	for model, want := range map[string]string{
		"cr": "abc\r", "lf": "abc\n", "crlf": "abc\r\n", "stx": "\x02abc\x03", "silence": "abc",
		// Even parity: 02, the q of a QR code, a–c, 0D, 03.
		"access-is": "\x82q\xe1\xe2c\x8d\x03",
		"mrz-3m":    "\x01\x0a\x00OU\x02\x46abc\r\x03\x3a",
	} {
		t.Run(model, func(t *testing.T) {
			e := newStationEnd(t, ScannerConfig{Model: model})
			if !e.s.Lamp() || e.s.Model() != model {
				t.Errorf("lamp %v, model %q", e.s.Lamp(), e.s.Model())
			}
			if err := e.s.Send("abc"); err != nil {
				t.Fatal(err)
			}
			e.read([]byte(want))
		})
	}
	if _, err := NewScanner(ScannerConfig{Model: "nothing", Link: filepath.Join(t.TempDir(), "s")}); err == nil {
		t.Error("made a scanner that nobody knows")
	}
}

// A trigger lights the lamp for one code, or until it times out.
func TestScannerTriggers(t *testing.T) {
	for model, c := range map[string]struct{ on, off, reply string }{
		"honeywell": {"\x16T\r", "\x16U\r", ""},
		"newland":   {"~\x010000#SCNTRG1;\x03", "~\x010000#SCNTRG0;\x03", "\x02\x010000#SCNTRG1\x06;\x03"},
	} {
		t.Run(model, func(t *testing.T) {
			e := newStationEnd(t, ScannerConfig{Model: model, LampFor: time.Minute})
			if err := e.s.Send("abc"); !errors.Is(err, ErrLampOff) {
				t.Errorf("in the dark: %v", err)
			}
			e.say([]byte("noise" + c.on[:1])) // a word may come in pieces, after noise
			e.say([]byte(c.on[1:]))
			e.lamp(true)
			e.read([]byte(c.reply))
			if err := e.s.Send("abc"); err != nil || e.s.Lamp() {
				t.Errorf("%v; one trigger is one code", err)
			}
			e.read([]byte("abc\r"))
			e.say([]byte(c.on))
			e.lamp(true)
			e.say([]byte(c.off))
			e.lamp(false)
		})
	}
	e := newStationEnd(t, ScannerConfig{Model: "honeywell", LampFor: 20 * time.Millisecond})
	e.say([]byte("\x16T\r"))
	e.lamp(true)
	e.lamp(false)
}

// A Magellan is enabled when power comes, and stays as it was told.
func TestScannerDatalogic(t *testing.T) {
	e := newStationEnd(t, ScannerConfig{Model: "datalogic", LampFor: time.Nanosecond})
	e.lamp(true)
	for range 2 {
		if err := e.s.Send("abc"); err != nil {
			t.Fatal(err)
		}
		e.read([]byte("abc\r"))
	}
	e.say([]byte("D"))
	e.lamp(false)
	if err := e.s.Send("abc"); !errors.Is(err, ErrLampOff) {
		t.Errorf("disabled: %v", err)
	}
	if err := errors.Join(e.s.Unplug(), e.s.Plug()); err != nil {
		t.Fatal(err)
	}
	e.lamp(true)
}

// SSI sends a code until it is acknowledged, three times in all.
func TestScannerSSI(t *testing.T) {
	e := newStationEnd(t, ScannerConfig{Model: "ssi", LampFor: time.Minute, AckWithin: 20 * time.Millisecond})
	light := func() {
		t.Helper()
		e.say([]byte{0x04, 0xE4, 0x04, 0x00, 0xFF, 0x14})
		e.read([]byte{0x04, 0xD0, 0x00, 0x00, 0xFF, 0x2C})
		e.lamp(true)
	}
	light()
	first, again := []byte{0x07, 0xF3, 0x00, 0x00, 0x1C, 'h', 'i', 0xFE, 0x19}, []byte{0x07, 0xF3, 0x00, 0x01, 0x1C, 'h', 'i', 0xFE, 0x18}
	if err := e.s.Send("hi"); !errors.Is(err, ErrUnanswered) {
		t.Errorf("nobody answers: %v", err)
	}
	e.read(bytes.Join([][]byte{first, again, again}, nil))

	light()
	e.s.cfg.AckWithin = time.Minute
	sent := make(chan error)
	e.s.Corrupt(func(p []byte) []byte { p[5] ^= 1; return p })
	go func() { sent <- e.s.Send("hi") }()
	e.read(append([]byte{0x07, 0xF3, 0x00, 0x00, 0x1C, 'i'}, first[6:]...))
	e.say(ssiNakAgain)
	e.read(again)
	e.say(ssiAck)
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

// A pause within a code comes after its half.
func TestScannerDelay(t *testing.T) {
	e := newStationEnd(t, ScannerConfig{})
	e.s.Delay(time.Millisecond)
	if err := e.s.Send("abcdef"); err != nil {
		t.Fatal(err)
	}
	e.read([]byte("abcdef\r"))
}
