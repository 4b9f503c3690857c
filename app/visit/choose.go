package visit

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"tramhoso/app/visit/form"
	"tramhoso/app/visit/papers"
	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
)

// SetQuery searches while the citizen types.
func (v *Visit) SetQuery(q string) {
	if v.step != Search {
		return
	}
	v.problem, v.query, v.topic = nil, q, ""
	v.hits = nil
	if strings.TrimSpace(q) != "" {
		v.hits = v.catalogue().Search(q, MaxHits)
	}
}

// ShowTopics goes to the choice by what happens in a life.
func (v *Visit) ShowTopics() {
	if v.step == Search {
		v.topic, v.hits = "", nil
		v.goTo(Topics)
	}
}

// SetTopic lists the procedures of a topic.
func (v *Visit) SetTopic(id string) {
	if v.step != Topics {
		return
	}
	v.problem, v.topic = nil, id
	v.hits = nil
	for _, p := range v.catalogue().ByTopic(id) {
		v.hits = append(v.hits, catalogue.Hit{Procedure: p})
	}
}

// Choose opens the page of a procedure.
func (v *Visit) Choose(code string) error {
	if v.step != Search && v.step != Topics {
		return nil
	}
	p, err := v.catalogue().Procedure(code)
	if err != nil {
		return v.fail(err)
	}
	v.from, v.looking = v.step, p
	v.goTo(Procedure)
	return nil
}

// begin starts the form of the procedure on the screen. Answers of the same
// procedure at the same version are kept.
func (v *Visit) begin() error {
	p, err := v.catalogue().Procedure(v.looking.Code)
	if err != nil {
		return v.fail(err)
	}
	if len(p.Form) == 0 || v.goal == GoalBrowse {
		return v.say(dossier.CodeProcedureUnknown, "visit.not-here")
	}
	if v.filling != nil && v.procedure.Ref() == p.Ref() {
		v.onward(Form)
		return nil
	}
	f, err := form.Compile(p.Form)
	if err != nil {
		_ = v.say(dossier.CodeInvalid, "visit.not-here")
		return err
	}
	v.start(p, f)
	v.goTo(Form)
	return nil
}

// start begins a form with nothing but what the card says. Its submit token is
// drawn now: a draft must know whether it was submitted.
func (v *Visit) start(p dossier.Procedure, f *form.Form) {
	v.procedure, v.looking = p, p
	v.filling = f.Start(v.reading.Person, v.ports.Clock.Now)
	v.papers = papers.New(p)
	v.editing, v.one, v.token, v.answered = false, false, v.ports.Token(), false
	v.delivery.Sent = nil // was for another dossier
}

// Answer keeps an answer to the present question without judging it yet; nil
// takes it back.
func (v *Visit) Answer(value any) {
	if v.step == Form {
		v.problem = nil
		v.filling.Set(value)
		v.answered = true
	}
}

// GivePaper chooses how a paper is given.
func (v *Visit) GivePaper(id string, way dossier.PaperWay) error {
	if v.step != Papers {
		return nil
	}
	v.problem = nil
	if err := v.papers.Give(id, way); err != nil {
		return v.fail(err)
	}
	return nil
}

// DeclinePaper says that the citizen does not have a paper.
func (v *Visit) DeclinePaper(id string) error {
	if v.step != Papers {
		return nil
	}
	v.problem = nil
	if err := v.papers.Decline(id); err != nil {
		return v.fail(err)
	}
	return nil
}

// SetDelivery keeps how the result comes back; it is judged by Next. Who says
// that a transfer is on its way means the one on the screen.
func (v *Visit) SetDelivery(d DeliveryChoice) {
	if v.step != Delivery {
		return
	}
	v.problem = nil
	d.consented()
	d.Sent = nil
	if d.Pay == dossier.PayTransfer {
		d.Sent = v.transfer()
	}
	v.delivery = d
}

// Retype opens the page of something that was told for the delivery.
func (v *Visit) Retype(s Step) {
	if v.step == Delivery && (s == TypePhone || s == TypeEmail || s == TypeAddress) {
		v.goTo(s)
	}
}

// SetContact takes what a chosen channel needs, on its own page, and goes on.
func (v *Visit) SetContact(text string) error {
	text = strings.Join(strings.Fields(text), " ")
	switch v.step {
	case TypePhone:
		v.delivery.Phone = text
	case TypeEmail:
		v.delivery.Email = text
	case TypeAddress:
		v.delivery.Address = text
	default:
		return nil
	}
	if step, word := v.contact(); step == v.step {
		return v.say(dossier.CodeAnswerRefused, word)
	}
	return v.delivered()
}

// delivered ends the delivery: what is needed still is asked, one page each.
func (v *Visit) delivered() error {
	if v.settle() {
		v.goTo(Delivery)
		return v.say(dossier.CodeAnswerRefused, "visit.fee-changed")
	}
	step, word := v.contact()
	if step == "" {
		v.toReview()
		return nil
	}
	given := map[Step]string{TypePhone: v.delivery.Phone, TypeEmail: v.delivery.Email, TypeAddress: v.delivery.Address}[step]
	v.goTo(step)
	if given != "" {
		return v.say(dossier.CodeAnswerRefused, word)
	}
	return nil
}

// contact names the page that is needed still, with its sentence, or "". It
// brings the texts into shape.
func (v *Visit) contact() (Step, string) {
	d := &v.delivery
	d.Phone, d.Email, d.Address = form.NormalPhone(d.Phone), strings.TrimSpace(d.Email), strings.TrimSpace(d.Address)
	switch {
	case d.Return == dossier.ReturnPost && d.Address == "" || utf8.RuneCountInString(d.Address) > MaxAddress:
		return TypeAddress, "visit.address-needed"
	case (d.Notices.SMS || d.Notices.Zalo) && !form.IsPhone(d.Phone):
		return TypePhone, "visit.phone-needed"
	case d.Notices.Email && !form.IsEmail(d.Email):
		return TypeEmail, "visit.email-needed"
	}
	return "", ""
}

// fee is what the procedure costs with the answers so far.
func (v *Visit) fee() Fee {
	var answers json.RawMessage
	if v.filling != nil {
		answers, _ = v.filling.Answers() // answers that cannot be told make a fee unknown
	}
	return feeFor(v.procedure, answers)
}

func feeFor(p dossier.Procedure, answers json.RawMessage) Fee {
	total, known := p.FeeFor(answers)
	if !known {
		return Fee{Count: 1}
	}
	n, _ := p.Copies(answers)
	return Fee{Known: true, Unit: *p.Fee.Amount, Count: n, Total: total}
}
