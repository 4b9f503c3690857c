package sticks

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"tramhoso/sync/courier"
	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/stick"
)

// fileSystem is a real one of those that sticks come with.
type fileSystem struct {
	t      *testing.T
	image  string
	dir    string
	mount  func()
	driver *exec.Cmd // nil: it ends by itself
	check  []string  // its own check of an unmounted image
}

// run fails with the Debian package that lacks.
func run(t *testing.T, pkg, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatalf("%s is missing: apt-get install %s", name, pkg)
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

const (
	imageBytes = 64 << 20
	safe       = "nosuid,nodev,noexec"
)

func newFileSystem(t *testing.T) *fileSystem {
	t.Helper()
	f := &fileSystem{t: t, image: filepath.Join(t.TempDir(), "image"), dir: filepath.Join(t.TempDir(), "stick")}
	must(t, os.Mkdir(f.dir, 0o700))
	must(t, os.WriteFile(f.image, nil, 0o600))
	must(t, os.Truncate(f.image, imageBytes))
	return f
}

// newFAT is FAT32 by fusefat: the driver that can be had where the kernel has
// none.
func newFAT(t *testing.T) *fileSystem {
	t.Helper()
	f := newFileSystem(t)
	run(t, "dosfstools", "mkfs.vfat", "-F", "32", f.image)
	if _, err := exec.LookPath("fusefat"); err != nil {
		t.Fatal("fusefat is missing: apt-get install fusefat")
	}
	f.mount = func() {
		f.driver = exec.Command("fusefat", "-f", "-o", "rw+,"+safe, f.image, f.dir)
		must(t, f.driver.Start())
		deadline := time.Now().Add(patience)
		for !mounted(t, f.dir) {
			if time.Now().After(deadline) {
				t.Fatal("fusefat does not mount")
			}
			time.Sleep(mountEvery)
		}
	}
	f.check = []string{"dosfstools", "fsck.vfat", "-n", f.image}
	return f
}

const (
	patience   = 30 * time.Second
	mountEvery = 5 * time.Millisecond
)

func mounted(t *testing.T, dir string) bool {
	t.Helper()
	f, err := os.Open("/proc/self/mounts")
	must(t, err)
	defer func() { must(t, f.Close()) }()
	m, err := courier.MountOf(f, dir)
	must(t, err)
	return m.Point == dir
}

// newExFAT is exFAT by exfat-fuse, on a loop device as on a stick's.
func newExFAT(t *testing.T) *fileSystem {
	t.Helper()
	f := newFileSystem(t)
	run(t, "exfatprogs", "mkfs.exfat", f.image)
	f.mount = func() {
		device := strings.TrimSpace(run(t, "mount", "losetup", "--find", "--show", f.image))
		defer run(t, "mount", "losetup", "--detach", device) // once it is unmounted
		run(t, "exfat-fuse", "mount.exfat-fuse", device, f.dir, "-o", safe)
	}
	f.check = []string{"exfatprogs", "fsck.exfat", "-n", f.image}
	return f
}

// plug mounts it; the function returned pulls it out.
func (f *fileSystem) plug() (pull func()) {
	f.t.Helper()
	f.mount()
	in := true
	pull = func() {
		f.t.Helper()
		if !in {
			return
		}
		in = false
		run(f.t, "mount", "umount", f.dir)
		if f.driver != nil {
			_ = f.driver.Wait() // killed by a test, it says so
		}
	}
	f.t.Cleanup(pull)
	return pull
}

// A courier's whole way on the file systems that sticks are sold with: neither
// links nor owners nor modes, names without regard to case, coarse times.
func TestRealFileSystems(t *testing.T) {
	for name, open := range map[string]func(*testing.T) *fileSystem{"FAT32": newFAT, "exFAT": newExFAT} {
		t.Run(name, func(t *testing.T) {
			w, f := newWorld(t), open(t)
			pull := f.plug()
			must(t, os.WriteFile(filepath.Join(f.dir, "Anh cuoi.JPG"), []byte("somebody's"), 0o600))
			packet := w.submit(300_000, 5000)
			w.submit()
			packets, files := w.waiting()
			_, err := w.station.Courier.Export(t.Context(), f.dir, nil)
			must(t, err)
			sent, err := w.station.Courier.Export(t.Context(), f.dir, nil) // in place of the first
			must(t, err)
			if sent.Packets != packets || sent.Files != files || len(names(t, f.dir)) != 3 {
				t.Errorf("%+v, %v", sent, names(t, f.dir))
			}
			wholeOnly(t, f.dir)
			here := names(t, f.dir)
			pull()
			run(t, f.check[0], f.check[1], f.check[2:]...)
			if f.driver != nil {
				f.asOthersSeeIt(here)
			}
			f.plug()

			for range 2 { // the second answer takes the first one's name
				done, err := w.portal.Import(t.Context(), f.dir)
				must(t, err)
				for _, b := range done.Bundles {
					must(t, b.Err)
				}
				if len(done.Bundles) != 2 || len(done.Answers) != 1 {
					t.Errorf("%+v", done)
				}
			}
			wholeOnly(t, f.dir)
			got, err := w.station.Courier.Import(t.Context(), f.dir)
			must(t, err)
			if got.Receipts != packets || got.Whole != 1 || !got.Catalogue || !w.held(packet) {
				t.Errorf("%+v", got)
			}
			if left := names(t, f.dir); len(left) != 1 {
				t.Errorf("left on the stick: %v", left)
			}
		})
	}
}

// asOthersSeeIt reads the unmounted image with another driver: the names are
// valid and the bytes are ours.
func (f *fileSystem) asOthersSeeIt(want []string) {
	f.t.Helper()
	var got []string
	for line := range strings.Lines(run(f.t, "mtools", "mdir", "-b", "-i", f.image, "::")) {
		got = append(got, strings.TrimPrefix(strings.TrimSpace(line), "::/"))
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		f.t.Errorf("mdir lists %q, not %q", got, want)
	}
	for _, name := range got {
		if !strings.HasSuffix(name, string(stick.Up)) {
			continue
		}
		copied := filepath.Join(f.t.TempDir(), name)
		run(f.t, "mtools", "mcopy", "-i", f.image, "::/"+name, copied)
		raw, err := os.ReadFile(copied)
		must(f.t, err)
		if _, err := stick.Unwrap(raw); err != nil {
			f.t.Errorf("%s: %v", name, err)
		}
	}
}

// No file of ours is longer than FAT32 can hold.
func TestFilesFitFAT(t *testing.T) {
	const most = 1<<32 - 1
	for _, n := range []int64{wire.MaxBundleFileBytes, wire.MaxAnswerBytes} {
		if n+int64(stick.EnvelopeBytes) > most {
			t.Errorf("a file of %d bytes", n)
		}
	}
}

// A FAT stick that goes in the middle of a copy: nothing is called carried, and
// the next copy is whole.
func TestAFATStickGoes(t *testing.T) {
	w, f := newWorld(t), newFAT(t)
	pull := f.plug()
	packet := w.submit(3 << 20)
	packets, files := w.waiting()
	gone := false
	_, err := w.station.Courier.Export(t.Context(), f.dir, func(p courier.Progress) {
		if p.Done > 1<<20 && !gone {
			gone = true
			must(t, f.driver.Process.Kill())
		}
	})
	if !gone || !errors.Is(err, syscall.ENOTCONN) && !errors.Is(err, syscall.EIO) && !errors.Is(err, syscall.ECONNABORTED) {
		t.Errorf("gone %v: %v", gone, err)
	}
	if p, n := w.waiting(); p != packets || n != files || w.held(packet) {
		t.Errorf("%d packets and %d files wait", p, n)
	}
	pull()
	f.plug()
	wholeOnly(t, f.dir)
	sent, err := w.station.Courier.Export(t.Context(), f.dir, nil)
	must(t, err)
	if sent.Packets != packets || sent.Files != files || len(names(t, f.dir)) != 2 {
		t.Errorf("once more: %+v, %v", sent, names(t, f.dir))
	}
	done, err := w.portal.Import(t.Context(), f.dir)
	must(t, err)
	got, err := w.station.Courier.Import(t.Context(), f.dir)
	must(t, err)
	if len(done.Bundles) != 2 || got.Receipts != packets || got.Whole != 1 {
		t.Errorf("%+v, %+v", done, got)
	}
}

// An exFAT stick that is nearly full takes the packets alone, and a full one says
// how much it lacks.
func TestAFullExFATStick(t *testing.T) {
	w, f := newWorld(t), newExFAT(t)
	f.plug()
	w.submit(3 << 20)
	packets, files := w.waiting()
	folder, err := stick.Open(f.dir)
	must(t, err)
	free, err := folder.Free()
	must(t, errors.Join(err, folder.Close()))
	films := filepath.Join(f.dir, "films")
	must(t, os.WriteFile(films, nil, 0o600))
	must(t, os.Truncate(films, free-1<<20))
	sent, err := w.station.Courier.Export(t.Context(), f.dir, nil)
	must(t, err)
	if sent.Packets != packets || sent.Files != 0 || sent.FilesNot != files || sent.Need < 3<<20 {
		t.Errorf("nearly full: %+v", sent)
	}
	wholeOnly(t, f.dir)
	must(t, os.Remove(filepath.Join(f.dir, sent.Name)))
	must(t, os.Truncate(films, free))
	_, err = w.station.Courier.Export(t.Context(), f.dir, nil)
	var room *courier.RoomError
	if dossier.CodeOf(err) != dossier.CodeStorageFull || !errors.As(err, &room) || room.Need <= room.Free {
		t.Errorf("full: %v", err)
	}
	if left := names(t, f.dir); len(left) != 1 {
		t.Errorf("a part lies on: %v", left)
	}
}
