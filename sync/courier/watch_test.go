package courier_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/sync/courier"
)

// patience is how long the system may take to say that something was mounted.
const patience = 30 * time.Second

// A stick that is mounted, and one that is let go, is heard of by the kernel's
// word alone; what is mounted elsewhere is looked at and passed over; and nothing
// at all is looked at while nothing changes.
func TestWatchHearsOfSticks(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("mounting needs root: run the tests as root")
	}
	under, elsewhere := t.TempDir(), t.TempDir()
	at := filepath.Join(under, "sdb1")
	must(t, os.Mkdir(at, 0o700))
	var looks atomic.Int32
	p := courier.Plug{Under: under, Mounts: func() (io.ReadCloser, error) {
		looks.Add(1)
		return os.Open("/proc/self/mounts")
	}, Wait: func(context.Context, time.Duration) error {
		t.Error("it looks by the clock")
		return nil
	}}
	ctx, cancel := context.WithCancel(t.Context())
	heard, ended := make(chan bool), make(chan error)
	go func() {
		ended <- p.Watch(ctx, func() {
			_, err := p.Find()
			heard <- err == nil
		})
	}()
	wants := func(in bool) {
		t.Helper()
		select {
		case got := <-heard:
			if got != in {
				t.Fatalf("a stick is in: %v, not %v", got, in)
			}
		case <-time.After(patience):
			t.Fatal("nothing was heard")
		}
	}
	mount := func(dir string) {
		must(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, "size=64k"))
		t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }) // of a test that failed
	}
	wants(false)
	before := looks.Load()
	mount(at)
	wants(true)
	mount(elsewhere)
	must(t, syscall.Unmount(elsewhere, 0))
	must(t, syscall.Unmount(at, 0))
	wants(false)
	if n := looks.Load() - before; n < 2 {
		t.Errorf("%d looks", n)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Where the kernel says nothing, a stick is found a little later.
func TestWatchWithoutTheKernel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text atomic.Value
		text.Store("")
		p := courier.Plug{Under: "/run/tramhoso/stick", Mounts: func() (io.ReadCloser, error) {
			return (&table{text: text.Load().(string)}).open()
		}, Changes: func() (courier.Changes, error) { return nil, errors.ErrUnsupported }}
		ctx, cancel := context.WithCancel(t.Context())
		var calls atomic.Int32
		ended := make(chan error)
		go func() { ended <- p.Watch(ctx, func() { calls.Add(1) }) }()
		for step, now := range []string{"", "/dev/sdb1 /run/tramhoso/stick/sdb1 vfat rw,nosuid,nodev,noexec 0 0\n", "/dev/sdb1 /run/tramhoso/stick/sdb1 vfat rw 0 0\n", ""} {
			text.Store(now)
			time.Sleep(time.Minute)
			synctest.Wait()
			if n := int(calls.Load()); n != step+1 {
				t.Errorf("step %d: %d calls", step, n)
			}
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
