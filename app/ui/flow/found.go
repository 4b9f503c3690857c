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
		Keys: keyboard.Options{Digits: true}, Max: 12, Accept: kit.Digits, Problem: f.counterProblem(s.Problem),
		Next: e.T("app.continue"), Empty: e.T("form.answer-first")},
		ask.Actions{Back: f.then(f.Counter.Back), Changed: f.drafting, Masked: func(bool) {},
			Next: f.do(func() error { return f.Counter.CardNumber(context.Background(), f.draft) })})
}

// foundModel is a dossier as a clerk reads it.
func (f *Flow) foundModel(s counter.State) found.Model {
	e, c := f.env, s.Card
	m := found.Model{Staff: f.band(s), News: f.knowledge(c.Track), Name: c.Title, Whose: e.T("clerkhome.row-note", "name", c.Name, "last4", c.Last4),
		Slip: e.T("timeline.slip", "slip", c.Slip), Moments: f.moments(c.Track), Handed: !c.Handed.IsZero(), Ready: c.Ready(), Problem: f.counterProblem(s.Problem)}
	if c.Code() != "" {
		m.Code = e.T("timeline.code", "code", c.Code())
	}
	if n := len(c.News); n > 0 {
		m.Says = c.News[n-1].Text
	}
	return m
}

func (f *Flow) foundScreen(s counter.State) fyne.CanvasObject {
	return found.New(f.env, f.foundModel(s), found.Actions{Back: f.then(f.Counter.Back), Lost: f.do(f.Counter.Lost),
		HandOver: f.do(func() error { return f.Counter.ToHandOver(context.Background()) })})
}

func (f *Flow) lostScreen(s counter.State) fyne.CanvasObject {
	return found.NewLost(f.env, found.LostModel{Model: f.foundModel(s), Seen: s.OwnerSeen != "", Typed: s.OwnerSeen == dossier.CardTyped,
		Looked: s.Looked, Busy: s.Step == counter.Issuing},
		found.LostActions{Back: f.then(f.Counter.Back), Give: f.reissue, Looked: func(yes bool) { f.then(func() { f.Counter.Looked(yes) })() },
			Type: f.then(func() {
				f.draft, f.drafted = "", false
				f.Counter.TypeCard()
			})})
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
	p := s.NewSlip
	m := found.GivenModel{Staff: f.band(s), Slip: s.Card.Slip, Print: f.env.T("found.print-" + slipPrints[p.State]), Problem: f.counterProblem(s.Problem),
		Look: p.State == counter.PrintWaits || p.State == counter.PrintUnknown || p.State == counter.PrintFailed}
	a := found.GivenActions{Done: func() {
		f.Counter.Back()
		f.Render()
		f.loadCards()
	}}
	if p.State != counter.PrintGoing && p.State != counter.PrintWaits {
		a.Again = func() { f.slipAgain(p.Job) }
	}
	return found.NewGiven(f.env, m, a)
}

// slipAgain prints the new slip once more, marked as a copy.
func (f *Flow) slipAgain(job int64) {
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
