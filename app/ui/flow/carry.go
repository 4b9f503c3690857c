package flow

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/counter"
	"tramhoso/app/ui/screens/carry"
	"tramhoso/app/ui/screens/clerkhome"
	"tramhoso/app/upkeep"
)

// stickEvery is how often a clerk's screen looks whether a stick was put in.
const stickEvery = time.Second

// openCarry shows the stick's screen and looks for a stick as long as it is shown.
func (f *Flow) openCarry() {
	f.carrying = true
	f.carriage.Leave()
	if f.plugged.In {
		f.carriage.See(f.plugged)
	}
	f.Render()
	f.carryTurn++
	f.lookForStick(f.carryTurn)
}

// watchSticks notices sticks for whoever is logged in at the counter.
func (f *Flow) watchSticks() {
	if f.Sticks == nil {
		return
	}
	ctx := f.working()
	f.Go(func() {
		f.Sticks.Watch(ctx, func() {
			s := f.Sticks.Look(ctx)
			f.Post(func() {
				if ctx.Err() != nil || f.plugged == s {
					return
				}
				f.plugged = s
				f.Render()
			})
		})
	})
}

// stickNote says on the counter's list that a stick is in.
func (f *Flow) stickNote() []clerkhome.Ask {
	s := f.plugged
	switch {
	case !s.In:
		return nil
	case s.Loose:
		return []clerkhome.Ask{{Icon: "usb", Text: f.env.T("clerkhome.stick"), Second: f.env.T("carry.loose")}}
	}
	return []clerkhome.Ask{{Icon: "usb", Text: f.env.T("clerkhome.stick"), Second: f.env.T("clerkhome.stick-note")}}
}

func (f *Flow) leaveCarry() {
	f.carrying = false
	f.carriage.Leave()
}

// lookForStick looks now and every stickEvery, beside the screen: a sick stick may
// take its time. It does not look while the stick is written to: the system lets no
// stick go of which somebody reads a folder. Another turn is one that was left.
func (f *Flow) lookForStick(turn int) {
	again := func(turn int) { f.After(stickEvery, func() { f.lookForStick(turn) }) }
	switch {
	case !f.carrying || turn != f.carryTurn || f.looking:
		return
	case f.carriage.Phase == counter.CarryRunning:
		again(turn)
		return
	}
	f.looking = true
	f.Go(func() {
		s := f.Sticks.Look(context.Background())
		f.Post(func() {
			if f.looking = false; !f.carrying {
				return
			}
			was := f.carriage
			if f.carriage.See(s); f.carriage.Phase != was.Phase || f.carriage.Stick != was.Stick {
				f.Render()
			}
			again(f.carryTurn) // left and opened meanwhile, this was the first look
		})
	})
}

func (f *Flow) carry() {
	if !f.carriage.Begin() {
		return
	}
	f.Render()
	f.Go(func() {
		got, err := f.Sticks.Carry(context.Background(), func(done, total int64) {
			f.Post(func() {
				f.carriage.At(done, total)
				if f.carrying && f.staffing() {
					f.Render()
				}
			})
		})
		f.Post(func() {
			f.carriage.Finish(got, err)
			if err != nil {
				f.Log.Warn("a stick could not be used", "err", err)
			}
			if f.staffing() {
				f.Render()
				f.loadCards()
			}
		})
	})
}

func (f *Flow) carryScreen(s counter.State) fyne.CanvasObject {
	e, c := f.env, f.carriage
	m := carry.Model{Staff: f.band(s), Title: e.T("carry.title"), Main: e.T("carry.main"), Ready: true}
	switch c.Phase {
	case counter.CarryNone:
		m.Lead, m.Main, m.Ready = e.T("carry.insert"), e.T("carry.main-none"), false
		m.Lines = f.stickWaits(c.Stick)
	case counter.CarryReady:
		m.Lead, m.Lines = e.T("carry.ready"), f.stickWaits(c.Stick)
	case counter.CarryRunning:
		m.Lead, m.Running, m.Main = e.T("carry.running"), true, ""
		if c.Total > 0 {
			m.Share = float32(c.Done) / float32(c.Total)
		}
	case counter.CarryDone:
		m.Lead, m.Good, m.Main, m.Lines = e.T("carry.done"), true, "", f.stickBrought(c.Carried)
		if len(m.Lines) == 0 {
			m.Lines = []string{e.T("carry.nothing-new")}
		}
	case counter.CarryFailed:
		m.Lead, m.Trouble, m.Main, m.Lines = f.counterProblem(c.Problem), true, e.T("carry.again"), f.stickBrought(c.Carried)
	}
	return carry.New(e, m, carry.Actions{Main: f.carry, Back: func() {
		f.leaveCarry()
		f.Render()
	}})
}

// stickWaits says what waits to be carried.
func (f *Flow) stickWaits(s counter.Stick) (lines []string) {
	e := f.env
	if s.Packets == 0 && s.Files == 0 {
		lines = append(lines, e.T("carry.nothing-waits"))
	} else {
		lines = append(lines, e.T("carry.waits", "what", upkeep.Load(e.Words, s.Packets, s.Files)))
	}
	switch days := int(s.Oldest / (24 * time.Hour)); {
	case days > 0:
		lines = append(lines, e.T("carry.oldest-days", "n", days))
	case s.Oldest > 0:
		lines = append(lines, e.T("carry.oldest-hours", "n", max(1, int(s.Oldest/time.Hour))))
	}
	if s.Others > 0 {
		lines = append(lines, e.T("carry.others-here", "n", s.Others))
	}
	return lines
}

// stickBrought says what came and what went.
func (f *Flow) stickBrought(c counter.Carried) (lines []string) {
	e := f.env
	say := func(n int, word string, args ...any) {
		if n > 0 {
			lines = append(lines, e.T(word, append([]any{"n", n}, args...)...))
		}
	}
	if c.Receipts+c.Results+c.Events > 0 {
		lines = append(lines, e.T("carry.brought", "receipts", c.Receipts, "results", c.Results, "news", c.Events-c.Results))
	}
	if c.Catalogue {
		lines = append(lines, e.T("carry.catalogue"))
	}
	say(c.Whole, "carry.whole")
	say(c.Refused, "carry.refused")
	if c.Packets > 0 || c.Files > 0 {
		lines = append(lines, e.T("carry.copied", "what", upkeep.Load(e.Words, c.Packets, c.Files)))
	}
	say(c.Left, "carry.left")
	say(c.FilesNot, "carry.files-left", "mb", c.NeedMB)
	say(c.Others, "carry.others-answered")
	say(c.Waiting, "carry.others-wait", "why", f.Upkeep.State().Sending.Because(e.Words, c.Why))
	say(c.Half, "carry.half")
	say(c.Unread, "carry.unread")
	say(c.Foreign, "carry.foreign")
	say(c.Old, "carry.old")
	return lines
}
