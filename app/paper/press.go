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

// Job is one paper to print, opened.
type Job struct {
	ID     int64
	Packet string
	Kind   string
	Copy   int // 0: the first; else it says that it is a reprint
	State  State
	Data   []byte // JSON of a Slip or a Form01
}

// Jobs keeps papers.
type Jobs interface {
	Open(ctx context.Context, id int64) (Job, error)
	// Set moves a job; CodeBadTransition when it may not go there.
	Set(ctx context.Context, id int64, to State, reason string) error
	// Reprint makes a whole new copy of the same paper and returns it; one that
	// still waits is returned again.
	Reprint(ctx context.Context, id int64) (int64, error)
}

// Machine is a printer on an open line.
type Machine interface {
	// Print says by sending, on the caller's goroutine, which band goes next.
	Print(ctx context.Context, d printer.Document, sending func(band, bands int)) (printer.Outcome, error)
	// WaitReady waits until the printer says that it can print.
	WaitReady(ctx context.Context) (printer.Status, error)
	Status(ctx context.Context) (printer.Status, error)
}

// Event is what an observer hears about a job.
type Event struct {
	Job    int64
	Before int64 // the job that this one replaces, 0 for none
	State  State
	Reason printer.Reason
}

// Observer hears what happens. It is called on the printing goroutine, or by
// Print, Again and Answer on their caller's, and must not block.
type Observer struct {
	Job    func(Event)
	Status func(printer.Status) // after every look at the printer; the zero value once the line is gone
}

// StatusEvery is how often an idle printer is looked at: often enough to warn
// of an open cover before a visit starts, seldom enough to cost nothing.
const StatusEvery = 3 * time.Second

// settle is the pause between a printer that is ready again and the next try: a
// lid that was just closed, a printer that says ready and fails at once.
const settle = time.Second

// Press is the print queue. It prints what Print was called for since the
// program started, in that order, and nothing else: papers left over from
// before are offered by whoever lists them, never printed by themselves.
type Press struct {
	jobs Jobs
	tell Observer

	mu      sync.Mutex
	queue   []int64
	serving bool
	wake    chan struct{} // holds one token: something was queued
}

// NewPress makes an empty queue.
func NewPress(jobs Jobs, tell Observer) *Press {
	if tell.Job == nil {
		tell.Job = func(Event) {}
	}
	if tell.Status == nil {
		tell.Status = func(printer.Status) {}
	}
	return &Press{jobs: jobs, tell: tell, wake: make(chan struct{}, 1)}
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
		if err := p.jobs.Set(ctx, id, Printed, "seen"); err != nil {
			return 0, fmt.Errorf("failed to take the answer: %w", err)
		}
		p.tell.Job(Event{Job: id, State: Printed})
		return id, nil
	}
	if err := p.jobs.Set(ctx, id, Failed, "not seen"); err != nil {
		return 0, fmt.Errorf("failed to take the answer: %w", err)
	}
	return p.Again(ctx, id)
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

// Serve prints on one open line until ctx ends or the line is gone; it is
// called again for the next line and goes on where it was. It runs on the
// caller's goroutine.
func (p *Press) Serve(ctx context.Context, m Machine) error {
	p.setServing(true)
	defer func() {
		p.setServing(false)
		p.tell.Status(printer.Status{})
	}()
	look := time.NewTimer(0)
	defer look.Stop()
	for {
		if id := p.head(); id != 0 {
			if err := p.one(ctx, m, id); err != nil {
				return err
			}
			look.Reset(0)
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.wake:
		case <-look.C:
			s, err := m.Status(ctx)
			if err != nil {
				return fmt.Errorf("failed to look at the printer: %w", err)
			}
			p.tell.Status(s)
			look.Reset(StatusEvery)
		}
	}
}

// one prints one job as far as it goes. An error means that the line cannot be
// used any more; the job stays at the head.
func (p *Press) one(ctx context.Context, m Machine, id int64) error {
	job, err := p.jobs.Open(ctx, id)
	if err != nil {
		return p.skip(ctx, id, err)
	}
	doc, err := Draw(job)
	if err == nil {
		err = p.jobs.Set(ctx, id, Sending, "")
	}
	if err != nil {
		return p.skip(ctx, id, err)
	}
	p.tell.Job(Event{Job: id, State: Sending})
	out, lineErr := m.Print(ctx, doc, nil)

	keep := context.WithoutCancel(ctx) // what happened is written down even while the program ends
	switch {
	case out.Result == printer.Printed:
		err = p.end(keep, id, Printed, out.Reason)
	case out.Result == printer.ProbablyPrinted:
		err = p.end(keep, id, Probably, out.Reason)
	case out.Result == printer.Unknown:
		err = p.end(keep, id, Unknown, out.Reason)
	case out.Reason == printer.ReasonDocument:
		err = p.end(keep, id, Failed, out.Reason)
	default:
		return p.blocked(ctx, m, id, out, lineErr)
	}
	if err != nil {
		return err
	}
	return lineErr
}

// skip leaves a job that cannot even be sent; nothing of it is on paper.
func (p *Press) skip(ctx context.Context, id int64, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.replace(id, 0)
	p.tell.Job(Event{Job: id, State: Failed, Reason: printer.ReasonDocument})
	if dossier.CodeOf(err) == "" {
		return fmt.Errorf("failed to take a print job: %w", err)
	}
	return nil
}

func (p *Press) end(ctx context.Context, id int64, to State, reason printer.Reason) error {
	p.replace(id, 0)
	err := p.jobs.Set(ctx, id, to, string(reason))
	p.tell.Job(Event{Job: id, State: to, Reason: reason})
	if err != nil {
		return fmt.Errorf("failed to keep the outcome of a print: %w", err)
	}
	return nil
}

// blocked keeps a job that the printer did not finish: the same job when none
// of it can be on paper, else a whole new copy; then it waits for the printer.
func (p *Press) blocked(ctx context.Context, m Machine, id int64, out printer.Outcome, lineErr error) error {
	keep := context.WithoutCancel(ctx)
	now := id
	if !out.Started {
		if err := p.jobs.Set(keep, id, Waiting, string(out.Reason)); err != nil {
			return fmt.Errorf("failed to put a print job back: %w", err)
		}
	} else {
		if err := p.jobs.Set(keep, id, Failed, string(out.Reason)); err != nil {
			return fmt.Errorf("failed to keep the outcome of a print: %w", err)
		}
		copied, err := p.jobs.Reprint(keep, id)
		if err != nil {
			p.replace(id, 0)
			p.tell.Job(Event{Job: id, State: Failed, Reason: out.Reason})
			return lineErr
		}
		p.replace(id, copied)
		now = copied
	}
	e := Event{Job: now, State: Blocked, Reason: out.Reason}
	if now != id {
		e.Before = id
	}
	p.tell.Job(e)
	if lineErr != nil {
		return lineErr
	}
	if s, err := m.Status(ctx); err == nil {
		p.tell.Status(s)
	}
	s, err := m.WaitReady(ctx)
	if err != nil {
		return fmt.Errorf("failed to wait for the printer: %w", err)
	}
	p.tell.Status(s)
	p.tell.Job(Event{Job: now, State: Waiting})
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(settle):
		return nil
	}
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
	}
	return printer.Document{}, dossier.Errorf(dossier.CodeInvalid, "unknown kind of paper %q", j.Kind)
}
