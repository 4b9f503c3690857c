package port

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// outQueuePoll is how often Drain asks the driver what is left.
	outQueuePoll = 5 * time.Millisecond

	// lineEmpty is TIOCSER_TEMT of linux/serial.h: the UART has shifted its
	// last bit out.
	lineEmpty = 0x01
)

// Drain waits until what was written has left this machine as far as the
// driver can tell, or until t (zero: until the port ends). It answers
//   - nil: the driver's queue is empty and, on a UART that can tell, the last
//     bit is on the wire. A USB adapter may still hold what it was given, a pty
//     always says that nothing is left, and none of this says that the device
//     took it: only the device can;
//   - os.ErrDeadlineExceeded: so many bytes are left, usually because the
//     device stops us;
//   - ErrUnplugged, os.ErrClosed: it is lost.
func (s *Serial) Drain(t time.Time) error {
	for {
		left, err := s.left()
		if err != nil {
			return s.callError("drain", err)
		}
		if left == 0 {
			return nil
		}
		now := time.Now()
		if !t.IsZero() && !now.Before(t) {
			if s.Gone() {
				return s.callError("drain", ErrUnplugged)
			}
			return fmt.Errorf("failed to drain, %d bytes left: %w", left, os.ErrDeadlineExceeded)
		}
		nap := outQueuePoll
		if !t.IsZero() {
			nap = min(nap, t.Sub(now))
		}
		waitFor(s.ended, nap)
	}
}

// left is how many bytes the driver still holds, one for a UART's own.
func (s *Serial) left() (n int, err error) {
	err = s.ioctl(func(fd int) error {
		if n, err = unix.IoctlGetInt(fd, unix.TIOCOUTQ); err != nil || n > 0 {
			return err
		}
		// Only real UARTs know this one.
		if lsr, err := unix.IoctlGetInt(fd, unix.TIOCSERGETLSR); err == nil && lsr&lineEmpty == 0 {
			n = 1
		}
		return nil
	})
	return n, err
}

// Close implements Port. It drops what the line has not taken: a caller that
// cares calls Drain first. A device that has stopped us and forgotten it (power
// cycled) is spoken to again by closing and opening anew.
func (s *Serial) Close() error { return s.end(os.ErrClosed) }

// end closes the port; calls that wait and later ones return cause.
func (s *Serial) end(cause error) error {
	s.mu.Lock()
	if s.cause != nil {
		s.mu.Unlock()
		return nil
	}
	s.cause = cause
	// Writing ends before the queue is dropped: a writer that waits would be
	// woken by the room and fill it again. From here on nobody sets deadlines.
	_ = s.side.SetWriteDeadline(aLongTimeAgo) // fails only on a line that takes no write
	s.mu.Unlock()
	close(s.ended)
	s.writing.Lock()
	defer s.writing.Unlock()

	_ = s.ioctl(func(fd int) error { // a dead line refuses; then it needs none of this
		if left, err := unix.IoctlGetInt(fd, unix.TIOCOUTQ); err == nil && left > 0 {
			// Otherwise the kernel's close waits for a stopped printer
			// (closing_wait, 30 s by default).
			_ = unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCOFLUSH)
		}
		return unix.IoctlSetInt(fd, unix.TIOCNXCL, 0)
	})
	// Wakes those who wait and returns when they have left: at most
	// readTimeout. Only then may tarm's descriptor go.
	sideErr := s.side.Close()
	lineErr := s.line.Close()
	if err := errors.Join(sideErr, lineErr); err != nil {
		return fmt.Errorf("failed to close port: %w", err)
	}
	return nil
}
