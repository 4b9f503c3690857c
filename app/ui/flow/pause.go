package flow

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/counter"
	"tramhoso/app/ui/kit"
	pausescreen "tramhoso/app/ui/screens/pause"
	"tramhoso/app/upkeep"
	"tramhoso/sync/dossier"
)

// side is a page beside the technician's list of devices.
type side string

// The pages; "" is the list itself.
const sidePause side = "pause"

// pauseAction is the button that pauses sending, or lets it go on; nil where
// nothing is sent.
func (f *Flow) pauseAction(s upkeep.Sending) *kit.Action {
	switch {
	case !f.Upkeep.CanPause():
		return nil
	case s.Paused():
		return &kit.Action{Text: f.env.T("pause.end"), Icon: "next", Do: func() { f.pause(0) }}
	}
	return &kit.Action{Text: f.env.T("pause.begin"), Icon: "clock", Do: func() {
		f.side, f.pauseTrouble = sidePause, ""
		f.Render()
	}}
}

func (f *Flow) pauseScreen(c counter.State) fyne.CanvasObject {
	e, now := f.env, f.Clock.Now()
	m := pausescreen.Model{Staff: f.band(c), Most: int(upkeep.PauseMost.Hours()), Problem: f.pauseTrouble}
	choices := upkeep.PauseChoices(now)
	for i, p := range choices {
		text := e.T("pause.morning")
		if i < len(choices)-1 {
			text = e.T("pause.hours", "n", int(p.For/time.Hour))
		}
		m.Choices = append(m.Choices, pausescreen.Choice{Text: text, Second: e.T("pause.until", "until", upkeep.Moment(e.Words, p.Until, now))})
	}
	return pausescreen.New(e, m, pausescreen.Actions{
		Back: func() {
			f.side = ""
			f.Render()
		},
		Choose: func(i int) { f.pause(choices[i].For) },
	})
}

// pause stops sending for d; 0 lets it go on. The disk is written elsewhere.
func (f *Flow) pause(d time.Duration) {
	by := f.Counter.State().Staff.ID
	f.Go(func() {
		err := f.Upkeep.Pause(context.Background(), d, by)
		f.Post(func() {
			f.side, f.pauseTrouble = "", ""
			if err != nil {
				f.Log.Error("failed to pause sending", "code", dossier.CodeOf(err), "err", err)
				f.side, f.pauseTrouble = sidePause, f.env.Words.Error(dossier.CodeOf(err))
			}
			if f.staffing() {
				f.Render()
			}
		})
	})
}
