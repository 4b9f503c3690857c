package sim

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// scratchName begins the name of every scratch folder.
const scratchName = "tramhoso-sim-"

// scratchFolder is one run's folder. It is locked while the run lives: whoever is
// killed leaves it without a lock, and the next run removes it.
type scratchFolder struct {
	dir  string
	lock *os.File
}

// newScratch makes a folder in dir and removes what killed runs have left there.
func newScratch(dir string) (*scratchFolder, error) {
	left, err := filepath.Glob(filepath.Join(dir, scratchName+"*"))
	if err != nil {
		return nil, err
	}
	for _, old := range left {
		if err := removeStale(old); err != nil {
			return nil, fmt.Errorf("failed to remove what a killed run has left: %w", err)
		}
	}
	for range 10 {
		made, err := os.MkdirTemp(dir, scratchName)
		if err != nil {
			return nil, err
		}
		lock, err := lockFolder(made)
		switch {
		case err == nil:
			return &scratchFolder{made, lock}, nil
		case !errors.Is(err, errTaken) && !errors.Is(err, fs.ErrNotExist):
			return nil, err
		} // somebody took it for a stale one between its making and its lock
	}
	return nil, fmt.Errorf("failed to keep a folder in %s", dir)
}

var errTaken = errors.New("somebody else has it locked")

// lockFolder locks a folder that is still there when it is locked.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errTaken
	}
	if err == nil {
		_, err = os.Stat(dir)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// removeStale removes a folder that nobody uses any more.
func removeStale(dir string) error {
	lock, err := lockFolder(dir)
	if errors.Is(err, errTaken) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) { // it is another's
		return nil
	}
	if err != nil {
		return err
	}
	return (&scratchFolder{dir, lock}).remove()
}

func (f *scratchFolder) remove() error { return errors.Join(os.RemoveAll(f.dir), f.lock.Close()) }

// A run removes what killed ones have left, and nothing of one that lives.
func TestScratchOfTheKilledGoes(t *testing.T) {
	dir := t.TempDir()
	living, err := newScratch(dir)
	if err != nil {
		t.Fatal(err)
	}
	killed := filepath.Join(dir, scratchName+"killed")
	if err := os.MkdirAll(filepath.Join(killed, "seed-1", "portal"), 0o700); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(dir, "foreign")
	if err := os.Mkdir(foreign, 0o700); err != nil {
		t.Fatal(err)
	}
	next, err := newScratch(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(killed); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a killed run left is still there: %v", err)
	}
	for _, stays := range []string{living.dir, next.dir, foreign} {
		if _, err := os.Stat(stays); err != nil {
			t.Error(err)
		}
	}
	if err := errors.Join(living.remove(), next.remove()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(next.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a run leaves its own folder: %v", err)
	}
}
