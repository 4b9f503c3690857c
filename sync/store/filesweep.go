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
)

// How far an attachment of a packet is.
const (
	fileOpen    = 0 // still to be carried
	fileCarried = 1 // the portal has all its bytes
	fileWhole   = 2 // receipted with the whole packet
	fileLost    = 3 // not on this disk any more
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
		for sum, size := range named {
			if got, ok := there[sum]; ok && got == size {
				_, err := tx.ExecContext(ctx, `UPDATE packet_files SET state = ? WHERE sha256 = ? AND state = ?`, fileOpen, sum, fileLost)
				if err != nil {
					return err
				}
				continue
			}
			res, err := tx.ExecContext(ctx, `UPDATE packet_files SET state = ? WHERE sha256 = ? AND state IN (?, ?)`,
				fileLost, sum, fileOpen, fileCarried)
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); err != nil {
				return err
			} else if n > 0 {
				s.log.Error("an attachment is not on the disk any more", "sha256", sum, "size", size, "found", there[sum])
			}
		}
		return nil
	})
}

func (s *Store) namedFiles(ctx context.Context) (named map[string]int64, err error) {
	rows, err := s.write.QueryContext(ctx, `SELECT sha256, size FROM files`)
	if err != nil {
		return nil, coded(fmt.Errorf("failed to read the attachments: %w", err))
	}
	defer func() { err = coded(errors.Join(err, rows.Close())) }()
	named = map[string]int64{}
	for rows.Next() {
		var (
			sum  string
			size int64
		)
		if err := rows.Scan(&sum, &size); err != nil {
			return nil, fmt.Errorf("failed to read the attachments: %w", err)
		}
		named[sum] = size
	}
	return named, rows.Err()
}

type draftFile struct{ sha256, draft string }

// sweepFiles destroys what no running visit, no draft and no packet with a body
// names.
func (s *Store) sweepFiles(ctx context.Context) error {
	return s.removeFiles(ctx, "sweep the attachments", func(f draftFile) bool { return f.draft == "" || !s.files.isLive(f.draft) },
		`AND draft NOT IN (SELECT id FROM drafts)`)
}

// removeFiles destroys files that no packet with a body names: the rows first,
// so that whatever happens then is cleared at the next start.
func (s *Store) removeFiles(ctx context.Context, what string, which func(draftFile) bool, and ...string) error {
	query := `SELECT sha256, draft FROM files WHERE NOT EXISTS (SELECT 1 FROM packet_files f
		JOIN packets p ON p.seq = f.seq WHERE f.sha256 = files.sha256 AND p.body IS NOT NULL)`
	for _, more := range and {
		query += " " + more
	}
	var gone []string
	err := s.tx(ctx, what, func(tx *sql.Tx) error {
		list, err := listDraftFiles(ctx, tx, query)
		if err != nil {
			return err
		}
		for _, f := range list {
			if !which(f) {
				continue
			}
			for _, q := range []string{`DELETE FROM packet_files WHERE sha256 = ?`, `DELETE FROM files WHERE sha256 = ?`} {
				if _, err := tx.ExecContext(ctx, q, f.sha256); err != nil {
					return err
				}
			}
			gone = append(gone, f.sha256)
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

func listDraftFiles(ctx context.Context, tx *sql.Tx, query string) (list []draftFile, err error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var f draftFile
		if err := rows.Scan(&f.sha256, &f.draft); err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, rows.Err()
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
func (s *Store) LostFiles(ctx context.Context) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM packet_files WHERE state = ?`, fileLost).Scan(&n)
	if err != nil {
		return 0, coded(fmt.Errorf("failed to count lost attachments: %w", err))
	}
	return n, nil
}

// LoseFile notes that an attachment cannot be read here, or is not what it was.
func (s *Store) LoseFile(ctx context.Context, sha256 string) error {
	_, err := s.write.ExecContext(ctx, `UPDATE packet_files SET state = ? WHERE sha256 = ? AND state < ?`, fileLost, sha256, fileWhole)
	if err != nil {
		return coded(fmt.Errorf("failed to note a lost attachment: %w", err))
	}
	s.log.Error("an attachment cannot be read", "sha256", sha256)
	s.change.tell()
	return nil
}
