package page

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// jobState is job-state (RFC 8011 5.3.7).
type jobState int

const (
	jobPending    jobState = 3
	jobHeld       jobState = 4
	jobProcessing jobState = 5
	jobStopped    jobState = 6
	jobCancelled  jobState = 7
	jobAborted    jobState = 8
	jobCompleted  jobState = 9
)

var jobWanted = []string{"job-id", "job-name", "job-state", "job-state-reasons", "job-impressions-completed",
	"time-at-processing"}

// job is one look at a job.
type job struct {
	id      int
	name    string
	state   jobState
	reasons []string
	sheets  int  // impressions completed
	idle    bool // the printer says that it never worked on it
}

func readJob(g group) (job, error) {
	id, ok := g.number("job-id")
	state, told := g.number("job-state")
	if !ok || !told || state < int(jobPending) || state > int(jobCompleted) {
		return job{}, fmt.Errorf("%w: a job without a number or a state", errMessage)
	}
	j := job{id: id, state: jobState(state), reasons: g.texts("job-state-reasons")}
	j.sheets, _ = g.number("job-impressions-completed")
	// Out of band: there is no such time (RFC 8011 5.3.14.2).
	if at := g.values("time-at-processing"); len(at) == 1 && at[0].Tag == tagNoValue {
		j.idle = true
	}
	if names := g.texts("job-name"); len(names) > 0 {
		j.name = names[0]
	}
	return j, nil
}

func (j job) says(reason string) bool {
	for _, r := range j.reasons {
		if r == reason {
			return true
		}
	}
	return false
}

// Find asks for a job by its name: one that a restart interrupted, or whose
// answer was lost. A job that is found is followed to its end; one that is not
// is Unknown, for a printer may forget what it has printed.
func (p *Printer) Find(ctx context.Context, o Options) (Outcome, error) {
	lost := Outcome{Result: Unknown, Reason: ReasonLost, Started: true}
	deadline := time.Now().Add(p.timing.Lost)
	for {
		found, err := p.find(ctx, o.Name)
		switch {
		case err == nil && found.id == 0:
			lost.Reason = ReasonRestarted
			return lost, nil
		case err == nil:
			if o.Taken != nil {
				o.Taken(found.id)
			}
			return p.follow(ctx, found.id, o.Waits)
		case ctx.Err() != nil || !time.Now().Before(deadline):
			return lost, fmt.Errorf("failed to look for the job: %w", err)
		}
		pause(ctx, p.timing.Poll)
	}
}

// find looks at the jobs that wait or run, then at those that are over: a job
// may pass from one list to the other in between, never back.
func (p *Printer) find(ctx context.Context, name string) (job, error) {
	for _, which := range []string{"not-completed", "completed"} {
		answer, err := p.c.call(ctx, p.c.operation(opGetJobs, text(tagName, "requesting-user-name", asks),
			text(tagKeyword, "which-jobs", which), text(tagKeyword, "requested-attributes", jobWanted...)))
		if err != nil {
			return job{}, err
		}
		for _, g := range answer.Groups {
			if g.Tag != tagJob {
				continue
			}
			if j, err := readJob(g); err == nil && j.name == name {
				return j, nil
			}
		}
	}
	return job{}, nil
}

func (p *Printer) look(ctx context.Context, id int) (job, error) {
	answer, err := p.c.call(ctx, p.c.operation(opGetJob, integer("job-id", id), text(tagName, "requesting-user-name", asks),
		text(tagKeyword, "requested-attributes", jobWanted...)))
	if err != nil {
		return job{}, err
	}
	return readJob(answer.first(tagJob))
}

