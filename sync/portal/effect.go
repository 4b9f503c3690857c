package portal

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// maxDepth bounds the way from a packet to its dossier.
const maxDepth = 16

// aboutDossier are the kinds that mean nothing without a dossier.
var aboutDossier = map[dossier.PacketKind]bool{
	dossier.KindSupplement: true, dossier.KindWithdrawal: true, dossier.KindHandover: true, dossier.KindPayment: true,
}

// plan decides what a packet means before it is receipted: whether a person has
// to look, whether it waits for its parent, and which dossier it is about.
func (p *Portal) plan(tx ledger.Reader, pk *ledger.Packet) (root string, err error) {
	quarantine := func(why string) {
		if pk.Quarantine == "" {
			pk.Quarantine = why
		}
	}
	known := false
	for _, r := range p.keys().trust.Recipients {
		known = known || r.ID == pk.Recipient
	}
	if !known {
		quarantine(string(dossier.AsideRecipient))
	}
	if pk.Kind == dossier.KindDossier {
		proc, err := p.catalogue.Load().Procedure(pk.Procedure.Code)
		switch {
		case dossier.CodeOf(err) == dossier.CodeProcedureWithdrawn:
			quarantine(string(dossier.AsideWithdrawn))
		case err != nil:
			quarantine(string(dossier.AsideUnknown))
		case proc.Version != pk.Procedure.Version:
			quarantine(string(dossier.AsideVersion))
		}
		return pk.ID, nil
	}
	if pk.Parent == "" {
		if aboutDossier[pk.Kind] {
			quarantine(string(dossier.AsideNoParent))
		}
		return "", nil
	}
	root, waits, err := rootOf(tx, pk.Parent)
	if err != nil {
		return "", err
	}
	pk.Shelved = waits && childrenWait
	if waits {
		return "", nil
	}
	if root == "" {
		quarantine(string(dossier.AsideNoParent))
		return "", nil
	}
	if pk.Kind != dossier.KindHandover && pk.Kind != dossier.KindWithdrawal {
		return root, nil
	}
	d, err := tx.Dossier(root)
	switch {
	case err != nil:
		return "", err
	case pk.Kind == dossier.KindHandover && d.Status.To(dossier.StatusReturned) != nil:
		quarantine(string(dossier.AsideStatus))
	case pk.Kind == dossier.KindWithdrawal && d.Station != pk.Station: // only where it lies is it known whose it is
		quarantine(string(dossier.AsideElsewhere))
	}
	return root, nil
}

// rootOf follows parents up to a dossier. waits says that one of them has not
// come yet; root is "" where the way ends elsewhere.
func rootOf(tx ledger.Reader, id string) (root string, waits bool, err error) {
	for range maxDepth {
		pk, err := tx.Packet(id)
		if errors.Is(err, ledger.ErrNotFound) {
			return "", true, nil
		}
		if err != nil {
			return "", false, err
		}
		if pk.Kind == dossier.KindDossier {
			return pk.ID, false, nil
		}
		if pk.Parent == "" {
			return "", false, nil
		}
		id = pk.Parent
	}
	return "", false, nil
}

// effect applies a stored packet, in the transaction that stores it. Shelved
// and quarantined packets have none yet, but a quarantined dossier is listed.
func (p *Portal) effect(tx ledger.Tx, pk ledger.Packet, root string, ch *changes) error {
	now := p.now()
	if pk.Kind == dossier.KindDossier {
		proc, err := p.procedureAt(tx, pk.Procedure)
		if err != nil && dossier.CodeOf(err) == "" {
			return err
		}
		if err := tx.PutDossier(ledger.Dossier{
			Packet: pk.ID, Station: pk.Station, Procedure: pk.Procedure, Agency: proc.Agency,
			Status: dossier.StatusRegistered, ReceivedAt: pk.ReceivedAt, Quarantine: pk.Quarantine, UpdatedAt: now,
		}); err != nil {
			return err
		}
		return tx.AddStep(ledger.Step{Packet: pk.ID, To: dossier.StatusRegistered, At: now, Action: string(pk.Kind), Cause: pk.ID, Office: pk.Station})
	}
	if pk.Shelved || pk.Quarantine != "" || root == "" {
		return nil
	}
	d, err := tx.Dossier(root)
	if err != nil {
		return err
	}
	to := d.Status
	switch pk.Kind {
	case dossier.KindSupplement:
		if d.Status == dossier.StatusSupplementRequested {
			if to, err = before(tx, d); err != nil {
				return err
			}
			if err := p.restartClock(tx, &d, to); err != nil {
				return err
			}
		}
	case dossier.KindPayment:
		if d.Status == dossier.StatusPaymentRequired {
			if to, err = before(tx, d); err != nil {
				return err
			}
			if d.Status.To(to) != nil { // an officer goes on from here
				to = d.Status
			}
			settle(&d)
		}
	case dossier.KindWithdrawal:
		if d.Status.To(dossier.StatusWithdrawalRequested) == nil {
			to = dossier.StatusWithdrawalRequested
		}
	case dossier.KindHandover:
		to = dossier.StatusReturned
		settle(&d)
	}
	var ev *dossier.Event
	if to != d.Status {
		ev = &dossier.Event{Kind: dossier.EventStatus, Due: d.Due, FeeDue: d.FeeDue}
	}
	return p.move(tx, &d, to, ledger.Step{Action: string(pk.Kind), Cause: pk.ID, Office: pk.Station}, ev, ch)
}

