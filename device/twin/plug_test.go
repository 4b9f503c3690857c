package twin

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A name that is something else is left alone: a twin may run as root.
func TestALinkReplacesOnlyALinkToAPty(t *testing.T) {
	dir := t.TempDir()
	file, foreign, stale := filepath.Join(dir, "file"), filepath.Join(dir, "foreign"), filepath.Join(dir, "stale")
	if err := errors.Join(os.WriteFile(file, []byte("kept"), 0o600), os.Symlink("/dev/null", foreign), os.Symlink("/dev/pts/99999", stale)); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{file, foreign, dir} {
		if p, err := NewPrinter(PrinterConfig{Link: link}); err == nil {
			t.Errorf("%s was taken", link)
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "kept" {
		t.Errorf("the file: %q, %v", b, err)
	}
	p, err := NewPrinter(PrinterConfig{Link: stale})
	if err != nil {
		t.Fatal(err)
	}
	// Another takes the name over; the first leaves it alone when it goes.
	q, err := NewPrinter(PrinterConfig{Link: stale})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if to, err := os.Readlink(stale); err != nil || to != q.line.node() {
		t.Errorf("the name leads to %q, %v", to, err)
	}
	if err := q.Close(); err != nil {
		t.Error(err)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	names, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

// Three hundred unpluggings, a third of them renumberings and a third in the
// middle of a job, leave nothing open (goroutines: TestMain).
func TestThreeHundredUnpluggings(t *testing.T) {
	f := plugged(t, PrinterConfig{})
	if err := f.port.Close(); err != nil {
		t.Fatal(err)
	}
	before := openFiles(t)
	nodes := map[string]bool{}
	last := f.twin.line.node()
	for i := range 300 {
		station, err := os.OpenFile(f.link, os.O_RDWR|unix.O_NOCTTY, 0)
		if err != nil {
			t.Fatal(err)
		}
		switch i % 3 {
		case 0:
			err = errors.Join(f.twin.Unplug(), f.twin.Plug())
		case 1:
			if err = f.twin.Renumber(); f.twin.line.node() == last {
				t.Errorf("renumbered to %s again", last)
			}
		case 2:
			f.twin.UnplugAfter(100)
			if _, werr := station.Write(bytes.Repeat([]byte{0}, 200)); werr != nil {
				t.Fatal(werr)
			}
			if _, rerr := station.Read(make([]byte, 1)); rerr == nil {
				t.Fatal("an unplugged line was read")
			}
			err = f.twin.Plug()
		}
		if err = errors.Join(err, station.Close()); err != nil {
			t.Fatal(err)
		}
		last = f.twin.line.node()
		nodes[last] = true
	}
	if len(nodes) < 2 {
		t.Errorf("it was always %v", nodes)
	}
	f.open()
	if n := openFiles(t); n > before+1 {
		t.Errorf("%d files open, %d before", n, before)
	}
	if _, err := f.port.WriteString(picture(10) + knife); err != nil {
		t.Fatal(err)
	}
	f.next()
}
