package durable_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"tramhoso/sync/durable"
)

// That the names last is proven where the power is cut: sync/prove/power.
func TestMakeFolder(t *testing.T) {
	top := t.TempDir()
	deep := filepath.Join(top, "a", "b", "c")
	for range 2 { // the second time it is there
		if err := durable.MakeFolder(deep, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	st, err := os.Stat(deep)
	if err != nil || !st.IsDir() || st.Mode().Perm() != 0o700 {
		t.Fatalf("%v, %v", st, err)
	}
	file := filepath.Join(top, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		if err := durable.MakeFolder(dir, 0o700); !errors.Is(err, syscall.ENOTDIR) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}