// follow asks for a job until it has ended.
func (p *Printer) follow(ctx context.Context, id int, waits func(Reason)) (Outcome, error) {
	out := Outcome{Result: Unknown, Reason: ReasonLost, Job: id, Started: true}
	began := time.Now()
	heard, moved := began, began
	var told, last Reason
	started := false
	for {
		j, err := p.look(ctx, id)
		now := time.Now()
		var status *statusError
		switch {
		case ctx.Err() != nil:
			return out, ctx.Err()
		case errors.As(err, &status) && (status.status == statusNotFound || status.status == statusGone):
			out.Reason = ReasonRestarted
			return out, nil
		case err != nil:
			if now.Sub(heard) >= p.timing.Lost {
				return out, fmt.Errorf("failed to follow the job: %w", err)
			}
			pause(ctx, p.timing.Poll)
			continue
		}
		heard = now
		started = started || j.sheets > 0 || j.state == jobProcessing || j.state == jobStopped
		if over, done := p.ended(ctx, j, last, started); done {
			return over, nil
		}
		reason := p.hindrance(ctx, j)
		if reason != ReasonNone {
			last = reason
		} else {
			moved = now
		}
		if reason != told {
			told = reason
			if waits != nil {
				waits(reason)
			}
		}
		if now.Sub(moved) >= p.timing.Stop || now.Sub(began) >= p.timing.Finish {
			return p.takeOut(ctx, id, last, started)
		}
		pause(ctx, p.timing.Poll)
	}
}

// hindrance says why a job does not move, or nothing.
func (p *Printer) hindrance(ctx context.Context, j job) Reason {
	status, err := p.Status(ctx)
	switch {
	case err != nil:
		return ReasonNone // the next look at the job will tell
	case status.Stops != ReasonNone && status.Stops != ReasonRefusing:
		return status.Stops
	case j.state == jobStopped || j.state == jobHeld || j.says("printer-stopped"):
		// It stands still although the printer calls its reason a mere warning.
		if status.Warns != ReasonNone && status.Warns != ReasonNearEnd && status.Warns != ReasonTonerLow {
			return status.Warns
		}
		return ReasonStopped
	}
	return ReasonNone
}

// touched reports whether some of a job may be on paper: a job may have run and
// failed between two looks.
func (j job) touched(seen bool) bool { return seen || !j.idle }

// ended turns a last state into an outcome.
func (p *Printer) ended(ctx context.Context, j job, last Reason, started bool) (Outcome, bool) {
	out := Outcome{Job: j.id, Started: j.touched(started)}
	switch j.state {
	case jobCompleted:
		if j.says("job-completed-with-errors") {
			return Outcome{Result: Unknown, Reason: ReasonFault, Job: j.id, Started: true}, true
		}
		return Outcome{Result: Printed, Job: j.id, Started: true}, true
	case jobCancelled:
		out.Reason = ReasonCancelled
		return out, true
	case jobAborted:
		out.Reason = ReasonFault
		switch {
		case j.says("document-format-error") || j.says("unsupported-document-format") || j.says("document-unprintable-error"):
			out.Reason = ReasonDocument
		case last != ReasonNone:
			out.Reason = last
		default:
			if s, err := p.Status(ctx); err == nil && s.Stops != ReasonNone {
				out.Reason = s.Stops
			}
		}
		return out, true
	}
	return out, false
}

// takeOut cancels a job that cannot go on, and says so only when the printer
// confirms it: otherwise it may still come out.
func (p *Printer) takeOut(ctx context.Context, id int, reason Reason, started bool) (Outcome, error) {
	unknown := Outcome{Result: Unknown, Reason: ReasonLost, Job: id, Started: true}
	if reason == ReasonNone {
		reason = ReasonFault
	}
	if err := p.Cancel(ctx, id); err != nil {
		return unknown, err
	}
	for until := time.Now().Add(p.timing.Lost); time.Now().Before(until) && ctx.Err() == nil; pause(ctx, p.timing.Poll) {
		j, err := p.look(ctx, id)
		if err != nil {
			continue
		}
		switch j.state {
		case jobCompleted: // it was quicker
			out, _ := p.ended(ctx, j, reason, started)
			return out, nil
		case jobCancelled, jobAborted:
			return Outcome{Reason: reason, Job: id, Started: j.touched(started)}, nil
		}
	}
	return unknown, nil
}

// Cancel takes a job out of the printer. One that is over already is no error.
func (p *Printer) Cancel(ctx context.Context, id int) error {
	_, err := p.c.call(ctx, p.c.operation(opCancelJob, integer("job-id", id), text(tagName, "requesting-user-name", asks)))
	var status *statusError
	if errors.As(err, &status) && (status.status == statusNotPossible || status.status == statusNotFound || status.status == statusGone) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("failed to take the job out of the printer: %w", err)
	}
	return nil
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
