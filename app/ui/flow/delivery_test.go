package flow

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
	"tramhoso/sync/dossier/vietqr"
)

// withAccount gives the agency an account and the post a price.
func (h *house) withAccount() {
	h.snap.Agencies[0].Payees = []dossier.Payee{{Term: dossier.Term{From: noon.Add(-time.Hour)}, BIN: "970423", Account: "0099999999", Name: "TAI KHOAN MAU"}}
	h.snap.Agencies[0].Returns = []dossier.ReturnPrice{{Way: dossier.ReturnPost, Amount: 26000}}
}

func (h *house) toDelivery() {
	h.t.Helper()
	h.begun()
	h.answered()
	h.tap("papers.clerk")
	h.tap("app.continue")
	h.at(visit.Delivery)
}

// code is the QR code on the screen.
func (h *house) code() *kit.QR {
	var found *kit.QR
	var visit func(fyne.CanvasObject)
	visit = func(o fyne.CanvasObject) {
		if q, ok := o.(*kit.QR); ok {
			found = q
		}
		for _, c := range kit.Children(o) {
			visit(c)
		}
	}
	visit(h.content)
	return found
}

func TestPayByTransfer(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.withAccount()
		h.toDelivery()
		q := h.code()
		if q == nil {
			t.Fatal("no code:\n" + h.said())
		}
		asked, err := vietqr.Parse(q.Payload())
		if err != nil || asked.Amount != 16000 || asked.Account != "0099999999" || !asked.Dynamic {
			t.Fatalf("%+v, %v", asked, err)
		}
		h.see("delivery.payee", "name", "TAI KHOAN MAU")
		h.see("delivery.not-known")
		h.read(h.env.Words.Money(26000))
		h.tap("delivery.sent")
		h.see("delivery.not-known")
		h.tap("app.continue")
		h.see("review.not-known")
		h.tap("review.main")
		h.tap("sign.box")
		h.tap("sign.main")
		h.settle()
		h.at(visit.Done)
		p := h.letters["token1"].Dossier.Payment
		if p.Pay != dossier.PayTransfer || p.Transfer == nil || p.Transfer.Purpose != asked.Purpose || p.Transfer.Amount != 16000 {
			t.Errorf("%+v", p)
		}
	})
}

func TestNoAccountNoCode(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.toDelivery()
		if h.code() != nil {
			t.Error("a code to nobody")
		}
		h.see("delivery.no-account")
		h.see("delivery.price-unknown")
		h.hidden(h.env.T("delivery.sent"))
		h.tap("delivery.pay-collect")
		h.tap("app.continue")
		h.see("review.pay-collect")
		h.see("review.not-paid")
	})
}

func TestUnknownFeeIsSaidSo(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.withAccount()
		h.snap.Procedures[0].Fee.Amount = nil
		h.toDelivery()
		if h.code() != nil {
			t.Error("a code for a sum that nobody knows")
		}
		h.see("delivery.fee-elsewhere")
		h.see("delivery.no-amount")
		h.tap("app.continue")
		h.see("review.fee-elsewhere")
	})
}

// An address and a number are shown where they can be changed; a number never whole.
func TestChangeWhereNewsGo(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.toDelivery()
		h.tap("delivery.sms")
		h.tap("app.continue")
		h.at(visit.TypePhone)
		h.write("0905123456")
		h.tap("app.continue")
		h.at(visit.Review)
		h.tap("app.back")
		h.at(visit.Delivery)
		h.hidden("0905123456")
		h.tap("delivery.phone-now", "phone", "09xxxxx456")
		h.at(visit.TypePhone)
		h.write("0905999888")
		h.tap("app.continue")
		h.at(visit.Review)
		h.tap("app.back")
		h.tap("delivery.post")
		if h.Visit.Step() == visit.Delivery && h.Visit.State().Delivery.Address != "" {
			h.tap("delivery.post") // chosen already: its address
		} else {
			h.tap("app.continue")
		}
		h.at(visit.TypeAddress)
		h.write("Buôn Ea Bông")
		h.tap("app.continue")
		h.at(visit.Review)
		h.read("Buôn Ea Bông")
		if d := h.Visit.State().Delivery; d.Phone != "0905999888" || d.Address != "Buôn Ea Bông" {
			t.Errorf("%+v", d)
		}
	})
}

func TestMaskEmail(t *testing.T) {
	for text, want := range map[string]string{"": "", "x": "", "@a.vn": "", "bia@example.vn": "b•••@example.vn", "đô@a@b.vn": "đ•••@b.vn"} {
		if got := maskEmail(text); got != want || strings.Contains(got, "bia") {
			t.Errorf("%q: %q", text, got)
		}
	}
}
