package visit

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tramhoso/app/visit/form"
	"tramhoso/sync/dossier"
	"tramhoso/sync/dossier/vietqr"
)

// withAccount gives the agency an account and prices from now on.
func (h *house) withAccount(until time.Time) {
	term := dossier.Term{From: noon.Add(-time.Hour), Until: until}
	h.snap.Agencies = []dossier.Agency{{ID: "commune", Name: h.snap.Agencies[0].Name,
		Payees:  []dossier.Payee{{Term: term, BIN: "970423", Bank: "TPBank", Account: "0099999999", Name: "TAI KHOAN MAU"}},
		Returns: []dossier.ReturnPrice{{Term: term, Way: dossier.ReturnPost, Amount: 26000}, {Way: dossier.ReturnHere}}}}
}

// toDelivery goes from the start screen to the choice of the way back.
func (h *house) toDelivery(t testing.TB) {
	t.Helper()
	h.toForm(t)
	h.fill(t)
	if err := h.GivePaper("old", dossier.WayOriginal); err != nil {
		t.Fatal(err)
	}
	h.next(t, Delivery)
}

func (h *house) choose(change func(*DeliveryChoice)) {
	d := h.State().Delivery
	change(&d)
	h.SetDelivery(d)
}

// sends goes on from the delivery and returns what is sealed.
func (h *house) sends(t testing.TB) Letter {
	t.Helper()
	h.next(t, Review)
	h.next(t, Sign)
	if err := h.Submit(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.at(t, Done)
	for _, l := range h.outbox.letters {
		return l
	}
	t.Fatal("nothing was sent")
	return Letter{}
}

// What a code on the screen asks for is what the dossier says, to the letter.
func TestTransferIsWhatWasShown(t *testing.T) {
	h := newHouse(t)
	h.withAccount(time.Time{})
	h.toDelivery(t)
	shown := h.State().Transfer
	if shown == nil || shown.Amount != 16000 || shown.Account != "0099999999" || shown.Name != "TAI KHOAN MAU" {
		t.Fatalf("%+v", shown)
	}
	text, err := shown.QR()
	if err != nil {
		t.Fatal(err)
	}
	read, err := vietqr.Parse(text)
	if err != nil || read.Amount != 16000 || read.Purpose != shown.Purpose || !strings.HasPrefix(read.Purpose, "LE PHI HO SO ") || len(read.Purpose) != 21 {
		t.Fatalf("%+v, %v", read, err)
	}
	if strings.Contains(text, "0123") || strings.Contains(text, "Bia") {
		t.Error("the code knows the person: " + text)
	}
	h.choose(func(d *DeliveryChoice) { d.Pay = dossier.PayTransfer })
	// The account changes while the visit goes on: the money went to the one shown.
	h.snap.Agencies[0].Payees[0].Account = "1111111111"
	l := h.sends(t)
	p := l.Dossier.Payment
	if p.Pay != dossier.PayTransfer || p.Transfer == nil || *p.Transfer != *shown || p.Fee == nil || *p.Fee != 16000 || p.Price == nil || *p.Price != 0 {
		t.Errorf("%+v", p)
	}
	raw, err := json.Marshal(l.Dossier)
	if err != nil {
		t.Fatal(err)
	}
	var back dossier.Dossier
	if err := json.Unmarshal(raw, &back); err != nil || *back.Payment.Transfer != *shown {
		t.Errorf("%+v, %v", back.Payment, err)
	}
}

func TestOneReferencePerDossier(t *testing.T) {
	seen := map[string]string{}
	for _, token := range []string{"", "a", "b", "token1", "token2"} {
		p := purpose(token)
		if purpose(token) != p || vietqr.Plain(p) != p || seen[p] != "" {
			t.Errorf("%q: %q, also of %q", token, p, seen[p])
		}
		seen[p] = "another"
	}
}

// Nothing is guessed: without a sum or an account there is no code.
func TestNoTransferWithout(t *testing.T) {
	free, none := int64(0), (*int64)(nil)
	for name, change := range map[string]func(*house){
		"an account":          func(h *house) { h.snap.Agencies[0].Payees = nil },
		"an account any more": func(h *house) { h.withAccount(noon) },
		"an account yet":      func(h *house) { h.snap.Agencies[0].Payees[0].From = noon.Add(time.Hour) },
		"a right account":     func(h *house) { h.snap.Agencies[0].Payees[0].BIN = "12" },
		"a fee":               func(h *house) { h.snap.Procedures[0].Fee.Amount = &free },
		"a known fee":         func(h *house) { h.snap.Procedures[0].Fee.Amount = none },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.withAccount(time.Time{})
			change(h)
			h.toDelivery(t)
			if got := h.State().Transfer; got != nil {
				t.Errorf("%+v", got)
			}
			h.choose(func(d *DeliveryChoice) { d.Pay = dossier.PayTransfer })
			p := h.sends(t).Dossier.Payment
			if p.Transfer != nil || p.Pay == dossier.PayTransfer {
				t.Errorf("%+v", p)
			}
			known := name != "a known fee"
			if (p.Fee != nil) != known || (p.Pay == "") != (name == "a fee") {
				t.Errorf("%+v", p)
			}
		})
	}
}

