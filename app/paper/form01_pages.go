package paper

import (
	"tramhoso/assets"
	"tramhoso/sync/dossier"
)

// Pages draws the form for a page printer: the same facts as on the paper of
// the receipt printer, in the shape of the circular's form 01.
func (f Form01) Pages(size Size, reprint bool) ([]byte, error) {
	d := f.Form
	if err := f.check(); err != nil {
		return nil, err
	}
	s, err := newSheet(size, d.Code, f.At.Wall)
	if err != nil {
		return nil, err
	}
	w := s.words
	s.foot(w.T("form01.printed", "place", f.Station.Name, "time", w.DateTime(f.At.Wall.In(assets.Here))))
	s.pdf.AddPage()
	if reprint {
		s.reprint()
	}
	s.heading(f)
	s.gap(0.8)
	s.centred("B", s.head, w.T("form01.title"))
	s.centred("B", s.head, w.T("form01.title2"))
	s.centred("", s.text, w.T("form01.code")+": "+d.Code)
	s.gap(0.5)

	s.said(w.T("form01.from"), d.Applicant)
	for _, x := range []struct{ key, name, value string }{{"last4", "n", d.Last4}, {"address", "a", d.Address}, {"phone", "n", d.Phone}, {"email", "a", d.Email}} {
		if x.value != "" {
			s.paragraph("", w.T("form01."+x.key, x.name, x.value))
		}
	}
	s.said(w.T("form01.request"), d.Request)
	s.paragraph("", w.T("form01.papers"))
	for i, item := range d.Papers {
		s.item(w.T("form01.item", "n", i+1, "name", item.Name, "kind", w.T(copyKey(item.Copy)), "q", max(1, item.Quantity)))
	}
	if len(d.Papers) == 0 {
		s.item(w.T("slip.no-papers"))
	}
	if d.Days != "" {
		s.said(w.T("form01.days"), d.Days)
	}
	s.said(w.T("form01.received")+":", w.DateTime(d.Received.In(assets.Here)))
	if d.Return.IsZero() {
		s.said(w.T("form01.return")+":", w.T("form01.no-return"))
	} else {
		s.said(w.T("form01.return")+":", w.DateTime(d.Return.In(assets.Here)))
	}
	if d.Collect != "" {
		s.said(w.T("form01.collect"), d.Collect)
	}
	fee := w.T("form01.fee-elsewhere")
	if d.Fee != nil {
		fee = w.Money(*d.Fee)
	}
	s.said(w.T("form01.fee")+":", fee)
	if d.Book != "" || d.Serial != "" {
		s.paragraph("", w.T("form01.book", "book", orDash(d.Book), "serial", orDash(d.Serial)))
	}
	s.gap(0.6)
	return s.end(f)
}

// heading is the agency at the left and the nation at the right.
func (s *sheet) heading(f Form01) {
	left := s.width * 0.41
	y := s.pdf.GetY()
	s.font("B", s.text-0.5)
	s.pdf.MultiCell(left-2, s.line, drawable(f.Form.Centre), "", "C", false)
	if f.Form.Number != "" {
		s.font("", s.text-0.5)
		s.pdf.CellFormat(left-2, s.line, drawable(s.words.T("form01.number", "n", f.Form.Number)), "", 2, "C", false, 0, "")
	}
	below := s.pdf.GetY()
	s.pdf.SetXY(s.left+left, y)
	s.nationSmall(s.left+left, s.width-left)
	s.pdf.SetXY(s.left, max(below, s.pdf.GetY()))
}

// nationSmall is the national heading in half a small page.
func (s *sheet) nationSmall(x, width float64) {
	was := s.measures
	s.font("B", s.text)
	for s.pdf.GetStringWidth(nation) > width && s.text > 5 {
		s.text -= 0.25
		s.font("B", s.text)
	}
	s.nation(x, width)
	s.measures = was
}

// end is the two signatures, with the code between them for the agency's reader.
func (s *sheet) end(f Form01) ([]byte, error) {
	d, w := f.Form, s.words
	const room, code = 12.0, 22.0
	s.keep(room + 5*s.line + code)
	y, third := s.pdf.GetY(), s.width/3
	s.signed(s.left, third, room, w.T("form01.sign"), "", d.Applicant)
	below := s.pdf.GetY()
	s.pdf.SetXY(s.left+2*third, y)
	s.signed(s.left+2*third, third, room, w.T("form01.officer"), "", d.Officer)
	below = max(below, s.pdf.GetY())
	if ascii(d.Code) {
		if err := s.qr(s.left+(s.width-code)/2, y, code, d.Code); err != nil {
			return nil, err
		}
		below = max(below, y+code)
	}
	s.pdf.SetXY(s.left, below+1)
	s.font("I", s.small)
	s.pdf.MultiCell(0, s.small*0.5, drawable(w.T("form01.note")), "", "L", false)
	return s.bytes()
}

// item is one line of a list, indented.
func (s *sheet) item(text string) {
	s.font("", s.text)
	s.pdf.SetX(s.left + 4)
	s.pdf.MultiCell(s.width-4, s.line, drawable(text), "", "L", false)
}

// check refuses a form that lacks what it must say.
func (f Form01) check() error {
	d := f.Form
	if d.Code == "" || d.Centre == "" || d.Applicant == "" || d.Request == "" || d.Received.IsZero() {
		return dossier.Errorf(dossier.CodeInvalid, "form 01 lacks what it must say")
	}
	if len(d.Last4) > 4 {
		return dossier.Errorf(dossier.CodeInvalid, "form 01 shows four digits of a card at most")
	}
	return nil
}
