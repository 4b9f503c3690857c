package stick

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"slices"
	"syscall"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

// syncBytes is how much of a long file may be on its way to a slow stick: who is
// told how far it is hears of what is really there.
const syncBytes = 4 << 20

// Writer writes one file of ours; it has its name once Commit has returned.
type Writer struct {
	folder    *Folder
	file      *os.File
	tmp, name string
	sum       hash.Hash
	n         int64 // of sealed content
	unsynced  int64
	err       error // that ended it
}

// Create begins a file; the same name again replaces it once it is whole. The
// caller ends it with Commit or Abort.
func (f *Folder) Create(k Kind, id string) (*Writer, error) {
	w, err := f.create(k, id)
	if err != nil {
		return nil, err
	}
	if err := w.raw([]byte(magic)); err != nil {
		return nil, errors.Join(err, w.Abort())
	}
	return w, nil
}

func (f *Folder) create(k Kind, id string) (*Writer, error) {
	if !ValidID(id) {
		return nil, dossier.Errorf(dossier.CodeInvalid, "not a name of ours")
	}
	list, more, err := f.Files(k)
	if err != nil {
		return nil, err
	}
	w := &Writer{folder: f, tmp: id + newExt, name: id + string(k), sum: sha256.New()}
	if again := slices.ContainsFunc(list, func(o Found) bool { return o.Name == w.name }); !again && (more || len(list) == MaxFiles) {
		return nil, dossier.E(dossier.CodeStorageFull, ErrTooMany)
	}
	if err := f.root.Remove(w.tmp); err != nil && !errors.Is(err, fs.ErrNotExist) { // ours: of a write that was cut
		return nil, unwritable(err)
	}
	if w.file, err = f.root.OpenFile(w.tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err != nil {
		return nil, unwritable(err)
	}
	return w, nil
}

// Write appends sealed content.
func (w *Writer) Write(p []byte) (int, error) {
	if err := w.raw(p); err != nil {
		return 0, err
	}
	w.n += int64(len(p))
	return len(p), nil
}

func (w *Writer) raw(p []byte) error {
	if w.err != nil {
		return w.err
	}
	_, err := w.file.Write(p)
	w.sum.Write(p)
	if w.unsynced += int64(len(p)); err == nil && w.unsynced >= syncBytes {
		w.unsynced = 0
		err = w.file.Sync()
	}
	if err != nil {
		w.err = unwritable(err)
	}
	return w.err
}

// Commit ends the file, has it reach the stick and gives it its name. After an
// error nothing is left of it.
func (w *Writer) Commit() (name string, err error) {
	end := binary.BigEndian.AppendUint64(nil, uint64(w.n))
	if err := w.raw(end); err != nil {
		return "", errors.Join(err, w.Abort())
	}
	if err := w.raw(w.sum.Sum(nil)); err != nil {
		return "", errors.Join(err, w.Abort())
	}
	return w.keep()
}

// keep gives what was written its name.
func (w *Writer) keep() (name string, err error) {
	if err := w.file.Sync(); err != nil {
		return "", errors.Join(unwritable(err), w.Abort())
	}
	file := w.file
	w.file = nil
	if err = file.Close(); err == nil {
		err = w.folder.root.Rename(w.tmp, w.name) // sticks have file systems without links
	}
	if err != nil {
		return "", errors.Join(unwritable(err), w.Abort())
	}
	if !bundlesAreSynced {
		return w.name, nil
	}
	return w.name, w.folder.sync()
}

// Abort takes away what was written. A stick that is gone is no error: a part of
// a file has no name there.
func (w *Writer) Abort() error {
	var err error
	if w.file != nil {
		err = w.file.Close()
		w.file = nil
	}
	if rerr := w.folder.root.Remove(w.tmp); rerr != nil && !errors.Is(rerr, fs.ErrNotExist) {
		err = errors.Join(err, rerr)
	}
	if err != nil {
		return fmt.Errorf("failed to take away a part of a file: %w", err)
	}
	return nil
}

// Write leaves sealed content under a name, whole or not at all; the same name
// again replaces it.
func (f *Folder) Write(k Kind, id string, sealed []byte) (name string, err error) {
	w, err := f.Create(k, id)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(sealed); err != nil {
		return "", errors.Join(err, w.Abort())
	}
	return w.Commit()
}

// Put leaves a file that somebody else has wrapped under a name: whole, checked,
// of at most limit bytes of content, or not at all.
func (f *Folder) Put(k Kind, id string, file io.Reader, limit int64) (name string, err error) {
	w, err := f.create(k, id)
	if err != nil {
		return "", err
	}
	most := limit + int64(EnvelopeBytes)
	n, err := io.Copy(w, io.LimitReader(file, most+1))
	switch {
	case err == nil && n > most:
		err = dossier.E(wire.CodeTooLarge, ErrTooLarge)
	case err == nil:
		err = w.checked()
	}
	if err != nil {
		return "", errors.Join(err, w.Abort())
	}
	return w.keep()
}

// checked reads back what Put wrote.
func (w *Writer) checked() error {
	r, err := w.folder.root.Open(w.tmp)
	if err != nil {
		return fmt.Errorf("failed to read a file back: %w", err)
	}
	return errors.Join(check(r, w.n), r.Close())
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
