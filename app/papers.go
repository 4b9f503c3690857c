package main

import (
	"context"
	"encoding/json"
	"image"
	"strconv"
	"time"

	"tramhoso/app/paper"
	"tramhoso/device/printer"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/store"
)

// jobs is the store's print jobs as the press sees them.
type jobs struct {
	outbox *outbox.Outbox
	store  *store.Store
}

func (j jobs) Open(ctx context.Context, id int64) (paper.Job, error) {
	p, err := j.outbox.Paper(ctx, id)
	if err != nil {
		return paper.Job{}, err
	}
	return paper.Job{ID: p.ID, Packet: p.Packet, Kind: p.Kind, Copy: p.Copy, State: paper.State(p.State), Data: p.Data}, nil
}

func (j jobs) Set(ctx context.Context, id int64, to paper.State, reason string) error {
	return j.store.SetPrint(ctx, id, store.PrintState(to), reason)
}

func (j jobs) Progress(ctx context.Context, id int64, band, bands int) error {
	return j.store.PrintProgress(ctx, id, band, bands)
}

func (j jobs) Reprint(ctx context.Context, id int64) (int64, error) { return j.store.Reprint(ctx, id) }

// papers prints for the screens and draws what the printer draws.
type papers struct{ s *station }

func (p papers) Picture(ctx context.Context, id int64) (image.Image, error) {
	if p.s.kept == nil {
		return nil, p.s.broken
	}
	job, err := jobs{p.s.outbox, p.s.store}.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	doc, err := paper.Draw(job)
	if err != nil {
		return nil, err
	}
	return printer.Layout(doc, p.s.printerModel().Profile.Paper())
}

func (p papers) Again(ctx context.Context, id int64) (int64, error) {
	if p.s.kept == nil {
		return 0, p.s.broken
	}
	again, err := p.s.press.Again(ctx, id)
	if err == nil {
		p.s.record(didReprint, strconv.FormatInt(id, 10))
	}
	return again, err
}

// Form01 prints the agency's receipt and appointment from the citizen's card.
func (p papers) Form01(ctx context.Context, card dossier.CitizenCard) error {
	if p.s.kept == nil {
		return p.s.broken
	}
	f := card.Form01()
	if f == nil {
		return dossier.Errorf(dossier.CodeNotFound, "no form 01 came for this dossier")
	}
	data, err := json.Marshal(paper.Form01{Form: *f, Station: p.s.sender(), At: p.s.clock.Stamp()})
	if err != nil {
		return err
	}
	if p.s.pagesInstead() {
		_, err := p.s.printPages(ctx, card.Packet, paper.KindForm01Pages, data)
		return err
	}
	job, err := p.s.outbox.AddPaper(ctx, card.Packet, paper.KindForm01, data)
	if err != nil {
		return err
	}
	p.s.press.Print(job)
	return nil
}

// resumeWithin is how long whoever waits for a slip is believed to stand at the
// machine still: nobody's slip, with the code that opens the dossier, shall fall
// out hours later. It is as long as a draft lives.
const resumeWithin = 10 * time.Minute

// resume queues what was committed a moment ago and never sent to the printer.
// All else of before the restart waits for a clerk's word; of pages the printer
// is asked first, and their jobs are returned.
func (s *station) resume() (interrupted []int64) {
	open, err := s.store.OpenPrintJobs(s.ctx)
	if err != nil {
		s.log.Error("failed to read the print jobs", "err", err)
		return nil
	}
	if len(open) > 0 {
		s.press.Interrupted()
	}
	for _, j := range open {
		age := s.clock.Now().Sub(j.Created)
		if j.State == store.PrintRendered && age >= 0 && age <= resumeWithin {
			s.queueOf(j.Kind).Print(j.ID)
		}
		if paper.IsPages(j.Kind) && j.State == store.PrintUnknown && j.Reason == store.ReasonRestarted {
			interrupted = append(interrupted, j.ID)
		}
		if !paper.IsPages(j.Kind) && j.State == store.PrintUnknown && j.Reason == store.ReasonRestarted {
			s.devices.Set(func() { s.devices.unfinished = true })
		}
	}
	return interrupted
}
