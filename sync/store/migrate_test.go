package store

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"tramhoso/sync/dossier"
)

var writeSchemas = flag.Bool("schemas", false, "write the dump of a schema that has none yet, from the one before")

// at is the moment at which the dumped station began.
var at = time.UnixMilli(1784000000000)

const dumpedFile = "abababababababababababababababababababababababababababababababab"

// provider applies the migrations to a database that is nothing but a file.
func provider(t *testing.T, path string) (*sql.DB, *goose.Provider) {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path, false))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	db.SetMaxOpenConns(1)
	files, err := fs.Sub(migrations, "migrations")
	must(t, err)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	must(t, err)
	return db, p
}

func dumpName(version int64) string {
	return filepath.Join("testdata", "schema", fmt.Sprint(version, ".sql"))
}

// load makes the database of a dump in dir.
func load(t *testing.T, dir string, version int64) string {
	t.Helper()
	script, err := os.ReadFile(dumpName(version))
	must(t, err)
	path := filepath.Join(dir, fileName)
	db, err := sql.Open("sqlite", "file:"+path)
	must(t, err)
	_, err = db.Exec(string(script))
	must(t, err)
	must(t, db.Close())
	must(t, os.MkdirAll(filepath.Join(dir, filesDir), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, filesDir, dumpedFile), []byte("jpeg"), 0o600))
	return path
}

// Every schema that a station may have becomes the newest with its rows meaning
// what they meant.
func TestEverySchema(t *testing.T) {
	_, p := provider(t, filepath.Join(t.TempDir(), "new.db"))
	for _, m := range p.ListSources() {
		t.Run(fmt.Sprint("from ", m.Version), func(t *testing.T) {
			if _, err := os.Stat(dumpName(m.Version)); err != nil {
				if !*writeSchemas {
					t.Fatalf("schema %d has no dump: go test ./sync/store -run TestEverySchema -schemas", m.Version)
				}
				writeDump(t, m.Version)
			}
			dir := t.TempDir()
			load(t, dir, m.Version)
			b := open(t, dir, Options{Now: func() time.Time { return at.Add(time.Hour) }})
			means(t, b.Store, m.Version)
		})
	}
}

