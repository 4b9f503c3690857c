package paper

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tramhoso/device/printer"
	"tramhoso/sync/dossier"
)

// Serve prints on one open line until ctx ends or the line is gone; it is
// called again for the next line and goes on where it was. It runs on the
// caller's goroutine.
func (p *Press) Serve(ctx context.Context, m Machine) error {
	p.setServing(true)
	defer func() {
		p.setServing(false)
		p.tell.Status(printer.Status{})
		if id := p.head(); id != 0 && !stopped(ctx) {
			p.tell.Job(Event{Job: id, State: Blocked, Reason: printer.ReasonUnplugged})
		}
	}()
	m.Watch(p.heard)
	defer m.Watch(nil)
	if p.torn {
		if err := m.Interrupted(ctx); err != nil {
			return err
		}
	}
	look := time.NewTimer(0)
	defer look.Stop()
	for {
		err := p.pay(ctx)
		id := p.head()
		if err == nil && id != 0 {
			err = p.one(ctx, m, id)
		}
		switch {
		case errors.Is(err, errJournal) && ctx.Err() == nil:
			if !pause(ctx, p.Pauses.Journal) {
				return ctx.Err()
			}
			continue
		case err != nil:
			return err
		case id != 0:
			look.Reset(0)
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.wake:
		case <-look.C:
			s, err := m.Recover(ctx)
			if err != nil {
				return fmt.Errorf("failed to look at the printer: %w", err)
			}
			p.tell.Status(s)
			if s.Ready() {
				p.torn = false // what hung in it has been cut off
			}
			look.Reset(p.Pauses.Status)
		}
	}
}

// errJournal is a journal that cannot be written. The line is well: the job
// waits for the disk.
var errJournal = errors.New("the journal of prints cannot be written")

// one prints one job as far as it goes. An error means that the line cannot be
// used any more, or is errJournal; a job that did not end stays at the head.
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
	printing, stop := context.WithCancel(ctx)
	defer stop()
	j := p.journal(ctx, id, stop)
	if p.takeDoubt() {
		if err := m.Interrupted(ctx); err != nil {
			p.torn = true // for the next line
			j.forbid()
		}
	}
	p.setPrinting(id)
	out, lineErr := m.Print(printing, doc, j.sending)
	p.setPrinting(0)
	p.torn = lineErr != nil && (p.torn || out.Started)
	unwritten := j.close()
	if unwritten != nil {
		out.Reason = ReasonJournal
		if ctx.Err() == nil && errors.Is(lineErr, context.Canceled) {
			lineErr = nil // by our own wish
		}
	}
	if out.Reason == printer.ReasonCancelled && ctx.Err() != nil && !stopped(ctx) {
		out.Reason = printer.ReasonUnplugged
	}
	f := fact{job: id, reason: out.Reason, band: out.Band, bands: out.Bands}
	f.end(results[out.Result], out.Reason == printer.ReasonDocument, out.Started)
	p.debt = &f
	if f.over() {
		p.replace(id, 0)
	}
	err = p.pay(ctx)
	if f.over() {
		p.tell.Job(f.event()) // written down or not: it happened
	}
	switch {
	case lineErr != nil:
		return lineErr
	case err != nil:
		return err
	case unwritten != nil:
		return fmt.Errorf("%w: %w", errJournal, unwritten)
	case f.over() || p.head() != f.now:
		return nil
	}
	return p.await(ctx, m, f.now, f.reason)
}

// heard takes a status that the printer gives, also in the middle of a paper: a
// head that is hot goes on by itself, and whoever waits is told so.
func (p *Press) heard(s printer.Status) {
	p.mu.Lock()
	id, before := p.now, p.held
	switch {
	case id == 0:
	case s.Passing():
		p.held = s.Trouble()
	case s.Ready():
		p.held = printer.ReasonNone
	}
	now := p.held
	p.mu.Unlock()
	p.tell.Status(s)
	switch {
	case now == before:
	case now != printer.ReasonNone:
		p.tell.Job(Event{Job: id, State: Blocked, Reason: now})
	default:
		p.tell.Job(Event{Job: id, State: Sending})
	}
}

// takeDoubt tells whether a person missed a paper since the last print.
func (p *Press) takeDoubt() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.doubt
	p.doubt = false
	return was
}

func (p *Press) setPrinting(id int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now, p.held = id, printer.ReasonNone
}

// skip leaves a job that cannot even be sent; nothing of it is on paper. One
// that only cannot be written down waits.
func (p *Press) skip(ctx context.Context, id int64, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch code := dossier.CodeOf(err); code {
	case dossier.CodeStorageFull, dossier.CodeStorageReadOnly:
		p.tell.Job(Event{Job: id, State: Blocked, Reason: ReasonJournal})
		return fmt.Errorf("%w: %w", errJournal, err)
	default:
		p.replace(id, 0)
		p.tell.Job(Event{Job: id, State: Failed, Reason: printer.ReasonDocument})
		if code != "" {
			return nil
		}
	}
	return fmt.Errorf("failed to take a print job: %w", err)
}

