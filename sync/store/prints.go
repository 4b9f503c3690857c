package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"tramhoso/sync/dossier"
)

// PrintState is where a paper is. Only printed is certain.
type PrintState string

// The states. A job moves right only, apart from sending → rendered when the
// printer took nothing of it.
const (
	PrintRendered PrintState = "rendered"
	PrintSending  PrintState = "sending"
	PrintPrinted  PrintState = "printed"
	PrintProbably PrintState = "probably"
	PrintUnknown  PrintState = "unknown"
	PrintFailed   PrintState = "failed"
)

// Reasons that the store knows; the others are the printer's.
const (
	ReasonRestarted = "restarted"  // a restart interrupted the job
	ReasonNotWanted = "not-wanted" // staff said that the paper is not needed
)

// maxCopies bounds the reprints of one paper, so that a broken printer cannot
// spend a roll.
const maxCopies = 20

// maxBands is more than the longest paper has: a printer's picture is bounded
// by 24,000 rows, and a band of one row is the shortest.
const maxBands = 24_000

// before lists the states from which a job may come into a state.
var before = map[PrintState][]PrintState{
	PrintSending:  {PrintRendered},
	PrintRendered: {PrintSending, PrintRendered},               // the latter to say why it waits
	PrintPrinted:  {PrintSending, PrintProbably, PrintUnknown}, // the latter two by a person's word
	PrintProbably: {PrintSending},
	PrintUnknown:  {PrintSending},
	PrintFailed:   {PrintSending, PrintUnknown, PrintProbably, PrintRendered, PrintFailed}, // the last to say that nobody wants it
}

// PrintJob is one paper. Sealed and Key are nil once destroyed.
type PrintJob struct {
	ID      int64
	Packet  string
	Kind    string
	Root    int64 // the first copy's id
	Copy    int   // 0: the first; n: the n-th reprint, to be marked as such
	Sealed  []byte
	Key     []byte
	State   PrintState
	Reason  string
	Band    int // the last band whose sending began; 0: nothing was sent
	Bands   int
	Created time.Time
	Changed time.Time
}

const selectPrint = `SELECT id, packet, kind, coalesce(root, id), copy, sealed, key, state, reason, band, bands, created_ms, changed_ms
	FROM print_jobs `

func scanPrint(row interface{ Scan(...any) error }) (PrintJob, error) {
	var (
		j                PrintJob
		created, changed sql.NullInt64
	)
	err := row.Scan(&j.ID, &j.Packet, &j.Kind, &j.Root, &j.Copy, &j.Sealed, &j.Key, &j.State, &j.Reason, &j.Band, &j.Bands, &created, &changed)
	if errors.Is(err, sql.ErrNoRows) {
		return j, dossier.E(dossier.CodeNotFound, err)
	}
	if err != nil {
		return j, coded(fmt.Errorf("failed to read a print job: %w", err))
	}
	j.Created, j.Changed = fromMs(created), fromMs(changed)
	return j, nil
}

func (s *Store) insertPrint(ctx context.Context, tx *sql.Tx, packet string, p Print, now int64) (int64, error) {
	res, err := s.in(ctx, tx, sqlInsertPrint).ExecContext(ctx, packet, p.Kind, p.Sealed, p.Key, string(PrintRendered), now, now)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// AddPrint adds a paper about a packet that is here already, such as Form 01.
func (s *Store) AddPrint(ctx context.Context, packet string, p Print) (id int64, err error) {
	err = s.tx(ctx, "add a print job", func(tx *sql.Tx) (err error) {
		id, err = s.insertPrint(ctx, tx, packet, p, s.ms())
		return err
	})
	if err == nil {
		s.change.tell()
	}
	return id, err
}

// PrintJob returns one paper.
func (s *Store) PrintJob(ctx context.Context, id int64) (PrintJob, error) {
	return scanPrint(s.read.QueryRowContext(ctx, selectPrint+`WHERE id = ?`, id))
}

// PrintJobs returns the papers of a packet, first first.
func (s *Store) PrintJobs(ctx context.Context, packet string) ([]PrintJob, error) {
	return s.printJobs(ctx, selectPrint+`WHERE packet = ? ORDER BY id LIMIT 100`, packet)
}

// OpenPrintJobs returns the papers that wait for the printer or for a person:
// rendered, sending, and the newest copy that is unknown, or failed and wanted.
func (s *Store) OpenPrintJobs(ctx context.Context) ([]PrintJob, error) {
	return s.printJobs(ctx, selectPrint+`AS j WHERE key IS NOT NULL AND (state IN ('rendered', 'sending')
		OR state IN ('unknown', 'failed') AND reason <> 'not-wanted' AND NOT EXISTS
			(SELECT 1 FROM print_jobs k WHERE k.root = coalesce(j.root, j.id) AND k.id > j.id))
		ORDER BY id LIMIT 100`)
}

func (s *Store) printJobs(ctx context.Context, query string, args ...any) (list []PrintJob, err error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, coded(fmt.Errorf("failed to list print jobs: %w", err))
	}
	defer func() { err = coded(errors.Join(err, rows.Close())) }()
	for rows.Next() {
		j, err := scanPrint(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, j)
	}
	return list, rows.Err()
}

