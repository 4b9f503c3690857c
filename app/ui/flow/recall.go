package flow

import (
	"context"

	"fyne.io/fyne/v2"

	"tramhoso/app/counter"
	"tramhoso/app/ui/screens/found"
	"tramhoso/app/ui/screens/withdraw"
	"tramhoso/sync/dossier"
)

// recallScreen asks whether a dossier shall be asked back for its applicant.
func (f *Flow) recallScreen(s counter.State) fyne.CanvasObject {
	stage := withdrawStage(s.Card.Track)
	m := found.RecallModel{LostModel: f.ownerModel(s), Then: f.env.T("withdraw.then-" + string(stage)), Decides: stage == withdraw.Accepted}
	return found.NewRecall(f.env, m, f.ownerActions(f.recall))
}

// recall keeps the withdrawal off the user interface's goroutine.
func (f *Flow) recall() {
	run, ok := f.Counter.BeginRecall()
	f.Render()
	if !ok {
		return
	}
	f.Go(func() {
		job, err := run(context.Background())
		f.Post(func() {
			if err := f.Counter.FinishRecall(job, err); err != nil {
				f.Log.Error("withdrawal at the counter failed", "code", dossier.CodeOf(err), "err", err)
			}
			f.Render()
			f.loadCards()
		})
	})
}

func (f *Flow) recalledScreen(s counter.State) fyne.CanvasObject {
	g, a := f.given(s, "found.note-")
	w := s.Card.Withdrawn
	heard := heardOf(w)
	m := found.RecalledModel{GivenModel: g, At: f.when(w.At), Decides: withdrawStage(s.Card.Track) == withdraw.Accepted, Heard: f.env.T("withdraw." + heard)}
	if heardNext[heard] { // a clerk is told what to do, as in the list of what needs a person
		m.Next = f.env.T(packetWhy(Packet{Why: w.Aside, Refused: w.Refused, GivenUp: w.GivenUp}))
	}
	return found.NewRecalled(f.env, m, a)
}