func means(t *testing.T, s *Store, version int64) {
	ctx := context.Background()
	zone := cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })
	same := func(what string, want, got any) {
		t.Helper()
		if d := cmp.Diff(want, got, zone); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
	ms := func(n int64) time.Time { return at.Add(time.Duration(n) * time.Millisecond) }
	for _, want := range []PacketState{
		{ID: "p-1", Seq: 1, Kind: dossier.KindDossier, Created: at, Held: ms(1000), Taken: ms(1000), Receipt: "receipt-1", Purged: ms(2000)},
		{ID: "p-2", Seq: 2, Kind: dossier.KindDossier, Created: ms(3000), Held: ms(4000), Taken: ms(4000), Receipt: "receipt-2", Mirrored: ms(4500)},
		{ID: "p-3", Seq: 3, Kind: dossier.KindMessage, Created: ms(5000)},
		{ID: "p-4", Seq: 4, Kind: dossier.KindHandover, Created: ms(6000)},
	} {
		got, err := s.State(ctx, want.ID)
		must(t, err)
		same(want.ID, want, got)
	}
	out, err := s.Outgoing(ctx, 10)
	must(t, err)
	if len(out) != 2 || out[0].Packet.Head.ID != "p-4" || out[0].Priority != PriorityHandover || string(out[0].Packet.Body) != "sealed body of p-4" ||
		out[1].Packet.Head.ID != "p-3" || out[1].Attempts != 3 || out[1].Refused != dossier.CodeInvalid {
		t.Errorf("outbox: %+v", out)
	}
	kept, err := s.KeptByID(ctx, "idx")
	must(t, err)
	same("dossiers", []Kept{{Packet: "p-2", Slip: "DL27-000002", CitizenKey: []byte("key-2"), Created: ms(3000)},
		{Packet: "p-1", Slip: "DL27-000001", CitizenKey: []byte("key-1"), Created: at, Handed: ms(6000)}}, kept)
	cards, err := s.Cards(ctx, "p-2", ClassCitizen)
	must(t, err)
	same("cards", [][]byte{[]byte("citizen of p-2"), []byte("news of p-2")}, cards)
	sending := PrintJob{ID: 2, Packet: "p-2", Kind: "slip", Root: 2, Sealed: []byte("paper-2"), Key: []byte("key-2"), State: PrintUnknown,
		Reason: ReasonRestarted, Created: ms(3000), Changed: ms(3500)}
	if version >= 2 {
		sending.Band, sending.Bands = 2, 9
	}
	for _, want := range []PrintJob{
		{ID: 1, Packet: "p-1", Kind: "slip", Root: 1, Sealed: []byte("paper-1"), Key: []byte("key-1"), State: PrintPrinted, Created: at, Changed: ms(500)},
		sending,
		{ID: 3, Packet: "p-2", Kind: "form01", Root: 3, Sealed: []byte("paper-3"), Key: []byte("key-3"), State: PrintRendered, Created: ms(4000), Changed: ms(4000)},
		{ID: 4, Packet: "p-1", Kind: "slip", Root: 1, Copy: 1, Sealed: []byte("paper-1"), Key: []byte("key-1"), State: PrintUnknown,
			Reason: ReasonRestarted, Created: ms(4000), Changed: ms(4000)},
	} {
		got, err := s.PrintJob(ctx, want.ID)
		must(t, err)
		same(fmt.Sprint("paper ", want.ID), want, got)
	}
	c, err := s.Cursor(ctx)
	must(t, err)
	same("cursor", Cursor{Epoch: "e1", N: 7}, c)
	d, err := s.Document(ctx, DocStaff)
	must(t, err)
	same("document", Document{Tag: "3", Content: []byte("signed list"), At: at}, d)
	draft, _, err := s.TryDraft(ctx, "d-1")
	must(t, err)
	same("draft", "answers", string(draft))
	since, err := s.History(ctx)
	must(t, err)
	same("history", at, since)
	leaf, err := s.Audit().Leaf(0)
	must(t, err)
	same("audit log", "station.start", string(leaf))
	if version >= 3 {
		f, _, err := s.ResultFile(ctx, "p-1")
		must(t, err)
		same("result", "result", string(f))
	}
	if version >= 4 {
		if n, err := s.LostFiles(ctx); err != nil || n != 0 {
			t.Errorf("%d files lost, %v", n, err)
		}
		c, ok, err := s.NextFile(ctx, 0)
		must(t, err)
		if !ok || c.Packet.Head.ID != "p-2" || c.File.Size != 0 {
			t.Errorf("the file that was carried: %v, %+v", ok, c)
		}
	}
	if version >= 8 {
		w, err := s.Withdrawal(ctx, "p-2")
		must(t, err)
		same("withdrawal", dossier.Withdrawn{At: ms(5000), State: dossier.WithdrawalHeard, Successor: "DL27-000001", Refused: true}, w)
		list, err := s.Attention(ctx)
		must(t, err)
		if len(list) != 2 || list[0].Why != dossier.AsideVersion || list[0].Slip != "DL27-000001" || list[1].Refused != dossier.CodeInvalid {
			t.Errorf("attention: %+v", list)
		}
	}
	again, err := s.Commit(ctx, visit("tap-2"))
	must(t, err)
	same("a tap from before", Committed{Packet: "p-2", Seq: 2, Slip: "DL27-000002", SlipSerial: 2, PrintJob: 2, Again: true}, again)
	next, err := s.Commit(ctx, visit("new"))
	must(t, err)
	same("the next", Committed{Packet: "p-5", Seq: 5, Slip: "DL27-000003", SlipSerial: 3, PrintJob: 5}, next)
	if held, err := s.Watermark(ctx, "", 2, 1, 0); err != nil || held != 1 {
		t.Errorf("a portal that was set back: %d offered again, %v", held, err)
	}
}

