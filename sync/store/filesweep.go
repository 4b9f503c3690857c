package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tramhoso/sync/durable"
	"tramhoso/sync/store/internal/rows"
)

// openFiles brings folder and rows together after whatever happened: what was
// being written, and what no row names, goes away; what a row names and the disk
// does not have is lost, and said so.
func (s *Store) openFiles(ctx context.Context) error {
	s.files.dir, s.files.live = filepath.Join(s.dir, filesDir), map[string]bool{}
	if err := durable.MakeFolder(s.files.dir, 0o700); err != nil {
		return coded(fmt.Errorf("failed to make the folder of attachments: %w", err))
	}
	entries, err := os.ReadDir(s.files.dir)
	if err != nil {
		return coded(fmt.Errorf("failed to list the attachments: %w", err))
	}
	named, err := s.namedFiles(ctx)
	if err != nil {
		return err
	}
	there := map[string]int64{}
	for _, e := range entries {
		if _, ok := named[e.Name()]; !ok {
			if err := os.Remove(filepath.Join(s.files.dir, e.Name())); err != nil {
				return coded(fmt.Errorf("failed to clear an unfinished attachment: %w", err))
			}
			continue
		}
		info, err := e.Info()
		if err != nil {
			return coded(fmt.Errorf("failed to measure an attachment: %w", err))
		}
		there[e.Name()] = info.Size()
		s.files.bytes += info.Size()
	}
	return s.tx(ctx, "check the attachments", func(tx *sql.Tx) error {
		q := s.w.WithTx(tx)
		for sum, size := range named {
			if got, ok := there[sum]; ok && got == size {
				if err := q.FoundFile(ctx, sum); err != nil {
					return err
				}
				continue
			}
			n, err := q.MissFile(ctx, sum)
			if err != nil {
				return err
			}
			if n > 0 {
				s.log.Error("an attachment is not on the disk any more", "sha256", sum, "size", size, "found", there[sum])
			}
		}
		return nil
	})
}

func (s *Store) namedFiles(ctx context.Context) (map[string]int64, error) {
	found, err := s.w.Files(ctx)
	if err != nil {
		return nil, coded(fmt.Errorf("failed to read the attachments: %w", err))
	}
	named := make(map[string]int64, len(found))
	for _, f := range found {
		named[f.Sha256] = f.Size
	}
	return named, nil
}

// sweepFiles destroys what no running visit, no draft and no packet with a body
// names.
func (s *Store) sweepFiles(ctx context.Context) error {
	return s.removeFiles(ctx, "sweep the attachments", func(f rows.UnnamedFilesRow) bool {
		return f.Kept == 0 && (f.Draft == "" || !s.files.isLive(f.Draft))
	})
}

// removeFiles destroys files that no packet with a body names: the rows first,
// so that whatever happens then is cleared at the next start.
func (s *Store) removeFiles(ctx context.Context, what string, which func(rows.UnnamedFilesRow) bool) error {
	var gone []string
	err := s.tx(ctx, what, func(tx *sql.Tx) error {
		q := s.w.WithTx(tx)
		list, err := q.UnnamedFiles(ctx)
		if err != nil {
			return err
		}
		for _, f := range list {
			if !which(f) {
				continue
			}
			if err := q.ForgetNames(ctx, f.Sha256); err != nil {
				return err
			}
			if err := q.ForgetFile(ctx, f.Sha256); err != nil {
				return err
			}
			gone = append(gone, f.Sha256)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, sum := range gone {
		err = errors.Join(err, s.removeFile(sum))
	}
	return coded(err)
}

func (s *Store) removeFile(sum string) error {
	name := s.files.path(sum)
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = os.Remove(name)
	}
	if err != nil {
		return fmt.Errorf("failed to remove an attachment: %w", err)
	}
	s.files.count(-info.Size())
	return nil
}

// LostFiles counts the attachments that packets name and this disk does not have
// any more: a clerk has to ask for the papers again.
func (s *Store) LostFiles(ctx context.Context) (int, error) {
	n, err := s.r.LostFiles(ctx)
	if err != nil {
		return 0, coded(fmt.Errorf("failed to count lost attachments: %w", err))
	}
	return int(n), nil
}

// LoseFile notes that an attachment cannot be read here, or is not what it was.
func (s *Store) LoseFile(ctx context.Context, sha256 string) error {
	if err := s.w.LoseFile(ctx, sha256); err != nil {
		return coded(fmt.Errorf("failed to note a lost attachment: %w", err))
	}
	s.log.Error("an attachment cannot be read", "sha256", sha256)
	s.change.tell()
	return nil
}
