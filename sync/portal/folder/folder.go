// Package folder keeps the sealed attachments of a portal as files of one folder.
//
// It promises what package ledger asks of Files: bytes and names are synced before
// it says that they were written. It knows no keys, and gives no file a name that
// somebody else chose: packet ids and digests only.
//
// It imports nothing of the project but ledger, dossier, wire and durable.
package folder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"tramhoso/sync/dossier"
	"tramhoso/sync/durable"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

// shardChars spreads files over 256 folders, by the digest's first byte.
const shardChars = 2

// Folder keeps files under one folder.
type Folder struct{ dir string }

var _ ledger.Files = (*Folder)(nil)

// Open opens the folder and makes it if it is missing.
func Open(dir string) (*Folder, error) {
	if err := durable.MakeFolder(dir, 0o700); err != nil {
		return nil, fmt.Errorf("failed to make the folder of files: %w", err)
	}
	return &Folder{dir}, nil
}

func path(dir, packet, sum string) (string, error) {
	if !wire.ValidID(packet) || !dossier.ValidSHA256(sum) {
		return "", dossier.Errorf(dossier.CodeInvalid, "not a file's name")
	}
	return filepath.Join(dir, sum[:shardChars], packet+"-"+sum), nil
}

// Write implements ledger.Files.
func (d *Folder) Write(ctx context.Context, packet, sum string, offset int64, r io.Reader) (n int64, err error) {
	name, err := path(d.dir, packet, sum)
	if err != nil {
		return 0, err
	}
	f, err := d.open(name, offset)
	if err != nil {
		return 0, err
	}
	n, err = io.Copy(f, ending{ctx, r})
	// What came before the failure is kept as well, if the disk says so.
	var serr error
	if chunksAreSynced {
		serr = f.Sync()
	}
	if serr = errors.Join(serr, f.Close()); serr != nil {
		return 0, roomy(errors.Join(fmt.Errorf("failed to write a file: %w", serr), err))
	}
	if err != nil {
		return n, roomy(fmt.Errorf("failed to write a file: %w", err))
	}
	return n, nil
}

// open opens a file to write at offset, with its name on the disk and nothing
// beyond.
func (d *Folder) open(name string, offset int64) (*os.File, error) {
	fail := func(err error) (*os.File, error) {
		return nil, roomy(fmt.Errorf("failed to open a file: %w", err))
	}
	flags := os.O_WRONLY
	if offset == 0 {
		if err := durable.MakeFolder(filepath.Dir(name), 0o700); err != nil {
			return fail(err)
		}
		flags |= os.O_CREATE
	}
	f, err := os.OpenFile(name, flags, 0o600)
	if err == nil && offset == 0 { // also where it is here: who made it may have died before
		if serr := durable.SyncFolder(filepath.Dir(name)); serr != nil {
			err = errors.Join(serr, f.Close())
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("a file to go on with: %w", ledger.ErrNotFound)
	case err != nil:
		return fail(err)
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.Size() < offset:
		err = fmt.Errorf("a file of %d bytes to go on with at %d: %w", info.Size(), offset, ledger.ErrNotFound)
		return nil, errors.Join(err, f.Close())
	default:
		if err = f.Truncate(offset); err == nil {
			_, err = f.Seek(offset, io.SeekStart)
		}
	}
	if err != nil {
		return fail(errors.Join(err, f.Close()))
	}
	return f, nil
}

// ending stops a copy between two reads once nobody waits for it.
type ending struct {
	ctx context.Context
	r   io.Reader
}

func (e ending) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.r.Read(p)
}

// roomy marks a full disk.
func roomy(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return errors.Join(ledger.ErrNoRoom, err)
	}
	return err
}

// Open implements ledger.Files.
func (d *Folder) Open(_ context.Context, packet, sum string) (io.ReadCloser, error) {
	name, err := path(d.dir, packet, sum)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("a file: %w", ledger.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("failed to open a file: %w", err)
	}
	return f, nil
}

// Remove implements ledger.Files.
func (d *Folder) Remove(_ context.Context, packet, sum string) error {
	name, err := path(d.dir, packet, sum)
	if err != nil {
		return err
	}
	if err := os.Remove(name); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("failed to remove a file: %w", err)
	}
	return durable.SyncFolder(filepath.Dir(name))
}

// Free implements ledger.Files.
func (d *Folder) Free() (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(d.dir, &st); err != nil {
		return 0, fmt.Errorf("failed to measure the disk: %w", err)
	}
	return int64(st.Bavail) * st.Bsize, nil
}

// Backup implements ledger.Files.
func (d *Folder) Backup(ctx context.Context, dir string, list []ledger.HeldFile) error {
	for _, f := range list {
		if err := d.copy(ctx, dir, f); err != nil {
			return fmt.Errorf("failed to back up a file of packet %s: %w", f.Packet, err)
		}
	}
	return nil
}

// copy leaves the copy whole under its name or not at all.
func (d *Folder) copy(ctx context.Context, dir string, f ledger.HeldFile) (err error) {
	name, err := path(dir, f.Packet, f.SHA256)
	if err != nil {
		return err
	}
	if info, err := os.Stat(name); err == nil && info.Size() == f.Size {
		return nil
	}
	from, err := d.Open(ctx, f.Packet, f.SHA256)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	if err := durable.MakeFolder(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	to, err := os.OpenFile(name+".part", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(to, sum), ending{ctx, from})
	if err == nil && hex.EncodeToString(sum.Sum(nil)) != f.SHA256 {
		err = errors.New("the file is not what its digest says")
	}
	if err == nil {
		err = to.Sync()
	}
	if err = errors.Join(err, to.Close()); err != nil {
		return err
	}
	if err := os.Rename(name+".part", name); err != nil {
		return err
	}
	return durable.SyncFolder(filepath.Dir(name))
}
