package flow

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/screens/cannotstart"
	"tramhoso/app/ui/screens/help"
	"tramhoso/app/ui/screens/home"
	"tramhoso/app/upkeep"
	"tramhoso/app/visit"
)

func (f *Flow) homeScreen() fyne.CanvasObject {
	facts := f.Facts()
	reasons := visit.CanStart(facts)
	problem := f.problem(f.Visit.State().Problem)
	closed := ""
	if facts.StorageClosed { // whatever was scanned, nothing can be done with it
		closed = f.env.T("home.closed", "why", f.env.T(reasons[0].Word()))
	}
	if problem == "" {
		problem = f.openSlip()
	}
	return home.New(f.env, home.Model{
		Station: f.Station(f.lang()), NoSubmit: len(reasons) > 0, NoLookup: facts.StorageClosed, NoCollect: facts.StorageClosed,
		NoBrowse: facts.CatalogueVersion == 0, NoRate: true, Problem: problem, Closed: closed,
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
	if facts.StorageClosed {
		m.Nothing, m.Technician = true, f.storageLine()
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

// storageLine is what the technician's list says of the storage: while it is
// closed the station has no staff list, and nobody can log in to read it there.
func (f *Flow) storageLine() string {
	for _, l := range f.Upkeep.State().Lines {
		if l.Part == upkeep.Storage {
			_, state, note := l.Say(f.env.Words)
			return state + ". " + note
		}
	}
	return ""
}

func (f *Flow) helpScreen(visit.State) fyne.CanvasObject {
	toggle := func(what *bool) func() { return f.then(func() { *what = !*what }) }
	return help.New(f.env, help.Model{Called: f.called, InVisit: f.Visit.Identified()}, help.Actions{
		Back: f.back, Call: f.call, Restart: f.end,
		Large: toggle(&f.env.Large), Contrast: toggle(&f.env.Contrast), Reach: toggle(&f.env.Reach),
	})
}
