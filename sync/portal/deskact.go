package portal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// Action is what an officer does to a dossier.
type Action string

// The actions of the desk.
const (
	ActAccept     Action = "accept"     // → 2, with code, date and Form 01
	ActSupplement Action = "supplement" // → 5
	ActRefuse     Action = "refuse"     // → 3
	ActPay        Action = "pay"        // → 6
	ActStart      Action = "start"      // → 4
	ActFinish     Action = "finish"     // → 9
	ActReady      Action = "ready"      // → 9 and the result is there to collect
	ActStop       Action = "stop"       // → 8
	ActRelease    Action = "release"    // out of quarantine
)

// DeskRequest is what an officer says with an action.
type DeskRequest struct {
	Text   string    `json:"text,omitempty"`   // to the citizen
	Due    time.Time `json:"due,omitzero"`     // stated by the officer, where no statutory time is known
	Amount *int64    `json:"amount,omitempty"` // đồng; stated by the officer, where the fee is set elsewhere
	Result []byte    `json:"result,omitempty"` // with ActReady: a PDF that the station prints for whoever collects
}

// maxTextBytes bounds an officer's words: they end up on 80 mm paper.
const maxTextBytes = 4 << 10

// stepDetail is what a step keeps sealed.
type stepDetail struct {
	Text        string          `json:"text,omitempty"`
	Form01      *dossier.Form01 `json:"form01,omitempty"`
	Calculation *Calculation    `json:"calculation,omitempty"`
	Result      *resultFile     `json:"result,omitempty"`
}

// resultFile is a result as the officer attached it.
type resultFile struct {
	PDF []byte `json:"pdf"`
}

// Act does one action and returns the dossier after it.
func (p *Portal) Act(ctx context.Context, id string, a Action, q DeskRequest) (d ledger.Dossier, err error) {
	if len(q.Text) > maxTextBytes {
		return d, dossier.Errorf(wire.CodeTooLarge, "more than %d bytes of text", maxTextBytes)
	}
	if err := q.checkResult(a); err != nil {
		return d, err
	}
	err = p.update(ctx, func(tx ledger.Tx, ch *changes) error {
		if d, err = tx.Dossier(id); err != nil {
			return notFound(err)
		}
		return p.act(tx, &d, a, q, ch)
	})
	if err == nil {
		p.log.Info("desk", "action", string(a), "packet", d.Packet, "station", d.Station, "status", int(d.Status))
	}
	return d, err
}

// checkResult examines what an officer attached before anything is changed.
func (q DeskRequest) checkResult(a Action) error {
	switch {
	case q.Result == nil:
		return nil
	case a != ActReady:
		return dossier.Errorf(dossier.CodeInvalid, "a result's file goes with %q only", ActReady)
	}
	err := dossier.CheckResult(q.Result)
	if len(q.Result) > dossier.MaxResultBytes {
		return dossier.E(wire.CodeTooLarge, err)
	}
	return err
}

// straight are the actions that are one step and one event.
var straight = map[Action]dossier.Status{
	ActSupplement: dossier.StatusSupplementRequested, ActRefuse: dossier.StatusRefused, ActPay: dossier.StatusPaymentRequired,
	ActStart: dossier.StatusInProgress, ActStop: dossier.StatusStopped,
}

func (p *Portal) act(tx ledger.Tx, d *ledger.Dossier, a Action, q DeskRequest, ch *changes) error {
	ev := &dossier.Event{Kind: dossier.EventStatus, Text: q.Text, Office: p.o.Office, Officer: p.o.Officer}
	detail := stepDetail{Text: q.Text}
	if to, ok := straight[a]; ok {
		if err := d.Status.To(to); err != nil { // to stay is no step here
			return err
		}
		if err := p.due(tx, d, a, q); err != nil {
			return err
		}
		ev.Due, ev.FeeDue = d.Due, d.FeeDue
		return p.record(tx, d, to, a, detail, ev, ch)
	}
	switch a {
	case ActAccept:
		return p.accept(tx, d, q, detail, ev, ch)
	case ActFinish, ActReady:
		if a == ActReady {
			ev.Kind, ev.Result = dossier.EventResult, q.Result
			if q.Result != nil {
				detail.Result = &resultFile{q.Result}
			}
		}
		if d.Status == dossier.StatusAccepted { // nothing is finished that was not begun
			if err := p.record(tx, d, dossier.StatusInProgress, ActStart, stepDetail{}, nil, ch); err != nil {
				return err
			}
		}
		if d.Status == dossier.StatusProcessed && a == ActFinish {
			return d.Status.To(dossier.StatusProcessed)
		}
		if err := p.due(tx, d, a, q); err != nil {
			return err
		}
		ev.Due, ev.FeeDue = d.Due, d.FeeDue
		return p.record(tx, d, dossier.StatusProcessed, a, detail, ev, ch)
	case ActRelease:
		if d.Quarantine == "" {
			return dossier.Errorf(dossier.CodeConflict, "the dossier is not quarantined")
		}
		d.Quarantine = ""
		pk, err := tx.Packet(d.Packet)
		if err != nil {
			return err
		}
		pk.Quarantine = ""
		if err := errors.Join(tx.SetQuarantine(pk.ID, ""), p.aside(tx, pk, ch)); err != nil {
			return err
		}
		return p.record(tx, d, d.Status, a, detail, nil, ch)
	}
	return dossier.Errorf(dossier.CodeNotFound, "no such action")
}

