package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// Side is one end of a line: a network namespace with one address.
type Side struct {
	Addr netip.Addr

	tun  *os.File
	do   chan func() // runs on the thread that lives in the namespace
	done chan struct{}
}

// newSide makes a namespace, its TUN device and its address.
func newSide(addr netip.Addr) (*Side, error) {
	s := &Side{Addr: addr, do: make(chan func()), done: make(chan struct{})}
	ready := make(chan error)
	go func() {
		defer close(s.done)
		// The thread is never unlocked: it ends with the goroutine, and with it
		// the namespace, once its sockets are closed.
		runtime.LockOSThread()
		err := s.enter()
		ready <- err
		if err != nil {
			return
		}
		for f := range s.do {
			f()
		}
	}()
	if err := <-ready; err != nil {
		<-s.done
		return nil, err
	}
	return s, nil
}

func (s *Side) enter() (err error) {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("failed to make a network namespace, which needs root: %w", err)
	}
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("failed to open /dev/net/tun, which this needs: %w", err)
	}
	defer func() {
		if err != nil && s.tun == nil {
			err = errors.Join(err, unix.Close(fd))
		}
	}()
	req, err := unix.NewIfreq("line")
	if err != nil {
		return err
	}
	req.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, req); err != nil {
		return fmt.Errorf("failed to make a TUN device: %w", err)
	}
	if err := configure(s.Addr); err != nil {
		return err
	}
	s.tun = os.NewFile(uintptr(fd), "tun")
	return nil
}

// configure gives the device its address and brings it and the loopback up.
func configure(addr netip.Addr) error {
	sock, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(sock) }()
	set := func(device string, request uint, fill func(*unix.Ifreq) error) error {
		req, err := unix.NewIfreq(device)
		if err != nil {
			return err
		}
		if err := fill(req); err != nil {
			return err
		}
		if err := unix.IoctlIfreq(sock, request, req); err != nil {
			return fmt.Errorf("failed to configure %s: %w", device, err)
		}
		return nil
	}
	a4 := addr.As4()
	up := func(r *unix.Ifreq) error { r.SetUint16(unix.IFF_UP | unix.IFF_RUNNING); return nil }
	return errors.Join(
		set("line", unix.SIOCSIFADDR, func(r *unix.Ifreq) error { return r.SetInet4Addr(a4[:]) }),
		set("line", unix.SIOCSIFNETMASK, func(r *unix.Ifreq) error { return r.SetInet4Addr([]byte{255, 255, 255, 0}) }),
		set("line", unix.SIOCSIFMTU, func(r *unix.Ifreq) error { r.SetUint32(mtu); return nil }),
		set("line", unix.SIOCSIFFLAGS, up),
		set("lo", unix.SIOCSIFFLAGS, up),
	)
}

// in runs f on the namespace's thread.
func (s *Side) in(f func()) {
	done := make(chan struct{})
	s.do <- func() {
		defer close(done)
		f()
	}
	<-done
}

// Listen listens on a port of this side; 0 takes a free one.
func (s *Side) Listen(ctx context.Context, port uint16) (ln net.Listener, err error) {
	var lc net.ListenConfig
	s.in(func() { ln, err = lc.Listen(ctx, "tcp4", netip.AddrPortFrom(s.Addr, port).String()) })
	return ln, err
}

// Dial connects from this side. The socket is made on the namespace's thread and
// connected elsewhere, so that a slow line holds nobody up.
func (s *Side) Dial(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	var fd int
	var err error
	s.in(func() { fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0) })
	if err != nil {
		return nil, fmt.Errorf("failed to make a socket: %w", err)
	}
	file := os.NewFile(uintptr(fd), "line")
	defer func() { _ = file.Close() }()
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}); err != nil && !errors.Is(err, unix.EINPROGRESS) {
		return nil, fmt.Errorf("failed to connect: %w", err)
	}
	if err := connected(ctx, file); err != nil {
		return nil, fmt.Errorf("failed to connect: %w", err)
	}
	return net.FileConn(file)
}

// connected waits until a connection that was begun is made or refused.
func connected(ctx context.Context, file *os.File) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = file.Close() })
	defer stop()
	var broken error
	err = raw.Write(func(fd uintptr) bool {
		if _, err := unix.Getpeername(int(fd)); err == nil {
			return true
		}
		n, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
		if err == nil && n != 0 {
			err = unix.Errno(n)
		}
		broken = err
		return err != nil
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(err, broken)
}

// Start starts a program on this side.
func (s *Side) Start(cmd *exec.Cmd) (err error) {
	s.in(func() { err = cmd.Start() })
	return err
}

func (s *Side) close() error {
	close(s.do)
	<-s.done
	return s.tun.Close()
}
