package flow

import (
	"context"

	"fyne.io/fyne/v2"

	"tramhoso/app/counter"
	upkeepscreen "tramhoso/app/ui/screens/upkeep"
	"tramhoso/app/upkeep"
	"tramhoso/sync/dossier"
)

// Upkeep is a technician's work, and which program at which station it is.
type Upkeep struct {
	*upkeep.Upkeep
	Station func() string // code
	Version string
}

var partIcons = map[upkeep.Part]string{upkeep.Printer: "printer", upkeep.Scanner: "scan", upkeep.Page: "doc", upkeep.Power: "cable",
	upkeep.Network: "net", upkeep.Storage: "disk", upkeep.Mirror: "usb", upkeep.Clock: "clock", upkeep.Enrolment: "shield"}

func (f *Flow) upkeepScreen(c counter.State) fyne.CanvasObject {
	e, s := f.env, f.Upkeep.State()
	m := upkeepscreen.Model{Staff: f.band(c), Version: e.T("upkeep.version", "station", f.Upkeep.Station(), "version", f.Upkeep.Version), Broken: s.ToFix, Pause: f.pauseAction(s.Sending)}
	for _, l := range s.Lines {
		name, state, note := l.Say(e.Words)
		d := upkeepscreen.Device{ID: string(l.Part), Icon: partIcons[l.Part], Name: name, State: state, Note: note,
			Good: l.Health == upkeep.Well, Unsure: l.Health == upkeep.Unknown, Held: l.Health == upkeep.Held}
		if what, why := s.Sending.Say(e.Words); l.Part == upkeep.Network && what != "" {
			d.Note, d.News = what+". "+why, true
		}
		if l.CanTest {
			d.Tested = e.T("upkeep.test")
		}
		if l.Part == upkeep.Network && f.Upkeep.CanExamine() {
			d.Tested = e.T("doctor.begin")
		}
		if l.Found {
			d.Tested = e.T("findings.look")
		}
		switch {
		case l.Testing:
			d.Note = e.T("upkeep.testing")
			if l.Part == upkeep.Printer && s.Scan.Key != "" {
				d.Note = e.T("upkeep."+s.Scan.Key, "n", s.Scan.N, "of", s.Scan.Of)
			}
		case l.TestedAt.IsZero(), l.Health == upkeep.Fix, l.Health == upkeep.Held && l.TestOK, l.Part == upkeep.Network && s.Sending.Waiting > 0: // what to do says more than an old test
		case l.TestOK:
			d.Note = e.T("upkeep.tested-ok", "clock", e.Words.Clock(l.TestedAt))
		default:
			d.State, d.Good, d.Unsure, d.Held = e.T("upkeep.fix"), false, false, false
			d.Note = e.T("upkeep.tested-bad", "clock", e.Words.Clock(l.TestedAt))
			if l.Why != "" {
				d.Note += " – " + e.T(l.Why)
			}
		}
		m.Devices = append(m.Devices, d)
	}
	return upkeepscreen.New(e, m, upkeepscreen.Actions{
		Test: func(id string) {
			if upkeep.Part(id) == upkeep.Network && f.Upkeep.CanExamine() {
				f.testNetwork()
				return
			}
			if upkeep.Part(id) == upkeep.Storage && len(f.Upkeep.Findings()) > 0 {
				f.lookAtFindings()
				return
			}
			if run, ok := f.Upkeep.BeginTest(upkeep.Part(id)); ok {
				f.test(run)
			}
			f.Render()
		},
		All: func() {
			for _, run := range f.Upkeep.BeginTestAll() {
				f.test(run)
			}
			f.Render()
		},
	})
}

// test runs beside the screen, and no longer than its technician is logged in:
// a test that waits for codes holds the printer and takes every scan.
func (f *Flow) test(run func(context.Context) upkeep.Result) {
	ctx := f.working()
	f.Go(func() {
		r := run(ctx)
		f.Post(func() {
			if r.Err != nil && !r.Ended {
				f.Log.Warn("a test failed", "part", r.Part, "code", dossier.CodeOf(r.Err), "err", r.Err)
			}
			f.Upkeep.FinishTest(r)
			if f.staffing() {
				f.Render()
			}
		})
	})
}