// SetPrint moves a job to a state with a reason that holds no personal data.
// A move that the states do not allow is CodeBadTransition.
//
// Every move is on the disk when this returns but rendered → sending: that one
// says nothing that a restart would not find out, so no print waits for it.
func (s *Store) SetPrint(ctx context.Context, id int64, to PrintState, reason string) error {
	move := func(tx *sql.Tx) error {
		j, err := scanPrint(tx.QueryRowContext(ctx, selectPrint+`WHERE id = ?`, id))
		if err != nil {
			return err
		}
		if !slices.Contains(before[to], j.State) {
			return dossier.Errorf(dossier.CodeBadTransition, "a print job cannot go from %s to %s", j.State, to)
		}
		if to == PrintRendered {
			j.Band, j.Bands = 0, 0 // it will be sent from its start
		}
		_, err = tx.ExecContext(ctx, `UPDATE print_jobs SET state = ?, reason = ?, band = ?, bands = ?, changed_ms = ? WHERE id = ?`,
			string(to), reason, j.Band, j.Bands, s.ms(), id)
		return err
	}
	var err error
	if to == PrintSending {
		err = s.txLazy(ctx, "move a print job", move)
	} else {
		err = s.tx(ctx, "move a print job", move)
	}
	if err == nil {
		s.change.tell()
	}
	return err
}

// PrintProgress says that a band of a job that is being sent goes to the
// printer next. The first is on the disk when this returns: from then on a part
// of the paper may exist, and after a restart a person is asked. Later ones
// change only how far it got, so they wait for no disk; a power cut may lose
// them, a killed program does not.
func (s *Store) PrintProgress(ctx context.Context, id int64, band, bands int) error {
	if band < 1 || band > bands || bands > maxBands {
		return dossier.Errorf(dossier.CodeInvalid, "band %d of %d", band, bands)
	}
	run := s.txLazy
	if band == 1 {
		run = s.tx
	}
	return run(ctx, "keep how far a print is", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE print_jobs SET band = ?, bands = ? WHERE id = ? AND state = ?`, band, bands, id, string(PrintSending))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return dossier.Errorf(dossier.CodeBadTransition, "print job %d is not being sent", id)
	})
}

// Reprint makes a new copy of a paper, flagged as one. A copy that still waits
// is returned instead of a further one.
func (s *Store) Reprint(ctx context.Context, id int64) (copyID int64, err error) {
	err = s.tx(ctx, "reprint", func(tx *sql.Tx) error {
		j, err := scanPrint(tx.QueryRowContext(ctx, selectPrint+`WHERE id = ?`, id))
		if err != nil {
			return err
		}
		if j.Key == nil {
			return dossier.Errorf(dossier.CodeNotFound, "the paper's key was destroyed")
		}
		err = tx.QueryRowContext(ctx, `SELECT id FROM print_jobs
			WHERE coalesce(root, id) = ? AND state IN ('rendered', 'sending') ORDER BY id DESC LIMIT 1`, j.Root).Scan(&copyID)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var last int
		if err := tx.QueryRowContext(ctx, `SELECT max(copy) FROM print_jobs WHERE coalesce(root, id) = ?`, j.Root).
			Scan(&last); err != nil {
			return err
		}
		if last >= maxCopies {
			return dossier.Errorf(dossier.CodePrinterDown, "reprinted %d times", last)
		}
		now := s.ms()
		res, err := tx.ExecContext(ctx, `INSERT INTO print_jobs (packet, kind, root, copy, sealed, key, state, created_ms, changed_ms)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, j.Packet, j.Kind, j.Root, last+1, j.Sealed, j.Key, string(PrintRendered), now, now)
		if err != nil {
			return err
		}
		copyID, err = res.LastInsertId()
		return err
	})
	if err == nil {
		s.change.tell()
	}
	return copyID, err
}

// recoverPrints says the truth about jobs that a restart interrupted: one of
// which no band went out still waits, of any other nobody here knows.
func (s *Store) recoverPrints(ctx context.Context) error {
	return s.tx(ctx, "recover print jobs", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE print_jobs SET state = ?, changed_ms = ? WHERE state = ? AND band = 0`,
			string(PrintRendered), s.ms(), string(PrintSending)); err != nil {
			return err
		}
		// The moment stays the one at which it was sent: that is what staff remember.
		_, err := tx.ExecContext(ctx, `UPDATE print_jobs SET state = ?, reason = ? WHERE state = ?`,
			string(PrintUnknown), ReasonRestarted, string(PrintSending))
		return err
	})
}
