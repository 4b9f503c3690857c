package paper

import (
	"fmt"
	"strings"

	"tramhoso/app/visit"
	"tramhoso/app/visit/papers"
	"tramhoso/assets"
	"tramhoso/device/printer"
	"tramhoso/sync/dossier"
)

// Station is who received a dossier.
type Station struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`
}

// Party is a sender or a receiver.
type Party struct {
	Name    string `json:"name"`
	Last4   string `json:"last4,omitempty"` // of a sender's card
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`
}

// Slip is everything on a Phiếu gửi: what the encrypted print job holds.
type Slip struct {
	Number    string          `json:"number"`
	QR        string          `json:"qr"`
	At        dossier.Stamp   `json:"at"`
	Station   Station         `json:"station"`
	Sender    Party           `json:"sender"`
	Receiver  Party           `json:"receiver"`
	Title     string          `json:"title"` // the procedure's name
	Procedure string          `json:"procedure"`
	Copies    int64           `json:"copies,omitempty"`
	Papers    []papers.Marked `json:"papers"`
	Fee       visit.Fee       `json:"fee"`
	Pay       dossier.Pay     `json:"pay"`
	Price     int64           `json:"price"` // of the service, đồng

	Return   dossier.Return    `json:"return,omitempty"`
	Back     *int64            `json:"back,omitempty"` // price of the way back, đồng; nil: not known
	Home     string            `json:"home,omitempty"` // where the post brings the result
	Notices  dossier.Notices   `json:"notices,omitzero"`
	Transfer *dossier.Transfer `json:"transfer,omitempty"` // that would pay the fee

	Issue  int           `json:"issue,omitempty"` // 0: the first; n: the n-th in place of a lost one
	Issued dossier.Stamp `json:"issued,omitzero"` // when it was

	Replaces string `json:"replaces,omitempty"` // number of the slip of the dossier that this one corrects
}

// Facts are what only the commit knows.
type Facts struct {
	Number string
	QR     string
	At     dossier.Stamp
}

// SlipOf draws up the slip of a letter.
func SlipOf(l visit.Letter, f Facts, s Station) Slip {
	p := l.Dossier.Applicant.Person
	slip := Slip{
		Number: f.Number, QR: f.QR, At: f.At, Station: s,
		Sender:   Party{Name: p.Name, Last4: p.Last4(), Address: p.Address, Phone: l.Dossier.Applicant.Phone},
		Receiver: Party{Name: l.Agency.Name.In("vi"), Address: l.Agency.Address, Phone: l.Agency.Phone},
		Title:    l.Dossier.Title, Procedure: l.Dossier.Procedure.Code, Papers: l.Papers, Fee: l.Fee, Pay: l.Dossier.Payment.Pay,
		Return: l.Dossier.Return, Back: l.Dossier.Payment.Price, Home: l.Dossier.Address, Notices: l.Dossier.Notices, Transfer: l.Dossier.Payment.Transfer,
		Replaces: l.Dossier.Replaces,
	}
	if l.Fee.Count > 1 {
		slip.Copies = l.Fee.Count
	}
	return slip
}

// SlipAgain draws up a slip in place of a lost one from what a counter knows. What
// was charged stands on the first slip only.
func SlipAgain(c dossier.CounterCard, to dossier.Agency, f Facts, issue int, s Station) Slip {
	return Slip{
		Number: f.Number, QR: f.QR, At: c.Submitted, Station: s, Issue: issue, Issued: f.At,
		Sender:   Party{Name: c.Name, Last4: c.Last4, Phone: c.Phone},
		Receiver: Party{Name: c.Office, Address: to.Address, Phone: to.Phone},
		Title:    c.Title, Procedure: c.Procedure.Code, Papers: papers.MarkedOf(c.Papers),
	}
}

// page collects blocks.
type page struct {
	words  *assets.Words
	blocks []printer.Block
}

func newPage() (*page, error) {
	w, err := assets.Load("vi")
	if err != nil {
		return nil, err
	}
	return &page{words: w}, nil
}

func (p *page) add(b ...printer.Block) { p.blocks = append(p.blocks, b...) }

// line is one paragraph in the size to read by.
func (p *page) line(runs ...printer.Run) { p.add(printer.Text{Runs: runs}) }

func (p *page) centre(size printer.Size, bold bool, text string) {
	p.add(printer.Text{Align: printer.Center, Runs: []printer.Run{{Text: text, Size: size, Bold: bold}}})
}

// bar is white on black, as wide as the paper.
func (p *page) bar(lines ...string) {
	for i, l := range lines {
		p.add(printer.Text{Align: printer.Center, Invert: true, Runs: []printer.Run{{Text: l, Bold: true, Size: []printer.Size{printer.Large, printer.Normal}[min(i, 1)]}}})
	}
}

// optional adds a line only when there is something to say.
func (p *page) optional(value, key, name string) {
	if value != "" {
		p.line(plain(p.words.T(key, name, value)))
	}
}

// said is a label and what it says, close together: a value at the far edge
// would send the white before it, row by row, and a slow line shows it.
func (p *page) said(label string, value printer.Run) {
	p.line(plain(strings.TrimSuffix(label, ":")+": "), value)
}

func (p *page) row(left string, right printer.Run) {
	p.add(printer.Columns{Left: []printer.Run{plain(left)}, Right: []printer.Run{right}})
}

