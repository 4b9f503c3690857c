package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"tramhoso/sync/durable"
	"tramhoso/sync/store/internal/hot"
	"tramhoso/sync/store/internal/rows"
)

//go:generate go run github.com/sqlc-dev/sqlc/cmd/sqlc@v1.31.1 generate

// Limits of the database.
const (
	busyTimeoutMs = 5_000 // longer than the longest transaction, shorter than a person's patience
	readers       = 4     // screens read at most this many things at once
	fileName      = "station.db"
	madeName      = "station.made"
	lockName      = "station.lock"
	probeName     = ".write-probe"
)

// Errors that Open can carry besides a dossier.Code.
var (
	ErrDamaged = errors.New("the database is damaged")
	ErrFuture  = errors.New("the database was written by a newer program")
	ErrInUse   = errors.New("another program uses this folder")
)

// Options are what a test or the program may put in place of the real thing.
// The zero value is ready for use.
type Options struct {
	Now func() time.Time // wall time; nil: time.Now
	// Sure is the latest time that has come for certain, whatever the machine's clock
	// says: only it ends the life of a record. exact says that it is the time, within
	// seconds, because the portal signed it. nil: Now, never exact.
	Sure  func() (at time.Time, exact bool)
	Free  func(dir string) (bytes int64, err error) // free bytes of the folder's disk; nil: statfs
	Log   *slog.Logger                              // nil: slog.Default()
	Quota int64                                     // most bytes the station may use; 0: DefaultQuota
	Point func(p Point) error                       // hears how far every transaction is; nil: nobody does
}

// Point is a place on the way of one transaction at which a test may end the
// station, or fail it as a disk would. An error at Before or Inside fails the
// transaction; at After it is too late.
type Point struct {
	What string // the transaction, as errors name it
	When When
}

// When is how far a transaction is.
type When string

// The places on a transaction's way.
const (
	Before When = "before" // nothing has begun
	Inside When = "inside" // everything is at hand and nothing committed
	After  When = "after"  // it is committed and nobody was told
)

func (p Point) String() string { return string(p.When) + " " + p.What }

// Store is an open folder. All methods may be called from any goroutine.
type Store struct {
	dir     string
	write   *sql.DB // exactly one connection
	read    *sql.DB
	hot     *hot.Queries  // of the writer, prepared
	w, r    *rows.Queries // of the writer and of the readers
	lingers atomic.Bool   // something was destroyed that the database's log may still have
	mover   *mover        // of the log; nil until everything is open
	commits atomic.Int64
	number  sync.Mutex // held from looking at the last numbers to giving the next
	numbers numbers    // the last ones
	lock    *os.File
	probed  sync.Mutex // one probe at a time: it writes and removes one file
	now     func() time.Time
	sure    func() (time.Time, bool)
	free    func(string) (int64, error)
	quota   int64
	log     *slog.Logger
	point   func(Point) error
	change  *changes
	files   folder
	keeping sync.Mutex // held while findings are written; taken before finding
	finding sync.Mutex
	found   []Finding // that nobody has looked at yet
}

