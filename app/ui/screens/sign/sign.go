// Package sign takes the declaration and then the submission itself.
package sign

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Model is what the screen shows.
type Model struct {
	Who, What, To string
	Replaces      string // number of the slip in whose place this one goes, or ""
	Declared      bool
	Busy          bool // being sealed: nothing can be pressed
	Problem       string
}

// Actions is what can be pressed.
type Actions struct{ Back, Declare, Submit func() }

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
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
	o.Body = kit.Fit(env, kit.BodySize(env, o), body(m, a, true), body(m, a, false))
	return kit.NewFrame(env, o)
}

// body is the declaration, who makes it and the box; airy with more room
// around and what pressing the button does.
func body(m Model, a Actions, airy bool) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		p := env.Pal()
		size, gap, around, box := kit.TextHead, float32(18), float32(22), float32(84)
		if !airy {
			size, gap, around, box = kit.TextRead, 8, 10, 72
		}
		pair := func(key, value string) fyne.CanvasObject {
			return kit.RowTop(16, kit.Fixed(210, kit.NewParagraph(env, env.T(key), kit.Style{Size: kit.TextRead, Color: p.Ink2})),
				kit.Grow(kit.NewParagraph(env, value, kit.Style{Size: kit.TextRead, Bold: true, Line: 1.3, Max: 4})))
		}
		pairs := []fyne.CanvasObject{pair("sign.who", m.Who), pair("sign.what", m.What), pair("sign.to", m.To)}
		if m.Replaces != "" {
			pairs = append(pairs, pair("sign.replaces", env.T("sign.replaced", "slip", m.Replaces)))
		}
		declare := kit.NewPanelPad(env, kit.Surface, around, 28, around, 28, kit.Col(gap, append([]fyne.CanvasObject{
			kit.RowTop(20, kit.NewIconStroke("shield", 48, p.Leaf, 2.2), kit.Grow(kit.NewParagraph(env, env.T("sign.declare"), kit.Style{Size: size, Line: 1.3}))),
			kit.Rule(p.Line, 1.5)}, pairs...)...))
		rows := []fyne.CanvasObject{declare,
			kit.NewChoice(env, kit.ChoiceSpec{Text: env.T("sign.box"), Size: kit.TextButton, On: m.Declared, Box: true, Height: box, Do: a.Declare})}
		switch {
		case m.Problem != "":
			rows = append(rows, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
		case airy:
			rows = append(rows, kit.Row(12, kit.NewIcon("lock", 30, p.Ink2), kit.Grow(kit.NewParagraph(env, env.T("sign.sealed"), kit.Style{Size: kit.TextRead, Color: p.Ink2}))))
		}
		return kit.Col(gap, rows...)
	}
}
