package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tramhoso/sync/dossier"
	"tramhoso/sync/durable"
)

// Salvaged says what could be read of a storage that cannot be opened.
type Salvaged struct {
	Packets int        // given to the caller: sealed bodies that the portal may not have
	Held    int        // of these, receipted by the portal
	Last    uint64     // the highest sequence number that is known of
	Missing []Sequence // numbers up to it whose packet cannot be read
}

// Sequence is a run of sequence numbers.
type Sequence struct{ From, To uint64 }

const salvageName = "salvage.db"

// maxMissing bounds how far beyond the last packet that was read a search goes
// on where nothing else says how many there were.
const maxMissing = 4096

// Salvage reads the sealed packets of a damaged storage, each by its number, so
// that a page which cannot be read costs only the packets on it. It changes
// nothing. give keeps a packet before it returns; its error ends the salvage. The
// folder must not be open.
func Salvage(ctx context.Context, dir string, give func(dossier.Packet) error) (out Salvaged, err error) {
	lock, err := lockFolder(dir)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	path, padded, err := wholeLength(dir)
	if err != nil {
		return out, err
	}
	if padded {
		defer func() { err = errors.Join(err, remove(path)) }()
	}
	db, err := sql.Open("sqlite", dsn(path, true))
	if err != nil {
		return out, coded(fmt.Errorf("failed to open the damaged database: %w", err))
	}
	defer func() { _ = db.Close() }() // it may not close well
	db.SetMaxOpenConns(1)
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master`).Scan(new(int)); isDamage(err) {
		return out, nil // not even the list of its tables can be read
	}
	given, known := lastGiven(ctx, db)
	var unread uint64
	for seq := uint64(1); known && seq <= given || !known && unread < maxMissing; seq++ {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		p, state := readPacket(ctx, db, seq)
		if state == packetLost {
			unread++
			if n := len(out.Missing); n > 0 && out.Missing[n-1].To == seq-1 {
				out.Missing[n-1].To = seq
			} else {
				out.Missing = append(out.Missing, Sequence{From: seq, To: seq})
			}
			continue
		}
		out.Last, unread = seq, 0
		if state == packetPurged {
			continue
		}
		if err := give(p); err != nil {
			return out, err
		}
		out.Packets++
		if state == packetHeld {
			out.Held++
		}
	}
	if known {
		out.Last = given
	} else if n := len(out.Missing); n > 0 && out.Missing[n-1].To > out.Last {
		if out.Missing = out.Missing[:n-1]; n == 1 { // numbers that were perhaps never given
			out.Missing = nil
		}
	}
	return out, nil
}

// wholeLength is the database to read. SQLite reads nothing of a file that is
// shorter than it says itself: then it is a copy, filled up.
func wholeLength(dir string) (path string, padded bool, err error) {
	path = filepath.Join(dir, fileName)
	f, err := os.Open(path)
	if err != nil {
		return "", false, damaged("its file is gone: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", false, coded(fmt.Errorf("failed to measure the damaged database: %w", err))
	}
	var head [32]byte // https://sqlite.org/fileformat2.html#the_database_header
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return path, false, nil
	}
	want := int64(binary.BigEndian.Uint16(head[16:])) * int64(binary.BigEndian.Uint32(head[28:]))
	if info.Size() >= want || want > DefaultQuota {
		return path, false, nil
	}
	out := filepath.Join(dir, salvageName)
	if err := remove(out); err != nil {
		return "", false, err
	}
	to, err := os.OpenFile(out, os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = io.Copy(to, f)
		err = errors.Join(err, to.Truncate(want), to.Close())
	}
	if err != nil {
		return "", false, errors.Join(coded(fmt.Errorf("failed to copy the damaged database: %w", err)), remove(out))
	}
	return out, true, nil
}

// lastGiven is the last sequence number, if anything still says it.
func lastGiven(ctx context.Context, db *sql.DB) (last uint64, known bool) {
	for _, query := range []string{`SELECT value FROM counters WHERE name = 'seq'`, `SELECT max(seq) FROM packets`} {
		var n sql.NullInt64
		if err := db.QueryRowContext(ctx, query).Scan(&n); err == nil && n.Valid && n.Int64 >= 0 {
			return uint64(n.Int64), true
		}
	}
	return 0, false
}

type packetIs int

const (
	packetLost packetIs = iota
	packetPurged
	packetWaits
	packetHeld
)

func readPacket(ctx context.Context, db *sql.DB, seq uint64) (dossier.Packet, packetIs) {
	var (
		jws, body []byte
		held      sql.NullInt64
	)
	// The row itself, not by an index; its short columns lie first.
	err := db.QueryRowContext(ctx, `SELECT jws, body, held_ms FROM packets NOT INDEXED WHERE seq = ?`, int64(seq)).Scan(&jws, &body, &held)
	if err != nil {
		return dossier.Packet{}, packetLost
	}
	if body == nil && held.Valid {
		return dossier.Packet{}, packetPurged
	}
	p, err := thaw(jws, body)
	switch {
	case err != nil || len(body) == 0 || p.Head.Seq != seq:
		return dossier.Packet{}, packetLost
	case held.Valid:
		return p, packetHeld
	}
	return p, packetWaits
}

// Shred overwrites a file and removes it; one that is not there is fine.
func Shred(path string) error { return coded(durable.Shred(path)) }
