package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Shred overwrites a file and removes it; one that is not there is fine.
func Shred(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("failed to destroy %s: %w", filepath.Base(path), err)
	}
	info, err := f.Stat()
	zero := make([]byte, 1<<20)
	for n := int64(0); err == nil && n < info.Size(); n += int64(len(zero)) {
		_, err = f.WriteAt(zero[:min(int64(len(zero)), info.Size()-n)], n)
	}
	if err = errors.Join(err, f.Sync(), f.Close(), os.Remove(path)); err != nil {
		return fmt.Errorf("failed to destroy %s: %w", filepath.Base(path), err)
	}
	return nil
}
