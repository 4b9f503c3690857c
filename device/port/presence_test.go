package port

import (
	"errors"
	"os"
	"testing"
	"time"
)

func TestGoneWhenTheLinkMoves(t *testing.T) {
	d := newDevice(t)
	s := d.open()
	other := newDevice(t)
	now := time.Now()
	if s.presence.gone(now) {
		t.Fatal("gone while here")
	}
	if err := os.Remove(d.link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(other.slave, d.link); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, false, true, true} {
		now = now.Add(lookEvery)
		if got := s.presence.gone(now); got != want {
			t.Errorf("look %d: gone = %v", i, got)
		}
	}
	if _, err := s.Read(make([]byte, 0)); err != nil {
		t.Errorf("empty Read: %v", err)
	}
	if err := s.SetReadDeadline(aLongTimeAgo); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(make([]byte, 1)); !errors.Is(err, ErrUnplugged) {
		t.Errorf("Read of a port whose node is gone: %v", err)
	}
}

func TestFlapIsForgiven(t *testing.T) {
	d := newDevice(t)
	s := d.open()
	now := time.Now()
	for range 4 {
		if err := os.Remove(d.link); err != nil {
			t.Fatal(err)
		}
		for range missesToGone - 1 {
			now = now.Add(lookEvery)
			if s.presence.gone(now) {
				t.Fatal("gone too early")
			}
			if s.presence.gone(now.Add(lookEvery / 2)) {
				t.Fatal("looks too often")
			}
		}
		if err := os.Symlink(d.slave, d.link); err != nil {
			t.Fatal(err)
		}
		now = now.Add(lookEvery)
		if s.presence.gone(now) {
			t.Fatal("gone while here")
		}
	}
}