// record is move with the officer's name and words.
func (p *Portal) record(tx ledger.Tx, d *ledger.Dossier, to dossier.Status, a Action, detail stepDetail, ev *dossier.Event, ch *changes) error {
	s := ledger.Step{Action: string(a), Office: p.o.Office, Officer: p.o.Officer}
	if detail != (stepDetail{}) {
		blob, err := p.keys().sealed(detail)
		if err != nil {
			return err
		}
		s.Sealed = blob
	}
	return p.move(tx, d, to, s, ev, ch)
}

// openBody decrypts a packet's content.
func (p *Portal) openBody(pk ledger.Packet, v any) error {
	if !pk.DestroyedAt.IsZero() {
		return dossier.Errorf(dossier.CodeNotFound, "destroyed on %s, after the time it is kept", pk.DestroyedAt.Format(time.DateOnly))
	}
	head, err := seal.Peek(pk.JWS) // verified when it was taken in
	if err != nil {
		return err
	}
	body, err := seal.Open(dossier.Packet{Head: head, JWS: pk.JWS, Body: pk.Body}, p.keys().identities(head.Recipient))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, v); err != nil {
		return dossier.Errorf(dossier.CodeInvalid, "the sealed body is not what its kind says")
	}
	return nil
}

// accept gives the dossier its official code and date. The facts on Form 01 are
// those of the sealed dossier.
func (p *Portal) accept(tx ledger.Tx, d *ledger.Dossier, q DeskRequest, detail stepDetail, ev *dossier.Event, ch *changes) error {
	if d.Quarantine != "" {
		return dossier.Errorf(dossier.CodeConflict, "quarantined (%s): release it first", d.Quarantine)
	}
	if err := d.Status.To(dossier.StatusAccepted); err != nil {
		return err
	}
	if d.Status == dossier.StatusWithdrawalRequested && d.AcceptedAt.IsZero() {
		return dossier.Errorf(dossier.CodeConflict, "the citizen asked for it back before anybody accepted it")
	}
	pk, err := tx.Packet(d.Packet)
	if err != nil {
		return err
	}
	if err := complete(tx, pk); err != nil {
		return err
	}
	var content dossier.Dossier
	if err := p.openBody(pk, &content); err != nil {
		return err
	}
	if content.Procedure != d.Procedure {
		return dossier.Errorf(dossier.CodeConflict, "head and body name different procedures")
	}
	proc, err := p.procedureAt(tx, d.Procedure)
	if err != nil {
		return err
	}
	now := p.now()
	if q.Due.IsZero() {
		calc, err := p.o.Calendar.Deadline(now, proc.Deadline)
		if err != nil {
			return err
		}
		d.Due, detail.Calculation = calc.Due.UTC(), &calc
	} else {
		d.Due = q.Due.UTC().Truncate(time.Microsecond)
	}
	if err := p.due(tx, d, ActAccept, q); err != nil {
		return err
	}
	fee, err := p.charged(tx, *d, q, proc, content)
	if err != nil {
		return err
	}
	if d.FeeDue == nil {
		d.FeeDue = fee
	}
	d.AcceptedAt = now
	number := ""
	if d.Code == "" {
		day := p.codePrefix(proc.Agency) + "-" + now.In(p.o.Calendar.Zone()).Format("060102")
		n, err := tx.NextSerial(day)
		if err != nil {
			return err
		}
		d.Code = fmt.Sprintf("%s-%04d", day, n)
	}
	if i := len(d.Code) - 4; i > 0 {
		number = d.Code[i:]
	}
	station, err := tx.Station(d.Station)
	if err != nil {
		return err
	}
	form := p.form01(*d, number, proc, content, station, fee)
	detail.Form01, ev.Form01, ev.Due, ev.FeeDue = &form, &form, d.Due, d.FeeDue
	return p.record(tx, d, dossier.StatusAccepted, ActAccept, detail, ev, ch)
}

// ReleasePacket takes a packet that is not a dossier out of quarantine and
// applies it.
func (p *Portal) ReleasePacket(ctx context.Context, id string) error {
	err := p.update(ctx, func(tx ledger.Tx, ch *changes) error {
		pk, err := tx.Packet(id)
		if err != nil {
			return notFound(err)
		}
		if pk.Quarantine == "" || pk.Kind == dossier.KindDossier {
			return dossier.Errorf(dossier.CodeConflict, "not a quarantined packet of this kind")
		}
		pk.Quarantine = ""
		root, err := p.plan(tx, &pk)
		if err != nil {
			return err
		}
		if pk.Quarantine != "" {
			return dossier.Errorf(dossier.CodeConflict, "still quarantined: %s", pk.Quarantine)
		}
		if err := errors.Join(tx.SetQuarantine(id, ""), tx.SetShelved(id, pk.Shelved)); err != nil {
			return err
		}
		if err := p.aside(tx, pk, ch); err != nil {
			return err
		}
		return p.effect(tx, pk, root, ch)
	})
	if err == nil {
		p.log.Info("desk", "action", string(ActRelease), "packet", id)
	}
	return err
}
