package twin

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

const (
	// lineReadBytes is one read of the master side; a pty hands over at most
	// 4 KiB at a time.
	lineReadBytes = 4096
	// lineWriteTimeout bounds an answer to a station that does not read: the
	// kernel keeps about 4 KiB for it, then a write would block for ever.
	lineWriteTimeout = time.Second
)

// ptyFolder is where UNIX 98 ptys are.
const ptyFolder = "/dev/pts/"

// ErrUnplugged is returned when a twin is asked to talk while it is unplugged.
var ErrUnplugged = errors.New("the simulated device is unplugged")

// line is the cable between a twin and the station: a pty whose slave is
// reached through a symlink, as /dev/serial/by-id names a real device.
//
// While plugged in, the twin keeps the slave open itself, so a station that
// closes and reopens its port does not hang the line up. Unplugging removes
// the link and closes both ends, which hangs up every other holder (EIO, then
// instant EOF); plugging in again makes a new pty under the same link.
type line struct {
	link    string
	receive func(b []byte, gone <-chan struct{})

	mu      sync.Mutex
	master  *os.File
	slave   *os.File
	gone    chan struct{} // closed when this plugging-in has ended
	readers sync.WaitGroup
}

// newLine makes a line and plugs it in. Receive is called with what the
// station writes, from one goroutine at a time; it must not call close.
func newLine(link string, receive func([]byte)) (*line, error) {
	return newPacedLine(link, func(b []byte, _ <-chan struct{}) { receive(b) })
}

// newPacedLine is newLine for a device that takes its time over what it was
// given: gone is closed when the cable was pulled meanwhile.
func newPacedLine(link string, receive func(b []byte, gone <-chan struct{})) (*line, error) {
	l := &line{link: link, receive: receive}
	if err := l.plug(); err != nil {
		return nil, err
	}
	return l, nil
}

// plug makes a new pty and places the link. It does nothing when plugged in.
func (l *line) plug() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.master != nil {
		return nil
	}
	master, slave, err := openRaw()
	if err != nil {
		return err
	}
	if err := place(slave.Name(), l.link); err != nil {
		return errors.Join(err, master.Close(), slave.Close())
	}
	l.attach(master, slave)
	return nil
}

// attach begins to read from a pty. The caller holds mu.
func (l *line) attach(master, slave *os.File) {
	gone := make(chan struct{})
	l.master, l.slave, l.gone = master, slave, gone
	l.readers.Go(func() {
		buf := make([]byte, lineReadBytes)
		for {
			n, err := master.Read(buf)
			if n > 0 {
				l.receive(buf[:n], gone)
			}
			if err != nil {
				return // closed by unplug, the only way this line ends
			}
		}
	})
}

// unplug removes the link and hangs the line up. What was read before may
// still be received when it returns. It does nothing when unplugged.
func (l *line) unplug() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.detach()
}

func (l *line) detach() error {
	if l.master == nil {
		return nil
	}
	close(l.gone)
	var err error
	if to, lerr := os.Readlink(l.link); lerr == nil && to == l.slave.Name() { // else it is somebody else's by now
		err = os.Remove(l.link)
	}
	err = errors.Join(err, l.master.Close(), l.slave.Close())
	l.master, l.slave = nil, nil
	return err
}

// renumber plugs the device in elsewhere: the link vanishes and comes back
// pointing at another pts. The kernel hands out the lowest free number, so the
// new pty is opened before the old one is closed.
func (l *line) renumber() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	master, slave, err := openRaw()
	if err != nil {
		return err
	}
	if err := errors.Join(l.detach(), place(slave.Name(), l.link)); err != nil {
		return errors.Join(err, master.Close(), slave.Close())
	}
	l.attach(master, slave)
	return nil
}

// node is the pty's own name; "" when unplugged.
func (l *line) node() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.slave == nil {
		return ""
	}
	return l.slave.Name()
}

// heedsXoff says whether the station's side of the line has XON/XOFF switched
// on; a station that has not goes on sending.
func (l *line) heedsXoff() bool {
	t := l.settings()
	return t != nil && t.Iflag&unix.IXON != 0 && t.Cc[unix.VSTOP] == xoff
}

// speeds are those that serial printers can be set to.
var speeds = map[uint32]int{
	unix.B1200: 1200, unix.B2400: 2400, unix.B4800: 4800, unix.B9600: 9600, unix.B19200: 19200,
	unix.B38400: 38400, unix.B57600: 57600, unix.B115200: 115200, unix.B230400: 230400,
}

