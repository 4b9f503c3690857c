package paper

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"tramhoso/device/printer"
	"tramhoso/sync/dossier"
)

// The kinds of paper.
const (
	KindSlip   = "slip"
	KindForm01 = "form01"
	KindRecall = "withdrawal"
)

// State is where a paper is, in the words of the store; Blocked is this
// package's own and is never stored.
type State string

// The states. Only Printed is certain.
const (
	Waiting  State = "rendered"
	Sending  State = "sending"
	Printed  State = "printed"
	Probably State = "probably"
	Unknown  State = "unknown" // a person is asked
	Failed   State = "failed"
	Blocked  State = "blocked" // waits until a person has helped the printer
)

// Reasons of the journal beside the printer's own.
const (
	ReasonJournal   printer.Reason = "journal"    // what happens cannot be written down, so nothing is printed
	ReasonSeen      printer.Reason = "seen"       // a person saw the paper
	ReasonNotSeen   printer.Reason = "not-seen"   // a person saw that there is none
	ReasonNotWanted printer.Reason = "not-wanted" // a person said that it is not needed
	ReasonTries     printer.Reason = "tries"      // the printer says that it is ready and fails every time
	ReasonWaited    printer.Reason = "waited"     // nobody helped the printer while the paper was wanted
)

// Job is one paper to print, opened.
type Job struct {
	ID     int64
	Packet string
	Kind   string
	Copy   int // 0: the first; else it says that it is a reprint
	State  State
	Data   []byte // JSON of a Slip, a Form01 or a Recall
}

// Jobs is the journal of papers. What it has answered is on the disk.
type Jobs interface {
	Open(ctx context.Context, id int64) (Job, error)
	// Set moves a job; CodeBadTransition when it may not go there.
	Set(ctx context.Context, id int64, to State, reason string) error
	// Progress says that a band of a job that is being sent goes out next. Only
	// the first must be on the disk when it returns; later ones must not wait.
	Progress(ctx context.Context, id int64, band, bands int) error
	// Reprint makes a whole new copy of the same paper and returns it; one that
	// still waits is returned again.
	Reprint(ctx context.Context, id int64) (int64, error)
}

// Machine is a printer on an open line.
type Machine interface {
	// Print says by sending, on the caller's goroutine, which band goes next.
	Print(ctx context.Context, d printer.Document, sending func(band, bands int)) (printer.Outcome, error)
	// Recover looks at the printer, and clears what an earlier job left in it as
	// soon as it is ready: also a paper that only waits for the knife.
	Recover(ctx context.Context) (printer.Status, error)
	// Interrupted says that a paper was under way when an earlier line, or an
	// earlier program, ended: what hangs in the printer is cut off first.
	Interrupted(ctx context.Context) error
	// Watch has every status told that is heard, also while it prints.
	Watch(func(printer.Status))
}

// Event is what an observer hears about a job.
type Event struct {
	Job    int64
	Before int64 // the job that this one replaces, 0 for none
	State  State
	Reason printer.Reason
	// Band is the last band that was sent, of Bands, when a paper ended or broke
	// off; 0: nothing of it can be on paper.
	Band, Bands int
}

// Observer hears what happens. It is called on the printing goroutine, or by
// Print, Again and Answer on their caller's, and must not block.
type Observer struct {
	Job    func(Event)
	Status func(printer.Status) // after every look at the printer; the zero value once the line is gone
}

// Pauses are how long a press waits between two looks or tries.
type Pauses struct {
	// Status: how often an idle printer is looked at.
	Status time.Duration
	// Ready: how often a printer that waits for help is looked at.
	Ready time.Duration
	// Settle: between a printer that is ready again and the next try.
	Settle time.Duration
	// Journal: how often a journal that could not be written is tried again.
	Journal time.Duration
}

// Unhurried are the pauses of a station.
var Unhurried = Pauses{
	Status:  3 * time.Second, // warns of an open cover before a visit starts, and costs nothing
	Ready:   time.Second,     // whoever closed the cover looks up after about a second
	Settle:  time.Second,     // a lid that was just closed, a printer that says ready and fails at once
	Journal: 3 * time.Second, // a full disk is not emptied in a second
}

// maxTries bounds how often a paper is begun without a person's word: a printer
// that says it is ready and then fails every time must not spend a roll.
const maxTries = 5

// Press is the print queue. It prints what Print was called for since the
// program started, in that order, and nothing else: papers left over from
// before are offered by whoever lists them, never printed by themselves.
type Press struct {
	// Pauses may be changed before Serve.
	Pauses Pauses

	jobs Jobs
	tell Observer

	mu      sync.Mutex
	queue   []int64
	serving bool
	wake    chan struct{}  // holds one token: something was queued
	doubt   bool           // a person missed a paper: a part of it may hang in the printer
	now     int64          // the job that is being printed, 0 for none
	held    printer.Reason // why the printer pauses in the middle of it

	// Of Serve alone.
	tries int   // of the head
	torn  bool  // a paper was under way when the last line ended
	debt  *fact // what happened and is not written down yet
}

