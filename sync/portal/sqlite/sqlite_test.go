package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/portal/ledger/ledgertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, dir string) ledger.Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(dir, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) { ledgertest.Run(t, open) }

// The path is taken as it is, whatever characters it has.
func TestOpenOddPath(t *testing.T) {
	s := open(t, t.TempDir())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	odd := filepath.Join(t.TempDir(), "sổ cái?mode=memory#1.db")
	o, err := Open(t.Context(), odd)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	}()
	if m, err := filepath.Glob(filepath.Join(filepath.Dir(odd), "*")); err != nil || len(m) == 0 || m[0] != odd {
		t.Fatalf("the file is not where it was asked for: %v, %v", m, err)
	}
}

// A disk that is full is called that, keeps nothing by halves, and is written again
// once there is room.
func TestFullDisk(t *testing.T) {
	s := open(t, t.TempDir()).(*Store)
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	limit := func(pages int) {
		t.Helper()
		var is int
		if err := s.write.QueryRowContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count=%d", pages)).Scan(&is); err != nil {
			t.Fatal(err)
		}
	}
	put := func(size int) error {
		return s.Update(t.Context(), func(tx ledger.Tx) error {
			return errors.Join(tx.PutDocument("a", make([]byte, 10)), tx.PutDocument("b", make([]byte, size)))
		})
	}
	limit(1) // never below what is there
	for range 3 {
		if err := put(1 << 20); !errors.Is(err, ledger.ErrNoRoom) {
			t.Errorf("full: %v", err)
		}
	}
	if err := s.View(t.Context(), func(r ledger.Reader) error { _, err := r.Document("a"); return err }); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("half a transaction stayed: %v", err)
	}
	limit(1 << 30)
	if err := put(1 << 20); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// The ledger, its log and its copies are their owner's alone.
func TestFilesArePrivate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ledger.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil { // as an older program left it
		t.Fatal(err)
	}
	s := open(t, dir)
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.Backup(t.Context(), filepath.Join(dir, "copy.db")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ledger.db", "ledger.db-wal", "ledger.db-shm", "copy.db"} {
		if st, err := os.Stat(filepath.Join(dir, name)); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, st.Mode().Perm(), err)
		}
	}
}

func TestPragmasReachEveryConnection(t *testing.T) {
	s := open(t, t.TempDir()).(*Store)
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, db := range []*sql.DB{s.write, s.read} {
		for pragma, want := range map[string]string{"busy_timeout": "5000", "journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
			var got string
			if err := db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s is %s, want %s (%v)", pragma, got, want, err)
			}
		}
	}
	if _, err := s.read.Exec("DELETE FROM documents"); err == nil {
		t.Error("a reader could write")
	}
}

func TestFutureSchemaIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir).(*Store)
	if _, err := s.write.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), filepath.Join(dir, "ledger.db")); !errors.Is(err, ErrFutureSchema) {
		t.Fatalf("got %v", err)
	}
}

func TestBackupOpens(t *testing.T) {
	s := open(t, t.TempDir())
	dir := t.TempDir()
	if err := s.Update(t.Context(), func(tx ledger.Tx) error { return tx.PutDocument("x", []byte("y")) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), filepath.Join(dir, "ledger.db")); err != nil {
		t.Fatal(err)
	}
	var before string
	if err := s.View(t.Context(), func(r ledger.Reader) (err error) { before, err = r.Epoch(); return err }); err != nil {
		t.Fatal(err)
	}
	if names, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(names) != 1 {
		t.Errorf("beside the copy: %v, %v", names, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	c := open(t, dir)
	var after string
	if err := c.View(t.Context(), func(r ledger.Reader) (err error) {
		if _, err := r.Document("x"); err != nil {
			return err
		}
		after, err = r.Epoch()
		return err
	}); err != nil {
		t.Error(err)
	}
	if after == "" || after == before {
		t.Errorf("the copy goes on in epoch %q after %q", after, before)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

// A ledger of schema 1 says 0 for a fee that nobody knew: it stays unknown.
func TestFeesOfTheFirstSchema(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir).(*Store)
	for _, q := range []string{
		"ALTER TABLE dossiers DROP COLUMN fee_known", "DROP TABLE uploads", "DROP TABLE renewals", "DROP TABLE revocations",
		"DROP INDEX alarms_open", "ALTER TABLE alarms DROP COLUMN acknowledged_us", "ALTER TABLE alarms DROP COLUMN acknowledged_by",
		"DROP INDEX packets_kept", "DROP INDEX dossiers_ended", "ALTER TABLE packets DROP COLUMN destroyed_us",
		"DELETE FROM goose_db_version WHERE version_id > 1", "PRAGMA foreign_keys = OFF",
		`INSERT INTO dossiers (packet, station, procedure, version, agency, status, received_us, fee_due, quarantine, updated_us)
		VALUES ('a', 'DL27', '2.000635', 1, 'x', 2, 1, 8000, '', 1), ('b', 'DL27', '1.004873', 1, 'x', 2, 1, 0, '', 1)`,
	} {
		if _, err := s.write.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, dir)
	if err := again.View(t.Context(), func(r ledger.Reader) error {
		a, err := r.Dossier("a")
		if err != nil {
			return err
		}
		b, err := r.Dossier("b")
		if a.FeeDue == nil || *a.FeeDue != 8000 || b.FeeDue != nil {
			t.Errorf("%v, %v", a.FeeDue, b.FeeDue)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}
