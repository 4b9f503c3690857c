package port

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
	pace *pace           // nil: the device never stops us

	presence presence

	writing sync.Mutex // held by Write

	mu    sync.Mutex
	cause error         // what calls return after the end; nil while open
	ended chan struct{} // closed at the end
}

var (
	_ Port = (*Serial)(nil)
	_ goer = (*Serial)(nil)
)

// Open opens and configures the line at cfg.Path. It does not flush: what a
// device said before is still to be read.
// Errors: ErrAbsent, ErrBusy, ErrNotAPort, ErrShared, others as they come.
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
	if err := (Finder{}).shared(cfg.Path); err != nil {
		return nil, fmt.Errorf("failed to open port: %w", err)
	}
	side, err := os.OpenFile(cfg.Path, os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("failed to open port: %w", openCause(err))
	}
	s := &Serial{cfg: cfg, side: side, ended: make(chan struct{})}
	if cfg.Flow != FlowNone {
		s.pace = newPace(cfg.Baud, s.ended)
	}
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
	node, err := filepath.EvalSymlinks(s.cfg.Path)
	if err != nil {
		return err
	}
	s.presence.look = leadsTo(node, st)

	c := &serial.Config{Name: s.cfg.Path, Baud: s.cfg.Baud, ReadTimeout: readTimeout}
	if s.cfg.DataBits7E1 {
		c.Size, c.Parity = 7, serial.ParityEven
	}
	if s.line, err = serial.OpenPort(c); err != nil {
		return err
	}
	// The link may have moved between the two opens.
	if !leadsTo(s.cfg.Path, st)() || !s.presence.look() {
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
	case errors.Is(err, unix.EISDIR):
		return fmt.Errorf("%w: %w", ErrNotAPort, err)
	case errors.Is(err, unix.EBUSY):
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return err
}

func (s *Serial) ioctl(do func(fd int) error) error {
	var inner error
	if err := s.raw.Control(func(fd uintptr) { inner = do(int(fd)) }); err != nil {
		return err
	}
	return inner
}
