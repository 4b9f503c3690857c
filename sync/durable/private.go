package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ownerOnly is the mode of what holds keys or what people said: its owner reads
// and writes it.
const ownerOnly = 0o600

// Private makes sure that a database is its owner's alone, whatever the umask: one
// that is missing is made, empty; from one that an older program made is taken what
// others may, and from its log and index too. SQLite gives the files that it makes
// beside a database the database's own mode.
//
// A file that is there is never opened: closing it would end the locks that this
// process has on it (fcntl(2)).
func Private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, ownerOnly)
	if err == nil {
		if err := errors.Join(f.Chmod(ownerOnly), f.Close()); err != nil {
			return fmt.Errorf("failed to make %s: %w", filepath.Base(path), err)
		}
		return nil
	}
	if !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("failed to make %s: %w", filepath.Base(path), err)
	}
	for _, ext := range []string{"", "-wal", "-shm"} {
		if err := narrow(path + ext); err != nil {
			return err
		}
	}
	return nil
}

// narrow takes from a file what others may; what its owner may is the owner's
// business. A file that is not there is fine.
func narrow(path string) error {
	st, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && st.Mode().IsRegular() && st.Mode().Perm()&^ownerOnly != 0 {
		err = os.Chmod(path, st.Mode().Perm()&ownerOnly)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil // another program ended just now and took its log along
	}
	if err != nil {
		return fmt.Errorf("failed to keep %s from others: %w", filepath.Base(path), err)
	}
	return nil
}
