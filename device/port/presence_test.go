package port

import (
	"errors"
	"os"
	"testing"
	"time"
)

func TestGoneWhenTheNodeVanishes(t *testing.T) {
	d := newDevice(t)
	s := d.open()
	now := time.Now()
	if s.presence.gone(now) {
		t.Fatal("gone while here")
	}
	d.unplug()
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

// udev takes a link away and gives it to a twin; the line that is open stays.
func TestALinkThatMovesIsNoUnplug(t *testing.T) {
	d := newDevice(t)
	s := d.open()
	other := newDevice(t)
	now := time.Now()
	for _, change := range []func() error{
		func() error { return os.Remove(d.link) },
		func() error { return os.Symlink(other.slave, d.link) },
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		for range missesToGone + 1 {
			now = now.Add(lookEvery)
			if s.presence.gone(now) {
				t.Fatal("gone")
			}
		}
	}
	d.say("x")
	if r := take(t, start(func() (int, error) { return s.Read(make([]byte, 1)) })); r.n != 1 || r.err != nil {
		t.Errorf("Read = %d, %v", r.n, r.err)
	}
}

func TestFlapIsForgiven(t *testing.T) {
	here := true
	p := presence{look: func() bool { return here }}
	now := time.Now()
	for range 4 {
		here = false
		for range missesToGone - 1 {
			now = now.Add(lookEvery)
			if p.gone(now) {
				t.Fatal("gone too early")
			}
			if p.gone(now.Add(lookEvery / 2)) {
				t.Fatal("looks too often")
			}
			if !p.missing() {
				t.Fatal("misses nothing")
			}
		}
		here = true
		now = now.Add(lookEvery)
		if p.gone(now) || p.missing() {
			t.Fatal("gone while here")
		}
	}
}
