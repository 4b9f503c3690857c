package courier

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"time"

	"golang.org/x/sys/unix"
)

// lookEvery is how often sticks are looked for where the system does not say
// that its mounts have changed.
const lookEvery = 2 * time.Second

// Changes tells when the system's mounts have changed.
type Changes interface {
	// Next returns once they have since it returned last, or was made; or with
	// what ended it.
	Next(ctx context.Context) error
	Close() error
}

// Watch calls changed at once, and then whenever a stick was mounted, mounted
// otherwise or let go, until ctx ends. Between such moments it sleeps and the
// system wakes it.
func (p Plug) Watch(ctx context.Context, changed func()) (err error) {
	open := p.Changes
	if open == nil {
		open = mountChanges
	}
	next := func(ctx context.Context) error { return p.wait(ctx, lookEvery) }
	// Before the first look: what changes after it is heard of.
	if c, err := open(); err == nil {
		defer func() { err = errors.Join(err, c.Close()) }()
		next = c.Next
	}
	var last []Mounted
	for first := true; ; first = false {
		list, err := p.points()
		if err != nil {
			return err
		}
		if first || !reflect.DeepEqual(list, last) {
			last = list
			changed()
		}
		if err := next(ctx); err != nil {
			return err
		}
	}
}

// kernelMounts hears of changes by poll(2); see proc(5), /proc/pid/mounts.
// The list is a bare descriptor: it tells whoever polls it first, and that must
// not be Go's own poller.
type kernelMounts struct {
	list       int
	ended, end *os.File
}

func mountChanges() (Changes, error) {
	k := &kernelMounts{}
	var err error
	if k.list, err = unix.Open("/proc/self/mounts", unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		return nil, fmt.Errorf("failed to watch the mounts: %w", err)
	}
	if k.ended, k.end, err = os.Pipe(); err != nil {
		return nil, errors.Join(fmt.Errorf("failed to watch the mounts: %w", err), unix.Close(k.list))
	}
	return k, nil
}

func (k *kernelMounts) Next(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _, _ = k.end.Write([]byte{0}) }) // nothing reads it: from then on every call ends
	defer stop()
	fds := []unix.PollFd{{Fd: int32(k.list), Events: unix.POLLPRI}, {Fd: int32(k.ended.Fd()), Events: unix.POLLIN}}
	for {
		_, err := unix.Poll(fds, -1)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && !errors.Is(err, unix.EINTR):
			return fmt.Errorf("failed to watch the mounts: %w", err)
		case err == nil:
			return nil
		}
	}
}

func (k *kernelMounts) Close() error {
	return errors.Join(unix.Close(k.list), k.ended.Close(), k.end.Close())
}
