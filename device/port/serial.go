package port

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/tarm/serial"
	"golang.org/x/sys/unix"
)

const (
	// DefaultBaud is what most receipt printers and scanners leave the
	// factory with.
	DefaultBaud = 9600

	// readTimeout is what tarm/serial is told: the shortest it has. The
	// poller waits, not tarm; this only bounds a Read whose bytes were taken
	// by somebody else between poll and read, and thereby Close.
	readTimeout = 100 * time.Millisecond

	// hangUpUnder tells tarm's two meanings of io.EOF apart: a time-out takes
	// readTimeout, a hang-up microseconds (measured: 2 µs).
	hangUpUnder = 50 * time.Millisecond

	// outQueuePoll is how often Drain asks the driver what is left.
	outQueuePoll = 5 * time.Millisecond
)

// Flow is how the device stops us when its buffer is full.
type Flow string

// The kinds of flow control.
const (
	FlowNone    Flow = "none"
	FlowXonXoff Flow = "xonxoff" // DC1 0x11 / DC3 0x13, swallowed from what is read
	FlowRTSCTS  Flow = "rtscts"  // wire the printer's DTR to our CTS
)

// Config names a line and how it is set.
type Config struct {
	Path        string // a node or a symbolic link to one
	Baud        int    // 0 = DefaultBaud
	Flow        Flow   // "" = FlowNone
	DataBits7E1 bool   // 7 data bits, even parity (Access-IS); else 8N1
}

// Serial is a Port on a real line or a pty.
type Serial struct {
	cfg  Config
	line *serial.Port    // configured the line; reads
	side *os.File        // second descriptor: waits, writes, ioctls
	raw  syscall.RawConn // of side

	presence presence

	mu    sync.Mutex
	cause error // what calls return after the end; nil while open
}

var _ Port = (*Serial)(nil)

// Open opens and configures the line at cfg.Path. It does not flush: what a
// device said before is still to be read.
// Errors: ErrAbsent, ErrBusy, ErrNotAPort, others as they come.
func Open(cfg Config) (*Serial, error) {
	if cfg.Baud == 0 {
		cfg.Baud = DefaultBaud
	}
	switch cfg.Flow {
	case "":
		cfg.Flow = FlowNone
	case FlowNone, FlowXonXoff, FlowRTSCTS:
	default:
		return nil, fmt.Errorf("failed to open port: unknown flow control %q", cfg.Flow)
	}
	side, err := os.OpenFile(cfg.Path, os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("failed to open port: %w", openCause(err))
	}
	s := &Serial{cfg: cfg, side: side}
	if err := s.setUp(); err != nil {
		if s.line != nil {
			_ = s.line.Close() // the set-up error matters more
		}
		_ = side.Close()
		return nil, fmt.Errorf("failed to open port: %w", openCause(err))
	}
	return s, nil
}

func (s *Serial) setUp() error {
	var err error
	if s.raw, err = s.side.SyscallConn(); err != nil {
		return err
	}
	if err := s.side.SetDeadline(time.Time{}); err != nil {
		return fmt.Errorf("no deadlines on this device: %w: %w", ErrNotAPort, err)
	}
	var st unix.Stat_t
	err = s.ioctl(func(fd int) error {
		if _, err := unix.IoctlGetTermios(fd, unix.TCGETS); err != nil {
			return fmt.Errorf("%w: %w", ErrNotAPort, err)
		}
		// Before tarm re-bauds a line that somebody is using. Unlike
		// TIOCEXCL this binds root, and the kernel undoes it on kill -9.
		if err := unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB); err != nil {
			return fmt.Errorf("%w: %w", ErrBusy, err)
		}
		return unix.Fstat(fd, &st)
	})
	if err != nil {
		return err
	}
	s.presence = presence{path: s.cfg.Path, dev: st.Dev, ino: st.Ino, rdev: st.Rdev}

	c := &serial.Config{Name: s.cfg.Path, Baud: s.cfg.Baud, ReadTimeout: readTimeout}
	if s.cfg.DataBits7E1 {
		c.Size, c.Parity = 7, serial.ParityEven
	}
	if s.line, err = serial.OpenPort(c); err != nil {
		return err
	}
	// The link may have moved between the two opens.
	if !s.presence.here() {
		return ErrAbsent
	}
	return s.ioctl(func(fd int) error {
		if err := setFlow(fd, s.cfg.Flow); err != nil {
			return err
		}
		if isPty(st.Rdev) {
			// The flag outlives us on a pty whose master stays open, and
			// would lock out our own restart after a crash.
			return nil
		}
		return unix.IoctlSetInt(fd, unix.TIOCEXCL, 0)
	})
}

