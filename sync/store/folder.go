package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"tramhoso/sync/dossier"
	"tramhoso/sync/durable"
)

// probe finds out before the first question whether anything can be kept. A
// folder that somebody marked read-only is respected even when the program
// could write to it all the same.
func probe(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return coded(fmt.Errorf("failed to look at the storage folder: %w", err))
	}
	if !info.IsDir() {
		return dossier.Errorf(dossier.CodeStorageReadOnly, "the storage folder is not a folder")
	}
	if info.Mode().Perm()&0o222 == 0 {
		return dossier.Errorf(dossier.CodeStorageReadOnly, "the storage folder is marked read-only")
	}
	name := filepath.Join(dir, probeName)
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return coded(fmt.Errorf("failed to write to the storage folder: %w", err))
	}
	_, err = f.Write([]byte{'\n'})
	err = errors.Join(err, f.Sync(), f.Close(), os.Remove(name))
	if err != nil {
		return coded(fmt.Errorf("failed to write to the storage folder: %w", err))
	}
	return nil
}

// lockFolder keeps a second program out. The kernel lets go when the program ends,
// however it ends.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, coded(fmt.Errorf("failed to lock the storage folder: %w", err))
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		cause := coded(fmt.Errorf("failed to lock the storage folder: %w", err))
		if errors.Is(err, unix.EWOULDBLOCK) {
			cause = dossier.E(dossier.CodeStorageInUse, ErrInUse)
		}
		return nil, errors.Join(cause, f.Close())
	}
	return f, nil
}

// Here says whether dir is a station's, also of one that lost its database. It makes
// nothing, which [Open] does.
func Here(dir string) (bool, error) {
	for _, name := range []string{madeName, fileName, damagedName} {
		_, err := os.Stat(filepath.Join(dir, name))
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, unix.ENOTDIR) {
			return false, coded(fmt.Errorf("failed to look at the storage folder: %w", err))
		}
	}
	return false, nil
}

// made says whether a database was made in dir once: from then on a folder
// without one is not a new station but one that lost everything.
func made(dir string) (bool, error) {
	_, err := os.Stat(filepath.Join(dir, madeName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, coded(fmt.Errorf("failed to look at the storage folder: %w", err))
	}
	return true, nil
}

// markMade notes that dir has a database from now on.
func markMade(dir string) error {
	if was, err := made(dir); was || err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, madeName), os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close(), durable.SyncFolder(dir))
	}
	if err != nil {
		return coded(fmt.Errorf("failed to mark the storage folder: %w", err))
	}
	return nil
}