// Open opens or makes the database in dir. Errors carry
// dossier.CodeStorageReadOnly when nothing can be kept there,
// dossier.CodeStorageFull when the disk is full, dossier.CodeStorageInUse when
// another program holds it and dossier.CodeStorageNewer when a newer one wrote it.
func Open(ctx context.Context, dir string, o Options) (_ *Store, err error) {
	s := &Store{dir: dir, now: o.Now, sure: o.Sure, free: o.Free, quota: o.Quota, log: o.Log, point: o.Point, change: newChanges()}
	if s.now == nil {
		s.now = time.Now
	}
	if s.sure == nil {
		s.sure = func() (time.Time, bool) { return s.now(), false }
	}
	if s.free == nil {
		s.free = FreeBytes
	}
	if s.quota == 0 {
		s.quota = DefaultQuota
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.point == nil {
		s.point = func(Point) error { return nil }
	}
	if err := durable.MakeFolder(dir, 0o700); err != nil {
		return nil, coded(fmt.Errorf("failed to make the storage folder: %w", err))
	}
	if err := probe(dir); err != nil {
		return nil, err
	}
	if s.lock, err = lockFolder(dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err = s.openWriter(ctx); err != nil {
		return nil, err
	}
	if s.hot, err = hot.Prepare(ctx, s.write); err != nil {
		return nil, coded(fmt.Errorf("failed to prepare the statements: %w", err))
	}
	if err = s.numbers.remember(ctx, s.hot); err != nil {
		return nil, coded(fmt.Errorf("failed to read the taps: %w", err))
	}
	s.w = rows.New(s.write)
	if s.read, err = sql.Open("sqlite", dsn(filepath.Join(dir, fileName), true)); err != nil {
		return nil, coded(fmt.Errorf("failed to open the database for reading: %w", err))
	}
	s.read.SetMaxOpenConns(readers)
	s.r = rows.New(&keeping{DB: s.read})
	// A power cut may have come between a destruction and the clearing of the log;
	// and a program that died may have left a commit there that no disk has yet.
	if err = s.clearLog(ctx); err != nil {
		return nil, err
	}
	if err = s.recoverPrints(ctx); err != nil {
		return nil, err
	}
	if err = s.openFiles(ctx); err != nil {
		return nil, err
	}
	if err = s.agrees(ctx); err != nil {
		return nil, err
	}
	if err = markMade(dir); err != nil {
		return nil, err
	}
	if err = s.recallFindings(ctx); err != nil {
		return nil, err
	}
	s.startMover()
	return s, nil
}

// Close ends all use of the folder.
func (s *Store) Close() error {
	if s.mover != nil {
		s.mover.stop()
	}
	var errs []error
	if s.hot != nil {
		errs = append(errs, s.hot.Close())
	}
	if s.read != nil {
		errs = append(errs, s.read.Close())
	}
	if s.write != nil {
		errs = append(errs, s.write.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// Dir is the folder of the store.
func (s *Store) Dir() string { return s.dir }

// dsn names the database with its pragmas: they must reach every connection of
// a pool, so they live here and not in an Exec.
func dsn(path string, readOnly bool) string {
	q := url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busyTimeoutMs), // first: the others may have to wait
		"journal_mode(WAL)",
		"synchronous(" + synchronous + ")",
		"foreign_keys(ON)",
		"secure_delete(ON)", // what is deleted is overwritten
		"trusted_schema(OFF)",
	}}
	if readOnly {
		q["_pragma"] = append(q["_pragma"], "query_only(ON)")
	} else {
		q.Set("_txlock", "immediate")
		q["_pragma"] = append(q["_pragma"], fmt.Sprintf("wal_autocheckpoint(%d)", moveAtCommit))
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// tx runs f in one transaction of the only writer.
func (s *Store) tx(ctx context.Context, what string, f func(*sql.Tx) error) error {
	if err := s.point(Point{what, Before}); err != nil {
		return coded(fmt.Errorf("failed to begin %s: %w", what, err))
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return coded(fmt.Errorf("failed to begin %s: %w", what, err))
	}
	return s.finish(tx, what, f)
}

func (s *Store) finish(tx *sql.Tx, what string, f func(*sql.Tx) error) error {
	err := f(tx)
	if err == nil {
		err = s.point(Point{what, Inside})
	}
	if err != nil {
		if back := tx.Rollback(); back != nil && !errors.Is(back, sql.ErrTxDone) {
			err = errors.Join(err, back)
		}
		return coded(fmt.Errorf("failed to %s: %w", what, err))
	}
	if err := tx.Commit(); err != nil {
		return coded(fmt.Errorf("failed to commit %s: %w", what, err))
	}
	s.committed()
	_ = s.point(Point{what, After}) // it is kept, whatever is said now
	return nil
}

// txLazy is tx for what may be lost by a power cut, never by the end of the
// program: it waits for no disk. In a WAL nothing written later can be on the
// disk without it.
func (s *Store) txLazy(ctx context.Context, what string, f func(*sql.Tx) error) (err error) {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return coded(fmt.Errorf("failed to begin %s: %w", what, err))
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, `PRAGMA synchronous = NORMAL`); err != nil {
		return coded(fmt.Errorf("failed to begin %s: %w", what, err))
	}
	defer func() {
		if _, back := conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA synchronous = `+synchronous); back != nil {
			// A connection that no longer waits for the disk must not be used.
			_ = conn.Raw(func(any) error { return driver.ErrBadConn })
			err = errors.Join(err, coded(fmt.Errorf("failed to end %s: %w", what, back)))
		}
	}()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return coded(fmt.Errorf("failed to begin %s: %w", what, err))
	}
	return s.finish(tx, what, f)
}

// ms stamps a row: not before what has come for certain, or a clock that is behind
// would have the record end as soon as it is put right.
func (s *Store) ms() int64 {
	sure, _ := s.sure()
	return max(s.now().UnixMilli(), sure.UnixMilli())
}

func fromMs(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64)
}
