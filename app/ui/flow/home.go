package flow

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/screens/cannotstart"
	"tramhoso/app/ui/screens/help"
	"tramhoso/app/ui/screens/home"
	"tramhoso/app/visit"
)

func (f *Flow) homeScreen() fyne.CanvasObject {
	facts := f.Facts()
	problem := f.problem(f.Visit.State().Problem)
	if problem == "" {
		problem = f.openSlip()
	}
	return home.New(f.env, home.Model{
		Station: f.Station(f.lang()), NoSubmit: len(visit.CanStart(facts)) > 0,
		NoBrowse: facts.CatalogueVersion == 0, NoRate: true, Problem: problem,
	}, home.Actions{
		Submit:  f.then(func() { f.Visit.Start(visit.GoalSubmit) }),
		Lookup:  f.then(func() { f.Visit.Start(visit.GoalTrack) }),
		Collect: f.then(func() { f.Visit.Start(visit.GoalCollect) }),
		Browse:  f.then(func() { f.Visit.Start(visit.GoalBrowse) }),
		Adjust: f.then(func() {
			on := !f.env.Large
			f.env.Large, f.env.Reach = on, on
		}),
	})
}

func (f *Flow) cannotStart(s visit.State) fyne.CanvasObject {
	facts := f.Facts()
	m := cannotstart.Model{Station: f.Station(f.lang())}
	if len(s.Reasons) > 0 {
		switch r := s.Reasons[0]; r {
		case visit.ReasonCatalogueOld:
			m.Why, m.Days = cannotstart.Stale, int(facts.CatalogueAge.Hours()/24)
		default:
			m.Why, m.Sentence = cannotstart.Storage, f.env.T(r.Word())
		}
	}
	if facts.CatalogueVersion > 0 {
		m.Catalogue = f.env.Now().Add(-facts.CatalogueAge)
	}
	return cannotstart.New(f.env, m, cannotstart.Actions{Back: f.back,
		Lookup:  f.then(func() { f.Visit.Start(visit.GoalTrack) }),
		Collect: f.then(func() { f.Visit.Start(visit.GoalCollect) }),
		Browse:  f.then(func() { f.Visit.Start(visit.GoalBrowse) }),
	})
}

func (f *Flow) helpScreen(visit.State) fyne.CanvasObject {
	toggle := func(what *bool) func() { return f.then(func() { *what = !*what }) }
	return help.New(f.env, help.Model{Called: f.called, InVisit: f.Visit.Identified()}, help.Actions{
		Back: f.back, Call: f.call, Restart: f.end,
		Large: toggle(&f.env.Large), Contrast: toggle(&f.env.Contrast), Reach: toggle(&f.env.Reach),
	})
}
