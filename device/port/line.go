package port

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Read implements Port. In 7E1 the eighth bit is cleared here too, since
// ptys silently stay at 8N1.
func (s *Serial) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	var n int
	var lineErr error
	err := s.raw.Read(func(fd uintptr) bool {
		ready, _ := poll(int(fd))
		if !ready {
			return false // the poller waits: for bytes, a hang-up, the deadline, Close
		}
		asked := time.Now()
		n, lineErr = s.line.Read(p)
		if n == 0 && lineErr == io.EOF {
			// A busy machine makes an instant answer late, so a slow EOF is
			// looked at again.
			if _, hungUp := poll(int(fd)); !hungUp && time.Since(asked) >= hangUpUnder {
				lineErr = nil
				return false // somebody else took the bytes
			}
			lineErr = ErrUnplugged
		}
		return true
	})
	if err == nil {
		err = lineErr
	}
	if err != nil && n == 0 {
		return 0, s.callError("read", err)
	}
	if s.cfg.DataBits7E1 {
		for i := range p[:n] {
			p[i] &= 0x7F
		}
	}
	return n, nil
}

// poll says whether a read would return now, and whether the line hung up.
func poll(fd int) (ready, hungUp bool) {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(fds, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return true, false // let the read tell
		}
		return n > 0, fds[0].Revents&(unix.POLLHUP|unix.POLLERR) != 0
	}
}

// Write implements Port.
func (s *Serial) Write(p []byte) (n int, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	chunk := len(p)
	if s.pace != nil {
		chunk = flowChunk
	}
	for n < len(p) && err == nil {
		if s.pace != nil {
			if err = s.pace.await(); err != nil {
				break
			}
		}
		var took int
		took, err = s.side.Write(p[n:min(n+chunk, len(p))])
		n += took
		if s.pace != nil {
			s.pace.gave(took)
		}
	}
	if err != nil {
		return n, s.callError("write", err)
	}
	return n, nil
}

// SetReadDeadline implements Port.
func (s *Serial) SetReadDeadline(t time.Time) error { return s.setDeadline(s.side.SetReadDeadline, t) }

// SetWriteDeadline implements Port.
func (s *Serial) SetWriteDeadline(t time.Time) error {
	return s.setDeadline(func(t time.Time) error {
		if s.pace != nil {
			s.pace.setDeadline(t)
		}
		return s.side.SetWriteDeadline(t)
	}, t)
}

// setDeadline sets one while the port is open; the end has set its own.
func (s *Serial) setDeadline(set func(time.Time) error, t time.Time) error {
	s.mu.Lock()
	err := s.cause
	if err == nil {
		err = set(t)
	}
	s.mu.Unlock()
	if err != nil {
		return s.callError("set deadline", err)
	}
	return nil
}

// callError names why a call failed: the end's cause, an unplug, a time-out.
func (s *Serial) callError(what string, err error) error {
	s.mu.Lock()
	cause := s.cause
	s.mu.Unlock()
	switch {
	case cause != nil:
		err = cause
	case errors.Is(err, ErrUnplugged):
	case errors.Is(err, unix.EIO), errors.Is(err, unix.ENXIO), errors.Is(err, unix.ENODEV), errors.Is(err, io.EOF):
		err = fmt.Errorf("%w: %w", ErrUnplugged, err)
	case errors.Is(err, os.ErrDeadlineExceeded):
		if s.Gone() {
			err = ErrUnplugged
		}
	}
	return fmt.Errorf("failed to %s: %w", what, err)
}

// Gone looks whether the node that was opened is still there. It looks at most
// every lookEvery and believes only missesToGone misses in a row, because cheap
// hubs flap.
func (s *Serial) Gone() bool { return s.presence.gone(time.Now()) }

func (s *Serial) missing() bool { return s.presence.missing() }
