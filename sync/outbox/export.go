package outbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/durable"
	"tramhoso/sync/store"
)

// Exported says what an export left in its folder.
type Exported struct {
	Packets int // sealed, readable by the province only
	store.Salvaged
	Damaged bool // the storage could not be opened: what could be read was salvaged
}

const exportBatch = 50 // packets in memory at once

// Export leaves every sealed packet that the portal does not hold whole, or all
// that are here, in dir: a file each, with its attachments, read back from the
// medium. It changes nothing here, and the same export again writes nothing new.
// The portal imports the folder (tramhoso-portal import).
func Export(ctx context.Context, s *store.Store, dir string, all bool) (out Exported, err error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return out, fmt.Errorf("failed to export: %w", errors.Join(ErrNoMedium, err))
	}
	for {
		list, err := s.Bodies(ctx, out.Last, all, exportBatch)
		if err != nil {
			return out, fmt.Errorf("failed to export: %w", err)
		}
		for _, p := range list {
			if err := errors.Join(keepFiles(dir, p.Head, s.OpenFile), keepPacket(dir, p)); err != nil {
				return out, fmt.Errorf("failed to export: %w", err)
			}
			out.Packets++
			out.Last = p.Head.Seq
		}
		if len(list) < exportBatch {
			out.Last, err = s.LastSeq(ctx)
			return out, err
		}
	}
}

// ExportStorage is Export of a folder that no program has open; one that is
// damaged is salvaged.
func ExportStorage(ctx context.Context, storage, dir string, all bool, o store.Options) (out Exported, err error) {
	if _, err := os.Stat(storage); err != nil { // Open would make it
		return out, fmt.Errorf("failed to export: %w", err)
	}
	s, err := store.Open(ctx, storage, o)
	if errors.Is(err, store.ErrDamaged) {
		out.Damaged = true
		out.Salvaged, err = SalvageTo(ctx, storage, dir, false)
		out.Packets = out.Salvaged.Packets
		return out, err
	}
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return Export(ctx, s, dir, all)
}

// Renewed says what became of a storage that gave way to a new station's.
type Renewed struct {
	Exported
	Aside string // where a copy of the packets, or the damaged storage, stays
}

// RenewStorage exports what the portal does not hold to dir, and then ends the
// station that this folder was: its keys and its database are destroyed, and the
// next start is a station that has to enrol. A copy of the packets stays in the
// folder; so does a damaged database, which somebody may read more of. A
// station's state is never restored: its packets keep their old signature, under
// which the portal takes them.
func RenewStorage(ctx context.Context, storage, dir string, now time.Time, o store.Options) (out Renewed, err error) {
	if out.Exported, err = ExportStorage(ctx, storage, dir, false, o); err != nil {
		return out, err
	}
	out.Aside = filepath.Join(storage, "retired-"+now.UTC().Format("20060102T150405"))
	if err := durable.MakeFolder(out.Aside, 0o700); err != nil {
		return out, fmt.Errorf("failed to renew the storage: %w", err)
	}
	aside := ""
	if out.Damaged {
		aside = out.Aside
	} else if _, err := ExportStorage(ctx, storage, out.Aside, false, o); err != nil {
		return out, err
	}
	if err := store.Retire(storage, aside); err != nil {
		return out, err
	}
	if err := destroyKeys(filepath.Join(storage, keysDir)); err != nil {
		return out, err
	}
	return out, store.Renew(storage)
}

// keysDir is where a station's keys lie in its storage folder.
const keysDir = "keys"

func destroyKeys(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return dossier.E(dossier.CodeStorageReadOnly, err)
	}
	for _, e := range entries {
		if err := store.Shred(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return durable.SyncFolder(dir)
}
