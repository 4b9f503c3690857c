package power

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// envMount tells a test binary that it is the child, and where to mount.
const envMount = "TRAM_POWER_MOUNT"

// request is one line to the child, answer one line back.
type request struct {
	Do   string
	Disk string `json:",omitempty"`
	At   int    `json:",omitempty"`
	Fate Fate   `json:"fate,omitzero"`
}

type answer struct {
	Disk  string   `json:",omitempty"`
	Ops   []string `json:",omitempty"`
	Dead  bool     `json:",omitempty"`
	Error string   `json:",omitempty"`
}

// ServeChild serves the file system and never returns if this process is the
// child that [Start] made; else it returns at once. TestMain calls it first.
func ServeChild() {
	dir := os.Getenv(envMount)
	if dir == "" {
		return
	}
	if err := serve(dir, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "power:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// serve mounts at dir and answers until in ends, whoever ends it.
func serve(dir string, in io.Reader, out io.Writer) error {
	f := newFilesystem()
	srv, err := fuse.NewServer(f, dir, &fuse.MountOptions{Name: "power", FsName: "power", DirectMount: true,
		DisableXAttrs: true, DisableReadDirPlus: true})
	if err != nil {
		return fmt.Errorf("failed to mount: %w", err)
	}
	go srv.Serve()
	err = srv.WaitMount()
	if err == nil {
		err = f.answer(in, out)
	}
	if srv.Unmount() != nil { // a test that failed has left something open
		err = errors.Join(err, syscall.Unmount(dir, syscall.MNT_DETACH))
	}
	return errors.Join(err, os.Remove(dir)) // here: the other end may be dead
}

func (f *filesystem) answer(in io.Reader, out io.Writer) error {
	dec, enc := json.NewDecoder(in), json.NewEncoder(out)
	if err := enc.Encode(answer{}); err != nil { // mounted
		return err
	}
	for {
		var r request
		if err := dec.Decode(&r); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := enc.Encode(f.handle(r)); err != nil {
			return err
		}
	}
}

func (f *filesystem) handle(r request) answer {
	f.mu.Lock()
	defer f.mu.Unlock()
	name := fmt.Sprintf("disk%d", f.draw.last)
	if r.Do == "new" {
		root := f.draw.node(modeFolder)
		f.add(&disk{name: name, root: root})
		return answer{Disk: name}
	}
	d := f.disks[r.Disk]
	if d == nil {
		return answer{Error: "no such disk"}
	}
	switch r.Do {
	case "copy":
		f.add(copyDisk(d, name, &f.draw))
		return answer{Disk: name}
	case "arm":
		d.ops, d.cutAt = nil, r.At
	case "cut":
		d.dead = true
	case "look":
		return answer{Ops: d.ops, Dead: d.dead}
	case "restart":
		if !d.dead {
			return answer{Error: "the power is still on"}
		}
		f.add(survive(d, name, r.Fate, &f.draw))
		return answer{Disk: name}
	case "drop":
		f.drop(r.Disk)
	default:
		return answer{Error: "unknown request " + r.Do}
	}
	return answer{}
}
