package courier_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tramhoso/sync/courier"
	"tramhoso/sync/dossier"
)

const mounts = `/dev/mmcblk0p2 / ext4 rw,relatime 0 0
tmpfs /run tmpfs rw,nosuid,nodev 0 0
/dev/sda1 /media/usb\040đỏ vfat rw,nosuid,nodev,noexec,relatime 0 0
/dev/sdb1 /media/usb vfat rw,relatime 0 0
garbage
`

func TestMountOf(t *testing.T) {
	for dir, want := range map[string]struct {
		point string
		err   error
	}{
		"/media/usb đỏ":       {"/media/usb đỏ", nil},
		"/media/usb đỏ/a/b":   {"/media/usb đỏ", nil},
		"/media/usb/a":        {"/media/usb", courier.ErrLoose},
		"/run/x":              {"/run", courier.ErrLoose},
		"/media/usb2":         {"/", courier.ErrNoStick},
		"/var/lib/tramhoso":   {"/", courier.ErrNoStick},
		"/media/usb đỏ-other": {"/", courier.ErrNoStick},
	} {
		m, err := courier.MountOf(strings.NewReader(mounts), dir)
		if err != nil || m.Point != want.point || !errors.Is(m.Check(), want.err) {
			t.Errorf("%s: %+v, %v, %v", dir, m, err, m.Check())
		}
	}
	over := mounts + "/dev/sdc1 /media/usb vfat rw,nosuid,nodev,noexec 0 0\n"
	if m, err := courier.MountOf(strings.NewReader(over), "/media/usb"); err != nil || m.Check() != nil {
		t.Errorf("mounted over it: %+v, %v", m, err)
	}
	if _, err := courier.MountOf(strings.NewReader(""), "/x"); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Error(err)
	}
	if got := (courier.Mounted{Point: "/media/it's"}).Remount(); got != `mount -o remount,nosuid,nodev,noexec '/media/it'\''s'` {
		t.Error(got)
	}
}

// A real file system, mounted loosely and then as it should be.
func TestRealMount(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("mounting needs root: run the tests as root")
	}
	dir := filepath.Join(t.TempDir(), "a stick")
	must(t, os.Mkdir(dir, 0o700))
	must(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"))
	t.Cleanup(func() { must(t, syscall.Unmount(dir, 0)) })
	look := func() error {
		f, err := os.Open("/proc/self/mounts")
		must(t, err)
		defer func() { must(t, f.Close()) }()
		m, err := courier.MountOf(f, dir)
		must(t, err)
		if m.Point != dir || m.Type != "tmpfs" {
			t.Errorf("%+v", m)
		}
		return m.Check()
	}
	if err := look(); !errors.Is(err, courier.ErrLoose) {
		t.Errorf("loosely mounted: %v", err)
	}
	must(t, syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, "size=64k"))
	if err := look(); err != nil {
		t.Errorf("remounted: %v", err)
	}
}

func FuzzMountOf(f *testing.F) {
	f.Add(mounts, "/media/usb")
	f.Fuzz(func(t *testing.T, list, dir string) {
		m, err := courier.MountOf(strings.NewReader(list), dir)
		if err == nil && m.Point != "/" && !strings.HasPrefix(dir, m.Point) {
			t.Fatalf("%q is not on %q", dir, m.Point)
		}
	})
}
