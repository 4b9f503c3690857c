package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tramhoso/sync/dossier"
	"tramhoso/sync/durable"
	"tramhoso/sync/store/internal/rows"
)

const (
	mendedName  = "mended.db"  // written anew, not in place yet
	damagedName = "damaged.db" // what was read; destroyed once it was replaced
)

// expendable are the tables that may lose rows: the portal says them again, or
// they were about to go. A catalogue is one of the documents; the others of them
// are the station's identity.
var expendable = map[string]string{
	"drafts":        "interrupted visits",
	"cursor":        "how far events were applied: they come again and are known",
	"result_files":  "results' files: the news say that there was one",
	"spares":        "what a new slip would be given of the agency's receipts",
	"reissues":      "how many new slips were given",
	"dossier_codes": "what the agency's codes find",
	quarantinesName: "what the portal keeps for a person there: it says so again",
}

// quarantinesName is the one of them that is asked for again at once ([recallAsides]).
const quarantinesName = "quarantines"

// expendableDocuments are fetched again or begin anew.
var expendableDocuments = []DocumentName{DocCatalogue, DocDeltas, DocPart, DocTime, DocContact, DocCarried, DocSticks, DocPause, DocFindings}

// mend writes the database anew, row by row, without the indexes that may be
// damaged. It succeeds only if everything that counts could be read; otherwise
// the damaged file stays as it is, for [Salvage].
func (s *Store) mend(ctx context.Context) (err error) {
	if err := s.write.Close(); err != nil && !isDamage(err) {
		return fmt.Errorf("failed to close the damaged database: %w", err)
	}
	path, anew := filepath.Join(s.dir, fileName), filepath.Join(s.dir, mendedName)
	if err := remove(anew); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove(anew)) }()
	if err := s.copyRows(ctx, path, anew); err != nil {
		return fmt.Errorf("failed to mend the database: %w", err)
	}
	// The old log belongs to the old file: both go before the new one comes.
	old := filepath.Join(s.dir, damagedName)
	for _, ext := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(path+ext, old+ext); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("failed to put the damaged database aside: %w", err)
		}
	}
	if err := errors.Join(os.Rename(anew, path), durable.SyncFolder(s.dir)); err != nil {
		return fmt.Errorf("failed to put the mended database in place: %w", err)
	}
	return remove(old)
}

// resumeMend ends what a power cut interrupted: without a database the damaged
// one is put back and mended again; with one it has been replaced.
func (s *Store) resumeMend() error {
	path, old := filepath.Join(s.dir, fileName), filepath.Join(s.dir, damagedName)
	if _, err := os.Stat(old); errors.Is(err, os.ErrNotExist) {
		return nil
	} else if err != nil {
		return coded(fmt.Errorf("failed to look at the storage folder: %w", err))
	}
	if _, err := os.Stat(path); err == nil {
		return remove(old)
	}
	for _, ext := range []string{"-shm", "-wal", ""} { // the name that decides comes last
		if err := os.Rename(old+ext, path+ext); err != nil && !errors.Is(err, os.ErrNotExist) {
			return coded(fmt.Errorf("failed to put the damaged database back: %w", err))
		}
	}
	return coded(durable.SyncFolder(s.dir))
}

// remove overwrites and removes a database with its log: it holds keys.
func remove(path string) error {
	for _, ext := range []string{"-wal", "-shm", "-journal", ""} {
		if err := Shred(path + ext); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) copyRows(ctx context.Context, from, to string) (err error) {
	old, err := sql.Open("sqlite", dsn(from, true))
	if err != nil {
		return err
	}
	defer func() { _ = old.Close() }() // it may not close well
	old.SetMaxOpenConns(1)
	var version int64
	if err := old.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&version); err != nil {
		return fmt.Errorf("its schema cannot be read: %w", err)
	}
	if err := durable.Private(to); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", dsn(to, false))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if err := migrateTo(ctx, db, version); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, `PRAGMA foreign_keys = OFF`); err != nil { // checked when all is there
		return err
	}
	if _, err := db.ExecContext(ctx, `DELETE FROM counters`); err != nil { // the migrations' own rows: the old ones come
		return err
	}
	tables, err := tableNames(ctx, db)
	if err != nil {
		return err
	}
	recall := false
	for _, table := range tables {
		read, err := s.copyTable(ctx, old, db, table)
		why, may := expendable[table]
		switch {
		case err == nil:
		case may:
			s.find(true, FoundRows, "%s: only %d rows could be read (%s)", table, read, why)
			recall = recall || table == quarantinesName
		case table == "documents":
			if err := s.copyDocuments(ctx, old, db); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s cannot be read after %d rows: %w", table, read, err)
		}
	}
	if recall {
		if err := recallAsides(ctx, db); err != nil {
			return err
		}
	}
	s.find(false, FoundAnew, "the database was damaged and is written anew")
	return s.foldFindings(ctx, rows.New(db))
}

