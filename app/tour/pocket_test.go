//go:build tour

package tour

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A stick keeps what was written on it between the station and the province, is
// let go when the station asks, and is in one place at a time.
func TestAStickTravels(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("mounting needs root: run the tests as root")
	}
	p, err := newPocket(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	at := filepath.Join(p.station.sticks(), slotName)
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	refused := func(what string, err error) {
		t.Helper()
		if err == nil {
			t.Errorf("%s was taken", what)
		}
	}
	refused("nothing to pull", p.pull(t.Context()))
	refused("a path", p.insert(t.Context(), "../x"))
	do(p.insert(t.Context(), "blue"))
	refused("a second stick", p.insert(t.Context(), "red"))
	do(os.WriteFile(filepath.Join(at, "letter"), []byte("x"), 0o600))
	refused("a stick that is elsewhere", p.atOffice(t.Context(), "blue", func(string) error { return nil }))

	do(os.WriteFile(filepath.Join(p.station.run, "eject", slotName), nil, 0o600))
	for deadline := time.Now().Add(seeLimit); ; {
		if _, err := os.Stat(at); errors.Is(err, os.ErrNotExist) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the stick is not let go")
		}
		time.Sleep(pollEvery)
	}
	do(p.pull(t.Context()))
	failed := errors.New("failed")
	if err := p.atOffice(t.Context(), "blue", func(dir string) error {
		if _, err := os.Stat(filepath.Join(dir, "letter")); err != nil {
			t.Error(err)
		}
		return failed
	}); !errors.Is(err, failed) {
		t.Error(err)
	}
	do(p.insert(t.Context(), "red"))
	if _, err := os.Stat(filepath.Join(at, "letter")); err == nil {
		t.Error("another stick holds the same")
	}
	do(p.pull(t.Context()))
}
