package portal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"tramhoso/sync/portal/ledger"
)

// BackupTo says where backups go, and whether one on the portal's own disk counts.
// Stations let go of what a backup is said to hold: one that dies together with the
// ledger may promise them nothing.
type BackupTo struct {
	Dir string // "": the folder backup in Options.Dir
	// SameDisk lets stations let go of what lies on one disk only: for
	// demonstrations and tests.
	SameDisk bool
	// Device is what a path lies on; nil: st_dev, as stat(2) says it. What makes two
	// devices of one disk (two partitions, two subvolumes) is not seen.
	Device func(path string) (uint64, error)
}

// device is the device that a path lies on.
func device(path string) (uint64, error) {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return 0, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	return st.Dev, nil
}

// apart reports whether a copy of the ledger, or the folder that it goes to, and
// copies of files outlive the disk of what they are copies of. Where that cannot be
// seen they do not. A mount that is missing shows, since its empty folder lies on the
// disk of the folder around it.
func (p *Portal) apart(ledgerCopy, filesCopy string) bool {
	for _, pair := range [...][2]string{ // files may be mounts of their own, here and there
		{filepath.Join(p.o.Dir, ledgerName), ledgerCopy},
		{filepath.Join(p.o.Dir, filesName), filesCopy},
	} {
		kept, err := p.o.Backup.Device(pair[0])
		if err != nil {
			return false
		}
		if copied, err := p.o.Backup.Device(pair[1]); err != nil || copied == kept && sameDiskIsSeen {
			return false
		}
	}
	return true
}

// ownFiles refuses a backup folder whose files would be the portal's own, and so no
// copies.
func (p *Portal) ownFiles(dir string) error {
	own, err := os.Stat(filepath.Join(p.o.Dir, filesName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // they are kept elsewhere
	}
	if err != nil {
		return fmt.Errorf("failed to look at the portal's files: %w", err)
	}
	copies, err := os.Stat(filepath.Join(dir, filesName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("failed to look at the backup's files: %w", err)
	}
	if err == nil && os.SameFile(own, copies) {
		return fmt.Errorf("failed to back up: the files in %s are the portal's own: name another folder", dir)
	}
	return nil
}

// BackupStanding is the newest backup, and what stations may do on the word of the next.
type BackupStanding struct {
	Dir      string    // where backups go
	At       time.Time // of the newest; zero: there is none yet
	Counted  bool      // the newest was made where it counts
	Apart    bool      // Dir lies on another device than the portal, now
	SameDisk bool      // the operator takes the portal's own disk for enough
}

// Counts reports whether a backup that is made there now lets stations let go of
// their copies.
func (b BackupStanding) Counts() bool { return b.Apart || b.SameDisk }

// backupNote is what the ledger notes of the newest backup, whichever program made it.
type backupNote struct {
	Dir      string    `json:"dir"`
	At       time.Time `json:"at"`
	Counted  bool      `json:"counted"`
	SameDisk bool      `json:"same_disk,omitempty"`
}

// docBackup is where the note lies.
const docBackup = "backup"

// BackupStanding tells of the newest backup; before the first, of the folder it will go to.
func (p *Portal) BackupStanding(ctx context.Context) (b BackupStanding, err error) {
	b = BackupStanding{Dir: p.o.Backup.Dir, SameDisk: p.o.Backup.SameDisk}
	var data []byte
	if err := p.store.View(ctx, func(r ledger.Reader) (err error) {
		if data, err = r.Document(docBackup); errors.Is(err, ledger.ErrNotFound) {
			return nil
		}
		return err
	}); err != nil {
		return b, err
	}
	if data != nil {
		var n backupNote
		if err := json.Unmarshal(data, &n); err != nil {
			return b, fmt.Errorf("failed to decode the note of the newest backup: %w", err)
		}
		b = BackupStanding{Dir: n.Dir, At: n.At, Counted: n.Counted, SameDisk: n.SameDisk}
	}
	b.Apart = p.apart(b.Dir, filepath.Join(b.Dir, filesName))
	return b, nil
}

// promise lifts every station's durable_through to marks where the backup b counts,
// and notes it in any case.
func (p *Portal) promise(ctx context.Context, marks map[int64]uint64, b BackupStanding) error {
	note, err := json.Marshal(backupNote{b.Dir, b.At, b.Counts(), b.SameDisk})
	if err != nil {
		return fmt.Errorf("failed to encode the note of a backup: %w", err)
	}
	if !b.Counts() {
		marks = nil
	}
	if err := p.store.Update(ctx, func(tx ledger.Tx) error {
		for id, n := range marks {
			if err := tx.SetDurable(id, n); err != nil {
				return err
			}
		}
		return tx.PutDocument(docBackup, note)
	}); err != nil {
		return err
	}
	p.tellPromise(b)
	return nil
}

// tellPromise tells the log once what backups are worth, and again when that changes.
func (p *Portal) tellPromise(b BackupStanding) {
	now := backupTold{b.Dir, b.Apart, b.SameDisk}
	p.backups.Lock()
	told := p.backupTold == now
	p.backupTold = now
	p.backups.Unlock()
	switch {
	case told:
	case b.Apart:
		p.log.Info("stations let go of what the backup holds: it lies on another device", "folder", b.Dir)
	case b.SameDisk:
		p.log.Warn("stations let go of what the backup holds, though it lies on the portal's own disk: one dead disk takes both", "folder", b.Dir)
	default:
		p.log.Warn("the backup is made, and stations keep their copies: its folder is not on another device than the portal", "folder", b.Dir)
	}
}

// backupTold is what the log was told last; the zero value: nothing.
type backupTold struct {
	dir             string
	apart, sameDisk bool
}
