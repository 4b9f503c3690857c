package twin

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tramhoso/device/port"
)

func TestScanner(t *testing.T) {
	link := filepath.Join(t.TempDir(), "by-id")
	s, err := NewScanner(ScannerConfig{Link: link})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	read := func(p port.Port, want string) {
		t.Helper()
		if err := p.SetReadDeadline(time.Now().Add(longWait)); err != nil {
			t.Fatal(err)
		}
		got, buf := "", make([]byte, 100)
		for len(got) < len(want) {
			n, err := p.Read(buf)
			if err != nil {
				t.Fatalf("after %q: %v", got, err)
			}
			got += string(buf[:n])
		}
		if got != want {
			t.Errorf("read %q, want %q", got, want)
		}
	}
	p, err := port.Open(port.Config{Path: link})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send("abc"); err != nil {
		t.Fatal(err)
	}
	read(p, "abc\r")
	if err := errors.Join(s.SendTwice("é"), s.SendInPieces("xyz", 2)); err != nil {
		t.Fatal(err)
	}
	read(p, "é\ré\rxyz\r")
	// Triggers and all else that a station says are taken and dropped.
	if err := p.SetWriteDeadline(time.Now().Add(longWait)); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write(make([]byte, 100_000)); err != nil {
		t.Errorf("the scanner does not take what it is told: %v", err)
	}

	if err := s.Unplug(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Read(make([]byte, 1)); !errors.Is(err, port.ErrUnplugged) {
		t.Errorf("Read: %v", err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(link); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the link is still there: %v", err)
	}
	if err := s.Send("abc"); !errors.Is(err, ErrUnplugged) {
		t.Errorf("Send while unplugged: %v", err)
	}
	if err := s.Plug(); err != nil {
		t.Fatal(err)
	}
	p, err = port.Open(port.Config{Path: link})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.Send("again"); err != nil {
		t.Fatal(err)
	}
	read(p, "again\r")
}