// Who sent money for two copies and then asks for three is asked again; nothing
// says that the new sum is on its way.
func TestFeeChangesAfterATransfer(t *testing.T) {
	h := newHouse(t)
	h.withAccount(time.Time{})
	h.toDelivery(t)
	h.choose(func(d *DeliveryChoice) { d.Pay = dossier.PayTransfer })
	h.next(t, Review)
	h.EditQuestion("copies")
	h.Answer("3")
	h.next(t, Review)
	if h.Next() == nil {
		t.Fatal("16,000 pay for 24,000")
	}
	h.at(t, Delivery)
	h.problem(t, "visit.fee-changed")
	s := h.State()
	if s.Delivery.Sent != nil || s.Delivery.Pay != dossier.PayCounter || s.Transfer == nil || s.Transfer.Amount != 24000 {
		t.Errorf("%+v, %+v", s.Delivery, s.Transfer)
	}
	if p := h.sends(t).Dossier.Payment; p.Pay != dossier.PayCounter || *p.Fee != 24000 || p.Transfer.Amount != 24000 {
		t.Errorf("%+v", p)
	}
}

func TestAnotherProcedureWasNotPaid(t *testing.T) {
	h := newHouse(t)
	h.withAccount(time.Time{})
	other := h.snap.Procedures[0]
	other.Code, other.Name = "2.000999", dossier.Text{"vi": "Cấp lại bản sao"}
	h.snap.Procedures = append(h.snap.Procedures, other)
	h.toDelivery(t)
	h.choose(func(d *DeliveryChoice) { d.Pay = dossier.PayTransfer })
	was := h.State().Transfer.Purpose
	h.next(t, Review)
	h.EditAt(SectionProcedure)
	h.SetQuery("cap lai")
	if err := h.Choose("2.000999"); err != nil {
		t.Fatal(err)
	}
	h.next(t, Form)
	h.fill(t)
	if err := h.GivePaper("old", dossier.WayOriginal); err != nil {
		t.Fatal(err)
	}
	for h.Step() == Papers {
		if err := h.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if h.Step() == Review {
		h.EditAt(SectionFee)
	}
	h.at(t, Delivery)
	if s := h.State(); s.Delivery.Sent != nil || s.Transfer == nil || s.Transfer.Purpose == was {
		t.Errorf("%+v, %+v", s.Delivery, s.Transfer)
	}
	if p := h.sends(t).Dossier.Payment; p.Pay != dossier.PayCounter {
		t.Errorf("%+v", p)
	}
}

// The code on the paper of a resumed visit is the one that was scanned before.
func TestTransferOutlivesAnInterruption(t *testing.T) {
	h := newHouse(t)
	h.withAccount(time.Time{})
	h.toDelivery(t)
	h.choose(func(d *DeliveryChoice) { d.Pay = dossier.PayTransfer })
	raw, err := json.Marshal(saved{Delivery: h.State().Delivery, Token: h.token, Form: form.Draft{}})
	if err != nil {
		t.Fatal(err)
	}
	var s saved
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	if s.Delivery.Sent == nil || *s.Delivery.Sent != *h.State().Transfer || purpose(s.Token) != s.Delivery.Sent.Purpose {
		t.Errorf("%+v", s.Delivery)
	}
}

// A number is asked for when a channel is chosen, and gone when it is not.
func TestConsentTakenBack(t *testing.T) {
	h := newHouse(t)
	h.toDelivery(t)
	h.choose(func(d *DeliveryChoice) { d.Notices = dossier.Notices{Zalo: true, Email: true} })
	h.next(t, TypePhone)
	for _, text := range []string{"0905123456", "bia@example.vn"} {
		if err := h.SetContact(text); err != nil {
			t.Fatal(err)
		}
	}
	h.at(t, Review)
	h.Back()
	h.choose(func(d *DeliveryChoice) { d.Notices.Zalo = false })
	if d := h.State().Delivery; d.Phone != "" || d.Email == "" {
		t.Errorf("%+v", d)
	}
	h.choose(func(d *DeliveryChoice) { d.Notices.Zalo = true })
	h.next(t, TypePhone) // asked anew
	h.Back()
	h.choose(func(d *DeliveryChoice) { d.Notices.Zalo = false })
	h.next(t, Review)
	h.Back()
	h.choose(func(d *DeliveryChoice) { d.Notices.Email = false })
	if a := h.sends(t).Dossier.Applicant; a.Phone != "" || a.Email != "" {
		t.Errorf("sealed without consent: %+v", a)
	}
}

func TestRetype(t *testing.T) {
	h := newHouse(t)
	h.Retype(TypePhone)
	h.at(t, Home)
	h.toDelivery(t)
	h.Retype(Review)
	h.at(t, Delivery)
	h.choose(func(d *DeliveryChoice) { d.Notices.SMS, d.Phone = true, "0905123456" })
	h.Retype(TypePhone)
	h.at(t, TypePhone)
	h.Back()
	h.at(t, Delivery)
	h.Retype(TypePhone)
	if err := h.SetContact("0905 999 888"); err != nil {
		t.Fatal(err)
	}
	h.at(t, Review)
	if got := h.State().Delivery.Phone; got != "0905999888" {
		t.Error(got)
	}
}

func TestPriceOfTheWayBack(t *testing.T) {
	h := newHouse(t)
	h.withAccount(time.Time{})
	h.toDelivery(t)
	prices := h.State().Prices
	if _, known := prices[dossier.ReturnElectronic]; known || prices[dossier.ReturnPost] != 26000 || len(prices) != 2 {
		t.Errorf("%v", prices)
	}
	h.choose(func(d *DeliveryChoice) { d.Return, d.Address = dossier.ReturnPost, "Buôn Ea Bông" })
	if p := h.sends(t).Dossier; p.Payment.Price == nil || *p.Payment.Price != 26000 || p.Address != "Buôn Ea Bông" {
		t.Errorf("%+v", p.Payment)
	}

	h = newHouse(t) // nothing is known
	h.toDelivery(t)
	h.choose(func(d *DeliveryChoice) { d.Return, d.Address = dossier.ReturnPost, "Buôn Ea Bông" })
	if p := h.sends(t).Dossier; p.Payment.Price != nil {
		t.Errorf("%+v", p.Payment)
	}
}