// NewPress makes an empty queue.
func NewPress(jobs Jobs, tell Observer) *Press {
	if tell.Job == nil {
		tell.Job = func(Event) {}
	}
	if tell.Status == nil {
		tell.Status = func(printer.Status) {}
	}
	return &Press{Pauses: Unhurried, jobs: jobs, tell: tell, wake: make(chan struct{}, 1)}
}

// Print queues a job. One that is queued already stays where it is. Without a
// line to a printer the job is told to be blocked, and waits.
func (p *Press) Print(id int64) {
	p.mu.Lock()
	known := slices.Contains(p.queue, id)
	if !known {
		p.queue = append(p.queue, id)
	}
	serving := p.serving
	p.mu.Unlock()
	if known {
		return
	}
	if !serving {
		p.tell.Job(Event{Job: id, State: Blocked, Reason: printer.ReasonUnplugged})
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Again queues a whole new copy, marked as a reprint.
func (p *Press) Again(ctx context.Context, id int64) (int64, error) {
	copied, err := p.jobs.Reprint(ctx, id)
	if err != nil {
		return 0, fmt.Errorf("failed to reprint: %w", err)
	}
	p.tell.Job(Event{Job: copied, Before: id, State: Waiting})
	p.Print(copied)
	return copied, nil
}

// Answer takes a person's word about a job whose outcome is unknown: the paper
// is out, or a new copy is made of it. It returns the job to follow.
func (p *Press) Answer(ctx context.Context, id int64, out bool) (int64, error) {
	if out {
		if err := p.jobs.Set(ctx, id, Printed, string(ReasonSeen)); err != nil {
			return 0, fmt.Errorf("failed to take the answer: %w", err)
		}
		p.tell.Job(Event{Job: id, State: Printed})
		return id, nil
	}
	if err := p.jobs.Set(ctx, id, Failed, string(ReasonNotSeen)); err != nil {
		return 0, fmt.Errorf("failed to take the answer: %w", err)
	}
	p.mu.Lock()
	p.doubt = true
	p.mu.Unlock()
	return p.Again(ctx, id)
}

// Interrupted says, before Serve, that an earlier program may have ended in the
// middle of a paper.
func (p *Press) Interrupted() { p.torn = true }

// Drop takes a person's word that a paper that was not printed is not needed.
func (p *Press) Drop(ctx context.Context, id int64) error {
	if p.Queued(id) {
		return dossier.Errorf(dossier.CodeBadTransition, "print job %d is in the queue", id)
	}
	if err := p.jobs.Set(ctx, id, Failed, string(ReasonNotWanted)); err != nil {
		return fmt.Errorf("failed to drop a paper: %w", err)
	}
	return nil
}

// Queued reports whether a job is printed now or waits for the printer.
func (p *Press) Queued(id int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.queue, id)
}

// head is the job to print next; 0 when there is none.
func (p *Press) head() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 {
		return 0
	}
	return p.queue[0]
}

// replace puts a copy in the head's place, or takes the head out (0).
func (p *Press) replace(id, by int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 || p.queue[0] != id {
		return
	}
	if by == 0 {
		p.tries = 0
		p.queue = p.queue[1:]
		return
	}
	p.queue[0] = by
}

func (p *Press) setServing(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.serving = on
}

// Draw lays a job out; a copy says that it is one.
func Draw(j Job) (printer.Document, error) {
	switch j.Kind {
	case KindSlip:
		var s Slip
		if err := json.Unmarshal(j.Data, &s); err != nil {
			return printer.Document{}, dossier.Errorf(dossier.CodeInvalid, "failed to read a slip: %w", err)
		}
		return s.Document(j.Copy > 0)
	case KindForm01:
		var f Form01
		if err := json.Unmarshal(j.Data, &f); err != nil {
			return printer.Document{}, dossier.Errorf(dossier.CodeInvalid, "failed to read a form 01: %w", err)
		}
		return f.Document(j.Copy > 0)
	case KindRecall:
		var r Recall
		if err := json.Unmarshal(j.Data, &r); err != nil {
			return printer.Document{}, dossier.Errorf(dossier.CodeInvalid, "failed to read a note of a withdrawal: %w", err)
		}
		return r.Document(j.Copy > 0)
	}
	return printer.Document{}, dossier.Errorf(dossier.CodeInvalid, "unknown kind of paper %q", j.Kind)
}

// NumberOf is the number on a paper that a person knows it by: a slip's own, the
// slip's on the note of its withdrawal, or the agency's code on form 01.
func NumberOf(j Job) (string, error) {
	var named struct {
		Number string `json:"number"`
		Slip   string `json:"slip"`
		Form   struct {
			Code string
		} `json:"form"`
	}
	if j.Kind == KindResult {
		return "", nil // an agency's document has none that we can read
	}
	if err := json.Unmarshal(j.Data, &named); err != nil {
		return "", dossier.Errorf(dossier.CodeInvalid, "failed to read a paper: %w", err)
	}
	switch j.Kind {
	case KindForm01, KindForm01Pages:
		return named.Form.Code, nil
	case KindDeclaration:
		return named.Slip, nil
	}
	return named.Number, nil
}
