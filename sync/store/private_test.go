package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Every file of a station is its owner's alone, whatever an older program left and
// also where the database was written anew.
func TestFilesArePrivate(t *testing.T) {
	private := func(dir string) {
		t.Helper()
		seen := 0
		must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			seen++
			if perm := info.Mode().Perm(); perm != 0o600 {
				t.Errorf("%s: %o", path, perm)
			}
			return nil
		}))
		if seen < 3 {
			t.Errorf("%d files: the database has at least a log and an index", seen)
		}
	}
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	must(t, err)
	_, err = s.Commit(t.Context(), visit("t"))
	must(t, err)
	private(dir)
	must(t, s.Close())

	must(t, os.Chmod(filepath.Join(dir, fileName), 0o644))
	b := open(t, dir, Options{})
	_, err = b.Commit(t.Context(), visit("u"))
	must(t, err)
	private(dir)

	to := filepath.Join(t.TempDir(), mendedName)
	must(t, b.copyRows(t.Context(), filepath.Join(dir, fileName), to))
	if st, err := os.Stat(to); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("a database written anew: %v, %v", st.Mode(), err)
	}
}
