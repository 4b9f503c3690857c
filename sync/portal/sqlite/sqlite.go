// Package sqlite keeps a portal's ledger in one SQLite file.
//
// It promises what package ledger asks: one writing connection, so that
// transactions never meet SQLITE_BUSY among themselves, a pool of readers, WAL
// with synchronous=FULL, so that a commit is on the disk when it returns. The
// schema only moves forward, by embedded migrations; a file written by a newer
// program is refused before anything touches it.
//
// It is the portal's own file: the station's is package store, and neither
// imports the other.
package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver

	"tramhoso/sync/durable"
	"tramhoso/sync/portal/ledger"
)

//go:embed migrations/*.sql
var migrations embed.FS

// busyTimeoutMs is how long a connection waits for another process, such as a
// backup tool, before it gives up.
const busyTimeoutMs = 5000

// maxReaders bounds the pool of reading connections.
const maxReaders = 8

const docEpoch = "epoch"

// ErrFutureSchema refuses a file that a newer program has written.
var ErrFutureSchema = errors.New("the ledger was written by a newer program")

// Store is a ledger in one file.
type Store struct {
	write, read      *sql.DB
	writing, reading *kept
}

var _ ledger.Store = (*Store)(nil)

// Open opens the ledger at path and makes it if it is missing.
func Open(ctx context.Context, path string) (*Store, error) {
	if err := durable.Private(path); err != nil {
		return nil, fmt.Errorf("failed to open the ledger: %w", err)
	}
	write, err := sql.Open("sqlite", dsn(path, false))
	if err != nil {
		return nil, fmt.Errorf("failed to open the ledger: %w", err)
	}
	write.SetMaxOpenConns(1)
	s := &Store{write: write, writing: &kept{db: write}}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	if err := s.secure(ctx); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	if s.read, err = sql.Open("sqlite", dsn(path, true)); err != nil {
		return nil, errors.Join(fmt.Errorf("failed to open the ledger for reading: %w", err), write.Close())
	}
	s.read.SetMaxOpenConns(min(maxReaders, 2*runtime.NumCPU()))
	s.reading = &kept{db: s.read}
	if err := s.Update(ctx, func(tx ledger.Tx) error {
		if _, err := tx.Epoch(); !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		var b [8]byte
		if _, err := rand.Read(b[:]); err != nil {
			return fmt.Errorf("failed to draw an epoch: %w", err)
		}
		return tx.PutDocument(docEpoch, []byte(hex.EncodeToString(b[:])))
	}); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// dsn carries the pragmas: set by statement they would reach one connection of
// the pool only. busy_timeout comes first, so that the others wait for locks.
func dsn(path string, readOnly bool) string {
	q := url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busyTimeoutMs), "journal_mode(WAL)", "synchronous(" + synchronous + ")", "foreign_keys(ON)",
	}}
	if readOnly {
		q.Add("_pragma", "query_only(ON)")
	} else {
		q.Set("_txlock", "immediate")
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// secure syncs what is in the log. A program that died between the writing of a
// commit and its sync answered nobody; the commit is found here all the same and
// would be answered from, while a power cut could still take it back.
func (s *Store) secure(ctx context.Context) error {
	if !logIsSecured {
		return nil
	}
	var busy, frames, moved int // busy: a reader keeps the log from being emptied, not from being synced
	if err := s.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil {
		return fmt.Errorf("failed to secure the ledger's log: %w", err)
	}
	return nil
}

func (s *Store) migrate(ctx context.Context) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("failed to find the migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.write, dir)
	if err != nil {
		return fmt.Errorf("failed to prepare the migrations: %w", err)
	}
	sources := p.ListSources()
	newest := sources[len(sources)-1].Version
	at, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("failed to read the ledger's schema version: %w", err)
	}
	if at > newest { // Up would return nil on it
		return fmt.Errorf("failed to open schema %d with a program that knows %d: %w", at, newest, ErrFutureSchema)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("failed to migrate the ledger: %w", err)
	}
	return nil
}

// Update implements ledger.Store.
func (s *Store) Update(ctx context.Context, fn func(ledger.Tx) error) error {
	return s.writing.run(ctx, &sql.TxOptions{}, func(t *session) error { return fn(&tx{reader{ctx, t}}) })
}

// View implements ledger.Store.
func (s *Store) View(ctx context.Context, fn func(ledger.Reader) error) error {
	return s.reading.run(ctx, &sql.TxOptions{ReadOnly: true}, func(t *session) error { return fn(&reader{ctx, t}) })
}

// Backup implements ledger.Store: VACUUM INTO copies one moment while writers
// go on.
func (s *Store) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("failed to back up: %w", fs.ErrExist)
	}
	tmp := path + ".part"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("failed to clear an unfinished backup: %w", err)
	}
	if err := durable.Private(tmp); err != nil { // an empty file is filled
		return fmt.Errorf("failed to back up: %w", err)
	}
	if _, err := s.write.ExecContext(ctx, "VACUUM INTO ?", tmp); err != nil {
		return fmt.Errorf("failed to back up: %w", err)
	}
	if err := endEpoch(ctx, tmp); err != nil {
		return err
	}
	for _, f := range []string{tmp, filepath.Dir(tmp)} {
		if err := syncPath(f); err != nil {
			return err
		}
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("failed to name the backup: %w", err)
	}
	return syncPath(filepath.Dir(path))
}

// endEpoch takes out of a copy what holds for this ledger only: the epoch, for which
// Open draws another, and what stations were told of backups. Whoever goes on from the
// copy may have it on the backup's own disk.
func endEpoch(ctx context.Context, path string) (err error) {
	q := url.Values{"_pragma": {"journal_mode(DELETE)"}} // nothing beside the one file
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String())
	if err != nil {
		return fmt.Errorf("failed to open the backup: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, "DELETE FROM documents WHERE name = ?", docEpoch); err != nil {
		return fmt.Errorf("failed to end the backup's epoch: %w", err)
	}
	if _, err := db.ExecContext(ctx, "UPDATE enrolments SET durable = 0"); err != nil {
		return fmt.Errorf("failed to end what the backup's ledger was told of others: %w", err)
	}
	return nil
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("failed to open for sync: %w", err)
	}
	err = f.Sync()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("failed to sync: %w", err)
	}
	return nil
}

// Close implements ledger.Store.
func (s *Store) Close() error {
	var rerr error
	if s.read != nil {
		rerr = s.read.Close()
	}
	return errors.Join(rerr, s.write.Close())
}
