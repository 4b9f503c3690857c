package port

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func utoa(n uint64) string { return strconv.FormatUint(n, 10) }

func watched(t *testing.T, dirs ...string) bell {
	t.Helper()
	b, err := watchFolders(dirs...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close)
	return b
}

func (b bell) await(t *testing.T, why string) {
	t.Helper()
	select {
	case <-b.rings:
	case <-time.After(soon):
		t.Fatalf("no ring: %s", why)
	}
}

// rest waits until the bell has nothing more to tell.
func (b bell) rest(t *testing.T) {
	t.Helper()
	for range 100 {
		if !pause(t.Context(), b, 5*ringGap) {
			return
		}
	}
	t.Fatal("the bell does not come to rest")
}

func TestBellFollowsTheFolder(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "serial", "by-id")
	b := watched(t, dir)
	do := func(why string, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		b.await(t, why)
		b.rest(t)
		if !b.sure() {
			t.Errorf("after %q the folder is not watched", why)
		}
	}
	do("the parents appear", os.MkdirAll(dir, 0o700))
	for range 3 {
		do("a link appears", os.Symlink("x", filepath.Join(dir, "printer")))
		do("a link is replaced", os.Rename(filepath.Join(dir, "printer"), filepath.Join(dir, "other")))
		do("the last link and its folder vanish", os.RemoveAll(filepath.Join(root, "serial")))
		do("all come back", os.MkdirAll(dir, 0o700))
	}
	do("the folder is moved away", os.Rename(dir, dir+".old"))
	do("and made anew", os.Mkdir(dir, 0o700))
	do("a link appears in the new one", os.Symlink("x", filepath.Join(dir, "printer")))
}

// Folders made in one go, faster than they can be watched one by one: a ring
// comes after everything is there, so that whoever then looks sees it.
func TestBellRingsAfterTheLastOfManyFolders(t *testing.T) {
	for range 50 {
		root := t.TempDir()
		dir := filepath.Join(root, "a", "b", "c", "d")
		b := watched(t, dir)
		link := filepath.Join(dir, "printer")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("x", link); err != nil {
			t.Fatal(err)
		}
		for {
			b.await(t, "the link is never seen")
			if _, err := os.Lstat(link); err == nil {
				break
			}
		}
	}
}

// A byte written to a node of the folder is no event: in /dev every program
// would ring, and we ourselves.
func TestBellIsDeafToWrites(t *testing.T) {
	dir := t.TempDir()
	node := filepath.Join(dir, "ttyUSB0")
	if err := os.WriteFile(node, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b := watched(t, dir)
	file, err := os.OpenFile(node, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		if _, err := file.WriteString("x"); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if pause(t.Context(), b, 5*ringGap) {
		t.Error("it rang")
	}
	if err := os.Remove(node); err != nil {
		t.Fatal(err)
	}
	b.await(t, "the node vanishes")
}

func TestBellIsSlowInAStorm(t *testing.T) {
	dir := t.TempDir()
	b := watched(t, dir)
	ended := make(chan struct{})
	began := time.Now()
	go func() {
		defer close(ended)
		for i := range 3_000 {
			name := filepath.Join(dir, strconv.Itoa(i%7))
			if os.Symlink("x", name) != nil || os.Remove(name) != nil {
				return
			}
		}
	}()
	rings := 0
	for storm := true; storm; {
		select {
		case <-b.rings:
			rings++
		case <-ended:
			storm = false
		}
	}
	// At most one each gap, and one at either end.
	if most := int(time.Since(began)/ringGap) + 2; rings == 0 || rings > most {
		t.Errorf("%d rings, at most %d wanted", rings, most)
	}
	b.rest(t)
	if err := os.Symlink("x", filepath.Join(dir, "after")); err != nil {
		t.Fatal(err)
	}
	b.await(t, "deaf after a storm")
}

func TestBellOfAFolderThatCannotBeWatched(t *testing.T) {
	loop := filepath.Join(t.TempDir(), "loop")
	if err := os.Symlink(loop, loop); err != nil {
		t.Fatal(err)
	}
	b := watched(t, loop)
	if b.sure() || b.every() != lookEvery {
		t.Error("it is relied upon")
	}
	if b := watched(t, t.TempDir()); !b.sure() || b.every() != lookSeldom {
		t.Error("it is not relied upon")
	}
	if (bell{}).every() != lookEvery {
		t.Error("no bell is relied upon")
	}
}
