package sim

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// copyDisk copies what a machine's folder holds at this moment: what a process
// that is killed now leaves behind. The shared-memory file of a database is not
// on the disk, and a lock dies with its process.
func copyDisk(to, from string) error {
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		case strings.HasSuffix(rel, "-shm"), strings.HasSuffix(rel, ".lock"):
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), b, 0o600)
	})
	if err != nil {
		return fmt.Errorf("failed to copy a disk: %w", err)
	}
	return nil
}

// canary is something that must not lie anywhere in the clear.
type canary struct {
	what  string
	bytes []byte
}

// searchClear looks for canaries in every file under dir and in their names.
func searchClear(dir string, canaries []canary) (found []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		for _, c := range canaries {
			if bytes.Contains(b, c.bytes) || strings.Contains(rel, string(c.bytes)) {
				found = append(found, fmt.Sprintf("%s lies in the clear in %s", c.what, rel))
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("failed to search the disks: %w", err)
	}
	return found, nil
}