// setFlow sets what tarm/serial has no words for.
func setFlow(fd int, flow Flow) error {
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	switch flow {
	case FlowXonXoff:
		t.Iflag |= unix.IXON
		t.Iflag &^= unix.IXANY
		// tarm leaves both 0: NUL bytes would then stop the line.
		t.Cc[unix.VSTART], t.Cc[unix.VSTOP] = 0x11, 0x13
	case FlowRTSCTS:
		t.Cflag |= unix.CRTSCTS
	default:
		return nil
	}
	return unix.IoctlSetTermios(fd, unix.TCSETS, t)
}

// isPty tells UNIX 98 pty slaves (majors 136–143, Linux devices.txt).
func isPty(rdev uint64) bool {
	major := unix.Major(rdev)
	return major >= 136 && major <= 143
}

// openCause gives an open error the sentinel that a caller acts on.
func openCause(err error) error {
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO), errors.Is(err, unix.EIO):
		return fmt.Errorf("%w: %w", ErrAbsent, err)
	case errors.Is(err, unix.EBUSY):
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return err
}

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
func (s *Serial) Write(p []byte) (int, error) {
	n, err := s.side.Write(p)
	if err != nil {
		return n, s.callError("write", err)
	}
	return n, nil
}

// SetReadDeadline implements Port.
func (s *Serial) SetReadDeadline(t time.Time) error {
	if err := s.side.SetReadDeadline(t); err != nil {
		return s.callError("set deadline", err)
	}
	return nil
}

// SetWriteDeadline implements Port.
func (s *Serial) SetWriteDeadline(t time.Time) error {
	if err := s.side.SetWriteDeadline(t); err != nil {
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

// Gone looks whether the path still leads to the device that was opened. It
// looks at most every lookEvery and believes only missesToGone misses in a
// row, because udev takes links away for a moment and cheap hubs flap.
func (s *Serial) Gone() bool { return s.presence.gone(time.Now()) }

// Drain waits until the driver has put everything on the wire, or until t.
func (s *Serial) Drain(t time.Time) error {
	for {
		left, err := s.outQueue()
		if err != nil {
			return s.callError("drain", err)
		}
		if left == 0 {
			return nil
		}
		if !time.Now().Before(t) {
			return fmt.Errorf("failed to drain, %d bytes left: %w", left, os.ErrDeadlineExceeded)
		}
		time.Sleep(outQueuePoll)
	}
}

func (s *Serial) outQueue() (left int, err error) {
	err = s.ioctl(func(fd int) error {
		left, err = unix.IoctlGetInt(fd, unix.TIOCOUTQ)
		return err
	})
	return left, err
}

// Close implements Port.
func (s *Serial) Close() error { return s.end(os.ErrClosed) }

// end closes the port; calls that wait and later ones return cause.
func (s *Serial) end(cause error) error {
	s.mu.Lock()
	if s.cause != nil {
		s.mu.Unlock()
		return nil
	}
	s.cause = cause
	s.mu.Unlock()

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

func (s *Serial) ioctl(do func(fd int) error) error {
	var inner error
	if err := s.raw.Control(func(fd uintptr) { inner = do(int(fd)) }); err != nil {
		return err
	}
	return inner
}