// baud is the speed that the station has set. A pty carries bytes at any, but
// keeps the setting.
func (l *line) baud() int {
	t := l.settings()
	if t == nil {
		return 0
	}
	return speeds[t.Cflag&unix.CBAUD]
}

// settings are how the station's side of the line is set; nil when unplugged.
func (l *line) settings() (t *unix.Termios) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.slave == nil {
		return nil
	}
	if conn, err := l.slave.SyscallConn(); err == nil {
		_ = conn.Control(func(fd uintptr) { // fails only on a closed pty, which has no settings
			if got, err := unix.IoctlGetTermios(int(fd), unix.TCGETS); err == nil {
				t = got
			}
		})
	}
	return t
}

// say is Write.
func (l *line) say(p []byte) (int, error) { return l.Write(p) }

// Write sends bytes to the station. It never blocks for longer than
// lineWriteTimeout.
func (l *line) Write(p []byte) (int, error) {
	l.mu.Lock()
	master := l.master
	l.mu.Unlock()
	if master == nil {
		return 0, ErrUnplugged
	}
	if err := master.SetWriteDeadline(time.Now().Add(lineWriteTimeout)); err != nil {
		return 0, fmt.Errorf("failed to bound a write to the station: %w", err)
	}
	n, err := master.Write(p)
	if err != nil {
		return n, fmt.Errorf("failed to write to the station: %w", err)
	}
	return n, nil
}

// close is unplug, for good. It waits for the reader, so the device must not
// call it while it receives.
func (l *line) close() error {
	err := l.unplug()
	l.readers.Wait()
	return err
}

// openRaw makes a pty that changes no byte.
func openRaw() (master, slave *os.File, err error) {
	master, slave, err = pty.Open()
	if err != nil {
		return nil, nil, fmt.Errorf("failed to open a pty: %w", err)
	}
	master, err = pollable(master)
	if err != nil {
		return nil, nil, errors.Join(err, slave.Close())
	}
	if err := makeRaw(slave); err != nil {
		return nil, nil, errors.Join(err, master.Close(), slave.Close())
	}
	return master, slave, nil
}

// pollable gives the master back to the runtime's poller: creack/pty leaves it
// in blocking mode, in which a read survives Close and no deadline works.
func pollable(f *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("failed to copy the pty's handle: %w", err), f.Close())
	}
	if err := errors.Join(f.Close(), unix.SetNonblock(fd, true)); err != nil {
		return nil, errors.Join(fmt.Errorf("failed to make the pty pollable: %w", err), unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// makeRaw stops the terminal from echoing or translating before the station
// has set it up: an echo of a device's greeting would reach the device.
func makeRaw(tty *os.File) error {
	conn, err := tty.SyscallConn()
	if err != nil {
		return fmt.Errorf("failed to reach the pty: %w", err)
	}
	var inner error
	err = conn.Control(func(fd uintptr) {
		t, err := unix.IoctlGetTermios(int(fd), unix.TCGETS)
		if err != nil {
			inner = err
			return
		}
		t.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
		t.Oflag &^= unix.OPOST
		t.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
		t.Cflag &^= unix.CSIZE | unix.PARENB
		t.Cflag |= unix.CS8
		t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
		inner = unix.IoctlSetTermios(int(fd), unix.TCSETS, t)
	})
	if err := errors.Join(err, inner); err != nil {
		return fmt.Errorf("failed to make the pty raw: %w", err)
	}
	return nil
}

// place makes link point to target in one step, so that nobody ever sees a
// half-made link or a moment without one.
//
// It replaces only what a twin may have left behind: a link to a pty.
func place(target, link string) error {
	if _, err := os.Lstat(link); err == nil {
		if to, err := os.Readlink(link); err != nil || !strings.HasPrefix(to, ptyFolder) {
			return fmt.Errorf("failed to name the pty: %s is something else already", link)
		}
	}
	tmp := filepath.Join(filepath.Dir(link), "."+filepath.Base(link)+".new")
	if err := os.Remove(tmp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("failed to clear the way for a link: %w", err)
	}
	if err := os.Symlink(target, tmp); err != nil {
		return fmt.Errorf("failed to name the pty: %w", err)
	}
	if err := os.Rename(tmp, link); err != nil {
		return fmt.Errorf("failed to name the pty: %w", err)
	}
	return nil
}