// settle leaves nothing due; a sum that nobody knew stays unknown.
func settle(d *ledger.Dossier) {
	if d.FeeDue != nil {
		d.FeeDue = new(int64)
	}
}

// before is the status a dossier had before the present one.
func before(tx ledger.Reader, d ledger.Dossier) (dossier.Status, error) {
	steps, err := tx.Steps(d.Packet)
	if err != nil {
		return 0, err
	}
	for i := len(steps) - 1; i >= 0; i-- {
		if s := steps[i]; s.To == d.Status && s.From != d.Status && s.From.Valid() {
			return s.From, nil
		}
	}
	return dossier.StatusRegistered, nil
}

// restartClock gives a dossier that is complete again its full time.
func (p *Portal) restartClock(tx ledger.Reader, d *ledger.Dossier, to dossier.Status) error {
	if to == dossier.StatusRegistered || d.Due.IsZero() {
		return nil
	}
	proc, err := p.procedureAt(tx, d.Procedure)
	if err != nil {
		return err
	}
	calc, err := p.o.Calendar.Deadline(p.now(), proc.Deadline)
	if dossier.CodeOf(err) == dossier.CodeInvalid {
		return nil // the officer stated the date and will state the next
	}
	if err == nil {
		d.Due = calc.Due
	}
	return err
}

// unshelve applies what waited for a packet, and what waited for that. The packet
// itself waits for nobody, so nothing below it does either.
func (p *Portal) unshelve(tx ledger.Tx, id string, ch *changes) error {
	for queue := []string{id}; len(queue) > 0; queue = queue[1:] {
		for {
			waiting, err := tx.Shelved(queue[0])
			if err != nil {
				return err
			}
			if len(waiting) == 0 {
				break
			}
			for _, w := range waiting {
				if err := tx.SetShelved(w, false); err != nil {
					return err
				}
				pk, err := tx.Packet(w)
				if err != nil {
					return err
				}
				was := pk.Quarantine
				root, err := p.plan(tx, &pk)
				if err != nil {
					return err
				}
				if pk.Quarantine != was {
					if err := tx.SetQuarantine(w, pk.Quarantine); err != nil {
						return err
					}
					if err := p.aside(tx, pk, ch); err != nil { // its receipt could not say so
						return err
					}
				}
				if err := p.effect(tx, pk, root, ch); err != nil {
					return err
				}
				queue = append(queue, w)
			}
		}
	}
	return nil
}

// move takes a dossier one step, records it and tells the station of origin. A
// nil event tells nobody; to equal to the present status is a note.
func (p *Portal) move(tx ledger.Tx, d *ledger.Dossier, to dossier.Status, s ledger.Step, ev *dossier.Event, ch *changes) error {
	now := p.now()
	if to != d.Status {
		if err := d.Status.To(to); err != nil {
			return err
		}
	}
	s.Packet, s.From, s.To, s.At = d.Packet, d.Status, to, now
	d.Status, d.UpdatedAt = to, now
	if err := tx.PutDossier(*d); err != nil {
		return err
	}
	if err := tx.AddStep(s); err != nil {
		return err
	}
	if ev == nil {
		return nil
	}
	ev.Packet, ev.Status, ev.At, ev.Code = d.Packet, to, now, d.Code
	return p.emit(tx, d.Station, *ev, now, ch)
}

// aside tells a packet's station that it waits for a person here, or does so no
// more.
func (p *Portal) aside(tx ledger.Tx, pk ledger.Packet, ch *changes) error {
	ev := dossier.Event{Kind: dossier.EventAside, Packet: pk.ID, At: p.now(),
		Aside: &dossier.Aside{Why: dossier.AsideWhy(pk.Quarantine), Receipt: dossier.ReceiptMark(pk.Receipt)}}
	return p.emit(tx, pk.Station, ev, ev.At, ch)
}

// emit appends an event, sealed to its station.
func (p *Portal) emit(tx ledger.Tx, station string, ev dossier.Event, now time.Time, ch *changes) error {
	s, err := tx.Station(station)
	if err != nil {
		return err
	}
	e, err := tx.Enrolment(s.Current)
	if err != nil {
		return err
	}
	data, err := json.Marshal(ev)
	if err != nil {
		return fmt.Errorf("failed to encode an event: %w", err)
	}
	blob, err := seal.SealToRecipients(data, e.EventKey)
	if err != nil {
		return err
	}
	if len(blob) > wire.MaxEventBytes { // it would stop all that come after it
		return dossier.Errorf(wire.CodeTooLarge, "an event of %d bytes, at most %d reach a station", len(blob), wire.MaxEventBytes)
	}
	if _, err := tx.AddEvent(e.ID, blob, now); err != nil {
		return err
	}
	ch.add(e.ID)
	return nil
}