// fact is what became of a job; it is paid when it is written down. Until then
// nothing else is printed: a copy that the journal does not know of could come
// out twice.
type fact struct {
	job         int64
	to          State
	reason      printer.Reason
	again       bool // it broke off: a whole new copy takes its place
	band, bands int
	told        bool  // that it is blocked
	now         int64 // the job at the head after it
}

// results is what is known of a print that did not fail.
var results = map[printer.Result]State{printer.Printed: Printed, printer.ProbablyPrinted: Probably, printer.Unknown: Unknown}

// end says what becomes of a job after a try. One that failed is over where
// another try would fail as well, begins anew if a part of it may be on paper,
// and else waits as if nothing had happened.
func (f *fact) end(known State, hopeless, started bool) {
	switch {
	case known != "":
		f.to = known
	case hopeless:
		f.to = Failed
	case started:
		f.to, f.again = Failed, true
	default:
		f.to = Waiting
	}
}

// over tells that nothing more is done about the job without a person.
func (f *fact) over() bool { return !f.again && f.to != Waiting }

func (f *fact) event() Event {
	return Event{Job: f.job, State: f.to, Reason: f.reason, Band: f.band, Bands: f.bands}
}

// pay writes down what happened, even while the program ends.
func (p *Press) pay(ctx context.Context) error {
	f := p.debt
	if f == nil {
		return nil
	}
	err := p.write(context.WithoutCancel(ctx), f)
	if err != nil {
		if !f.over() && !f.told {
			f.told = true
			p.tell.Job(Event{Job: f.job, State: Blocked, Reason: f.reason, Band: f.band, Bands: f.bands})
		}
		return fmt.Errorf("%w: %w", errJournal, err)
	}
	p.debt = nil
	return nil
}

func (p *Press) write(ctx context.Context, f *fact) error {
	if err := p.jobs.Set(ctx, f.job, f.to, string(f.reason)); err != nil {
		// An answer that was lost: it was written all the same.
		if job, openErr := p.jobs.Open(ctx, f.job); openErr != nil || job.State != f.to {
			return err
		}
	}
	f.now = f.job
	if f.over() {
		return nil
	}
	e := f.event()
	e.State = Blocked
	if f.again {
		p.tries++
		if p.tries >= maxTries {
			p.replace(f.job, 0)
			p.tell.Job(Event{Job: f.job, State: Failed, Reason: ReasonTries, Band: f.band, Bands: f.bands})
			return nil
		}
		copied, err := p.jobs.Reprint(ctx, f.job)
		if dossier.CodeOf(err) == dossier.CodePrinterDown { // there are copies enough
			p.replace(f.job, 0)
			p.tell.Job(Event{Job: f.job, State: Failed, Reason: f.reason, Band: f.band, Bands: f.bands})
			return nil
		}
		if err != nil {
			return err
		}
		p.replace(f.job, copied)
		f.now, e.Job, e.Before = copied, copied, f.job
	}
	if f.reason != printer.ReasonCancelled { // then the screen goes away too
		p.tell.Job(e)
	}
	return nil
}

// await waits until a person has helped the printer, or it helped itself, and
// tells whatever else is the matter meanwhile: a cover is opened to change the
// roll.
func (p *Press) await(ctx context.Context, m Machine, id int64, reason printer.Reason) error {
	seen := reason
	for {
		s, err := m.Recover(ctx)
		if err != nil {
			return fmt.Errorf("failed to wait for the printer: %w", err)
		}
		p.tell.Status(s)
		if s.Ready() {
			break
		}
		// A change is told when it was seen twice: an answer may be put together
		// from before and after it.
		now := s.Trouble()
		if now != printer.ReasonNone && now != reason && now == seen {
			reason = now
			p.tell.Job(Event{Job: id, State: Blocked, Reason: reason})
		}
		seen = now
		if !s.Known && reason == printer.ReasonStalled {
			// It may never speak, and only a try shows whether it takes bytes
			// again. One that does not costs no paper.
			break
		}
		if !pause(ctx, p.Pauses.Ready) {
			return ctx.Err()
		}
	}
	p.tell.Job(Event{Job: id, State: Waiting})
	if !pause(ctx, p.Pauses.Settle) {
		return ctx.Err()
	}
	return nil
}

// stopped tells that ctx ended because the program does, not because the line
// is gone: that has a cause.
func stopped(ctx context.Context) bool {
	return ctx.Err() != nil && errors.Is(context.Cause(ctx), context.Canceled)
}

// pause is over after d, or false when ctx ends.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
