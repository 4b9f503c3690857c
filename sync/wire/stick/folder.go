package stick

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"tramhoso/sync/dossier"
)

// Kind is the way a file goes; it is the end of the file's name.
type Kind string

// The kinds.
const (
	Up   Kind = ".tramup"   // from a station to the province
	Down Kind = ".tramdown" // from the province to one station
)

const (
	idBytes = 16         // of a name: it tells nobody who wrote the file
	newExt  = ".tramnew" // of a file that is being written
)

// NewID draws a file's name from rand.
func NewID(rand io.Reader) (string, error) {
	var b [idBytes]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", fmt.Errorf("failed to draw a file's name: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}

// ValidID reports whether s is a name as NewID draws it.
func ValidID(s string) bool {
	if len(s) != 2*idBytes {
		return false
	}
	return strings.Trim(s, "0123456789abcdef") == ""
}

// Folder is one open folder. Nothing outside it is ever reached.
type Folder struct{ root *os.Root }

// Found is a file with a name of ours; nothing else is known about it.
type Found struct {
	Name string
	Size int64
	At   time.Time // the file system's word; good for an order, not for a fact
	Err  error     // why it must not be read: not a regular file
}

// Open opens a folder that is there.
func Open(dir string) (*Folder, error) {
	st, err := os.Lstat(dir)
	if err != nil {
		return nil, fmt.Errorf("failed to look at the folder: %w", err)
	}
	if !st.IsDir() { // a link's own mode is no folder's
		return nil, dossier.Errorf(dossier.CodeInvalid, "the folder is a link or a file")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("failed to open the folder: %w", err)
	}
	if now, err := root.Stat("."); err != nil || !os.SameFile(st, now) {
		return nil, errors.Join(dossier.Errorf(dossier.CodeInvalid, "the folder changed while it was opened"), err, root.Close())
	}
	return &Folder{root: root}, nil
}

// Close closes the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Files lists the files of a kind, the newest first, at most MaxFiles; more
// reports that there are more, or that the folder has too many entries.
func (f *Folder) Files(k Kind) (list []Found, more bool, err error) {
	d, err := f.root.Open(".")
	if err != nil {
		return nil, false, fmt.Errorf("failed to read the folder: %w", err)
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	entries, err := d.ReadDir(MaxEntries + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, fmt.Errorf("failed to read the folder: %w", err)
	}
	if len(entries) > MaxEntries {
		entries, more = entries[:MaxEntries], true
	}
	for _, e := range entries {
		id, ours := strings.CutSuffix(e.Name(), string(k))
		if !ours || !ValidID(id) {
			continue
		}
		st, err := f.root.Lstat(e.Name())
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // taken away meanwhile
		case err != nil:
			return nil, false, fmt.Errorf("failed to look at a file: %w", err)
		}
		one := Found{Name: e.Name(), Size: st.Size(), At: st.ModTime()}
		if !st.Mode().IsRegular() {
			one.Err = dossier.E(dossier.CodeInvalid, ErrNotRegular)
		}
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b Found) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	if len(list) > MaxFiles {
		list, more = list[:MaxFiles], true
	}
	return list, more, nil
}

// Remove takes files away by id; one that is not there is no error.
func (f *Folder) Remove(k Kind, ids ...string) error {
	for _, id := range ids {
		if !ValidID(id) {
			return dossier.Errorf(dossier.CodeInvalid, "not a name of ours")
		}
		if err := f.root.Remove(id + string(k)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return unwritable(err)
		}
	}
	return f.sync()
}

// Unfinished counts the files whose writing was cut, and takes them away where
// away says so.
func (f *Folder) Unfinished(away bool) (n int, err error) {
	list, _, err := f.Files(newExt)
	if err != nil {
		return 0, err
	}
	for _, one := range list {
		if one.Err != nil {
			continue // not one of ours
		}
		n++
		if !away {
			continue
		}
		if err := f.root.Remove(one.Name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return n, unwritable(err)
		}
	}
	return n, nil
}

// Free is how many bytes still go onto the stick; more than any stick has, where
// its file system does not count them.
func (f *Folder) Free() (int64, error) {
	d, err := f.root.Open(".")
	if err != nil {
		return 0, fmt.Errorf("failed to measure the stick: %w", err)
	}
	var st unix.Statfs_t
	if err := errors.Join(unix.Fstatfs(int(d.Fd()), &st), d.Close()); err != nil {
		return 0, fmt.Errorf("failed to measure the stick: %w", err)
	}
	if st.Blocks == 0 { // some drivers do not say: a write will
		return math.MaxInt64, nil
	}
	return int64(st.Bavail) * st.Bsize, nil
}

func (f *Folder) sync() error {
	d, err := f.root.Open(".")
	if err != nil {
		return fmt.Errorf("failed to sync the folder: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return unwritable(err)
	}
	return nil
}
