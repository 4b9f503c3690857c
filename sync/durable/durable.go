// Package durable makes names last: a file that was synced is lost all the same
// when the power fails before its folder was, and so is a folder before the one
// above it.
//
// It promises that what it returns without an error is on the disk. It knows
// nothing of what is kept, and imports nothing of ours.
package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// MakeFolder makes a folder with those above it that are missing, each synced
// into the one above. A folder that was there is synced too, as far as this
// program may: whoever made it may have been stopped before.
func MakeFolder(dir string, perm fs.FileMode) error {
	dir = filepath.Clean(dir)
	err := os.Mkdir(dir, perm)
	if errors.Is(err, fs.ErrNotExist) {
		if err := MakeFolder(filepath.Dir(dir), perm); err != nil {
			return err
		}
		err = os.Mkdir(dir, perm)
	}
	if !errors.Is(err, fs.ErrExist) {
		if err != nil {
			return err
		}
		return SyncFolder(filepath.Dir(dir))
	}
	st, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if !st.IsDir() {
		return &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
	}
	if err := SyncFolder(filepath.Dir(dir)); err != nil && !beyondUs(err) {
		return err
	}
	return nil
}

// beyondUs reports that the folder above is not ours to sync.
func beyondUs(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EINVAL)
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
