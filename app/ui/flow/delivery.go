package flow

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/screens/delivery"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

func (f *Flow) deliveryScreen(s visit.State) fyne.CanvasObject {
	d := s.Delivery
	if d.Return == "" {
		d.Return = dossier.ReturnHere
	}
	set := func(change func(*visit.DeliveryChoice)) {
		next := d
		change(&next)
		f.Visit.SetDelivery(next)
	}
	channel := func(toggle func(*visit.DeliveryChoice)) func() { return f.then(func() { set(toggle) }) }
	retype := func(step visit.Step) func() { return f.then(func() { f.Visit.Retype(step) }) }
	return delivery.New(f.env, f.deliveryModel(s, d), delivery.Actions{
		Back: f.back, Next: f.do(f.Visit.Next),
		Return:  func(r dossier.Return) { f.then(func() { set(func(c *visit.DeliveryChoice) { c.Return = r }) })() },
		Address: retype(visit.TypeAddress),
		SMS:     channel(func(c *visit.DeliveryChoice) { c.Notices.SMS = !c.Notices.SMS }),
		Zalo:    channel(func(c *visit.DeliveryChoice) { c.Notices.Zalo = !c.Notices.Zalo }),
		Email:   channel(func(c *visit.DeliveryChoice) { c.Notices.Email = !c.Notices.Email }),
		Phone:   retype(visit.TypePhone),
		Mail:    retype(visit.TypeEmail),
		Pay:     func(p dossier.Pay) { f.then(func() { set(func(c *visit.DeliveryChoice) { c.Pay = p }) })() },
	})
}

// deliveryModel says what is known about the ways back and about the fee, and
// what is not.
func (f *Flow) deliveryModel(s visit.State, d visit.DeliveryChoice) delivery.Model {
	e, w, fee := f.env, f.env.Words, s.Procedure.Fee
	m := delivery.Model{Return: d.Return, Station: f.Station(f.lang()), Address: d.Address, Notices: d.Notices,
		Phone: maskPhone(d.Phone), Email: maskEmail(d.Email), Problem: f.problem(s.Problem), Pay: d.Pay,
		FeeNote: fee.Note.In(f.lang()), Exempt: fee.Exemptions.In(f.lang()),
		Prices: map[dossier.Return]string{dossier.ReturnPost: e.T("delivery.price-unknown")}}
	for way, price := range s.Prices {
		m.Prices[way] = w.Money(price)
	}
	switch {
	case !s.Fee.Known:
		m.Fee, m.HasFee, m.NoCode = e.T("delivery.fee-elsewhere"), true, e.T("delivery.no-amount")
	case s.Fee.Total == 0:
		m.Fee = e.T("delivery.fee-free")
	default:
		m.Fee, m.HasFee, m.NoCode = e.T("delivery.fee", "money", w.Money(s.Fee.Total)), true, e.T("delivery.no-account")
		if s.Fee.Count > 1 {
			m.FeeHow = e.T("delivery.fee-count", "n", s.Fee.Count, "money", w.Money(s.Fee.Unit))
		}
	}
	if t := s.Transfer; t != nil {
		if code, err := t.QR(); err == nil {
			m.Code, m.Payee, m.Purpose = code, e.T("delivery.payee", "name", t.Name), e.T("delivery.purpose", "purpose", t.Purpose)
		}
	}
	return m
}

func (f *Flow) channels(n dossier.Notices) string {
	var c []string
	for _, x := range []struct {
		on  bool
		key string
	}{{n.SMS, "delivery.sms"}, {n.Zalo, "delivery.zalo"}, {n.Email, "delivery.email"}} {
		if x.on {
			c = append(c, f.env.T(x.key))
		}
	}
	return strings.Join(c, ", ")
}

// maskPhone leaves the first two and the last three digits.
func maskPhone(p string) string {
	if len(p) < 7 {
		return p
	}
	return p[:2] + strings.Repeat("x", len(p)-5) + p[len(p)-3:]
}

// maskEmail leaves the first letter and the host.
func maskEmail(m string) string {
	at := strings.LastIndexByte(m, '@')
	if at < 1 {
		return ""
	}
	_, n := utf8.DecodeRuneInString(m)
	return m[:n] + "•••" + m[at:]
}
