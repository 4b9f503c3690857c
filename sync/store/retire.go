package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tramhoso/sync/durable"
)

// Retire ends the life of a storage folder, whatever state it is in: the next
// Open makes a new station's there. Its database goes to aside, or is destroyed
// where aside is "". Its attachments stay in the folder only as long as the
// database does. The keys that lie beside it are the caller's.
//
// A power cut on the way leaves a folder that Open refuses and Retire ends.
func Retire(dir, aside string) (err error) {
	lock, err := lockFolder(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if aside != "" {
		if err := durable.MakeFolder(aside, 0o700); err != nil {
			return coded(fmt.Errorf("failed to make a folder for the old storage: %w", err))
		}
	}
	// The database first: without it the folder is refused, not taken for new.
	for _, name := range []string{fileName, fileName + "-wal", fileName + "-shm", damagedName, damagedName + "-wal", damagedName + "-shm", filesDir} {
		from := filepath.Join(dir, name)
		if _, err := os.Lstat(from); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		switch {
		case aside != "":
			err = os.Rename(from, filepath.Join(aside, name))
		case name == filesDir:
			err = os.RemoveAll(from) // ciphertext that only the province opens
		default:
			err = Shred(from)
		}
		if err == nil {
			err = durable.SyncFolder(dir)
		}
		if err != nil {
			return coded(fmt.Errorf("failed to put the old storage aside: %w", err))
		}
	}
	return nil
}

// Renew lets Open make a new database in a folder that was retired. It comes
// last, when the old keys are gone.
func Renew(dir string) error {
	err := os.Remove(filepath.Join(dir, madeName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return coded(fmt.Errorf("failed to renew the storage folder: %w", err))
	}
	return coded(durable.SyncFolder(dir))
}
