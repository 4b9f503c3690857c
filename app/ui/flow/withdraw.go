package flow

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/screens/withdraw"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

func (f *Flow) withdrawScreen(s visit.State) fyne.CanvasObject {
	c := s.Card
	m := withdraw.Model{Name: c.Title, Slip: f.env.T("timeline.slip", "slip", c.Slip), Correct: c.CanCorrect(), Problem: f.problem(s.Problem),
		Busy: s.Step == visit.Withdrawing, Stage: withdrawStage(c.Track), At: f.when(c.Withdrawn.At)}
	a := withdraw.Actions{Back: f.back, Withdraw: f.withdraw, Correct: f.then(f.Visit.Correct), Done: f.finish}
	if s.Step == visit.Withdrawn {
		heard := heardOf(c.Withdrawn)
		m.Heard = withdraw.Heard{Text: f.env.T("withdraw." + heard), Second: f.env.T("withdraw.look-again")}
		if heardNext[heard] {
			m.Second = f.env.T("withdraw." + heard + "-next")
		}
		return withdraw.NewDone(f.env, m, a)
	}
	return withdraw.New(f.env, m, a)
}

// How far the word of a withdrawal came; each is said in its own words.
const (
	notHeard    = "not-heard"    // it waits here for a network
	notTaken    = "not-taken"    // the portal would not take it, and is asked again
	givenUp     = "given-up"     // nor is it any more
	setAside    = "set-aside"    // the portal keeps it for a person there
	notAnswered = "not-answered" // the portal has it
)

// heardNext are those in which somebody at the counter or at the province helps on.
var heardNext = map[string]bool{notTaken: true, givenUp: true, setAside: true}

// heardOf says no more than the station knows: a network is promised only to what
// waits for one.
func heardOf(w dossier.Withdrawn) string {
	switch {
	case w.GivenUp:
		return givenUp
	case w.Refused:
		return notTaken
	case w.Aside != "":
		return setAside
	case w.Sent.IsZero():
		return notHeard
	}
	return notAnswered
}

func withdrawStage(t dossier.Track) withdraw.Stage {
	switch {
	case t.Status() >= dossier.StatusAccepted:
		return withdraw.Accepted
	case t.Sent.IsZero() && len(t.News) == 0:
		return withdraw.Unsent
	}
	return withdraw.Sent
}

// withdraw keeps off the user interface's goroutine. A second tap finds the step
// gone on and does nothing.
func (f *Flow) withdraw() {
	recall, ok := f.Visit.BeginWithdraw()
	f.Render()
	if !ok {
		return
	}
	f.Go(func() {
		err := f.Outbox.Withdraw(context.Background(), recall)
		f.Post(func() {
			if err := f.Visit.FinishWithdraw(err); err != nil {
				f.Log.Error("withdrawal failed", "code", dossier.CodeOf(err), "err", err)
			}
			f.Render()
		})
	})
}

// askBackText is the button of a dossier's way; "" where it is too late, or asked
// for already.
func (f *Flow) askBackText(t dossier.Track) string {
	switch {
	case t.CanWithdraw() != nil:
		return ""
	case t.CanCorrect():
		return f.env.T("timeline.ask-back-correct")
	}
	return f.env.T("timeline.ask-back")
}

// withdrawnTitle is the title of a dossier that was asked back here, or ""; what
// the agency said of it is said in the agency's words.
func withdrawnTitle(t dossier.Track) string {
	switch w := t.Withdrawn; {
	case w.At.IsZero() || w.State == dossier.WithdrawalOverruled:
		return ""
	case w.State == dossier.WithdrawalAgreed:
		return "timeline.withdrawn-agreed"
	case w.State == dossier.WithdrawalHeard:
		return "timeline.withdrawn-heard"
	case t.Status() >= dossier.StatusAccepted:
		return "timeline.withdrawn-asked"
	}
	return "timeline.withdrawn-here"
}

// withWithdrawal puts what was asked here between what the agency said before and
// after it, and ends the way there while it stands.
func (f *Flow) withWithdrawal(t dossier.Track, ms []kit.Moment) []kit.Moment {
	w := t.Withdrawn
	if w.At.IsZero() {
		return ms
	}
	asked := kit.Moment{State: kit.Past, Text: f.env.T("timeline.step-asked-back"), Second: f.when(w.At)}
	if w.Successor != "" {
		asked.Second = f.env.T("timeline.step-replaced", "when", f.when(w.At), "slip", w.Successor)
	}
	if w.Stands() {
		ms = slices.DeleteFunc(ms, func(m kit.Moment) bool { return m.State == kit.ToCome })
	}
	at := len(ms) - len(t.News)
	for _, n := range t.News {
		if statusSteps[n.Status] == "" || !n.At.After(w.At) {
			at++
		}
	}
	for i, m := range ms {
		if m.State == kit.ToCome {
			at = min(at, i)
			break
		}
	}
	if w.At.Before(t.Sent) {
		at = 1
	}
	at = min(max(at, 1), len(ms))
	ms = slices.Insert(ms, at, asked)
	if w.State != dossier.WithdrawalAsked {
		return ms
	}
	heard, icon := heardOf(w), "tray"
	if heard == setAside || heard == notAnswered {
		icon = "clock"
	}
	m := kit.Moment{State: kit.Present, Icon: icon, Text: f.env.T("timeline.step-" + heard)}
	if heardNext[heard] {
		m.Second = f.env.T("timeline.step-ask-clerk")
	}
	return append(ms, m)
}
