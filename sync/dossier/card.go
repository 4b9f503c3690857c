package dossier

import "time"

// News is one thing that happened to a dossier, as a station's cards keep it.
type News struct {
	Kind    EventKind `json:"kind"`
	Status  Status    `json:"status"`
	At      time.Time `json:"at"`    // when it happened, by whoever says so
	Heard   time.Time `json:"heard"` // when this station learnt of it
	Code    string    `json:"code,omitempty"`
	Due     time.Time `json:"due,omitzero"`
	Text    string    `json:"text,omitempty"`
	Office  string    `json:"office,omitempty"`
	Officer string    `json:"officer,omitempty"`
	FeeDue  *int64    `json:"fee_due,omitempty"` // đồng; nil: not known
	Form01  *Form01   `json:"form01,omitempty"`  // on the citizen's card only
	// Result is on the counter's card only.
	Result *ResultNote `json:"result,omitempty"`
}

// NewsOf is an event of the portal as news heard now.
func NewsOf(e Event, heard time.Time) News {
	n := News{Kind: e.Kind, Status: e.Status, At: e.At, Heard: heard, Code: e.Code, Due: e.Due, Text: e.Text,
		Office: e.Office, Officer: e.Officer, FeeDue: e.FeeDue, Form01: e.Form01}
	if len(e.Result) > 0 {
		n.Result = NoteOf(e.Result)
	}
	return n
}

// Track is what both cards say about a dossier's way. The news are the
// portal's; what the station itself knows stands beside them, so that "received
// here" and "accepted" never come from the same fact.
type Track struct {
	Packet    string       `json:"packet"`
	Slip      string       `json:"slip"`
	Station   string       `json:"station"` // where it was received
	Procedure ProcedureRef `json:"procedure"`
	Title     string       `json:"title"`       // the procedure's name as shown
	Agency    string       `json:"agency"`      // Agency.ID
	Office    string       `json:"agency_name"` // the agency's name as shown
	Submitted Stamp        `json:"submitted"`
	Return    Return       `json:"return"`

	News   []News    `json:"-"` // oldest first
	Sent   time.Time `json:"-"` // the portal took it, by the portal's signed word; zero: not heard, it waits here
	Handed time.Time `json:"-"` // handed over at this station; zero: not
	AsOf   time.Time `json:"-"` // up to then all is known here that the portal knew; zero: nothing ever came

	Withdrawn Withdrawn `json:"-"`
}

// Status is the latest status the portal told, or 0 when it told none.
func (t Track) Status() Status {
	if len(t.News) == 0 {
		return 0
	}
	return t.News[len(t.News)-1].Status
}

// Code is the official code, or "".
func (t Track) Code() string {
	for i := len(t.News) - 1; i >= 0; i-- {
		if c := t.News[i].Code; c != "" {
			return c
		}
	}
	return ""
}

// Due is the agency's latest date, or zero.
func (t Track) Due() time.Time {
	for i := len(t.News) - 1; i >= 0; i-- {
		if d := t.News[i].Due; !d.IsZero() {
			return d
		}
	}
	return time.Time{}
}

// FeeDue is what the latest news asks for, in đồng. Unless the agency said a sum,
// even 0, it is not known.
func (t Track) FeeDue() (amount int64, known bool) {
	if len(t.News) == 0 || t.News[len(t.News)-1].FeeDue == nil {
		return 0, false
	}
	return *t.News[len(t.News)-1].FeeDue, true
}

// Ready reports whether a result waits to be collected.
func (t Track) Ready() bool { return t.Status() == StatusProcessed && t.Handed.IsZero() }

// Form01 is the latest Form 01, or nil.
func (t Track) Form01() *Form01 {
	for i := len(t.News) - 1; i >= 0; i-- {
		if f := t.News[i].Form01; f != nil {
			return f
		}
	}
	return nil
}

// Result notes the latest file of a result, or nil.
func (t Track) Result() *ResultNote {
	for i := len(t.News) - 1; i >= 0; i-- {
		if r := t.News[i].Result; r != nil {
			return r
		}
	}
	return nil
}

// CitizenCard is what a slip opens.
type CitizenCard struct {
	Track
	Applicant string `json:"applicant"` // as printed on the slip
}

// CounterCard is what a staff log-in opens. It never holds the full ID number.
type CounterCard struct {
	Track
	Name   string       `json:"name"`
	Last4  string       `json:"last4"`
	Phone  string       `json:"phone,omitempty"`
	Papers []GivenPaper `json:"papers"`

	File ResultFile `json:"-"` // whether the result can be printed here
}
