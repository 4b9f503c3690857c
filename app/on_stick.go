package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tramhoso/sync/cmd/commandline"
	"tramhoso/sync/courier"
)

// onStick refuses a folder where nothing may be carried: a copy on the station's own
// disk goes nowhere and dies with it. Who says that any folder will do answers for it.
func onStick(dir string, anywhere bool) error {
	if err := commandline.Folder(dir); err != nil {
		return err
	}
	if anywhere {
		return nil
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return fmt.Errorf("failed to look at the folder: %w", err)
	}
	f, err := os.Open("/proc/self/mounts")
	if err != nil {
		return fmt.Errorf("failed to read the mounts: %w", err)
	}
	m, err := courier.MountOf(f, real)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	err = m.Check()
	if errors.Is(err, courier.ErrLoose) {
		return fmt.Errorf("%w; as root: %s", err, m.Remount())
	}
	return err
}
