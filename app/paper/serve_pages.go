package paper

import (
	"context"
	"errors"
	"fmt"
	"time"

	ipp "tramhoso/device/page"
	"tramhoso/device/printer"
	"tramhoso/sync/dossier"
)

// Sheets is a page printer.
type Sheets interface {
	Status(ctx context.Context) (ipp.Status, error)
	Print(ctx context.Context, pdf []byte, o ipp.Options) (ipp.Outcome, error)
	Find(ctx context.Context, o ipp.Options) (ipp.Outcome, error)
}

// PageWays say how pages are printed.
type PageWays struct {
	Form Size // the paper of Form 01; "": A5 where there is some
	// Old are pages that a restart interrupted. The printer is asked about them
	// as soon as it answers: it knows better than a person whether they came out.
	Old []int64
	// Look is told every look at the printer.
	Look func(ipp.Status, error)
}

// pageWithin is how long a page waits for a printer that needs help. Then whoever
// wanted it has gone, and it is offered to a clerk instead: nobody's declaration
// shall fall out hours later.
const pageWithin = 10 * time.Minute

// jobName is the name under which the printer knows a job: no other job has it,
// and it says nothing of anybody.
func jobName(j Job) string { return fmt.Sprintf("tramhoso-%s-%d", j.Packet, j.ID) }

// ServePages prints pages until ctx ends, as Serve prints on the receipt printer;
// a press serves one of both.
func (p *Press) ServePages(ctx context.Context, m Sheets, ways PageWays) error {
	p.setServing(true)
	defer p.setServing(false)
	look := time.NewTimer(0)
	defer look.Stop()
	var first int64 // the job that waits for help
	var since time.Time
	for {
		err := p.pay(ctx)
		id := p.head()
		if err == nil && id != 0 {
			if id != first {
				first, since = id, time.Now()
			}
			if time.Since(since) > pageWithin {
				p.giveUp(id)
				continue
			}
			err = p.onePage(ctx, m, id, &ways)
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errJournal):
			pause(ctx, p.Pauses.Journal)
			continue
		case errors.Is(err, errHelp):
			pause(ctx, p.Pauses.Ready)
			continue
		case id != 0: // ended; what cannot even be opened was skipped
			look.Reset(0)
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.wake:
		case <-look.C:
			if _, err := p.lookAt(ctx, m, &ways); err != nil {
				pause(ctx, p.Pauses.Journal)
			}
			look.Reset(p.Pauses.Status)
		}
	}
}

// errHelp is a printer that cannot go on without a person.
var errHelp = errors.New("the page printer needs help")

// giveUp takes a job out of the queue; it waits for a clerk's word.
func (p *Press) giveUp(id int64) {
	f := fact{job: id, to: Failed, reason: ReasonWaited}
	p.debt = &f
	p.replace(id, 0)
	p.tell.Job(f.event())
}

func (p *Press) onePage(ctx context.Context, m Sheets, id int64, ways *PageWays) error {
	job, err := p.jobs.Open(ctx, id)
	if err != nil {
		return p.skip(ctx, id, err)
	}
	status, err := p.lookAt(ctx, m, ways)
	if err != nil {
		return err
	}
	if !status.Ready() {
		p.tell.Job(Event{Job: id, State: Blocked, Reason: printer.Reason(status.Stops)})
		return errHelp
	}
	form := ways.Form
	if form == "" && status.A5 {
		form = A5
	} else if form == "" {
		form = A4
	}
	pdf, size, err := Pages(job, form)
	if err == nil {
		err = p.jobs.Set(ctx, id, Sending, "")
	}
	if err != nil {
		return p.skip(ctx, id, err)
	}
	// From here on a restart must not take it for one that never went out.
	if err := p.jobs.Progress(ctx, id, 1, 1); err != nil {
		p.debt = &fact{job: id, to: Waiting, reason: ReasonJournal}
		return fmt.Errorf("%w: %w", errJournal, err)
	}
	p.tell.Job(Event{Job: id, State: Sending})
	out, err := m.Print(ctx, pdf, ipp.Options{Name: jobName(job), Media: media(size), Waits: func(r ipp.Reason) {
		e := Event{Job: id, State: Sending}
		if r != ipp.ReasonNone {
			e.State, e.Reason = Blocked, printer.Reason(r)
		}
		p.tell.Job(e)
	}})
	if ctx.Err() != nil && out.Result == ipp.Unknown {
		return ctx.Err() // the journal says that it was sent; the next start looks for it
	}
	f := fact{job: id, reason: printer.Reason(out.Reason)}
	f.end(pageResults[out.Result], out.Reason == ipp.ReasonDocument || out.Reason == ipp.ReasonCancelled, out.Started)
	p.debt = &f
	if f.over() {
		p.replace(id, 0)
		p.tell.Job(f.event())
	}
	if perr := p.pay(ctx); perr != nil {
		return perr
	}
	if !f.over() {
		return errHelp
	}
	return err
}

// pageResults is what is known of pages that did not fail.
var pageResults = map[ipp.Result]State{ipp.Printed: Printed, ipp.Unknown: Unknown}

func media(s Size) ipp.Media {
	if s == A5 {
		return ipp.A5
	}
	return ipp.A4
}

// lookAt looks at the printer and, as soon as it answers, asks it about what a
// restart interrupted. Its error is the journal's.
func (p *Press) lookAt(ctx context.Context, m Sheets, ways *PageWays) (ipp.Status, error) {
	status, err := m.Status(ctx)
	ways.Look(status, err)
	for status.Known && len(ways.Old) > 0 && ctx.Err() == nil {
		if err := p.recover(ctx, m, ways.Old[0]); err != nil {
			return status, fmt.Errorf("%w: %w", errJournal, err)
		}
		ways.Old = ways.Old[1:]
	}
	return status, nil
}

// recover asks about one page; what the printer does not know stays unknown.
func (p *Press) recover(ctx context.Context, m Sheets, id int64) error {
	job, err := p.jobs.Open(ctx, id)
	if dossier.CodeOf(err) == dossier.CodeNotFound || err == nil && job.State != Unknown {
		return nil // its content is gone, or a person has answered
	}
	if err != nil {
		return err
	}
	out, err := m.Find(ctx, ipp.Options{Name: jobName(job)})
	to := map[ipp.Result]State{ipp.Printed: Printed, ipp.Failed: Failed}[out.Result]
	if err != nil || to == "" {
		return nil
	}
	if err := p.jobs.Set(ctx, id, to, string(out.Reason)); err != nil {
		return err
	}
	p.tell.Job(Event{Job: id, State: to, Reason: printer.Reason(out.Reason)})
	return nil
}
