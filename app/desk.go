package main

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"filippo.io/age"

	"tramhoso/app/counter"
	"tramhoso/app/paper"
	"tramhoso/app/ui/flow"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
	"tramhoso/sync/inbox"
	"tramhoso/sync/outbox"
	"tramhoso/sync/seal"
	"tramhoso/sync/staff"
	"tramhoso/sync/store"
	"tramhoso/sync/token"
)

// doors lets staff in by badge and PIN.
type doors struct{ s *station }

func (d doors) Login(_ context.Context, badge, pin string) (counter.Session, error) {
	if d.s.kept == nil {
		return counter.Session{}, d.s.broken
	}
	list, err := d.s.province.Staff()
	if err != nil {
		return counter.Session{}, err
	}
	in, err := d.s.door.Login(list, badge, pin)
	var wait *staff.WaitError
	if errors.As(err, &wait) {
		return counter.Session{}, &counter.WaitError{For: wait.For}
	}
	if err != nil {
		return counter.Session{}, err
	}
	d.s.record(didLogin, in.ID)
	s := counter.Session{ID: in.ID, Name: in.Name, Role: counter.Role(in.Role)}
	if in.Identity != nil {
		s.Desk = desk{d.s, in.Identity, in.Name}
	}
	return s, nil
}

// desk is what a clerk's log-in opens.
type desk struct {
	s    *station
	id   age.Identity
	name string // of who logged in, for papers
}

func (d desk) Cards(ctx context.Context) ([]dossier.CounterCard, error) {
	return d.s.inbox.ForClerk(ctx, d.id)
}

func (d desk) IsApplicant(ctx context.Context, packet, number string) (bool, error) {
	of, err := d.DossiersOf(ctx, number)
	return slices.Contains(of, packet), err
}

func (d desk) DossiersOf(ctx context.Context, number string) (packets []string, err error) {
	of, err := d.s.store.KeptByID(ctx, seal.IDIndex(d.s.keys.Storage(), number))
	for _, k := range of {
		packets = append(packets, k.Packet)
	}
	return packets, err
}

// NewSlip gives a slip in place of a lost one and sends it to the printer. That it
// was given is in the audit log with it.
func (d desk) NewSlip(ctx context.Context, n counter.NewSlip) (job int64, err error) {
	done, err := d.s.inbox.Reissue(ctx, inbox.NewSlip{Token: n.Token, Packet: n.Packet, IDNumber: n.IDNumber, Card: n.Card, Staff: n.Staff,
		Login: d.id, Outbox: d.s.outbox, Journal: d.s.journal,
		Print: func(f outbox.Facts, c dossier.CounterCard, issue int) ([]byte, error) {
			var to dossier.Agency
			if cat := d.s.catalogue(); cat != nil {
				to, _ = cat.Agency(c.Agency)
			}
			return json.Marshal(paper.SlipAgain(c, to, paper.Facts{Number: f.Number, QR: f.QR, At: f.At}, issue, d.s.sender()))
		}})
	if err != nil {
		return 0, err
	}
	d.s.printOnce(ctx, done)
	return done.PrintJob, nil
}

// Withdraw asks a dossier back for its applicant and sends the note to the
// printer. That it was is in the audit log with it.
func (d desk) Withdraw(ctx context.Context, r counter.Recall) (job int64, err error) {
	done, err := d.s.inbox.Withdraw(ctx, inbox.Recall{Token: r.Token, Packet: r.Packet, IDNumber: r.IDNumber, Card: r.Card, Staff: r.Staff,
		Login: d.id, Outbox: d.s.outbox, Journal: d.s.journal,
		Print: func(f outbox.Facts, c dossier.CounterCard) ([]byte, error) {
			return json.Marshal(paper.RecallOf(c, f.At, r.Card, d.name, d.s.sender()))
		}})
	if err != nil {
		return 0, err
	}
	d.s.printOnce(ctx, done)
	return done.PrintJob, nil
}

// records keeps what happened at the counter.
type records struct{ s *station }

func (r records) HandOver(ctx context.Context, token, packet string, h dossier.Handover) error {
	if r.s.kept == nil {
		return r.s.broken
	}
	_, err := r.s.outbox.HandOver(ctx, token, packet, h)
	if err == nil {
		r.s.record(didHandOver, packet)
	}
	return err
}

