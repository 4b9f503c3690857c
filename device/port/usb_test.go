//go:build uart

package port

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// These tests plug QEMU's FTDI adapters into a real kernel. The machine has no
// udev: a test gives the names, as 60-serial.rules would.

// room is the machine's sockets and what Watch tells about them.
type room struct {
	t    *testing.T
	told chan Change
}

func newRoom(t *testing.T) *room {
	t.Helper()
	r := &room{t: t, told: make(chan Change, 100)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := start(func() (int, error) {
		return 0, Watch(ctx, func(c Change) {
			if c.Found.USB {
				r.told <- c
			}
		})
	})
	t.Cleanup(func() {
		cancel()
		if r := take(t, ended); !errors.Is(r.err, context.Canceled) {
			t.Errorf("Watch: %v", r.err)
		}
		if err := os.RemoveAll("/dev/serial"); err != nil {
			t.Error(err)
		}
	})
	return r
}

// hear takes the next change. A plug takes the emulated bus a while.
func (r *room) hear(what What) Found {
	r.t.Helper()
	select {
	case c := <-r.told:
		if c.What != what {
			r.t.Fatalf("%v %+v, want %v", c.What, c.Found, what)
		}
		return c.Found
	case <-time.After(30 * time.Second):
		r.t.Fatalf("nothing %v", what)
		return Found{}
	}
}

// until takes changes until one is so.
func (r *room) until(why string, so func(Change) bool) Found {
	r.t.Helper()
	for timeout := time.After(30 * time.Second); ; {
		select {
		case c := <-r.told:
			if so(c) {
				return c.Found
			}
		case <-timeout:
			r.t.Fatalf("never %s", why)
		}
	}
}

// adapter plugs one in: at socket 1 or 2, whose line echoes.
func (r *room) adapter(socket, serial string) {
	r.t.Helper()
	host(r.t, "device_add usb-serial,id=usb"+socket+",bus=usb.0,port="+socket+",chardev=usb"+socket+",serial="+serial)
}

func (r *room) unplug(socket string) {
	r.t.Helper()
	host(r.t, "device_del usb"+socket)
}

// name links as udev does: under another name, then renamed over what is there.
func (r *room) name(kind, name, node string) string {
	r.t.Helper()
	dir := "/dev/serial/" + kind
	link := filepath.Join(dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Symlink("../../"+filepath.Base(node), link+".tmp"); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Rename(link+".tmp", link); err != nil {
		r.t.Fatal(err)
	}
	return link
}

func TestUSBFactsAndTwins(t *testing.T) {
	r := newRoom(t)
	r.adapter("1", "0001")
	one := r.hear(Came)
	if one.Vendor != "0403" || one.Product != "6001" || one.Serial != "0001" || one.Maker == "" || one.Model == "" ||
		one.Interface != "00" || one.Node != "/dev/ttyUSB0" || one.Path != "" || one.Twin {
		t.Errorf("%+v", one)
	}
	if _, err := Stable(one.Node); !errors.Is(err, ErrNoName) {
		t.Errorf("Stable without udev: %v", err)
	}
	id := "usb-" + strings.ReplaceAll(one.Maker+"_"+one.Model, " ", "_") + "_0001-if00-port0"
	link := r.name("by-id", id, one.Node)
	if f := r.hear(Renamed); f.Path != link {
		t.Errorf("named %q, want %q", f.Path, link)
	}
	paths := []string{r.name("by-path", "pci-0000:00:02.0-usb-0:1:1.0-port0", one.Node)}

	// A second one with the same serial number takes the name over.
	r.adapter("2", "0001")
	// The first one's name changes too.
	two := r.until("a second one", func(c Change) bool { return c.What == Came })
	r.name("by-id", id, two.Node)
	paths = append(paths, r.name("by-path", "pci-0000:00:02.0-usb-0:2:1.0-port0", two.Node))
	all, err := List()
	if err != nil || len(all) != 4 {
		t.Fatalf("%+v, %v", all, err)
	}
	for _, f := range all {
		if f.USB != f.Twin {
			t.Errorf("%+v", f)
		}
	}
	for i, node := range []string{one.Node, two.Node} {
		if got, err := Stable(node); err != nil || got != paths[i] {
			t.Errorf("Stable(%s) = %q, %v, want %q", node, got, err, paths[i])
		}
	}
	if _, err := Open(Config{Path: link}); !errors.Is(err, ErrShared) {
		t.Errorf("Open by the shared name: %v", err)
	}
	s, err := Open(Config{Path: paths[0]})
	if err != nil {
		t.Fatalf("Open by path: %v", err)
	}
	closes(t, s)
	r.unplug("1")
	r.unplug("2")
	for range 2 {
		r.until("both gone", func(c Change) bool { return c.What == Went })
	}
}

// The adapter is pulled while it is read; somebody keeps its number busy, so that
// it comes back at another one.
func TestUSBComesBackAtAnotherNumber(t *testing.T) {
	r := newRoom(t)
	r.adapter("1", "5843")
	node := r.hear(Came).Node
	link := r.name("by-id", "usb-printer", node)
	r.hear(Renamed)

	ctx, cancel := context.WithCancel(t.Context())
	st, said := newStates(), make(chan string, 10)
	ended := start(func() (int, error) {
		return 0, Supervise(ctx, Config{Path: link, Baud: 115200}, func(ctx context.Context, p Port) error {
			if _, err := WriteContext(ctx, p, []byte("x")); err != nil {
				return err
			}
			for buf := make([]byte, 16); ; {
				n, err := ReadContext(ctx, p, buf)
				if err != nil {
					return err
				}
				said <- string(buf[:n])
			}
		}, st.report)
	})
	echo := func() {
		t.Helper()
		select {
		case got := <-said:
			if got != "x" {
				t.Errorf("came back: %q", got)
			}
		case <-time.After(30 * time.Second):
			t.Fatal("nothing came back")
		}
	}
	st.await(t, Ready)
	echo()
	busy, err := unix.Open(node, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	r.unplug("1")
	st.await(t, Opening) // by the hang-up, before udev takes the name away
	if err := os.RemoveAll("/dev/serial"); err != nil {
		t.Fatal(err)
	}
	st.await(t, Absent)
	r.adapter("1", "5843")
	again := r.until("at another number", func(c Change) bool { return c.What == Came && c.Found.Node != node })
	r.name("by-id", "usb-printer", again.Node)
	st.await(t, Ready)
	echo()
	cancel()
	if r := take(t, ended); !errors.Is(r.err, context.Canceled) {
		t.Errorf("Supervise: %v", r.err)
	}
	if err := unix.Close(busy); err != nil {
		t.Error(err)
	}
	r.unplug("1")
}
