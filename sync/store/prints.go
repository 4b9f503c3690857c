package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store/internal/rows"
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

// maxJobs bounds a list of papers: more on one dossier, or waiting at one
// station, is a fault elsewhere.
const maxJobs = 100

func printJob(r rows.PrintJob) PrintJob {
	j := PrintJob{ID: r.ID, Packet: r.Packet, Kind: r.Kind, Root: r.ID, Copy: int(r.Copy), Sealed: r.Sealed, Key: r.Key,
		State: PrintState(r.State), Reason: r.Reason, Band: int(r.Band), Bands: int(r.Bands),
		Created: time.UnixMilli(r.CreatedMs), Changed: time.UnixMilli(r.ChangedMs)}
	if r.Root.Valid {
		j.Root = r.Root.Int64
	}
	return j
}

func readPrint(ctx context.Context, q *rows.Queries, id int64) (PrintJob, error) {
	r, err := q.PrintJob(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return PrintJob{}, dossier.E(dossier.CodeNotFound, err)
	}
	if err != nil {
		return PrintJob{}, coded(fmt.Errorf("failed to read a print job: %w", err))
	}
	return printJob(r), nil
}

// AddPrint adds a paper about a packet that is here already, such as Form 01.
func (s *Store) AddPrint(ctx context.Context, packet string, p Print) (id int64, err error) {
	s.number.Lock() // a submission may be about to take the same number
	defer s.number.Unlock()
	s.numbers.known = false
	err = s.tx(ctx, "add a print job", func(tx *sql.Tx) (err error) {
		id, err = s.w.WithTx(tx).AddPrint(ctx, rows.AddPrintParams{Packet: packet, Kind: p.Kind, Sealed: p.Sealed, Key: p.Key, AtMs: s.ms()})
		return err
	})
	if err == nil {
		s.change.tell()
	}
	return id, err
}

// PrintJob returns one paper.
func (s *Store) PrintJob(ctx context.Context, id int64) (PrintJob, error) {
	return readPrint(ctx, s.r, id)
}

// PrintJobs returns the papers of a packet, first first.
func (s *Store) PrintJobs(ctx context.Context, packet string) ([]PrintJob, error) {
	list, err := s.r.PrintJobs(ctx, rows.PrintJobsParams{Packet: packet, Limit: maxJobs})
	return printJobs(list, err)
}

// OpenPrintJobs returns the papers that wait for the printer or for a person:
// rendered, sending, and the newest copy that is unknown, or failed and wanted.
func (s *Store) OpenPrintJobs(ctx context.Context) ([]PrintJob, error) {
	list, err := s.r.OpenPrintJobs(ctx, maxJobs)
	return printJobs(list, err)
}

func printJobs(found []rows.PrintJob, err error) (list []PrintJob, _ error) {
	if err != nil {
		return nil, coded(fmt.Errorf("failed to list print jobs: %w", err))
	}
	for _, r := range found {
		list = append(list, printJob(r))
	}
	return list, nil
}

// SetPrint moves a job to a state with a reason that holds no personal data.
// A move that the states do not allow is CodeBadTransition.
//
// Every move is on the disk when this returns but rendered → sending: that one
// says nothing that a restart would not find out, so no print waits for it.
func (s *Store) SetPrint(ctx context.Context, id int64, to PrintState, reason string) error {
	move := func(tx *sql.Tx) error {
		q := s.w.WithTx(tx)
		j, err := readPrint(ctx, q, id)
		if err != nil {
			return err
		}
		if !slices.Contains(before[to], j.State) {
			return dossier.Errorf(dossier.CodeBadTransition, "a print job cannot go from %s to %s", j.State, to)
		}
		if to == PrintRendered {
			j.Band, j.Bands = 0, 0 // it will be sent from its start
		}
		return q.MovePrint(ctx, rows.MovePrintParams{State: string(to), Reason: reason, Band: int64(j.Band), Bands: int64(j.Bands), ChangedMs: s.ms(), ID: id})
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
	if band == 1 && firstBandWaits {
		run = s.tx
	}
	return run(ctx, "keep how far a print is", func(tx *sql.Tx) error {
		n, err := s.w.WithTx(tx).PrintBand(ctx, rows.PrintBandParams{Band: int64(band), Bands: int64(bands), ID: id})
		if err != nil || n == 1 {
			return err
		}
		return dossier.Errorf(dossier.CodeBadTransition, "print job %d is not being sent", id)
	})
}

// Reprint makes a new copy of a paper, flagged as one. A copy that still waits
// is returned instead of a further one.
func (s *Store) Reprint(ctx context.Context, id int64) (copyID int64, err error) {
	s.number.Lock()
	defer s.number.Unlock()
	s.numbers.known = false
	err = s.tx(ctx, "reprint", func(tx *sql.Tx) error {
		q := s.w.WithTx(tx)
		j, err := readPrint(ctx, q, id)
		if err != nil {
			return err
		}
		if j.Key == nil {
			return dossier.Errorf(dossier.CodeNotFound, "the paper's key was destroyed")
		}
		root := sql.NullInt64{Int64: j.Root, Valid: true}
		copyID, err = q.WaitingCopy(ctx, root)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		last, err := q.LastCopy(ctx, root)
		if err != nil {
			return err
		}
		if last >= maxCopies {
			return dossier.Errorf(dossier.CodePrinterDown, "reprinted %d times", last)
		}
		copyID, err = q.AddCopy(ctx, rows.AddCopyParams{Packet: j.Packet, Kind: j.Kind, Root: root, Copy: last + 1, Sealed: j.Sealed, Key: j.Key, AtMs: s.ms()})
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
	return s.tx(ctx, "recover print jobs", func(tx *sql.Tx) error { return afterRestart(ctx, s.w.WithTx(tx), s.ms()) })
}
