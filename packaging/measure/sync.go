package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/token"
)

// What a submit carries.
const (
	dossierBytes = 4 << 10 // as random as an answer file gets after compression
	paperBytes   = 2 << 10 // a sealed slip
	cardBytes    = 256     // each of the two cards
)

// Rounds: enough for a steady median on a disk that others use, few enough for a
// bench that ends within a minute. The first ones warm the files up.
const (
	submitRounds = 600
	warmRounds   = 50
)

// measureSubmit measures a durable submit beside a bare SQLite transaction of one
// row of the same bytes, and beside backlite's queue: the same driver, journal and
// fsyncs for all.
func measureSubmit(ctx context.Context, s *sheet) error {
	dir := filepath.Join(s.dir, "submit")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	kept, err := store.Open(ctx, filepath.Join(dir, "ours"), store.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = kept.Close() }()
	w, err := newWriter(kept)
	if err != nil {
		return err
	}
	box, err := w.outbox(filepath.Join(dir, "keys"))
	if err != nil {
		return err
	}
	bare, err := newBare(ctx, filepath.Join(dir, "bare.db"))
	if err != nil {
		return err
	}
	defer func() { _ = bare.Close() }()

	queue, err := newBacklite(ctx, filepath.Join(dir, "backlite.db"))
	if err != nil {
		return err
	}
	defer func() { _ = queue.db.Close() }()

	disk, err := os.Create(filepath.Join(dir, "disk"))
	if err != nil {
		return err
	}
	defer func() { _ = disk.Close() }()

	var row []byte // of as many bytes as ours commits
	var synced, theirs, commits, sealed, submits, enqueued times
	for i := range submitRounds {
		plain := random(dossierBytes)
		rows, err := w.freeze(plain)
		if err != nil {
			return err
		}
		if i == 0 {
			row = random(len(rows.Packet.JWS) + len(rows.Packet.Body) + paperBytes + 2*cardBytes)
		}
		wait, err := took(func() error {
			_, err := disk.Write(row)
			return errors.Join(err, syscall.Fdatasync(int(disk.Fd())))
		})
		if err != nil {
			return err
		}
		commit, err := took(func() error { return w.commit(ctx, func() (store.Rows, error) { return rows, nil }) })
		if err != nil {
			return err
		}
		bareTook, err := took(func() error {
			_, err := bare.ExecContext(ctx, `INSERT INTO packets (id, bytes) VALUES (?, ?)`, i, row)
			return err
		})
		if err != nil {
			return err
		}
		sealCommit, err := took(func() error {
			return w.commit(ctx, func() (store.Rows, error) { return w.freeze(plain) })
		})
		if err != nil {
			return err
		}
		submit, err := took(func() error { return w.submit(ctx, box, plain) })
		if err != nil {
			return err
		}
		enqueue, err := took(func() error { return queue.add(ctx, row) })
		if err != nil {
			return err
		}
		if i >= warmRounds {
			synced, enqueued = append(synced, wait), append(enqueued, enqueue)
			theirs, commits = append(theirs, bareTook), append(commits, commit)
			sealed, submits = append(sealed, sealCommit), append(submits, submit)
		}
	}
	// What the disk itself takes to keep as many bytes, and at its worst: a submit
	// cannot be better.
	s.figure("disk-sync", synced.median(), "ms")
	s.figure("disk-sync-p99", synced.quantile(0.99), "ms")
	s.figure("bare-sqlite-transaction", theirs.median(), "ms")
	s.figure("bare-sqlite-transaction-p99", theirs.quantile(0.99), "ms")
	s.figure("commit", commits.median(), "ms")
	s.figure("seal-and-commit", sealed.median(), "ms")
	s.figure("submit", submits.median(), "ms") // and the keys and cards of a slip
	s.figure("submit-p99", submits.quantile(0.99), "ms")
	// Of speeds, as the bars are stated: transactions per second, ours ÷ theirs.
	s.figure("commit-speed", theirs.median()/commits.median(), "ratio")
	s.figure("seal-and-commit-speed", theirs.median()/sealed.median(), "ratio")
	s.figure("submit-speed", theirs.median()/submits.median(), "ratio")
	s.figure("backlite-enqueue", enqueued.median(), "ms")
	s.figure("enqueue-speed", enqueued.median()/commits.median(), "ratio")
	return nil
}