// Refuse tells the portal, as part of the custody of the result, why it was not
// handed over.
func (r records) Refuse(ctx context.Context, token string, c counter.Refusal) error {
	if r.s.kept == nil {
		return r.s.broken
	}
	_, err := r.s.outbox.Submit(ctx, outbox.Letter{Token: token, Kind: dossier.KindCustody, Parent: c.Packet,
		Body: func(string) (any, error) {
			return dossier.Custody{Slip: c.Slip, What: dossier.CustodyNotHandedOver, Reason: c.Reason, Staff: c.Staff, At: c.At}, nil
		}})
	if err == nil {
		r.s.record(didRefuse, c.Packet)
	}
	return err
}

// collectors reads the card of whoever collects.
type collectors struct{ reader }

func (c collectors) Read(frame string) (counter.Reading, error) {
	r, err := c.reader.Read(frame)
	return counter.Reading(r), err
}

func (c collectors) Cross(a, b counter.Reading) (counter.Reading, error) {
	r, err := c.reader.Cross(visit.Reading(a), visit.Reading(b))
	return counter.Reading(r), err
}

// counterCodes checks a slip that a clerk scans.
type counterCodes struct{ codes }

func (c counterCodes) TypedSlip(text string) (string, error) { return c.codes.SlipNumber(text) }

// SlipNumber asks the store, too: whoever found a lost slip that was replaced
// must not collect with it.
func (c counterCodes) SlipNumber(text string) (string, error) {
	if _, err := c.Slip(text); err != nil {
		return "", err
	}
	if c.s.kept == nil {
		return "", c.s.broken
	}
	slip, err := token.ReadSlip(text)
	if err != nil {
		return "", err
	}
	kept, err := c.s.inbox.CheckSlip(c.s.ctx, slip)
	return kept.Slip, err
}

// asks are the papers that wait for a person's word.
type asks struct{ s *station }

func (a asks) Open(ctx context.Context) ([]flow.Ask, error) {
	if a.s.kept == nil {
		return nil, a.s.broken
	}
	open, err := a.s.store.OpenPrintJobs(ctx)
	if err != nil {
		return nil, err
	}
	var out []flow.Ask
	for _, j := range open {
		if a.s.queueOf(j.Kind).Queued(j.ID) || j.State == store.PrintSending {
			continue // the printer has it
		}
		p, err := jobs{a.s.outbox, a.s.store}.Open(ctx, j.ID)
		if err != nil {
			continue // its content is gone: nothing can be printed again
		}
		ask := flow.Ask{Job: j.ID, At: j.Changed, Band: j.Band, Bands: j.Bands, Form01: p.Kind == paper.KindForm01 || p.Kind == paper.KindForm01Pages, Recall: p.Kind == paper.KindRecall, Page: paper.IsPages(p.Kind), Reason: j.Reason,
			Unprinted: j.State != store.PrintUnknown, Restarted: j.Reason == store.ReasonRestarted, Left: j.State == store.PrintRendered}
		if ask.Slip, err = paper.NumberOf(p); err != nil {
			return nil, err
		}
		if ask.Result = p.Kind == paper.KindResult; ask.Result {
			kept, err := a.s.store.Kept(ctx, p.Packet)
			if err != nil {
				continue // its dossier is gone: nobody collects it any more
			}
			ask.Slip = kept.Slip
		}
		out = append(out, ask)
	}
	return out, nil
}

func (a asks) Packets(ctx context.Context) ([]flow.Packet, error) {
	if a.s.kept == nil {
		return nil, a.s.broken
	}
	list, err := a.s.store.Attention(ctx)
	var out []flow.Packet
	for _, p := range list {
		out = append(out, flow.Packet{Slip: p.Slip, Seq: p.Seq, Why: p.Why, Refused: p.Refused != "", GivenUp: p.GivenUp})
	}
	return out, err
}

func (a asks) Answer(ctx context.Context, id int64, done bool) error {
	if a.s.kept == nil {
		return a.s.broken
	}
	job, err := a.s.store.PrintJob(ctx, id)
	if err != nil {
		return err
	}
	queue := a.s.queueOf(job.Kind)
	switch {
	case job.State == store.PrintUnknown:
		_, err = queue.Answer(ctx, id, done)
	case done:
		err = queue.Drop(ctx, id)
	case job.State == store.PrintRendered:
		queue.Print(id)
	default:
		_, err = queue.Again(ctx, id)
	}
	if err == nil {
		a.s.record(didAnswer, strconv.FormatInt(id, 10))
	}
	return err
}
