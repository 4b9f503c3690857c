//go:build tour

package tour

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"tramhoso/packaging/stick"
)

const (
	pocketBytes = 64 << 20 // of a stick: room for what a visit makes, and for the answer
	slotName    = "sdb1"   // the device as which a stick appears
	ejectEvery  = 100 * time.Millisecond
)

// pocket holds the sticks of whoever travels between the station and the
// province, by name, each an image with a file system of its own.
type pocket struct {
	dir     string // of the images
	helper  string // packaging/stick's, which mounts them as on a station
	station *slot
	office  *slot
}

// slot is where a stick is put in.
type slot struct {
	run    string // the folder that is /run/tramhoso there
	dev    string
	in     string // the stick's name, "" without one
	helper string
	stop   func() // ends the wait for requests to let the stick go
}

// newPocket makes the two places; it needs no rights before a stick is put in.
func newPocket(dir string) (*pocket, error) {
	p := &pocket{dir: filepath.Join(dir, "pocket"), helper: filepath.Join(dir, "stick-helper")}
	p.station = &slot{run: filepath.Join(dir, "run"), dev: filepath.Join(dir, "dev"), helper: p.helper}
	p.office = &slot{run: filepath.Join(dir, "office"), dev: filepath.Join(dir, "office-dev"), helper: p.helper}
	for _, folder := range []string{p.dir, p.station.run, p.station.dev, p.office.run, p.office.dev} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, fmt.Errorf("failed to make room for sticks: %w", err)
		}
	}
	if err := os.WriteFile(p.helper, stick.Helper, 0o600); err != nil {
		return nil, fmt.Errorf("failed to make room for sticks: %w", err)
	}
	return p, nil
}

// sticks is where the station finds them.
func (s *slot) sticks() string { return filepath.Join(s.run, "stick") }

// insert puts a stick into the station; a name that is new is a new stick.
func (p *pocket) insert(ctx context.Context, name string) error {
	return p.station.insert(ctx, p.dir, name)
}

// pull takes out what is in, whether it was let go or not.
func (p *pocket) pull(ctx context.Context) error {
	if p.station.in == "" {
		return errors.New("no stick is in the station")
	}
	return p.station.pull(ctx)
}

// atOffice puts a stick in at the province while f runs on its folder.
func (p *pocket) atOffice(ctx context.Context, name string, f func(dir string) error) error {
	if name == p.station.in {
		return fmt.Errorf("the stick %q is in the station: pull it first", name)
	}
	if err := p.office.insert(ctx, p.dir, name); err != nil {
		return err
	}
	return errors.Join(f(filepath.Join(p.office.sticks(), slotName)), p.office.pull(ctx))
}

func (p *pocket) close() {
	for _, s := range []*slot{p.station, p.office} {
		if s.in != "" {
			_ = s.pull(context.Background())
		}
	}
}

func (s *slot) insert(ctx context.Context, images, name string) error {
	if filepath.Base(name) != name || name == "." {
		return fmt.Errorf("%q is no name of a stick", name)
	}
	if s.in != "" {
		return fmt.Errorf("the stick %q is in already", s.in)
	}
	if os.Geteuid() != 0 {
		return errors.New("a stick is mounted by root alone: play this tour as root")
	}
	image := filepath.Join(images, name)
	if _, err := os.Stat(image); errors.Is(err, fs.ErrNotExist) {
		if err := format(ctx, image); err != nil {
			return err
		}
	}
	device, err := tool(ctx, nil, "losetup", "mount", "--find", "--show", image)
	if err != nil {
		return err
	}
	device = strings.TrimSpace(device)
	// Mounted, it stays until it is unmounted; and if it is not mounted, it goes.
	defer func() { _, _ = tool(context.WithoutCancel(ctx), nil, "losetup", "mount", "--detach", device) }()
	link := filepath.Join(s.dev, slotName)
	if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("failed to insert the stick: %w", err)
	}
	if err := os.Symlink(device, link); err != nil {
		return fmt.Errorf("failed to insert the stick: %w", err)
	}
	if err := s.help(ctx, "mount", slotName); err != nil {
		return err
	}
	s.in = name
	watch, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.letGo(watch)
	}()
	s.stop = func() { cancel(); <-done }
	return nil
}

func (s *slot) pull(ctx context.Context) error {
	s.stop()
	s.in = ""
	return s.help(ctx, "unmount", slotName)
}

// letGo stands for systemd's path unit: it runs the helper whenever the station
// asks for a stick to be let go.
func (s *slot) letGo(ctx context.Context) {
	tick := time.NewTicker(ejectEvery)
	defer tick.Stop()
	for {
		if asked, err := os.ReadDir(filepath.Join(s.run, "eject")); err == nil && len(asked) > 0 {
			_ = s.help(ctx, "eject") // one that is in use is asked for again, by whoever wants it
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// help runs the helper as the system does.
func (s *slot) help(ctx context.Context, args ...string) error {
	_, err := tool(ctx, []string{"TRAMHOSO_RUN=" + s.run, "TRAMHOSO_DEV=" + s.dev, "TRAMHOSO_USER=root"}, "sh", "", append([]string{s.helper}, args...)...)
	return err
}

// format makes a new stick.
func format(ctx context.Context, image string) error {
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		return fmt.Errorf("failed to make a stick: %w", err)
	}
	if err := os.Truncate(image, pocketBytes); err != nil {
		return fmt.Errorf("failed to make a stick: %w", err)
	}
	_, err := tool(ctx, nil, "mkfs.ext4", "e2fsprogs", "-q", "-F", image)
	return err
}

// tool runs a program and says which Debian package lacks when it is missing.
func tool(ctx context.Context, env []string, name, pkg string, args ...string) (string, error) {
	if _, err := exec.LookPath(name); err != nil && pkg != "" {
		return "", fmt.Errorf("%s is missing: apt-get install %s", name, pkg)
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	var said, failed strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &failed
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("failed to run %s %s: %w: %s", filepath.Base(name), strings.Join(args, " "), err, strings.TrimSpace(failed.String()))
	}
	return said.String(), nil
}
