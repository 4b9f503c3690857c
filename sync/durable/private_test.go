package durable_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"tramhoso/sync/durable"
)

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return st.Mode().Perm()
}

func TestPrivate(t *testing.T) {
	for _, mask := range []int{0, 0o022, 0o377} {
		path := filepath.Join(t.TempDir(), "a.db")
		was := syscall.Umask(mask)
		err := durable.Private(path)
		syscall.Umask(was)
		if err != nil || mode(t, path) != 0o600 {
			t.Errorf("umask %o: %o, %v", mask, mode(t, path), err)
		}
	}

	// An older program's, as it left it; what is in it stays.
	dir := t.TempDir()
	path := filepath.Join(dir, "a.db")
	for name, had := range map[string]fs.FileMode{"a.db": 0o644, "a.db-wal": 0o666, "a.db-shm": 0o604} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("kept"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), had); err != nil {
			t.Fatal(err)
		}
	}
	if err := durable.Private(path); err != nil {
		t.Fatal(err)
	}
	for _, ext := range []string{"", "-wal", "-shm"} {
		if got := mode(t, path+ext); got != 0o600 {
			t.Errorf("%s: %o", ext, got)
		}
		if text, err := os.ReadFile(path + ext); err != nil || string(text) != "kept" {
			t.Errorf("%s: %q, %v", ext, text, err)
		}
	}

	// What its owner made read-only stays so.
	if err := os.Chmod(path, 0o444); err != nil {
		t.Fatal(err)
	}
	if err := durable.Private(path); err != nil || mode(t, path) != 0o400 {
		t.Errorf("%o, %v", mode(t, path), err)
	}
	if err := durable.Private(filepath.Join(dir, "nowhere", "a.db")); err == nil {
		t.Error("made a file in a folder that is not there")
	}
}
