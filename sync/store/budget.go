package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"tramhoso/sync/dossier"
)

// The disk budget, in bytes.
const (
	DefaultQuota = 8 << 30   // a station's partition is rarely larger; keeps one station from filling a shared disk
	Reserve      = 64 << 20  // kept for receipts, events, the audit log and a visit already begun
	VisitBytes   = 256 << 10 // a body at its limit of 64 KiB, its print job and cards, twice (database and WAL)
	LargestVisit = VisitBytes + dossier.MaxAttachmentsBytes
	// TypicalPapers stands for the papers of one visit until enough visits were
	// here to know: thirty pages from a scanner.
	TypicalPapers = 8 << 20
)

// How many of the last packets say what a visit's papers take, and how many
// dossiers there must be among them.
const (
	recentPackets  = 500
	enoughDossiers = 20
)

// VisitsLeft says how many more visits fit before the reserve is touched. The
// next one is given room for all the papers that a visit may have, so that it
// ends well once it began; those after it are taken to be as the last ones were.
func (s *Store) VisitsLeft() (int, error) {
	room, err := s.room()
	if err != nil || room < LargestVisit {
		return 0, err
	}
	papers, err := s.typicalPapers(context.Background())
	if err != nil {
		return 0, err
	}
	return 1 + int((room-LargestVisit)/(VisitBytes+papers)), nil
}

// typicalPapers is what the papers of a visit took lately, in bytes.
func (s *Store) typicalPapers(ctx context.Context) (int64, error) {
	r, err := s.r.RecentPapers(ctx, recentPackets)
	if err != nil {
		return 0, coded(fmt.Errorf("failed to measure the last visits: %w", err))
	}
	if r.Dossiers < enoughDossiers {
		return TypicalPapers, nil
	}
	return r.Bytes / r.Dossiers, nil
}

// room is what is left of the disk budget above the reserve; it may be less than
// nothing.
func (s *Store) room() (int64, error) {
	free, err := s.free(s.dir)
	if err != nil {
		return 0, coded(fmt.Errorf("failed to measure the disk: %w", err))
	}
	used, err := s.used()
	if err != nil {
		return 0, err
	}
	return min(free, s.quota-used) - Reserve, nil
}

// CanStart says whether a visit that starts now can be kept to its end. The
// error carries dossier.CodeStorageReadOnly or dossier.CodeStorageFull.
func (s *Store) CanStart(ctx context.Context) error {
	n, err := s.VisitsLeft()
	if err != nil {
		return err
	}
	if n < 1 {
		return dossier.Errorf(dossier.CodeStorageFull, "the disk budget is used up")
	}
	if err := s.probe(); err != nil {
		return err
	}
	// A disk that turned read-only under an open database shows here.
	if err := s.w.CountUp(ctx, counterProbe); err != nil {
		return coded(fmt.Errorf("failed to write to the database: %w", err))
	}
	return nil
}

func (s *Store) probe() error {
	s.probed.Lock()
	defer s.probed.Unlock()
	return probe(s.dir)
}

// used sums up the database's own files and the attachments.
func (s *Store) used() (int64, error) {
	files, err := filepath.Glob(filepath.Join(s.dir, fileName+"*"))
	if err != nil {
		return 0, fmt.Errorf("failed to list the database's files: %w", err)
	}
	sum := s.files.total()
	for _, f := range files {
		info, err := os.Stat(f)
		if os.IsNotExist(err) {
			continue // a WAL may go between the two calls
		}
		if err != nil {
			return 0, coded(fmt.Errorf("failed to measure the database: %w", err))
		}
		sum += info.Size()
	}
	return sum, nil
}

// FreeBytes is the room that an ordinary program has on the disk of dir.
func FreeBytes(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * st.Bsize, nil
}
