package paper

import (
	"fmt"
	"strings"

	"tramhoso/device/printer"
	"tramhoso/sync/dossier"
)

// back says where the result will be, what that costs and how the news comes: as
// it was chosen. A slip in place of a lost one does not know it.
func (p *page) back(s Slip) {
	if s.Return == "" {
		return
	}
	w := p.words
	p.said(w.T("slip.return"), bold(w.T("slip.return-"+string(s.Return))))
	if s.Return == dossier.ReturnPost {
		p.optional(s.Home, "slip.home", "a")
		price := w.T("slip.back-unknown")
		if s.Back != nil {
			price = w.Money(*s.Back)
		}
		p.said(w.T("slip.back"), plain(price))
	}
	var told []string
	for _, c := range []struct {
		on  bool
		key string
	}{{s.Notices.SMS, "slip.sms"}, {s.Notices.Zalo, "slip.zalo"}, {s.Notices.Email, "slip.email"}} {
		if c.on {
			told = append(told, w.T(c.key))
		}
	}
	if len(told) > 0 {
		p.said(w.T("slip.notices"), plain(strings.Join(told, ", ")))
	}
}

// pay says how the fee will be paid. Who pays at the counter does so at once, and
// gets no code: it would be paid a second time. The code stands far from the
// slip's own, which is the last thing on the paper.
func (p *page) pay(s Slip) error {
	w := p.words
	switch {
	case s.Pay == dossier.PayTransfer && s.Transfer != nil:
		p.said(w.T("slip.pay-transfer"), plain(w.T("slip.sent")))
	case s.Pay == dossier.PayCollect:
		p.said(w.T("slip.pay-collect"), plain(w.T("slip.unpaid")))
	default:
		p.said(w.T("slip.pay-counter"), plain(w.T("slip.unpaid")))
		return nil
	}
	if s.Transfer == nil {
		return nil
	}
	t := *s.Transfer
	code, err := t.QR()
	if err != nil {
		return fmt.Errorf("failed to draw the code of a transfer: %w", err)
	}
	p.add(printer.QR{Payload: code, Align: printer.Center})
	p.centre(printer.Normal, true, w.T("slip.vietqr", "money", w.Money(t.Amount)))
	p.said(w.T("slip.payee"), plain(joined(", ", t.Name, t.Account, bankOf(t))))
	p.said(w.T("slip.purpose"), bold(t.Purpose))
	p.line(plain(w.T("slip.transfer-" + string(s.Pay))))
	return nil
}

func bankOf(t dossier.Transfer) string {
	if t.Bank != "" {
		return t.Bank
	}
	return t.BIN
}
