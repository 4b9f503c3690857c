package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"tramhoso/sync/dossier"
	"tramhoso/sync/durable"
)

// damaged is the error of a database that cannot be trusted.
func damaged(format string, args ...any) error {
	return dossier.E(dossier.CodeStorageDamaged, fmt.Errorf("%w: %w", ErrDamaged, fmt.Errorf(format, args...)))
}

// openWriter opens the database and reads it whole before anything is trusted to
// it. One that is damaged is written anew from what can be read of it, if that
// is everything that counts.
func (s *Store) openWriter(ctx context.Context) error {
	if err := s.resumeMend(); err != nil {
		return err
	}
	if err := s.notEmptied(); err != nil {
		return err
	}
	err := s.connect(ctx)
	if errors.Is(err, ErrDamaged) {
		s.log.Error("the database is damaged", "err", err)
		if mended := s.mend(ctx); mended != nil {
			return errors.Join(err, mended)
		}
		err = s.connect(ctx)
	}
	if err != nil {
		return err
	}
	was, err := made(s.dir)
	if err != nil {
		return err
	}
	return s.migrate(ctx, was)
}

// notEmptied refuses a folder whose database is gone: a new, empty one in its
// place would hide that, and give its numbers a second time.
func (s *Store) notEmptied() error {
	was, err := made(s.dir)
	if err != nil || !was {
		return err
	}
	info, err := os.Stat(filepath.Join(s.dir, fileName))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return damaged("its file is gone")
	case err != nil:
		return coded(fmt.Errorf("failed to look at the database: %w", err))
	case info.Size() == 0:
		return damaged("its file is empty")
	}
	return nil
}

func (s *Store) connect(ctx context.Context) (err error) {
	if s.write != nil {
		if err := s.write.Close(); err != nil {
			return fmt.Errorf("failed to close the database: %w", err)
		}
	}
	path := filepath.Join(s.dir, fileName)
	if err := durable.Private(path); err != nil {
		return coded(err)
	}
	if s.write, err = sql.Open("sqlite", dsn(path, false)); err != nil {
		return coded(fmt.Errorf("failed to open the database: %w", err))
	}
	s.write.SetMaxOpenConns(1)
	var verdict string
	if err := s.write.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&verdict); err != nil {
		if isDamage(err) {
			return damaged("%w", err)
		}
		return coded(fmt.Errorf("failed to check the database: %w", err))
	}
	if verdict != "ok" {
		return damaged("%s", firstLine(verdict))
	}
	return nil
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimPrefix(s, "*** in database main ***\n"), "\n")
	return s
}

func isDamage(err error) bool {
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return false
	}
	code := lite.Code() & primary
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}

// agrees checks what SQLite cannot know: that no number is missing, that every
// packet is on its way or receipted, and that what refers to something finds it.
func (s *Store) agrees(ctx context.Context) error {
	q, err := s.r.Sequence(ctx)
	if err != nil {
		return coded(fmt.Errorf("failed to check the sequence: %w", err))
	}
	switch {
	case q.Packets > 0 && (q.Lowest != 1 || q.Highest != q.Packets):
		return damaged("%d packets from %d to %d: some are missing", q.Packets, q.Lowest, q.Highest)
	case q.Given != q.Highest:
		return damaged("the last packet is %d, the last number given %d", q.Highest, q.Given)
	case q.LastSlip > q.Slips:
		return damaged("the last slip is %d, the last serial given %d", q.LastSlip, q.Slips)
	}
	if err := s.refers(ctx); err != nil {
		return err
	}
	return s.tx(ctx, "mend the outbox", func(tx *sql.Tx) error {
		q := s.w.WithTx(tx)
		n, err := q.Unoffered(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			s.find(false, FoundOutbox, "%d packets without a receipt were not in the outbox", n)
		}
		if n, err = q.Unsendable(ctx); err != nil {
			return err
		}
		if n > 0 {
			s.find(false, FoundOutbox, "%d packets in the outbox were receipted and purged", n)
		}
		if n, err = q.Bodyless(ctx); err != nil {
			return err
		}
		if n > 0 {
			s.find(true, FoundBodies, "%d packets have neither a body nor a receipt", n)
		}
		return s.foldFindings(ctx, q)
	})
}

// refers finds rows that refer to what is not there.
func (s *Store) refers(ctx context.Context) (err error) {
	found, err := s.read.QueryContext(ctx, `PRAGMA foreign_key_check`) // sqlc knows no pragmas
	if err != nil {
		return coded(fmt.Errorf("failed to check references: %w", err))
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	if found.Next() {
		var table, parent string
		var row, key sql.NullInt64
		if err := found.Scan(&table, &row, &parent, &key); err != nil {
			return fmt.Errorf("failed to check references: %w", err)
		}
		return damaged("a row of %s refers to a row of %s that is missing", table, parent)
	}
	return found.Err()
}
