package stick

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

// Content is a whole file of ours that is open: its sealed content may be read
// from any place, as often as needed.
type Content struct {
	file *os.File
	size int64 // of the file
}

// Sealed is the sealed content from its beginning.
func (c *Content) Sealed() *io.SectionReader {
	return io.NewSectionReader(c.file, int64(len(magic)), c.size-int64(EnvelopeBytes))
}

// File is the file as it lies on the stick, envelope and all.
func (c *Content) File() *io.SectionReader { return io.NewSectionReader(c.file, 0, c.size) }

// Close closes the file.
func (c *Content) Close() error { return c.file.Close() }

// OpenFile opens a file that Files found, once it was read through and found
// whole. limit bounds its content; peek, if not nil, sees its beginning first and
// can spare reading the rest.
func (f *Folder) OpenFile(one Found, limit int64, peek func(io.Reader) error) (_ *Content, err error) {
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
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	st, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("failed to look at a file: %w", err)
	}
	switch {
	case !st.Mode().IsRegular() || !os.SameFile(named, st):
		return nil, dossier.E(dossier.CodeInvalid, ErrNotRegular)
	case st.Size() > limit+int64(EnvelopeBytes):
		return nil, dossier.E(wire.CodeTooLarge, ErrTooLarge)
	}
	c := &Content{file: file, size: st.Size()}
	if peek != nil {
		begin := make([]byte, len(magic))
		if _, err := file.ReadAt(begin, 0); err == nil && bytes.Equal(begin, []byte(magic)) {
			if err := peek(c.Sealed()); err != nil {
				return nil, err
			}
		}
	}
	if err := check(file, c.size); err != nil {
		return nil, err
	}
	return c, nil
}

// Read returns the sealed content of a file that Files found, as OpenFile does.
func (f *Folder) Read(one Found, limit int64, peek func(io.Reader) error) (sealed []byte, err error) {
	c, err := f.OpenFile(one, limit, peek)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	sealed = make([]byte, c.Sealed().Size())
	if _, err := io.ReadFull(c.Sealed(), sealed); err != nil {
		return nil, fmt.Errorf("failed to read a file: %w", err)
	}
	return sealed, nil
}
