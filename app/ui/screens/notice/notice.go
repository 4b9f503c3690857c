// Package notice tells in plain words what a citizen's information is used
// for. It informs; nothing is asked.
package notice

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Actions is what can be pressed.
type Actions struct{ Back, Next func() }

// New builds the screen.
func New(env *kit.Env, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{
		Steps: &kit.StepsSpec{Now: 1},
		Title: env.T("notice.title"),
		Back:  kit.BackAction(env, a.Back),
		Main:  kit.MainAction(env.T("notice.main"), a.Next),
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), cells(20, 96), cells(10, 72))
	return kit.NewFrame(env, o)
}

func cells(pad, drawn float32) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		cell := func(icon, key string) fyne.CanvasObject {
			return kit.NewPanelPad(env, kit.Surface, pad, 24, pad, 26, kit.Row(22,
				kit.NewPict(env, icon, drawn),
				kit.Grow(kit.Col(4, kit.Head(env, env.T("notice."+key)), kit.Read(env, env.T("notice."+key+"-note"))))))
		}
		cols := 2
		if env.IsPortrait() {
			cols = 1
		}
		return kit.Grid(cols, 20, 20, cell("pict-stamp", "why"), cell("pict-guard", "who"),
			cell("pict-card", "screen"), cell("pict-reply", "choice"))
	}
}
