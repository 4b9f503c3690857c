package stick

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
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

// Read returns the sealed content of a file that Files found. limit bounds the
// content; peek, if not nil, sees its beginning first and can spare reading the
// rest.
func (f *Folder) Read(one Found, limit int64, peek func(io.Reader) error) (_ []byte, err error) {
	if one.Err != nil {
		return nil, one.Err
	}
	// Whatever took the name since it was found: no link is followed, not even
	// one that stays inside, and no pipe is waited for.
	named, err := f.root.Lstat(one.Name)
	if err != nil {
		return nil, fmt.Errorf("failed to look at a file: %w", err)
	}
	file, err := f.root.OpenFile(one.Name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("failed to open a file: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	st, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("failed to look at a file: %w", err)
	}
	most := limit + int64(EnvelopeBytes)
	switch {
	case !st.Mode().IsRegular() || !os.SameFile(named, st):
		return nil, dossier.E(dossier.CodeInvalid, ErrNotRegular)
	case st.Size() > most:
		return nil, dossier.E(wire.CodeTooLarge, ErrTooLarge)
	}
	if peek != nil {
		begin := make([]byte, len(magic))
		if _, err := file.ReadAt(begin, 0); err == nil && bytes.Equal(begin, []byte(magic)) {
			if err := peek(io.NewSectionReader(file, int64(len(magic)), max(0, st.Size()-int64(EnvelopeBytes)))); err != nil {
				return nil, err
			}
		}
	}
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, fmt.Errorf("failed to read a file: %w", err)
	}
	if int64(len(data)) > most { // it grew
		return nil, dossier.E(wire.CodeTooLarge, ErrTooLarge)
	}
	return Unwrap(data)
}

// Write leaves sealed content under a name, whole or not at all; the same name
// again replaces it.
func (f *Folder) Write(k Kind, id string, sealed []byte) (name string, err error) {
	if !ValidID(id) {
		return "", dossier.Errorf(dossier.CodeInvalid, "not a name of ours")
	}
	list, more, err := f.Files(k)
	if err != nil {
		return "", err
	}
	name = id + string(k)
	if again := slices.ContainsFunc(list, func(o Found) bool { return o.Name == name }); !again && (more || len(list) == MaxFiles) {
		return "", dossier.Errorf(dossier.CodeStorageFull, "the folder holds too many files")
	}
	tmp := id + newExt
	if err := f.root.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) { // ours: of a write that was cut
		return "", unwritable(err)
	}
	file, err := f.root.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", unwritable(err)
	}
	_, err = file.Write(Wrap(sealed))
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = f.root.Rename(tmp, name) // sticks have file systems without links
	}
	if err != nil {
		return "", errors.Join(unwritable(err), f.root.Remove(tmp))
	}
	if !bundlesAreSynced {
		return name, nil
	}
	return name, f.sync()
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

// unwritable gives a failure to write the code that a screen can act on.
func unwritable(err error) error {
	err = fmt.Errorf("failed to write to the folder: %w", err)
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return dossier.E(dossier.CodeStorageFull, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EIO):
		return dossier.E(dossier.CodeStorageReadOnly, err)
	}
	return err
}
