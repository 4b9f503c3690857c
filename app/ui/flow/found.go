package flow

import (
	"context"

	"fyne.io/fyne/v2"

	"tramhoso/app/counter"
	"tramhoso/app/ui/keyboard"
	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/screens/ask"
	"tramhoso/app/ui/screens/found"
	"tramhoso/sync/dossier"
)

// find asks the clerk for a number.
func (f *Flow) find() {
	f.draft, f.drafted = "", false
	f.Counter.Find()
	f.Render()
}

// findScreen is where it is typed; nothing of the dossiers shows meanwhile.
func (f *Flow) findScreen(s counter.State) fyne.CanvasObject {
	e := f.env
	return ask.New(e, ask.Model{Brand: f.Station(f.lang()), Title: e.T("found.find-title"), Label: e.T("found.find-label"),
		Help: e.T("found.find-help", "example", numberExample), Text: f.draft, Max: 40, Problem: f.counterProblem(s.Problem),
		Next: e.T("found.find-main"), Empty: e.T("form.answer-first")},
		ask.Actions{Back: f.then(f.Counter.Back), Changed: f.drafting, Masked: func(bool) {},
			Next: f.do(func() error { return f.Counter.FindBy(context.Background(), f.draft) })})
}

func (f *Flow) typeCardScreen(s counter.State) fyne.CanvasObject {
	e := f.env
	return ask.New(e, ask.Model{Brand: f.Station(f.lang()), Title: e.T("found.type-title"), Label: e.T("typeid.number"), Help: e.T("typeid.help"), Text: f.draft,
		Keys: keyboard.Options{Input: keyboard.Digits}, Max: 12, Accept: kit.Digits, Problem: f.counterProblem(s.Problem),
		Next: e.T("app.continue"), Empty: e.T("form.answer-first")},
		ask.Actions{Back: f.then(f.Counter.Back), Changed: f.drafting, Masked: func(bool) {},
			Next: f.do(func() error { return f.Counter.CardNumber(context.Background(), f.draft) })})
}

// foundModel is a dossier as a clerk reads it.
func (f *Flow) foundModel(s counter.State) found.Model {
	e, c := f.env, s.Card
	m := found.Model{Staff: f.band(s), News: f.knowledge(c.Track), Name: c.Title, Whose: e.T("clerkhome.row-note", "name", c.Name, "last4", c.Last4),
		Slip: e.T("timeline.slip", "slip", c.Slip), Moments: f.moments(c.Track), Handed: !c.Handed.IsZero(), Ready: c.Ready(),
		AskBack: c.CanWithdraw() == nil, Problem: f.counterProblem(s.Problem)}
	m.Aside, m.AsideWhy = f.aside(c.Slip)
	if c.Code() != "" {
		m.Code = e.T("timeline.code", "code", c.Code())
	}
	if n := len(c.News); n > 0 {
		m.Says = c.News[n-1].Text
	}
	return m
}

func (f *Flow) foundScreen(s counter.State) fyne.CanvasObject {
	return found.New(f.env, f.foundModel(s), found.Actions{Back: f.then(f.Counter.Back), Lost: f.do(f.Counter.Lost), AskBack: f.do(f.Counter.AskBack),
		HandOver: f.do(func() error { return f.Counter.ToHandOver(context.Background()) })})
}

func (f *Flow) lostScreen(s counter.State) fyne.CanvasObject {
	return found.NewLost(f.env, f.ownerModel(s), f.ownerActions(f.reissue))
}

// ownerModel is a dossier beside the card of whoever came for it.
func (f *Flow) ownerModel(s counter.State) found.LostModel {
	return found.LostModel{Model: f.foundModel(s), Seen: s.OwnerSeen != "", Typed: s.OwnerSeen == dossier.CardTyped,
		Looked: s.Looked, Busy: s.Step == counter.Issuing || s.Step == counter.Recording}
}

func (f *Flow) ownerActions(do func()) found.LostActions {
	return found.LostActions{Back: f.then(f.Counter.Back), Give: do, Looked: func(yes bool) { f.then(func() { f.Counter.Looked(yes) })() },
		Type: f.then(func() {
			f.draft, f.drafted = "", false
			f.Counter.TypeCard()
		})}
}

// reissue gives the new slip elsewhere: opening and sealing a card takes a while.
func (f *Flow) reissue() {
	run, ok := f.Counter.BeginReissue()
	f.Render()
	if !ok {
		return
	}
	f.Go(func() {
		job, err := run(context.Background())
		f.Post(func() {
			if err := f.Counter.FinishReissue(job, err); err != nil {
				f.Log.Error("no new slip was given", "code", dossier.CodeOf(err), "err", err)
			}
			f.Render()
		})
	})
}

// slipPrints say what became of the new slip's paper.
var slipPrints = map[counter.PrintState]string{counter.PrintGoing: "going", counter.PrintWaits: "waits", counter.PrintDone: "done",
	counter.PrintUnknown: "unknown", counter.PrintFailed: "failed"}

func (f *Flow) givenScreen(s counter.State) fyne.CanvasObject {
	m, a := f.given(s, "found.print-")
	return found.NewGiven(f.env, m, a)
}

// given is what was given for a dossier, and what can be done with its paper; words
// begins the keys of what is said of that.
func (f *Flow) given(s counter.State, words string) (found.GivenModel, found.GivenActions) {
	p := s.Paper
	m := found.GivenModel{Staff: f.band(s), Slip: s.Card.Slip, Print: f.env.T(words + slipPrints[p.State]), Problem: f.counterProblem(s.Problem),
		Look: p.State == counter.PrintWaits || p.State == counter.PrintUnknown || p.State == counter.PrintFailed}
	a := found.GivenActions{Done: func() {
		f.Counter.Back()
		f.Render()
		f.loadCards()
	}}
	if p.State != counter.PrintGoing && p.State != counter.PrintWaits {
		a.Again = func() { f.paperAgain(p.Job) }
	}
	return m, a
}

// paperAgain prints what was given once more, marked as a copy.
func (f *Flow) paperAgain(job int64) {
	f.Go(func() {
		_, err := f.Papers.Again(context.Background(), job)
		f.Post(func() {
			if err != nil {
				f.Log.Error("failed to reprint", "job", job, "err", err)
				f.Counter.Failed(err)
			}
			f.Render()
		})
	})
}
