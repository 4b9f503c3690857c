package power

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// Machine is the child process with its disks.
type Machine struct {
	dir string
	cmd *exec.Cmd

	mu  sync.Mutex
	in  *os.File
	enc *json.Encoder
	dec *json.Decoder
}

// Start mounts the file system: it starts this very binary again, whose TestMain
// calls [ServeChild].
func Start() (_ *Machine, err error) {
	if _, err := os.Stat("/dev/fuse"); err != nil {
		return nil, fmt.Errorf("cutting power needs /dev/fuse: load the kernel module fuse (modprobe fuse), in a container pass the device: %w", err)
	}
	if _, err := exec.LookPath("fusermount3"); err != nil && os.Geteuid() != 0 {
		return nil, errors.New("cutting power needs root or fusermount3: install Debian's fuse3 (packaging/install test)")
	}
	dir, err := os.MkdirTemp("", "power-*")
	if err != nil {
		return nil, err
	}
	m := &Machine{dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(dir))
		}
	}()
	childIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, childOut, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, childIn.Close(), in.Close())
	}
	m.in, m.enc, m.dec = in, json.NewEncoder(in), json.NewDecoder(out)
	m.cmd = exec.Command(os.Args[0])
	m.cmd.Env = append(os.Environ(), envMount+"="+dir)
	m.cmd.Stdin, m.cmd.Stdout, m.cmd.Stderr = childIn, childOut, os.Stderr
	err = m.cmd.Start()
	err = errors.Join(err, childIn.Close(), childOut.Close())
	if err != nil {
		return nil, errors.Join(err, in.Close(), out.Close())
	}
	var mounted answer
	if err := m.dec.Decode(&mounted); err != nil {
		return nil, errors.Join(fmt.Errorf("the file system did not mount: %w", err), in.Close(), m.cmd.Wait())
	}
	return m, nil
}

// Stop unmounts and ends the child.
func (m *Machine) Stop() error { return errors.Join(m.in.Close(), m.cmd.Wait()) }

func (m *Machine) ask(r request) (answer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.enc.Encode(r); err != nil {
		return answer{}, fmt.Errorf("failed to ask the file system: %w", err)
	}
	var a answer
	if err := m.dec.Decode(&a); err != nil {
		return a, fmt.Errorf("the file system does not answer: %w", err)
	}
	if a.Error != "" {
		return a, fmt.Errorf("%s %s: %s", r.Do, r.Disk, a.Error)
	}
	return a, nil
}

// Disk is what loses its power at one moment, as a folder.
type Disk struct {
	m    *Machine
	name string
}

// Disk makes an empty disk.
func (m *Machine) Disk() (*Disk, error) { return m.disk(request{Do: "new"}) }

func (m *Machine) disk(r request) (*Disk, error) {
	a, err := m.ask(r)
	if err != nil {
		return nil, err
	}
	return &Disk{m: m, name: a.Disk}, nil
}

// Path is the disk's folder.
func (d *Disk) Path() string { return filepath.Join(d.m.dir, d.name) }

// Copy makes another disk as this one is now, with what was not synced.
func (d *Disk) Copy() (*Disk, error) { return d.m.disk(request{Do: "copy", Disk: d.name}) }

// Arm makes the power fail at the n-th operation from now; 0: at none. It begins
// the count anew.
func (d *Disk) Arm(n int) error {
	_, err := d.m.ask(request{Do: "arm", Disk: d.name, At: n})
	return err
}

// Cut makes the power fail now.
func (d *Disk) Cut() error {
	_, err := d.m.ask(request{Do: "cut", Disk: d.name})
	return err
}

// Ops are the operations since [Disk.Arm], in words, and whether the power has
// failed; then the last of them is the one that it failed at.
func (d *Disk) Ops() (ops []string, cut bool, err error) {
	a, err := d.m.ask(request{Do: "look", Disk: d.name})
	return a.Ops, a.Dead, err
}

// Restart makes the disk that is found when the power comes back. A disk can be
// restarted several times, to other fates.
func (d *Disk) Restart(f Fate) (*Disk, error) {
	return d.m.disk(request{Do: "restart", Disk: d.name, Fate: f})
}

// Drop forgets a disk. Nothing may be open on it.
func (d *Disk) Drop() error {
	_, err := d.m.ask(request{Do: "drop", Disk: d.name})
	return err
}
