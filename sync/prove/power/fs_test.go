package power

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

var machine *Machine

func TestMain(m *testing.M) {
	ServeChild()
	flag.Parse()
	var err error
	if machine, err = Start(); err != nil {
		fmt.Println(err)
		fmt.Println("FAIL")
		os.Exit(1)
	}
	code := m.Run()
	if err := machine.Stop(); err != nil {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newDisk(t testing.TB) *Disk {
	t.Helper()
	d, err := machine.Disk()
	must(t, err)
	return d
}

func restart(t testing.TB, d *Disk, f Fate) *Disk {
	t.Helper()
	r, err := d.Restart(f)
	must(t, err)
	return r
}

func fsync(t testing.TB, path string) {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	must(t, errors.Join(f.Sync(), f.Close()))
}

func content(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return "(none)"
	}
	must(t, err)
	return string(b)
}

// What is synced stays; what is not goes: data, truncation, names.
func TestOnlyTheSyncedIsSure(t *testing.T) {
	d := newDisk(t)
	at := func(name string) string { return filepath.Join(d.Path(), name) }
	write := func(name, s string, flags int) {
		t.Helper()
		f, err := os.OpenFile(at(name), os.O_WRONLY|flags, 0o600)
		must(t, err)
		_, err = f.WriteString(s)
		must(t, errors.Join(err, f.Close()))
	}
	for _, name := range []string{"a", "b", "c", "d"} {
		write(name, "old "+name, os.O_CREATE)
		fsync(t, at(name))
	}
	fsync(t, d.Path())
	write("a", "new", os.O_TRUNC)         // not synced
	write("b", "new and synced", 0)       //
	fsync(t, at("b"))                     //
	must(t, os.Rename(at("c"), at("c2"))) // the folder is not synced
	must(t, os.Remove(at("d")))           //
	write("e", "no name", os.O_CREATE)    //
	fsync(t, at("e"))                     // the file is, its name is not
	if got := content(t, at("a")) + content(t, at("c2")) + content(t, at("e")); got != "newold cno name" {
		t.Errorf("while the power is on: %q", got)
	}
	if _, err := d.Restart(Fate{Keep: Nothing}); err == nil {
		t.Error("restarted with the power on")
	}
	must(t, d.Cut())
	if err := os.WriteFile(at("f"), nil, 0o600); !errors.Is(err, syscall.EIO) {
		t.Errorf("after the cut: %v", err)
	}
	d, was := restart(t, d, Fate{Keep: Nothing}), d
	for name, want := range map[string]string{"a": "old a", "b": "new and synced", "c": "old c", "c2": "(none)", "d": "old d", "e": "(none)"} {
		if got := content(t, at(name)); got != want {
			t.Errorf("nothing kept: %s is %q, want %q", name, got, want)
		}
	}
	d = restart(t, was, Fate{Keep: Torn})
	for name, want := range map[string]string{"a": "new", "b": "new and synced", "c": "(none)", "c2": "old c", "d": "(none)", "e": "no name"} {
		if got := content(t, at(name)); got != want {
			t.Errorf("all kept: %s is %q, want %q", name, got, want)
		}
	}
	seen := map[string]bool{}
	for seed := range uint64(40) {
		d = restart(t, was, Fate{Keep: Some, Seed: seed})
		seen[content(t, at("a"))+" "+content(t, at("c2"))] = true
		must(t, d.Drop())
	}
	for _, a := range []string{"old a", "", "new", "new a"} { // truncated or not, written or not
		for _, c := range []string{"old c", "(none)"} {
			if !seen[a+" "+c] {
				t.Errorf("no seed of 40 found %q", a+" "+c)
			}
		}
	}
}

// The last write is torn between sectors, in every possible place.
func TestTheLastWriteIsTorn(t *testing.T) {
	const off, size = 100, 1500 // sectors end at 412, 924 and 1436 of it
	lengths := map[int]bool{}
	for seed := range uint64(60) {
		d := newDisk(t)
		f, err := os.OpenFile(filepath.Join(d.Path(), "f"), os.O_CREATE|os.O_WRONLY, 0o600)
		must(t, err)
		must(t, errors.Join(f.Sync()))
		fsync(t, d.Path())
		must(t, d.Arm(1))
		if _, err := f.WriteAt(bytes.Repeat([]byte{'x'}, size), off); !errors.Is(err, syscall.EIO) {
			t.Fatal(err)
		}
		must(t, f.Close())
		ops, cut, err := d.Ops()
		must(t, err)
		if !cut || len(ops) != 1 || ops[0] != "write /f [100 +1500]" {
			t.Fatalf("%v %v", ops, cut)
		}
		r := restart(t, d, Fate{Keep: Torn, Seed: seed})
		lengths[len(content(t, filepath.Join(r.Path(), "f")))] = true
		must(t, errors.Join(d.Drop(), r.Drop()))
	}
	want := map[int]bool{0: true, 512: true, 1024: true, 1536: true}
	if fmt.Sprint(lengths) != fmt.Sprint(want) {
		t.Errorf("lengths %v", lengths)
	}
}

// A copy is what a killed program leaves: everything is there, nothing more is
// sure than before.
func TestACopyKeepsWhatIsNotSynced(t *testing.T) {
	d := newDisk(t)
	must(t, os.WriteFile(filepath.Join(d.Path(), "f"), []byte("written"), 0o600))
	c, err := d.Copy()
	must(t, err)
	if got := content(t, filepath.Join(c.Path(), "f")); got != "written" {
		t.Errorf("%q", got)
	}
	must(t, c.Cut())
	if got := content(t, filepath.Join(restart(t, c, Fate{Keep: Nothing}).Path(), "f")); got != "(none)" {
		t.Errorf("%q", got)
	}
	if got := content(t, filepath.Join(d.Path(), "f")); got != "written" {
		t.Errorf("the first lost it too: %q", got)
	}
}

// Shared memory works, is not counted and outlives the cut, not the restart.
func TestSharedMemoryStandsAside(t *testing.T) {
	d := newDisk(t)
	name := filepath.Join(d.Path(), "x-shm")
	must(t, d.Arm(1))
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	must(t, err)
	must(t, f.Truncate(4096))
	page, err := syscall.Mmap(int(f.Fd()), 0, 4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	must(t, err)
	copy(page, "shared")
	must(t, d.Cut())
	again, err := os.Open(name)
	must(t, err)
	got := make([]byte, 6)
	_, err = again.Read(got)
	must(t, err)
	if string(got) != "shared" {
		t.Errorf("%q", got)
	}
	if ops, _, err := d.Ops(); err != nil || len(ops) != 0 {
		t.Errorf("%v, %v", ops, err)
	}
	must(t, errors.Join(syscall.Munmap(page), f.Close(), again.Close()))
	if got := content(t, filepath.Join(restart(t, d, Fate{Keep: Torn}).Path(), "x-shm")); got != "(none)" {
		t.Errorf("%q", got)
	}
}
