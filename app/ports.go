package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"

	"tramhoso/app/paper"
	"tramhoso/app/visit"
	"tramhoso/device/idcard"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/store"
	"tramhoso/sync/token"
)

// reader reads identity documents for a visit.
type reader struct{}

func (reader) Read(frame string) (visit.Reading, error) {
	card, err := idcard.Parse(frame)
	switch {
	case errors.Is(err, idcard.ErrCheckDigit):
		return visit.Reading{}, dossier.E(dossier.CodeBadCheckDigit, err)
	case errors.Is(err, idcard.ErrOldNumber):
		return visit.Reading{}, dossier.E(dossier.CodeOldNumber, err)
	case err != nil:
		return visit.Reading{}, dossier.E(dossier.CodeNotAnID, err)
	}
	return reading(card, idcard.Declared), nil
}

func (reader) Cross(a, b visit.Reading) (visit.Reading, error) {
	x, _ := a.Card.(idcard.Card)
	y, _ := b.Card.(idcard.Card)
	card, grade, fields := idcard.Cross(x, y)
	if grade == idcard.Contradictory {
		return visit.Reading{}, dossier.Errorf(dossier.CodeSidesDiffer, "the sides differ in %v", fields)
	}
	return reading(card, grade), nil
}

func reading(c idcard.Card, g idcard.Grade) visit.Reading {
	date := func(d idcard.Date) dossier.Date { return dossier.Date{Year: d.Year, Month: d.Month, Day: d.Day} }
	source := string(c.Kind)
	if c.Kind == idcard.KindNumber {
		source = "typed"
	}
	return visit.Reading{Card: c, Person: dossier.Person{Number: c.Number, OldCMND: c.OldCMND, Name: c.Name, Born: date(c.Born),
		Sex: dossier.Sex(c.Sex), Address: c.Address, IssuedOn: date(c.IssuedOn), Trust: dossier.Trust(g), Source: source}}
}

// codes tells the project's own codes apart.
type codes struct{ s *station }

func (codes) IsSlip(text string) bool  { return token.IsSlip(text) }
func (codes) IsBadge(text string) bool { return token.IsBadge(text) }

func (c codes) Slip(text string) (visit.Slip, error) {
	s, err := token.ReadSlip(text)
	if err != nil {
		if dossier.CodeOf(err) == "" {
			err = dossier.E(dossier.CodeSlipAltered, err)
		}
		return visit.Slip{}, err
	}
	if err := s.Verify(c.slipKey); err != nil {
		return visit.Slip{}, err
	}
	return visit.Slip{Number: s.Number(), Station: s.Station, Packet: s.PacketID, Text: text}, nil
}

// slipKey is the key of a station's slips: our own, which no catalogue knows
// better, or another's from the catalogue.
func (c codes) slipKey(station string) (ed25519.PublicKey, bool) {
	if c.s.kept != nil && station == c.s.code() {
		return c.s.keys.SlipKey().Public().(ed25519.PublicKey), true
	}
	if cat := c.s.catalogue(); cat != nil {
		return cat.SlipKey(station)
	}
	return nil, false
}

func (codes) SlipNumber(text string) (string, error) {
	n, err := token.ParseSlipNumber(text)
	if err != nil {
		return "", dossier.E(dossier.CodeNotFound, err)
	}
	return n.String(), nil
}

// lookup finds what this station holds.
type lookup struct{ s *station }

func (l lookup) BySlip(v visit.Slip) (dossier.CitizenCard, error) {
	if l.s.kept == nil {
		return dossier.CitizenCard{}, l.s.broken
	}
	slip, err := token.ReadSlip(v.Text)
	if err != nil {
		return dossier.CitizenCard{}, err
	}
	return l.s.inbox.BySlip(l.s.ctx, slip)
}

func (l lookup) CountByID(number string) (int, error) {
	if l.s.kept == nil {
		return 0, l.s.broken
	}
	return l.s.inbox.ByIDNumber(l.s.ctx, number)
}

func (l lookup) CountByCode(code string) (int, error) {
	if l.s.kept == nil {
		return 0, l.s.broken
	}
	return l.s.inbox.ByCode(l.s.ctx, code)
}

func (l lookup) HasSlip(number string) (bool, error) {
	if l.s.kept == nil {
		return false, l.s.broken
	}
	return l.s.inbox.HasSlip(l.s.ctx, number)
}

// letters keeps a citizen's letter and queues its slip for the printer.
type letters struct{ s *station }

func (l letters) Submit(ctx context.Context, v visit.Letter) (visit.Submitted, error) {
	if l.s.kept == nil {
		return visit.Submitted{}, l.s.broken
	}
	draw := func(f outbox.Facts) ([]byte, error) {
		slip := paper.SlipOf(v, paper.Facts{Number: f.Number, QR: f.QR, At: f.At}, l.s.sender())
		slip.Price = l.s.cfg.Service.Price
		return json.Marshal(slip)
	}
	var done outbox.Submitted
	var err error
	if v.Replaces.Packet == "" {
		done, err = l.s.outbox.SubmitDossier(ctx, v.Token, v.Dossier, v.Agency.Name.In("vi"), draw)
	} else {
		done, err = l.s.outbox.Correct(ctx, v.Token, v.Replaces.Packet, l.recalled(v.Replaces.Slip), v.Dossier, v.Agency.Name.In("vi"), draw)
	}
	if err != nil {
		return visit.Submitted{}, err
	}
	if !done.Again {
		l.s.record(didSubmit, done.Packet)
		if v.Replaces.Packet != "" {
			l.s.record(didWithdraw, v.Replaces.Packet)
		}
	}
	l.s.printOnce(ctx, done)
	return visit.Submitted{Slip: done.Slip, Packet: done.Packet, QR: done.QR, At: done.At, Job: done.PrintJob}, nil
}

// printOnce prints the paper of a commit. A second tap may be the first that hears
// of the commit; what was begun is not begun again.
func (s *station) printOnce(ctx context.Context, done outbox.Submitted) {
	if done.Again {
		if j, err := s.store.PrintJob(ctx, done.PrintJob); err != nil || j.State != store.PrintRendered {
			s.log.Info("a second tap prints nothing", "job", done.PrintJob, "state", string(j.State), "err", err)
			return
		}
	}
	s.press.Print(done.PrintJob)
}

func (l letters) Withdraw(ctx context.Context, r visit.Recall) error {
	if l.s.kept == nil {
		return l.s.broken
	}
	done, err := l.s.outbox.Withdraw(ctx, r.Token, r.Packet, l.recalled(r.Slip))
	if err == nil && !done.Again {
		l.s.record(didWithdraw, r.Packet)
	}
	return err
}

// recalled is what whoever holds a slip says.
func (l letters) recalled(slip string) dossier.Withdrawal {
	return dossier.Withdrawal{Slip: slip, At: l.s.clock.Now(), Basis: dossier.BasisSlip}
}

// sender is the station as its papers name it.
func (s *station) sender() paper.Station {
	e, err := s.province.Enrolment()
	if err != nil {
		return paper.Station{}
	}
	return paper.Station{Code: e.Station.Code, Name: e.Station.Name, Address: e.Station.Address, Phone: e.Station.Phone}
}
