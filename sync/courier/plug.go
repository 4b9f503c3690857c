package courier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"tramhoso/sync/dossier"
)

// Plug is where sticks appear: each is mounted on a folder of its own under one
// place, by the system (packaging/stick). The zero value of each field but Under
// is ready for use.
type Plug struct {
	Under  string                        // "/run/tramhoso/stick"
	Eject  string                        // a name left in this folder has the stick of that name let go; "": nobody does
	Mounts func() (io.ReadCloser, error) // nil: /proc/self/mounts
	// Changes opens what Watch sleeps on; nil: the kernel's word. Where it fails,
	// Watch looks every few seconds.
	Changes func() (Changes, error)
	// Wait waits between two looks; nil: real time.
	Wait func(context.Context, time.Duration) error
}

const (
	ejectEvery = 200 * time.Millisecond
	ejectMost  = 150 // looks: half a minute, for a stick that still writes
)

// ErrBusy is a stick that the system did not let go.
var ErrBusy = errors.New("the stick is still in use")

// Find is the stick that is in now; with several, the one that was mounted
// first. Without one it is dossier.CodeNotFound; one that is mounted so that
// programs on it could run comes with ErrLoose.
func (p Plug) Find() (dir string, err error) {
	list, err := p.points()
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "", dossier.Errorf(dossier.CodeNotFound, "no stick is in")
	}
	return list[0].Point, list[0].Check()
}

// points are the mounts directly under the place.
func (p Plug) points() (list []Mounted, err error) {
	open := p.Mounts
	if open == nil {
		open = func() (io.ReadCloser, error) { return os.Open("/proc/self/mounts") }
	}
	f, err := open()
	if err != nil {
		return nil, fmt.Errorf("failed to read the mounts: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	all, err := mounts(f)
	if err != nil {
		return nil, err
	}
	under := filepath.Clean(p.Under)
	for _, m := range all {
		if filepath.Dir(m.Point) == under {
			list = append(list, m)
		}
	}
	return list, nil
}

// Release has everything reach the stick and asks for it to be let go. Once it
// has returned without an error the stick may be taken out.
func (p Plug) Release(ctx context.Context, dir string) error {
	if err := syncStick(dir); err != nil {
		return err
	}
	if p.Eject == "" {
		return nil
	}
	if _, err := os.Stat(p.Eject); errors.Is(err, os.ErrNotExist) {
		return nil // nobody here lets sticks go; what is synced is safe
	}
	ask := filepath.Join(p.Eject, filepath.Base(dir))
	if err := os.WriteFile(ask, nil, 0o600); err != nil {
		return fmt.Errorf("failed to ask for the stick: %w", err)
	}
	for range ejectMost {
		list, err := p.points()
		if err != nil {
			return err
		}
		in := false
		for _, m := range list {
			in = in || m.Point == dir
		}
		if !in {
			return nil
		}
		if err := p.wait(ctx, ejectEvery); err != nil {
			return err
		}
	}
	return errors.Join(dossier.E(dossier.CodeConflict, ErrBusy), os.Remove(ask))
}

func (p Plug) wait(ctx context.Context, d time.Duration) error {
	if p.Wait != nil {
		return p.Wait(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// syncStick writes what the system still holds for this stick.
func syncStick(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("failed to sync the stick: %w", err)
	}
	if err := errors.Join(unix.Syncfs(int(d.Fd())), d.Close()); err != nil {
		return fmt.Errorf("failed to sync the stick: %w", err)
	}
	return nil
}
