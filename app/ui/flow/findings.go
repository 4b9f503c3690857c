package flow

import (
	"context"

	"fyne.io/fyne/v2"

	"tramhoso/app/counter"
	findingscreen "tramhoso/app/ui/screens/findings"
	"tramhoso/app/upkeep"
	"tramhoso/sync/dossier"
)

const sideFindings side = "findings"

// findingsPage is what a technician looks at there.
type findingsPage struct {
	list    []upkeep.Found
	trouble string // why it could not be kept that he did; ""
	seeing  bool   // that is being kept
}

// lookAtFindings opens the list of what the check of the storage found.
func (f *Flow) lookAtFindings() {
	f.side, f.findings = sideFindings, findingsPage{list: f.Upkeep.Findings()}
	f.Render()
}

func (f *Flow) findingsScreen(c counter.State) fyne.CanvasObject {
	e := f.env
	m := findingscreen.Model{Staff: f.band(c), Problem: f.findings.trouble, Busy: f.findings.seeing}
	for _, found := range f.findings.list {
		line := findingscreen.Finding{What: e.T("part.found-" + found.Kind), When: e.Words.DateTime(found.At), Lost: found.Lost}
		if found.Times > 1 {
			line.When = e.T("findings.times", "n", found.Times, "when", line.When)
		}
		if found.Lost {
			m.Lost++
		}
		m.Findings = append(m.Findings, line)
	}
	return findingscreen.New(e, m, findingscreen.Actions{
		Back: func() {
			f.side = ""
			f.Render()
		},
		Seen: f.seeFindings,
	})
}

// seeFindings ends what the technician has in front of him. The disk is written
// elsewhere.
func (f *Flow) seeFindings() {
	if f.findings.seeing {
		return
	}
	f.findings.seeing = true
	by, list := f.Counter.State().Staff.ID, f.findings.list
	f.Go(func() {
		err := f.Upkeep.SeeFindings(context.Background(), list, by)
		f.Post(func() {
			f.findings.seeing = false
			if err != nil {
				f.Log.Error("failed to keep that the findings were seen", "code", dossier.CodeOf(err), "err", err)
				f.findings.trouble = f.env.Words.Error(dossier.CodeOf(err))
			} else if f.side == sideFindings {
				f.side = ""
			}
			if f.staffing() {
				f.Render()
			}
		})
	})
	f.Render()
}
