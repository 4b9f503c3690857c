package paper

import (
	"strings"

	"tramhoso/assets"
	"tramhoso/device/printer"
	"tramhoso/sync/dossier"
)

// Form01 is the agency's receipt and appointment as this station prints it:
// every fact in it is the agency's, but for where and when it was printed.
type Form01 struct {
	Form    dossier.Form01 `json:"form"`
	Station Station        `json:"station"`
	At      dossier.Stamp  `json:"at"` // printed
}

// Document lays the form out; a reprint says that it is one.
func (f Form01) Document(reprint bool) (printer.Document, error) {
	d := f.Form
	if err := f.check(); err != nil {
		return printer.Document{}, err
	}
	p, err := newPage()
	if err != nil {
		return printer.Document{}, err
	}
	w := p.words
	if reprint {
		p.reprintMark()
	}
	p.centre(printer.Normal, true, d.Centre)
	if d.Number != "" {
		p.centre(printer.Normal, false, w.T("form01.number", "n", d.Number))
	}
	p.add(printer.Rule{}, printer.Feed{Dots: ruleGap})
	p.centre(printer.Large, true, w.T("form01.title"))
	p.centre(printer.Large, true, w.T("form01.title2"))
	p.add(printer.Feed{Dots: ruleGap})
	p.centre(printer.Normal, false, w.T("form01.code"))
	p.centre(printer.Large, true, d.Code)
	p.centre(printer.Normal, false, w.T("form01.accepted"))
	p.rule()

	p.said(w.T("form01.from"), bold(d.Applicant))
	p.optional(d.Last4, "form01.last4", "n")
	p.optional(d.Address, "form01.address", "a")
	p.optional(d.Phone, "form01.phone", "n")
	p.optional(d.Email, "form01.email", "a")
	p.said(w.T("form01.request"), bold(d.Request))
	p.line(plain(w.T("form01.papers")))
	for i, item := range d.Papers {
		p.add(printer.Text{Indent: itemIn, Runs: []printer.Run{plain(w.T("form01.item", "n", i+1, "name", item.Name,
			"kind", w.T(copyKey(item.Copy)), "q", max(1, item.Quantity)))}})
	}
	if len(d.Papers) == 0 {
		p.line(plain(w.T("slip.no-papers")))
	}
	p.rule()

	if d.Days != "" {
		p.said(w.T("form01.days"), plain(d.Days))
	}
	p.said(w.T("form01.received"), plain(w.DateTime(d.Received.In(assets.Here))))
	if d.Return.IsZero() {
		p.said(w.T("form01.return"), plain(w.T("form01.no-return")))
	} else {
		p.said(w.T("form01.return"), bold(w.DateTime(d.Return.In(assets.Here))))
	}
	if d.Collect != "" {
		p.said(w.T("form01.collect"), bold(d.Collect))
	}
	if d.Fee != nil {
		p.said(w.T("form01.fee"), bold(w.Money(*d.Fee)))
	} else {
		p.said(w.T("form01.fee"), plain(w.T("form01.fee-elsewhere")))
	}
	if d.Book != "" || d.Serial != "" {
		p.line(plain(w.T("form01.book", "book", orDash(d.Book), "serial", orDash(d.Serial))))
	}
	p.rule()

	p.row(w.T("form01.sign"), plain(w.T("form01.officer")))
	p.add(printer.Feed{Dots: signGap})
	p.row(d.Applicant, plain(d.Officer))
	p.add(printer.Feed{Dots: ruleGap})
	p.line(printer.Run{Text: w.T("form01.note"), Size: printer.Small})
	p.line(printer.Run{Text: w.T("form01.printed", "place", f.Station.Name, "time", w.DateTime(f.At.Wall.In(assets.Here))), Size: printer.Small})
	if ascii(d.Code) {
		p.add(printer.Feed{Dots: ruleGap}, printer.QR{Payload: d.Code, Align: printer.Center})
	}
	return p.document(), nil
}

func copyKey(c dossier.Copy) string {
	switch c {
	case dossier.CopyCopy:
		return "form01.copy"
	case dossier.CopyElectronic:
		return "form01.electronic"
	}
	return "form01.original"
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// ascii reports whether a QR may hold s: readers guess the character set of
// anything else.
func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}
