package flow

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/counter"
	doctorscreen "tramhoso/app/ui/screens/doctor"
	"tramhoso/app/upkeep"
)

// sideDoctor is the page that goes along the way to the portal.
const sideDoctor side = "doctor"

// examination is one walk along the way to the portal.
type examination struct {
	turn    int // how often it was begun: only the newest is shown
	running bool
	found   upkeep.Findings
}

// examine opens the doctor's page and walks the way anew.
func (f *Flow) examine() {
	f.side = sideDoctor
	f.exam = examination{turn: f.exam.turn + 1, running: true}
	turn, ctx := f.exam.turn, f.working()
	f.Render()
	f.Go(func() {
		found := f.Upkeep.Examine(ctx)
		f.Post(func() {
			if turn != f.exam.turn {
				return
			}
			f.Log.Info("the way to the portal was examined", "broken", found.Broken)
			f.exam.running, f.exam.found = false, found
			if f.staffing() {
				f.Render()
			}
		})
	})
}

func (f *Flow) doctorScreen(c counter.State) fyne.CanvasObject {
	e, found := f.env, f.exam.found
	m := doctorscreen.Model{Staff: f.band(c), Busy: f.exam.running}
	m.Waits, _ = f.Upkeep.State().Sending.Say(e.Words)
	if !f.exam.running {
		m.Checked = e.T("upkeep.checked", "clock", e.Words.Clock(found.At))
	}
	well := 0
	for i, l := range upkeep.Links {
		step := doctorscreen.Step{Name: e.T(l.Word())}
		if i < len(found.Links) {
			switch now := found.Links[i]; now.Health {
			case upkeep.Well:
				step.How = doctorscreen.Well
				well++
			case upkeep.Fix:
				step.How = doctorscreen.Broken
				m.Advice, m.Why = e.T(l.Advice()), e.Words.Error(now.Code)
			}
		}
		m.Steps = append(m.Steps, step)
	}
	if well == len(upkeep.Links) {
		m.Advice = e.T("doctor.well")
	}
	return doctorscreen.New(e, m, doctorscreen.Actions{Again: f.examine, Back: func() {
		f.side = ""
		f.exam = examination{turn: f.exam.turn + 1}
		f.Render()
	}})
}

// testNetwork wakes what waits, as every test of the network, and goes along the way.
func (f *Flow) testNetwork() {
	if run, ok := f.Upkeep.BeginTest(upkeep.Network); ok {
		f.test(run)
	}
	f.examine()
}
