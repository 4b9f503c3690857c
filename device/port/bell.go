package port

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// ringGap is the least time between two rings: a storm of events in /dev
	// costs fifty looks a second at most.
	ringGap = 20 * time.Millisecond
	// rearmAfter is when a folder that could not be watched is tried again.
	rearmAfter = 30 * time.Second
	// rearmTries bounds how often folders that come and go while they are
	// being watched are followed; after that the next event or look helps.
	rearmTries = 8
	// eventBytes holds a thousand events or so, which are read and dropped at
	// once: any event means only "look".
	eventBytes = 64 << 10

	// folderEvents are those that say that a name came or went. IN_MODIFY is
	// left out with intent: in /dev it would ring for every byte that anybody
	// writes to /dev/null and for every write of our own. This is why fsnotify,
	// which always asks for it, is not used.
	folderEvents = unix.IN_CREATE | unix.IN_DELETE | unix.IN_MOVED_FROM | unix.IN_MOVED_TO |
		unix.IN_DELETE_SELF | unix.IN_MOVE_SELF | unix.IN_ONLYDIR
)

// bell rings when something may have changed. The zero bell never rings.
type bell struct {
	rings <-chan struct{}
	sure  func() bool // whether a ring can be relied upon now
	stop  func()
}

// every is how often to look all the same.
func (b bell) every() time.Duration {
	if b.sure != nil && b.sure() {
		return lookSeldom
	}
	return lookEvery
}

func (b bell) close() {
	if b.stop != nil {
		b.stop()
	}
}

// folders watches folders by inotify. A folder that is not there (udev takes
// /dev/serial away with the last device) is watched for at its nearest parent.
type folders struct {
	targets []string
	fd      int
	file    *os.File // fd, in Go's poller
	watched map[string]int
	sure    atomic.Bool
	rings   chan struct{}
	ended   chan struct{}
	done    sync.WaitGroup
}

// watchFolders rings for whatever comes or goes in the folders. They are
// watched when it returns: a look after that misses nothing.
func watchFolders(targets ...string) (bell, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return bell{}, fmt.Errorf("failed to watch folders: %w", err)
	}
	f := &folders{
		targets: targets, fd: fd, file: os.NewFile(uintptr(fd), "inotify"), watched: map[string]int{},
		rings: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	f.arm()
	f.done.Go(f.listen)
	return bell{rings: f.rings, sure: f.sure.Load, stop: f.close}, nil
}

func (f *folders) close() {
	close(f.ended)
	_ = f.file.Close() // wakes listen
	f.done.Wait()
}

func (f *folders) listen() {
	defer f.sure.Store(false)
	buf := make([]byte, eventBytes)
	for {
		var until time.Time
		if !f.sure.Load() {
			until = time.Now().Add(rearmAfter)
		}
		_ = f.file.SetReadDeadline(until) // fails only when closed, which Read tells
		if _, err := f.file.Read(buf); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return // closed
		}
		f.arm()
		select {
		case f.rings <- struct{}{}:
		default: // rung and not yet heard
		}
		if waitFor(f.ended, ringGap) {
			return
		}
	}
}

// arm watches each folder or its nearest parent, and nothing else. Folders may
// come and go meanwhile, thus it ends when a second round changes nothing.
func (f *folders) arm() {
	for range rearmTries {
		changed, err := f.armOnce()
		f.sure.Store(err == nil)
		if err != nil || !changed {
			return
		}
	}
	f.sure.Store(false)
}

func (f *folders) armOnce() (changed bool, err error) {
	now := map[string]int{}
	for _, target := range f.targets {
		for dir := filepath.Clean(target); ; dir = filepath.Dir(dir) {
			wd, err := unix.InotifyAddWatch(f.fd, dir, folderEvents)
			if err == nil {
				now[dir] = wd
				break
			}
			if !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.ENOTDIR) || dir == filepath.Dir(dir) {
				return false, fmt.Errorf("failed to watch %s: %w", dir, err)
			}
		}
	}
	still := map[int]bool{}
	for dir, wd := range now {
		still[wd] = true
		old, had := f.watched[dir]
		changed = changed || !had || old != wd
	}
	for _, wd := range f.watched {
		if !still[wd] {
			changed = true
			_, _ = unix.InotifyRmWatch(f.fd, uint32(wd)) // gone already with its folder
		}
	}
	f.watched = now
	return changed, nil
}
