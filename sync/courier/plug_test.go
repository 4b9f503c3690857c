package courier_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/courier"
	"tramhoso/sync/dossier"
)

// table is a list of mounts that changes.
type table struct{ text string }

func (m *table) open() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(m.text)), nil }

func TestPlugFindsTheStick(t *testing.T) {
	m := &table{text: "/dev/sda1 / ext4 rw 0 0\n/dev/sdc1 /run/tramhoso/stick/a/deeper vfat rw,nosuid,nodev,noexec 0 0\n"}
	p := courier.Plug{Under: "/run/tramhoso/stick", Mounts: m.open}
	if _, err := p.Find(); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Errorf("no stick: %v", err)
	}
	m.text += "/dev/sdb1 /run/tramhoso/stick/sdb1 vfat rw,nosuid,nodev,noexec 0 0\n"
	if dir, err := p.Find(); err != nil || dir != "/run/tramhoso/stick/sdb1" {
		t.Errorf("%q, %v", dir, err)
	}
	m.text = "/dev/sdb1 /run/tramhoso/stick/sdb1 vfat rw,nosuid,nodev 0 0\n"
	if _, err := p.Find(); !errors.Is(err, courier.ErrLoose) {
		t.Errorf("loose: %v", err)
	}
}

// The stick may be taken out once the system has let it go, and not before.
func TestPlugLetsGo(t *testing.T) {
	dir, eject := t.TempDir(), t.TempDir()
	m := &table{text: "/dev/sdb1 " + dir + " vfat rw,nosuid,nodev,noexec 0 0\n"}
	looks := 0
	p := courier.Plug{Under: filepath.Dir(dir), Eject: eject, Mounts: m.open}
	p.Wait = func(context.Context, time.Duration) error {
		if _, err := os.Stat(filepath.Join(eject, filepath.Base(dir))); err != nil {
			t.Error("nobody was asked")
		}
		if looks++; looks == 3 {
			m.text = ""
		}
		return nil
	}
	if err := p.Release(t.Context(), dir); err != nil || looks != 3 {
		t.Errorf("%d looks, %v", looks, err)
	}
	m.text = "/dev/sdb1 " + dir + " vfat rw,nosuid,nodev,noexec 0 0\n"
	looks = 10
	if err := p.Release(t.Context(), dir); !errors.Is(err, courier.ErrBusy) {
		t.Errorf("a stick that is in use: %v", err)
	}
	if left, err := os.ReadDir(eject); err != nil || len(left) != 0 {
		t.Errorf("the question stays: %v, %v", left, err)
	}
	p.Eject = filepath.Join(eject, "missing")
	if err := p.Release(t.Context(), dir); err != nil {
		t.Errorf("nobody to ask: %v", err)
	}
	if err := p.Release(t.Context(), filepath.Join(dir, "gone")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a stick that is out: %v", err)
	}
}
