// Package durable makes names last: a file that was synced is lost all the same
// when the power fails before its folder was, and so is a folder before the one
// above it.
//
// It promises that what it returns without an error is on the disk, that what it
// destroys was overwritten, and that a database which it makes private is for no
// other user of the machine. It knows nothing of what is kept, and imports nothing
// of ours.
package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// MakeFolder makes a folder with those above it that are missing, each synced
// into the one above. Those that are there and look as if they were made here,
// with the same permissions, are synced too: who made them may have died before.
func MakeFolder(dir string, perm fs.FileMode) error {
	dir = filepath.Clean(dir)
	above := filepath.Dir(dir)
	if dir == above {
		return nil
	}
	st, err := os.Stat(dir)
	switch {
	case err == nil && !st.IsDir():
		return &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
	case err == nil && st.Mode().Perm() != perm:
		return nil // somebody else's
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := MakeFolder(above, perm); err != nil {
		return err
	}
	if err == nil {
		return SureFolder(above)
	}
	if err := os.Mkdir(dir, perm); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return SyncFolder(above)
}

// SureFolder syncs the names of a folder that somebody may have left without, as
// far as this program may: what it cannot write to it has not changed.
func SureFolder(dir string) error {
	err := SyncFolder(dir)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EINVAL) {
		return nil
	}
	return err
}

// SyncFolder puts a folder's names on the disk.
func SyncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	if foldersAreSynced {
		err = d.Sync()
	}
	return errors.Join(err, d.Close())
}
