// Package resultready says that a result can be collected and what to bring.
package resultready

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Model is what the screen shows.
type Model struct {
	What   string
	Of     string
	At     string
	Pay    string
	Called bool
}

// Actions is what can be pressed.
type Actions struct{ Back, Call, Finish func() }

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	p := env.Pal()
	words := []fyne.CanvasObject{
		kit.NewParagraph(env, env.T("resultready.title"), kit.Style{Size: 44, Bold: true, Line: 1.2, Max: 2}),
		kit.NewParagraph(env, m.What, kit.Style{Size: 32, Bold: true, Line: 1.3, Max: 2}),
		kit.NewParagraph(env, m.Of, kit.Style{Size: kit.TextButton, Max: 1}),
		kit.NewParagraph(env, m.At, kit.Style{Size: kit.TextRead, Color: p.Ink2, Max: 1})}
	head := kit.NewPanelPad(env, kit.Leaf, 36, 48, 36, 48, kit.RowTop(32, kit.NewPict(env, "result", 200), kit.Grow(kit.Col(8, words...))))
	card := func(pict, key, note string) fyne.CanvasObject {
		return kit.NewPanelPad(env, kit.Surface, 16, 20, 16, 20, kit.Row(20, kit.NewPict(env, pict, 92),
			kit.Grow(kit.Col(0, kit.Head(env, env.T(key)), kit.NewParagraph(env, note, kit.Style{Size: kit.TextRead, Max: 3})))))
	}
	cards := []fyne.CanvasObject{card("counter", "resultready.counter", env.T("resultready.counter-note")),
		card("card", "resultready.bring", env.T("resultready.bring-note")), card("cash", "resultready.pay", m.Pay)}
	o := kit.FrameSpec{Tall: true, Title: env.T("resultready.title"), Brand: env.T("resultready.brand"), Back: kit.BackAction(env, a.Back),
		Main: &kit.Action{Text: env.T("resultready.main"), Icon: "bell", Do: a.Call}}
	o.Second = &kit.Action{Text: env.T("app.finish"), Icon: "check", Do: a.Finish}
	if m.Called {
		o.Main = &kit.Action{Text: env.T("resultready.called"), Icon: "none", Off: true}
	}
	if env.IsPortrait() {
		o.Body = kit.Col(24, head, kit.Fixed(640, kit.Grid(1, 0, 20, cards...)))
	} else {
		o.Body = kit.Col(20, kit.Fixed(316, head), kit.Grow(kit.Grid(3, 20, 0, cards...)))
	}
	return kit.NewFrame(env, o)
}