// took times one action.
func took(do func() error) (time.Duration, error) {
	start := time.Now()
	err := do()
	return time.Since(start), err
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// newBare opens a database with one table and the journal that ours uses.
func newBare(ctx context.Context, path string) (*sql.DB, error) {
	q := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(FULL)"}}
	db, err := sql.Open("sqlite", "file:"+path+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("failed to open the bare database: %w", err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, `CREATE TABLE packets (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)`); err != nil {
		return nil, fmt.Errorf("failed to open the bare database: %w", err)
	}
	return db, nil
}

// writer submits dossiers as a station does.
type writer struct {
	store *store.Store
	to    seal.Recipient
	by    seal.Signer
	seq   uint64 // of the packet that is frozen next
}

func newWriter(s *store.Store) (*writer, error) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return nil, fmt.Errorf("failed to make a province key: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("failed to make a packet key: %w", err)
	}
	by, err := seal.NewSigner(key)
	if err != nil {
		return nil, err
	}
	return &writer{store: s, to: seal.Recipient{ID: "bench", Key: id.Recipient().String()}, by: by, seq: 1}, nil
}

// freeze seals the next dossier and gathers what is committed with it.
func (w *writer) freeze(plain []byte) (store.Rows, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return store.Rows{}, fmt.Errorf("failed to number the packet: %w", err)
	}
	p, err := seal.Freeze(dossier.Head{
		ID: id.String(), Kind: dossier.KindDossier, Station: "DL27", Seq: w.seq,
		Procedure: &dossier.ProcedureRef{Code: "2.000635", Version: 1},
		Time:      dossier.Stamp{Wall: time.Now(), Source: dossier.TimeSystem, Boot: "bench", MonoMs: 1},
	}, plain, w.to, w.by)
	if err != nil {
		return store.Rows{}, err
	}
	return store.Rows{
		Packet: p, Digest: seal.Digest(p.JWS, p.Body), Priority: store.PriorityPacket,
		Dossier: &store.Dossier{
			Slip: token.SlipNumber("DL27", w.seq), CitizenKey: random(32), IDIndex: id.String(),
		},
		Print: &store.Print{Kind: "slip", Sealed: random(paperBytes), Key: random(32)},
		Cards: []store.Card{
			{Packet: p.Head.ID, Class: store.ClassCitizen, Mark: "first", Sealed: random(cardBytes)},
			{Packet: p.Head.ID, Class: store.ClassCounter, Mark: "first", Sealed: random(cardBytes)},
		},
	}, nil
}

// commit submits the rows that build makes.
func (w *writer) commit(ctx context.Context, build func() (store.Rows, error)) error {
	_, err := w.store.Commit(ctx, store.Submission{
		Token: fmt.Sprint("bench-", w.seq), Slip: true,
		Build: func(uint64, uint64) (store.Rows, error) { return build() },
	})
	w.seq++
	return err
}

// outbox is the way that a station's own submits take.
func (w *writer) outbox(keys string) (*outbox.Outbox, error) {
	k, err := seal.OpenKeys(keys)
	if err != nil {
		return nil, err
	}
	counter, err := age.GenerateHybridIdentity()
	if err != nil {
		return nil, fmt.Errorf("failed to make a counter key: %w", err)
	}
	return outbox.New(outbox.Config{
		Store: w.store, Keys: k, Clock: clock.NewSystem(clock.Options{}), Log: slog.New(slog.DiscardHandler),
		Station:   func() (outbox.Station, error) { return outbox.Station{Code: "DL27", SlipHost: "TRAMHOSO.EXAMPLE"}, nil },
		Recipient: func() (seal.Recipient, error) { return w.to, nil },
		Counter:   func() ([]string, error) { return []string{counter.Recipient().String()}, nil },
	}), nil
}

// submit submits an ordinary dossier whose answers are plain.
func (w *writer) submit(ctx context.Context, box *outbox.Outbox, plain []byte) error {
	answers, err := json.Marshal(plain)
	if err != nil {
		return fmt.Errorf("failed to write the answers: %w", err)
	}
	d := dossier.Dossier{
		Procedure: dossier.ProcedureRef{Code: "2.000635", Version: 1}, Title: "Cấp bản sao trích lục hộ tịch",
		Agency: "ubnd-xa", Answers: answers, Return: dossier.ReturnHere, Channel: dossier.ChannelDirect, Language: "vi",
		Applicant: dossier.Applicant{Person: dossier.Person{Number: "066190000123", Name: "H’ Bia Niê"}},
	}
	s, err := box.SubmitDossier(ctx, fmt.Sprint("box-", w.seq), d, "UBND phường Buôn Ma Thuột",
		func(outbox.Facts) ([]byte, error) { return random(paperBytes), nil })
	w.seq = s.Seq + 1
	return err
}
