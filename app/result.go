package main

import (
	"bytes"
	"context"

	"tramhoso/app/counter"
	"tramhoso/app/paper"
	"tramhoso/sync/inbox"
	"tramhoso/sync/outbox"
	"tramhoso/sync/store"
)

// PrintResult prints the result's file as it is. What was printed before is
// printed as its next copy, so that one question about it is open at most.
func (d desk) PrintResult(ctx context.Context, packet string) (int64, error) {
	pdf, err := d.s.inbox.Result(ctx, packet, d.id)
	if err != nil {
		return 0, err
	}
	last, err := d.lastResult(ctx, packet, pdf)
	if err != nil {
		return 0, err
	}
	d.s.record(didResult, packet)
	if last.ID != 0 {
		return d.s.sheets.Again(ctx, last.ID)
	}
	d.s.dropResults(ctx, packet) // of a file that was replaced
	return d.s.printPages(ctx, packet, paper.KindResult, pdf)
}

// Printing implements counter.Desk.
func (d desk) Printing(ctx context.Context, packet string) (p counter.Printing, err error) {
	pdf, err := d.s.inbox.Result(ctx, packet, d.id)
	if err != nil {
		return p, err
	}
	last, err := d.lastResult(ctx, packet, pdf)
	if err != nil || last.ID == 0 {
		return p, err
	}
	p = counter.Printing{Job: last.ID, Why: last.Reason, At: last.Changed}
	switch last.State {
	case store.PrintPrinted:
		p.State = counter.PrintDone
	case store.PrintUnknown, store.PrintProbably:
		p.State = counter.PrintUnknown
	case store.PrintFailed:
		p.State = counter.PrintFailed
	default:
		if p.State = counter.PrintGoing; !d.s.sheets.Queued(last.ID) {
			p.State, p.Why = counter.PrintFailed, string(paper.ReasonWaited) // left over from before a restart
		}
	}
	return p, nil
}

// lastResult is the newest print of this very file; the zero value: none whose
// content is still kept.
func (d desk) lastResult(ctx context.Context, packet string, pdf []byte) (last store.PrintJob, err error) {
	jobs, err := d.s.store.PrintJobs(ctx, packet)
	if err != nil {
		return last, err
	}
	for i := len(jobs) - 1; i >= 0; i-- {
		if jobs[i].Kind != paper.KindResult || jobs[i].Key == nil {
			continue
		}
		var p outbox.Paper
		if p, err = d.s.outbox.Paper(ctx, jobs[i].ID); err != nil {
			return last, err
		}
		if bytes.Equal(p.Data, pdf) {
			return jobs[i], nil
		}
		return last, nil // the newest is of another file
	}
	return last, nil
}

// heardResult hears that a result's file came: prints of an earlier one that wait
// for a person's word are not offered any more.
func (s *station) heardResult(n inbox.Note) {
	if n.Kind == inbox.NoteNews && n.File {
		s.dropResults(s.ctx, n.Packet)
	}
}

func (s *station) dropResults(ctx context.Context, packet string) {
	jobs, err := s.store.PrintJobs(ctx, packet)
	if err != nil {
		s.log.Error("failed to look for earlier prints of a result", "err", err)
		return
	}
	for _, j := range jobs {
		open := j.State == store.PrintRendered || j.State == store.PrintUnknown || j.State == store.PrintFailed && j.Reason != store.ReasonNotWanted
		if j.Kind != paper.KindResult || !open || j.Key == nil || s.sheets.Queued(j.ID) {
			continue
		}
		if err := s.sheets.Drop(ctx, j.ID); err != nil {
			s.log.Error("failed to drop the earlier print of a result", "job", j.ID, "err", err)
		}
	}
}