func (p *page) rule() {
	p.add(printer.Feed{Dots: ruleGap}, printer.Rule{Dashed: true}, printer.Feed{Dots: ruleGap})
}

const (
	ruleGap = 6  // dots around a dashed line
	itemIn  = 32 // dots that a numbered line hangs in
	signGap = 96 // dots to sign in: 12 mm
)

func plain(s string) printer.Run { return printer.Run{Text: s} }
func bold(s string) printer.Run  { return printer.Run{Text: s, Bold: true} }

func (p *page) document() printer.Document {
	p.add(printer.Cut{})
	return printer.Document{Blocks: p.blocks}
}

// Document lays the slip out; a reprint says that it is one.
func (s Slip) Document(reprint bool) (printer.Document, error) {
	if s.Number == "" || s.QR == "" || s.Title == "" || s.Sender.Name == "" || s.Receiver.Name == "" || s.At.Wall.IsZero() {
		return printer.Document{}, dossier.Errorf(dossier.CodeInvalid, "a slip lacks what it must say")
	}
	if len(s.Sender.Last4) > 4 {
		return printer.Document{}, dossier.Errorf(dossier.CodeInvalid, "a slip shows four digits of a card at most")
	}
	p, err := newPage()
	if err != nil {
		return printer.Document{}, err
	}
	w := p.words
	if reprint {
		p.reprintMark()
	}
	if s.Issue > 0 {
		p.bar(w.T("slip.reissued", "n", s.Issue), w.T("slip.reissued-note"))
		p.add(printer.Feed{Dots: 2 * ruleGap})
	}
	p.centre(printer.Title, true, w.T("slip.title"))
	p.centre(printer.Normal, false, joined(", ", s.Station.Name, s.Station.Address))
	if s.Station.Phone != "" {
		p.centre(printer.Normal, false, w.T("slip.phone", "n", s.Station.Phone))
	}
	p.centre(printer.Title, true, w.T("slip.number", "n", s.Number))
	if s.Replaces != "" {
		p.centre(printer.Normal, true, w.T("slip.replaces", "n", s.Replaces))
	}
	p.add(printer.Feed{Dots: ruleGap})
	p.bar(w.T("slip.received"), w.T("slip.not-accepted"))
	p.add(printer.Feed{Dots: ruleGap})

	p.line(plain(w.T(timeKey(s.At.Source), "time", w.DateTime(s.At.Wall.In(assets.Here)))))
	if s.Issue > 0 {
		p.line(plain(w.T("slip.reissued-at", "time", w.DateTime(s.Issued.Wall.In(assets.Here)))))
	}
	p.party(w.T("slip.sender"), s.Sender, s.Sender.Last4)
	p.party(w.T("slip.receiver"), s.Receiver, "")
	p.rule()

	title := []printer.Run{bold(s.Title), plain(" (" + s.Procedure + ")")}
	if s.Copies > 1 {
		title = append(title, plain(" – "+w.T("slip.copies", "n", s.Copies)))
	}
	p.line(title...)
	if len(s.Papers) == 0 {
		p.line(plain(w.T("slip.no-papers")))
	}
	for i, m := range s.Papers {
		p.item(i+1, m.Name+" – "+w.T("slip."+string(m.Mark)))
	}
	p.rule()

	p.back(s)
	switch {
	case s.Issue > 0:
		p.line(plain(w.T("slip.reissued-fee")))
	case s.Fee.Known:
		p.said(w.T("slip.fee"), bold(w.Money(s.Fee.Total)))
	default:
		p.said(w.T("slip.fee"), plain(w.T("slip.fee-elsewhere")))
	}
	if s.Issue == 0 {
		if s.Fee.Known && s.Fee.Total > 0 {
			if err := p.pay(s); err != nil {
				return printer.Document{}, err
			}
		}
		p.said(w.T("slip.price"), plain(w.Money(s.Price)))
	}
	p.line(plain(w.T("slip.compensation")))
	p.rule()

	p.add(printer.QR{Payload: s.QR, Align: printer.Center})
	p.centre(printer.Small, false, w.T("slip.qr"))
	if reprint {
		p.add(printer.Feed{Dots: ruleGap})
		p.line(printer.Run{Text: w.T("slip.reprint-note"), Size: printer.Small})
	}
	return p.document(), nil
}

func (p *page) reprintMark() {
	p.bar(p.words.T("slip.reprint"))
	p.add(printer.Feed{Dots: 2 * ruleGap})
}

func (p *page) party(label string, who Party, last4 string) {
	p.said(label, bold(who.Name))
	p.optional(last4, "slip.last4", "n")
	p.optional(who.Address, "slip.address", "a")
	p.optional(who.Phone, "slip.phone", "n")
}

func (p *page) item(n int, text string) {
	p.add(printer.Text{Indent: itemIn, Runs: []printer.Run{plain(fmt.Sprintf("%d. %s", n, text))}})
}

// timeKey says how a time is told: who told it, or that it may be wrong.
func timeKey(s dossier.TimeSource) string {
	switch s {
	case dossier.TimeStaff:
		return "slip.time-staff"
	case dossier.TimeFloored:
		return "slip.time-floored"
	}
	return "slip.time"
}

func joined(sep string, parts ...string) string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, sep)
}
