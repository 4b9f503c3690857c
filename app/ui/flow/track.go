package flow

import (
	"context"
	"image"
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/screens/paperout"
	"tramhoso/app/ui/screens/resultready"
	"tramhoso/app/ui/screens/submitted"
	"tramhoso/app/ui/screens/timeline"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

// Papers prints and draws what was printed.
type Papers interface {
	// Picture draws the paper of a print job.
	Picture(ctx context.Context, job int64) (image.Image, error)
	// Again makes a whole new copy, marked as a reprint.
	Again(ctx context.Context, job int64) (int64, error)
	// Form01 prints the agency's receipt and appointment.
	Form01(ctx context.Context, card dossier.CitizenCard) error
}

var printStates = map[visit.PrintState]submitted.Print{
	visit.PrintWaiting: submitted.Waiting, visit.PrintSending: submitted.Sending, visit.PrintPrinted: submitted.Printed,
	visit.PrintProbably: submitted.Probably, visit.PrintUnknown: submitted.Unknown, visit.PrintFailed: submitted.Failed,
}

func (f *Flow) doneScreen(s visit.State) fyne.CanvasObject {
	var pic image.Image
	if f.pictured == s.Submitted.Job {
		pic = f.picture
	}
	state, ok := printStates[s.Print]
	if !ok {
		state = submitted.Waiting
	}
	n := s.Delivery.Notices
	return submitted.New(f.env, submitted.Model{
		Station: f.Station(f.lang()), Agency: s.Agency.Name.In(f.lang()), At: f.env.Words.Clock(s.Submitted.At.Wall), Slip: s.Submitted.Slip,
		Paper: pic, Print: state, Online: f.env.Status.Net == kit.NetOn, Notified: n.SMS || n.Zalo || n.Email,
		Declaration: f.declaring.state,
	}, submitted.Actions{Reprint: f.reprint(s.Submitted.Job), Declare: f.declare, Done: f.finish})
}

// paperPicture draws the slip elsewhere and shows it when it is ready.
func (f *Flow) paperPicture(job int64) {
	f.Go(func() {
		pic, err := f.Papers.Picture(context.Background(), job)
		f.Post(func() {
			if err != nil {
				f.Log.Error("failed to draw paper", "job", job, "err", err)
				return
			}
			s := f.Visit.State()
			if s.Submitted.Job != job {
				return // whose it was has left, or another copy is shown
			}
			f.picture, f.pictured = pic, job
			if s.Step == visit.Done {
				f.Render()
			}
		})
	})
}

func (f *Flow) reprint(job int64) func() {
	return func() {
		f.Go(func() {
			again, err := f.Papers.Again(context.Background(), job)
			f.Post(func() {
				if err != nil {
					f.Log.Error("failed to reprint", "job", job, "err", err)
					return
				}
				f.Visit.Reprinted(again)
				if f.Visit.State().Submitted.Job == again {
					f.paperPicture(again)
				}
				f.Render()
			})
		})
	}
}

func (f *Flow) finish() {
	f.Visit.Finish()
	f.home()
}

func (f *Flow) call() {
	f.called = f.env.Now()
	f.CallHelp()
	f.Render()
}

var printWhys = map[string]paperout.Why{"paper-out": paperout.Paper, "cover-open": paperout.Cover, "cutter": paperout.Cutter, "hot": paperout.Hot,
	"hardware": paperout.Hardware, "offline": paperout.Offline, "unplugged": paperout.Unplugged, "stalled": paperout.Silent, "silent": paperout.Silent, "power": paperout.Power, "journal": paperout.Journal}

// whyOf puts the print queue's reason into words; whatever else it says, the
// printer does not do what it was told.
func whyOf(reason string) paperout.Why {
	if w, ok := printWhys[reason]; ok {
		return w
	}
	return paperout.Silent
}

// PrintWord is the key of the sentence about a paper that its owner reads on
// the screen, for the log: whoever asks later hears what was said.
func PrintWord(s visit.PrintState, reason string) string {
	if s == visit.PrintBlocked {
		return whyOf(reason).Word()
	}
	return printStates[s].Word()
}

func (f *Flow) paperOutScreen(s visit.State) fyne.CanvasObject {
	why := whyOf(s.PrintWhy)
	if f.toldAt.IsZero() && why != paperout.Hot && why != paperout.Power {
		f.toldAt = f.env.Now()
		f.CallHelp()
	}
	return paperout.New(f.env, paperout.Model{Station: f.Station(f.lang()), Slip: s.Submitted.Slip, At: f.env.Words.Clock(s.Submitted.At.Wall),
		Why: why, Begun: s.Reprint, QR: s.Submitted.QR, Called: !f.called.IsZero()},
		paperout.Actions{Leave: f.finish, Call: f.call})
}

func (f *Flow) presentScreen(s visit.State) fyne.CanvasObject {
	return timeline.NewPresent(f.env, timeline.PresentModel{Count: s.Present},
		timeline.PresentActions{Back: f.back, Scan: f.back, Call: f.call})
}

func (f *Flow) resultScreen(s visit.State) fyne.CanvasObject {
	e, c := f.env, s.Card
	at := c.AsOf
	if n := len(c.News); n > 0 {
		at = c.News[n-1].Heard
	}
	pay := e.T("resultready.pay-none")
	if due, known := c.FeeDue(); !known {
		pay = e.T("resultready.pay-unknown")
	} else if due > 0 {
		pay = e.T("resultready.pay-how", "money", e.Words.Money(due))
	}
	return resultready.New(e, resultready.Model{What: c.Title, Of: e.T("resultready.of", "name", c.Applicant),
		At: e.T("resultready.at", "clock", e.Words.Clock(at), "date", e.Words.Date(at)), Pay: pay, Called: !f.called.IsZero()},
		resultready.Actions{Back: f.back, Call: f.call, Finish: f.finish})
}

var statusTitles = map[dossier.Status]string{
	dossier.StatusRegistered: "registered", dossier.StatusAccepted: "accepted", dossier.StatusRefused: "refused",
	dossier.StatusInProgress: "in-progress", dossier.StatusSupplementRequested: "supplement", dossier.StatusPaymentRequired: "payment",
	dossier.StatusWithdrawalRequested: "withdrawal", dossier.StatusStopped: "stopped", dossier.StatusProcessed: "processed",
	dossier.StatusReturned: "returned",
}

var statusSteps = map[dossier.Status]string{
	dossier.StatusAccepted: "accepted", dossier.StatusRefused: "refused", dossier.StatusInProgress: "progress",
	dossier.StatusSupplementRequested: "supplement", dossier.StatusPaymentRequired: "payment", dossier.StatusWithdrawalRequested: "withdrawal",
	dossier.StatusStopped: "stopped", dossier.StatusProcessed: "result", dossier.StatusReturned: "returned",
}

// feeExpected are the statuses under which a citizen expects to know the fee.
var feeExpected = map[dossier.Status]bool{dossier.StatusAccepted: true, dossier.StatusInProgress: true,
	dossier.StatusPaymentRequired: true, dossier.StatusProcessed: true}

func (f *Flow) timelineScreen(s visit.State) fyne.CanvasObject {
	e, c := f.env, s.Card
	status := c.Status()
	title := "timeline." + statusTitles[status]
	if status == 0 {
		title = "timeline.waiting"
		if !c.Sent.IsZero() {
			title = "timeline.registered"
		}
	}
	if !c.Handed.IsZero() {
		title = "timeline.returned"
	}
	if w := withdrawnTitle(c.Track); w != "" {
		title = w
	}
	m := timeline.Model{Title: e.T(title), News: f.knowledge(c.Track), Name: c.Title, Slip: e.T("timeline.slip", "slip", c.Slip),
		Moments: f.moments(c.Track), Due: e.T("timeline.no-due"), DueNote: e.T("timeline.no-due-note"), Ready: c.Ready(),
		Form01: c.Form01() != nil, Sent: f.printed == c.Slip, AskBack: f.askBackText(c.Track), Problem: f.problem(s.Problem),
		Gold: status == dossier.StatusSupplementRequested || status == dossier.StatusPaymentRequired}
	if c.Code() != "" {
		m.Code = e.T("timeline.code", "code", c.Code())
	}
	if d := c.Due(); !d.IsZero() {
		m.Due, m.DueNote = e.T("timeline.due", "due", e.Words.DateTime(d)), e.T("timeline.due-note")
	}
	if c.Code() != "" && c.Form01() == nil { // it was on a lost slip's card only, kept by a version before spares
		m.DueNote = e.T("timeline.no-form01")
	}
	if n := len(c.News); n > 0 {
		last := c.News[n-1]
		m.Says = last.Text
		if last.Officer != "" || last.Office != "" {
			m.Who = e.T("timeline.officer", "officer", last.Officer, "office", last.Office)
		}
		if due, known := c.FeeDue(); !known && feeExpected[status] {
			m.Fee = e.T("timeline.fee-unknown")
		} else if due > 0 {
			m.Fee = e.T("timeline.fee", "money", e.Words.Money(due))
		}
	}
	return timeline.New(e, m, timeline.Actions{Back: f.finish, AskBack: f.do(f.Visit.AskBack), Collect: f.then(func() { f.Visit.Collect() }), Print: func() {
		f.printed = c.Slip
		f.Render()
		f.Go(func() {
			if err := f.Papers.Form01(context.Background(), c); err != nil {
				f.Log.Error("failed to print form 01", "err", err)
			}
		})
	}})
}

// knowledge says how old it is what the station knows of a dossier, and what it
// has never heard.
func (f *Flow) knowledge(t dossier.Track) string {
	switch {
	case len(t.News) == 0 && t.Sent.IsZero():
		return f.env.T("timeline.news-unsent")
	case t.AsOf.IsZero():
		return f.env.T("timeline.news-none")
	case len(t.News) == 0:
		return f.env.T("timeline.news-silent", "when", f.age(t.AsOf))
	}
	return f.env.T("timeline.news", "when", f.age(t.AsOf))
}

// age words how old the news of t is, by a clock that may not be believed.
func (f *Flow) age(t time.Time) string {
	now := f.Clock.Stamp()
	return f.env.Words.Age(t, now.Wall, now.Source != dossier.TimeFloored)
}

// when is a time with its day, shortly.
func (f *Flow) when(t time.Time) string {
	now := f.env.Now()
	if f.Clock.Stamp().Source == dossier.TimeFloored { // then it does not know what day it is
		return f.env.Words.DateTime(t)
	}
	if f.env.Words.Date(t) == f.env.Words.Date(now) {
		return f.env.T("timeline.today", "clock", f.env.Words.Clock(t))
	}
	return f.env.Words.DateTime(t)
}

// maxMoments is what the card holds.
const maxMoments = 6

func (f *Flow) moments(t dossier.Track) []kit.Moment {
	e := f.env
	past := func(text string, at time.Time) kit.Moment {
		return kit.Moment{State: kit.Past, Text: text, Second: f.when(at)}
	}
	ms := []kit.Moment{past(e.T("timeline.step-here", "station", f.StationOf(t.Station, f.lang())), t.Submitted.Wall)}
	if t.Submitted.Source == dossier.TimeFloored { // its clock was behind: no earlier than then, and no more is known
		ms[0].Second = e.T("timeline.step-floored", "date", e.Words.Date(t.Submitted.Wall))
	}
	if t.Sent.IsZero() && len(t.News) == 0 {
		ms = append(ms, kit.Moment{State: kit.Present, Icon: "tray", Text: e.T("timeline.step-waiting")})
	} else if !t.Sent.IsZero() {
		ms = append(ms, past(e.T("timeline.step-sent"), t.Sent))
	}
	for i, n := range t.News {
		key := statusSteps[n.Status]
		if key == "" {
			continue
		}
		m := past(e.T("timeline.step-"+key, "agency", t.Office), n.At)
		if n.Status == dossier.StatusAccepted && !n.Due.IsZero() {
			m.Second = e.T("timeline.step-accepted-due", "when", f.when(n.At), "due", e.Words.Date(n.Due))
		}
		waits := n.Status == dossier.StatusSupplementRequested || n.Status == dossier.StatusPaymentRequired
		if i == len(t.News)-1 && waits {
			m.State, m.Icon = kit.Present, "docs"
		}
		ms = append(ms, m)
	}
	if !t.Handed.IsZero() && t.Status() != dossier.StatusReturned {
		ms = append(ms, past(e.T("timeline.step-returned"), t.Handed))
	}
	final := t.Status().Final() || !t.Handed.IsZero()
	if t.Status() < dossier.StatusAccepted && !final {
		ms = append(ms, kit.Moment{State: kit.ToCome, Text: e.T("timeline.step-accepted", "agency", t.Office)})
	}
	if t.Status() != dossier.StatusProcessed && !final {
		ms = append(ms, kit.Moment{State: kit.ToCome, Text: e.T("timeline.step-result")})
	}
	if !final {
		ms = append(ms, kit.Moment{State: kit.ToCome, Text: e.T("timeline.step-returned")})
	}
	ms = f.withWithdrawal(t, ms)
	if len(ms) > maxMoments { // the first stays; the oldest of the rest give way
		ms = append(ms[:1:1], ms[len(ms)-maxMoments+1:]...)
	}
	return ms
}