// What the dumps say of a schema is what the migrations make: a migration that
// was released never changes.
func TestMigrationsNeverChange(t *testing.T) {
	dir := t.TempDir()
	db, p := provider(t, filepath.Join(dir, "made.db"))
	for _, m := range p.ListSources() {
		_, err := p.UpTo(t.Context(), m.Version)
		must(t, err)
		sub := t.TempDir()
		dumped, err := sql.Open("sqlite", "file:"+load(t, sub, m.Version))
		must(t, err)
		if d := cmp.Diff(schemaOf(t, dumped), schemaOf(t, db)); d != "" {
			t.Errorf("schema %d is not what stations have: %s", m.Version, d)
		}
		must(t, dumped.Close())
	}
}

func schemaOf(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	rows, err := db.Query(`SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%'`)
	must(t, err)
	defer rows.Close()
	list := map[string]string{}
	for rows.Next() {
		var name, text string
		must(t, rows.Scan(&name, &text))
		list[name] = strings.Join(strings.Fields(strings.ReplaceAll(text, `"`, "")), " ")
	}
	must(t, rows.Err())
	return list
}

// writeDump migrates the dump of the schema before and writes it down.
func writeDump(t *testing.T, version int64) {
	t.Helper()
	db, p := provider(t, load(t, t.TempDir(), version-1))
	_, err := p.UpTo(t.Context(), version)
	must(t, err)
	var b strings.Builder
	fmt.Fprintf(&b, "-- Schema %d as a station has it, with rows of every kind. Never changed: see migrate_test.go.\nBEGIN TRANSACTION;\n", version)
	// Tables with their rows first: a trigger must not run for them.
	for _, kind := range []string{"table", "index", "view", "trigger"} {
		for name, text := range texts(t, db, `SELECT name, sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL AND name NOT LIKE 'sqlite%'`, kind) {
			fmt.Fprintf(&b, "%s;\n", text)
			if kind != "table" {
				continue
			}
			var columns []string
			for column := range texts(t, db, `SELECT name, type FROM pragma_table_info(?)`, name) {
				columns = append(columns, column)
			}
			quoted := "quote(" + strings.Join(columns, ") || ',' || quote(") + ")"
			for row := range texts(t, db, fmt.Sprintf(`SELECT %s, '' FROM %s`, quoted, name)) {
				fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES (%s);\n", name, strings.Join(columns, ", "), row)
			}
		}
	}
	b.WriteString("COMMIT;\n")
	must(t, os.WriteFile(dumpName(version), []byte(b.String()), 0o644))
}

// texts reads pairs in their order.
func texts(t *testing.T, db *sql.DB, query string, args ...any) func(func(string, string) bool) {
	t.Helper()
	rows, err := db.Query(query, args...)
	must(t, err)
	var list [][2]string
	for rows.Next() {
		var p [2]string
		must(t, rows.Scan(&p[0], &p[1]))
		list = append(list, p)
	}
	must(t, rows.Err())
	must(t, rows.Close())
	return func(yield func(string, string) bool) {
		for _, p := range list {
			if !yield(p[0], p[1]) {
				return
			}
		}
	}
}

// A schema from the future is refused before anything is written: goose's Up
// would find nothing to do and say that all is well.
func TestFutureSchema(t *testing.T) {
	dir := t.TempDir()
	load(t, dir, 1)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, fileName))
	must(t, err)
	_, err = db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`)
	must(t, err)
	before := schemaOf(t, db)
	must(t, db.Close())
	_, err = Open(t.Context(), dir, Options{})
	if !errors.Is(err, ErrFuture) || dossier.CodeOf(err) != dossier.CodeStorageNewer {
		t.Fatalf("opened a schema from the future: %v", err)
	}
	if want := "the database was written by a newer program: schema 99999, this program knows "; !strings.Contains(err.Error(), want) {
		t.Errorf("%q does not say %q", err, want)
	}
	db, err = sql.Open("sqlite", "file:"+filepath.Join(dir, fileName))
	must(t, err)
	defer func() { must(t, db.Close()) }()
	if d := cmp.Diff(before, schemaOf(t, db)); d != "" {
		t.Errorf("it was changed: %s", d)
	}
}
