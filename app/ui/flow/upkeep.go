package flow

import (
	"context"
	"time"

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

var partIcons = map[upkeep.Part]string{upkeep.Printer: "printer", upkeep.Scanner: "scan", upkeep.Network: "net",
	upkeep.Storage: "disk", upkeep.Clock: "clock", upkeep.Enrolment: "shield"}

func (f *Flow) upkeepScreen(c counter.State) fyne.CanvasObject {
	e, s := f.env, f.Upkeep.State()
	m := upkeepscreen.Model{Staff: f.band(c), Version: e.T("upkeep.version", "station", f.Upkeep.Station(), "version", f.Upkeep.Version), Broken: s.ToFix}
	for _, l := range s.Lines {
		d := upkeepscreen.Device{ID: string(l.Part), Icon: partIcons[l.Part], Name: e.T("upkeep." + string(l.Part)),
			State: e.T("upkeep." + map[upkeep.Health]string{upkeep.Well: "ready", upkeep.Fix: "fix", upkeep.Unknown: "unknown"}[l.Health]),
			Note:  e.T(l.Word, f.noteArgs(l.Args)...), Good: l.Health == upkeep.Well}
		if l.CanTest {
			d.Tested = e.T("upkeep.test")
		}
		switch {
		case l.Testing:
			d.Note = e.T("upkeep.testing")
		case l.TestedAt.IsZero():
		case l.TestOK:
			d.Note = e.T("upkeep.tested-ok", "clock", e.Words.Clock(l.TestedAt))
		default:
			d.State, d.Good = e.T("upkeep.fix"), false
			d.Note = e.T("upkeep.tested-bad", "clock", e.Words.Clock(l.TestedAt))
		}
		m.Devices = append(m.Devices, d)
	}
	return upkeepscreen.New(e, m, upkeepscreen.Actions{
		Test: func(id string) {
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

func (f *Flow) test(run func(context.Context) upkeep.Result) {
	f.Go(func() {
		r := run(context.Background())
		f.Post(func() {
			if r.Err != nil {
				f.Log.Warn("a test failed", "part", r.Part, "code", dossier.CodeOf(r.Err), "err", r.Err)
			}
			f.Upkeep.FinishTest(r)
			if f.staffing() {
				f.Render()
			}
		})
	})
}

// noteArgs writes the times and numbers among a sentence's arguments.
func (f *Flow) noteArgs(args []any) []any {
	out := append([]any(nil), args...)
	for i, a := range out {
		switch a := a.(type) {
		case time.Time:
			out[i] = f.env.Words.Clock(a)
		case int:
			out[i] = f.env.Words.Number(int64(a))
		}
	}
	return out
}
