package store

import (
	"bytes"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
)

// benchBody is a sealed 4 KB dossier.
var benchBody = bytes.Repeat([]byte{7}, 5755)

func BenchmarkCommit(b *testing.B) {
	s := open(b, b.TempDir(), Options{})
	i := 0
	for b.Loop() {
		i++
		sub := visit(fmt.Sprint(i))
		build := sub.Build
		sub.Build = func(seq, serial uint64) (Rows, error) {
			r, err := build(seq, serial)
			r.Packet.Body = benchBody
			return r, err
		}
		if _, err := s.Commit(b.Context(), sub); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBare is the measure: one row of the same bytes, equally durable.
func BenchmarkBare(b *testing.B) {
	db, err := sql.Open("sqlite", dsn(filepath.Join(b.TempDir(), "bare.db"), false))
	must(b, err)
	defer func() { must(b, db.Close()) }()
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE TABLE t (n INTEGER PRIMARY KEY, body BLOB)`)
	must(b, err)
	for b.Loop() {
		tx, err := db.Begin()
		must(b, err)
		_, err = tx.Exec(`INSERT INTO t (body) VALUES (?)`, benchBody)
		must(b, err)
		must(b, tx.Commit())
	}
}

// BenchmarkPrintJournal is everything that is kept of one print of 40 bands.
// Under `strace -f -c -e trace=fsync,fdatasync` it shows three waits for the
// disk: when the paper is added, before its first band, and at the end.
func BenchmarkPrintJournal(b *testing.B) {
	s, ctx := open(b, b.TempDir(), Options{}), b.Context()
	c, err := s.Commit(ctx, visit("t"))
	must(b, err)
	for b.Loop() {
		id, err := s.AddPrint(ctx, c.Packet, Print{Kind: "slip", Sealed: benchBody, Key: []byte("k")})
		must(b, err)
		must(b, s.SetPrint(ctx, id, PrintSending, ""))
		for band := range 40 {
			must(b, s.PrintProgress(ctx, id, band+1, 40))
		}
		must(b, s.SetPrint(ctx, id, PrintPrinted, ""))
	}
}