// recallAsides makes good which packets the portal has set aside. The receipts that
// are kept say what was so when the packets came; what became of them since is said
// again by the events, from the first one on, once nothing says any more how far
// they were heard. Until then a packet is shown that was released, rather than none
// that waits.
func recallAsides(ctx context.Context, db *sql.DB) error {
	q := rows.New(db)
	kept, err := q.KeptReceipts(ctx)
	if err != nil {
		return fmt.Errorf("the receipts cannot be read: %w", err)
	}
	for _, k := range kept {
		var r dossier.Receipt
		if payload(k.Receipt.String, &r) != nil || !r.Quarantined { // verified when it came; one that cannot be read says nothing
			continue
		}
		if err := q.Quarantine(ctx, rows.QuarantineParams{Packet: k.ID, Why: string(r.Why), AtMs: k.HeldMs.Int64}); err != nil {
			return fmt.Errorf("failed to keep what a receipt says: %w", err)
		}
	}
	if _, err := db.ExecContext(ctx, `DELETE FROM cursor`); err != nil {
		return fmt.Errorf("failed to have the events come again: %w", err)
	}
	return nil
}

// copyTable copies rows in the order in which they lie, until one cannot be
// read. Columns are copied as they are.
func (s *Store) copyTable(ctx context.Context, from, to *sql.DB, table string) (n int, err error) {
	columns, err := columnNames(ctx, to, table)
	if err != nil {
		return 0, err
	}
	names := strings.Join(columns, ", ")
	// NOT INDEXED: the table itself, whatever its indexes say.
	found, err := from.QueryContext(ctx, fmt.Sprintf(`SELECT %s FROM %s NOT INDEXED`, names, table))
	if err != nil {
		return 0, err
	}
	defer func() { _ = found.Close() }()
	insert := fmt.Sprintf(`INSERT INTO %s (%s) VALUES (?%s)`, table, names, strings.Repeat(", ?", len(columns)-1))
	row, args := make([]any, len(columns)), make([]any, len(columns))
	for i := range row {
		args[i] = &row[i]
	}
	tx, err := to.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	for found.Next() && err == nil {
		if err = found.Scan(args...); err == nil {
			_, err = tx.ExecContext(ctx, insert, row...)
			n++
		}
	}
	return n, errors.Join(err, found.Err(), tx.Commit())
}

// copyDocuments copies what can be looked up of the documents one by one.
func (s *Store) copyDocuments(ctx context.Context, from, to *sql.DB) error {
	for _, name := range append([]DocumentName{DocEnrolment, DocTrust, DocStaff}, expendableDocuments...) {
		var tag, at, content any
		err := from.QueryRowContext(ctx, `SELECT tag, content, at_ms FROM documents WHERE name = ?`, string(name)).Scan(&tag, &content, &at)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err == nil {
			_, err = to.ExecContext(ctx, `INSERT OR REPLACE INTO documents (name, tag, content, at_ms) VALUES (?, ?, ?, ?)`, string(name), tag, content, at)
		}
		switch {
		case err == nil:
		case slices.Contains(expendableDocuments, name):
			s.find(true, FoundDocument, "the document %s cannot be read; it will be fetched again", name)
		default:
			return fmt.Errorf("the document %s cannot be read: %w", name, err)
		}
	}
	return nil
}

func tableNames(ctx context.Context, db *sql.DB) ([]string, error) {
	return names(ctx, db, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'goose%' ORDER BY rowid`)
}

func columnNames(ctx context.Context, db *sql.DB, table string) ([]string, error) {
	return names(ctx, db, `SELECT '"' || name || '"' FROM pragma_table_info(?)`, table)
}

func names(ctx context.Context, db *sql.DB, query string, args ...any) (list []string, err error) {
	found, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	for found.Next() {
		var name string
		if err := found.Scan(&name); err != nil {
			return nil, err
		}
		list = append(list, name)
	}
	return list, found.Err()
}
