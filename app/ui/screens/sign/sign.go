// Package sign takes the declaration and then the submission itself.
package sign

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Model is what the screen shows.
type Model struct {
	Who, What, To string
	Declared      bool
	Busy          bool // being sealed: nothing can be pressed
	Problem       string
}

// Actions is what can be pressed.
type Actions struct{ Back, Declare, Submit func() }

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	p := env.Pal()
	o := kit.FrameSpec{Steps: &kit.StepsSpec{Now: 6}, Title: env.T("sign.title")}
	if m.Busy {
		o.Title = env.T("sign.submitting")
		o.Body = kit.Col(20, kit.NewNotice(env, kit.Leaf, "lock", "**"+env.T("sign.submitting")+"**", env.T("sign.submitting-note")))
		return kit.NewFrame(env, o)
	}
	o.Back = kit.BackAction(env, a.Back)
	o.Main = &kit.Action{Text: env.T("sign.main"), Icon: "check", Do: a.Submit}
	if !m.Declared {
		o.Main = &kit.Action{Text: env.T("sign.first"), Icon: "none", Off: true}
	}
	pair := func(key, value string) fyne.CanvasObject {
		return kit.RowTop(16, kit.Fixed(210, kit.NewParagraph(env, env.T(key), kit.Style{Size: kit.TextRead, Color: p.Ink2})),
			kit.Grow(kit.NewParagraph(env, value, kit.Style{Size: kit.TextRead, Bold: true, Max: 2})))
	}
	declare := kit.NewPanelPad(env, kit.Surface, 22, 28, 22, 28, kit.Col(18,
		kit.RowTop(20, kit.NewIconStroke("shield", 48, p.Leaf, 2.2), kit.Grow(kit.NewParagraph(env, env.T("sign.declare"), kit.Style{Size: kit.TextHead, Line: 1.3}))),
		kit.Rule(p.Line, 1.5), pair("sign.who", m.Who), pair("sign.what", m.What), pair("sign.to", m.To)))
	rows := []fyne.CanvasObject{declare,
		kit.NewChoice(env, kit.ChoiceSpec{Text: env.T("sign.box"), Size: kit.TextButton, On: m.Declared, Box: true, Height: 84, Do: a.Declare})}
	if m.Problem != "" {
		rows = append(rows, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
	} else {
		rows = append(rows, kit.Row(12, kit.NewIcon("lock", 30, p.Ink2), kit.Grow(kit.NewParagraph(env, env.T("sign.sealed"), kit.Style{Size: kit.TextRead, Color: p.Ink2}))))
	}
	o.Body = kit.Col(18, rows...)
	return kit.NewFrame(env, o)
}
