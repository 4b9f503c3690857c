package portal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"tramhoso/sync/dossier"
	"tramhoso/sync/durable"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

const (
	// backupName is how a copy of the ledger is called, by its time. Nothing else in
	// the folder is ever removed.
	backupName = "ledger-20060102T150405.000000000Z.db"
	// keepBackups is a fortnight of daily ones.
	keepBackups = 14
)

// Backup writes a copy of the ledger and of every whole file into Options.Backup.Dir
// and, once they are on the disk, lifts every station's durable_through to what the
// copy holds: only where that is another device than the portal's, looked at anew each
// time, or Options.Backup.SameDisk says that this is meant. Then it removes all but the
// newest Keep.Backups of the ledger's copies that were made so. The files are shared by
// all copies and stay.
func (p *Portal) Backup(ctx context.Context) (path string, err error) {
	dir := p.o.Backup.Dir
	if err := p.ownFiles(dir); err != nil {
		return "", err
	}
	if err := durable.MakeFolder(filepath.Join(dir, filesName), 0o700); err != nil {
		return "", fmt.Errorf("failed to make the backup folder: %w", err)
	}
	leave, err := lockBackups(dir)
	if err != nil {
		return "", err
	}
	defer leave()
	at := p.o.Clock.Now().UTC()
	path = filepath.Join(dir, at.Format(backupName))
	filesCopy := filepath.Join(dir, filesName)
	before := p.apart(dir, filesCopy)
	marks := map[int64]uint64{} // read before the copy, so the copy holds at least these
	if err := p.store.View(ctx, func(r ledger.Reader) error {
		enrolments, err := current(r)
		if err != nil {
			return err
		}
		for _, e := range enrolments {
			marks[e.ID] = e.Receipts
		}
		return nil
	}); err != nil {
		return "", err
	}
	// A ledger without its files is no backup: it gets its name when they are there.
	unnamed := filepath.Join(dir, "unfinished")
	if err := os.Remove(unnamed); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("failed to clear an unfinished backup: %w", err)
	}
	if err := p.store.Backup(ctx, unnamed); err != nil {
		return "", err
	}
	if err := p.backupFiles(ctx, filesCopy); err != nil {
		return "", err
	}
	if err := os.Rename(unnamed, path); err != nil {
		return "", fmt.Errorf("failed to name the backup: %w", err)
	}
	if err := durable.SyncFolder(dir); err != nil {
		return "", err
	}
	// Looked at before and after: a mount may be lost or come between.
	made := BackupStanding{Dir: dir, At: at, Apart: before && p.apart(path, filesCopy), SameDisk: p.o.Backup.SameDisk}
	if err := p.promise(ctx, marks, made); err != nil {
		return path, err
	}
	if err := p.forgetBackups(dir, filepath.Base(path)); err != nil { // the copy is made all the same
		p.log.Error("old backups stay", "err", err)
	}
	return path, nil
}

// lockBackups keeps a second backup out, of this program or of one beside it: they
// would write over one another's unfinished copy.
func lockBackups(dir string) (leave func(), err error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("failed to open the lock of backups: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		err = errors.Join(err, f.Close())
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, dossier.Errorf(wire.CodeBusy, "another backup is under way")
		}
		return nil, fmt.Errorf("failed to lock the backups: %w", err)
	}
	return func() { _ = f.Close() }, nil // which lets go of it
}

// forgetBackups removes the oldest copies that this portal made, by their names; the
// one that was just made stays, whatever the clock says.
func (p *Portal) forgetBackups(dir, made string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("failed to list the backups: %w", err)
	}
	var older []string // by name, which is by time
	for _, e := range entries {
		at, err := time.Parse(backupName, e.Name())
		if err == nil && at.UTC().Format(backupName) == e.Name() && e.Type().IsRegular() && e.Name() != made {
			older = append(older, e.Name())
		}
	}
	for _, name := range older[:max(0, len(older)-(p.o.Keep.Backups-1))] {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("failed to remove an old backup: %w", err)
		}
		p.log.Info("an old backup is removed", "file", name)
	}
	return durable.SyncFolder(dir)
}
