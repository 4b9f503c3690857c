package sticks

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// envMount tells a test binary that it is the child, and where to mount.
const envMount = "TRAM_STICK_MOUNT"

// ServeChild serves the failing stick and never returns if this process is the
// child that [Start] made; else it returns at once. TestMain calls it first.
func ServeChild() {
	dir := os.Getenv(envMount)
	if dir == "" {
		return
	}
	if err := serve(dir, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sticks:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// serve mounts at dir/stick what lies in dir/below and answers until in ends.
func serve(dir string, in io.Reader, out io.Writer) error {
	root, err := fs.NewLoopbackRoot(filepath.Join(dir, "below"))
	if err != nil {
		return err
	}
	m := &medium{}
	at := filepath.Join(dir, "stick")
	none := time.Duration(0)
	srv, err := fs.Mount(at, &node{LoopbackNode: root.(*fs.LoopbackNode), medium: m}, &fs.Options{EntryTimeout: &none, AttrTimeout: &none,
		MountOptions: fuse.MountOptions{Name: "stick", FsName: "stick", DirectMountStrict: true, DisableXAttrs: true, DisableReadDirPlus: true,
			DirectMountFlags: syscall.MS_NOSUID | syscall.MS_NODEV | syscall.MS_NOEXEC}})
	if err != nil {
		return fmt.Errorf("failed to mount: %w", err)
	}
	dec, enc := json.NewDecoder(in), json.NewEncoder(out)
	err = enc.Encode([]string{}) // mounted
	for err == nil {
		var f Fault
		if err = dec.Decode(&f); err == nil {
			seen := m.seen()
			m.set(f)
			err = enc.Encode(seen)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	m.set(Fault{})
	if srv.Unmount() != nil { // a test that failed has left something open
		err = errors.Join(err, syscall.Unmount(at, syscall.MNT_DETACH))
	}
	return err
}

// Sick is a stick that fails when it is told to.
type Sick struct {
	dir string
	cmd *exec.Cmd
	in  io.Closer
	enc *json.Encoder
	dec *json.Decoder
	n   int
}

// Start mounts the stick: it starts this very binary again, whose TestMain calls
// [ServeChild].
func Start() (_ *Sick, err error) {
	if _, err := os.Stat("/dev/fuse"); err != nil {
		return nil, fmt.Errorf("a failing stick needs /dev/fuse: load the kernel module fuse (modprobe fuse), in a container pass the device: %w", err)
	}
	if os.Geteuid() != 0 {
		return nil, errors.New("mounting needs root: run the tests as root")
	}
	s := &Sick{}
	if s.dir, err = os.MkdirTemp("", "sick-*"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(s.dir))
		}
	}()
	if err := errors.Join(os.Mkdir(filepath.Join(s.dir, "below"), 0o700), os.Mkdir(s.Mount(), 0o700)); err != nil {
		return nil, err
	}
	s.cmd = exec.Command(os.Args[0])
	s.cmd.Env = append(os.Environ(), envMount+"="+s.dir)
	s.cmd.Stderr = os.Stderr
	in, err := s.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.in, s.enc, s.dec = in, json.NewEncoder(in), json.NewDecoder(out)
	var mounted []string
	if err := s.dec.Decode(&mounted); err != nil {
		return nil, errors.Join(fmt.Errorf("the stick did not mount: %w", err), in.Close(), s.cmd.Wait())
	}
	return s, nil
}

// Stop unmounts and ends the child.
func (s *Sick) Stop() error {
	return errors.Join(s.in.Close(), s.cmd.Wait(), os.RemoveAll(s.dir))
}

// Mount is where the stick is mounted.
func (s *Sick) Mount() string { return filepath.Join(s.dir, "stick") }

// Fresh is an empty folder on the stick.
func (s *Sick) Fresh() (dir string, err error) {
	s.n++
	dir = filepath.Join(s.Mount(), fmt.Sprint(s.n))
	return dir, os.Mkdir(dir, 0o700)
}

// Fail sets what the stick does wrong from now on, and says what was asked of it
// since it was told last.
func (s *Sick) Fail(f Fault) (ops []string, err error) {
	if err := s.enc.Encode(f); err != nil {
		return nil, fmt.Errorf("failed to ask the stick: %w", err)
	}
	if err := s.dec.Decode(&ops); err != nil {
		return nil, fmt.Errorf("the stick does not answer: %w", err)
	}
	return ops, nil
}
