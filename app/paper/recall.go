package paper

import (
	"tramhoso/assets"
	"tramhoso/device/printer"
	"tramhoso/sync/dossier"
)

// Recall says that somebody asked a dossier back at the counter. It opens nothing
// and has no code: whoever gets it had no slip to show, so that another may.
type Recall struct {
	Number    string           `json:"number"` // of the dossier's slip
	At        dossier.Stamp    `json:"at"`
	Station   Station          `json:"station"`
	Sender    Party            `json:"sender"`
	Office    string           `json:"office"`
	Title     string           `json:"title"`
	Procedure string           `json:"procedure"`
	Card      dossier.CardSeen `json:"card"`
	Clerk     string           `json:"clerk"`              // name
	Accepted  bool             `json:"accepted,omitempty"` // an agency is at work: it decides
}

// RecallOf draws it up from what a counter knows.
func RecallOf(c dossier.CounterCard, at dossier.Stamp, seen dossier.CardSeen, clerk string, s Station) Recall {
	return Recall{Number: c.Slip, At: at, Station: s, Sender: Party{Name: c.Name, Last4: c.Last4}, Office: c.Office,
		Title: c.Title, Procedure: c.Procedure.Code, Card: seen, Clerk: clerk, Accepted: c.Status() >= dossier.StatusAccepted}
}

// Document lays it out; a reprint says that it is one.
func (r Recall) Document(reprint bool) (printer.Document, error) {
	if r.Number == "" || r.Title == "" || r.Sender.Name == "" || r.Office == "" || r.Clerk == "" || r.At.Wall.IsZero() {
		return printer.Document{}, dossier.Errorf(dossier.CodeInvalid, "a note of a withdrawal lacks what it must say")
	}
	if len(r.Sender.Last4) > 4 {
		return printer.Document{}, dossier.Errorf(dossier.CodeInvalid, "a note of a withdrawal shows four digits of a card at most")
	}
	p, err := newPage()
	if err != nil {
		return printer.Document{}, err
	}
	w := p.words
	if reprint {
		p.reprintMark()
	}
	p.centre(printer.Title, true, w.T("recall.title"))
	p.centre(printer.Normal, false, joined(", ", r.Station.Name, r.Station.Address))
	if r.Station.Phone != "" {
		p.centre(printer.Normal, false, w.T("slip.phone", "n", r.Station.Phone))
	}
	p.centre(printer.Title, true, w.T("recall.number", "n", r.Number))
	p.add(printer.Feed{Dots: ruleGap})
	what := "recall.noted"
	if r.Accepted {
		what = "recall.noted-ask"
	}
	p.bar(w.T(what), w.T("recall.not-confirmed"))
	p.add(printer.Feed{Dots: ruleGap})
	p.line(plain(w.T(timeKey(r.At.Source), "time", w.DateTime(r.At.Wall.In(assets.Here)))))
	p.party(w.T("recall.applicant"), r.Sender, r.Sender.Last4)
	p.line(bold(r.Title), plain(" ("+r.Procedure+")"))
	p.said(w.T("recall.office"), plain(r.Office))
	p.rule()
	seen := "recall.scanned"
	if r.Card == dossier.CardTyped {
		seen = "recall.typed"
	}
	p.line(plain(w.T(seen)))
	p.said(w.T("recall.clerk"), bold(r.Clerk))
	p.rule()
	then := "recall.then"
	if r.Accepted {
		then = "recall.then-ask"
	}
	p.line(plain(w.T(then)))
	p.line(plain(w.T("recall.papers")))
	if reprint {
		p.add(printer.Feed{Dots: ruleGap})
		p.line(printer.Run{Text: w.T("slip.reprint-note"), Size: printer.Small})
	}
	return p.document(), nil
}
