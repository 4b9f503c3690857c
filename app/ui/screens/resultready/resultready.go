// Package resultready says that a result can be collected and what to bring.
package resultready

import (
	"image/color"

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
	o := kit.FrameSpec{Tall: true, Title: env.T("resultready.title"), Brand: env.T("resultready.brand"), Back: kit.BackAction(env, a.Back),
		Main: &kit.Action{Text: env.T("resultready.main"), Icon: "bell", Do: a.Call}}
	o.Second = &kit.Action{Text: env.T("app.finish"), Icon: "check", Do: a.Finish}
	if m.Called {
		o.Main = &kit.Action{Text: env.T("resultready.called"), Icon: "none", Off: true}
	}
	body := func(drawn float32) func(*kit.Env) fyne.CanvasObject {
		return func(env *kit.Env) fyne.CanvasObject {
			cards := []fyne.CanvasObject{card(env, "counter", "resultready.counter", env.T("resultready.counter-note"), drawn),
				card(env, "card", "resultready.bring", env.T("resultready.bring-note"), drawn), card(env, "cash", "resultready.pay", m.Pay, drawn)}
			if env.IsPortrait() {
				return kit.Col(24, head(env, m, drawn*2), kit.Grid(1, 0, 20, cards...))
			}
			if drawn < 96 { // each as high as it must be
				return kit.Col(16, head(env, m, drawn*2), kit.Grid(3, 20, 0, cards...))
			}
			return kit.Col(20, kit.Grow(head(env, m, drawn*2)), kit.Fixed(208, kit.Grid(3, 20, 0, cards...)))
		}
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), body(96), body(60))
	return kit.NewFrame(env, o)
}

// head is the good news, over a part of the bronze drum.
func head(env *kit.Env, m Model, drawn float32) fyne.CanvasObject {
	p := env.Pal()
	around := float32(36)
	if drawn < 150 {
		around = 16
	}
	words := []fyne.CanvasObject{
		kit.NewParagraph(env, env.T("resultready.title"), kit.Style{Size: kit.TextDisplay, Bold: true, Line: 1.2}),
		kit.NewParagraph(env, m.What, kit.Style{Size: kit.TextTile, Bold: true, Line: 1.25}),
		kit.NewParagraph(env, m.Of, kit.Style{Size: kit.TextButton, Line: 1.3}),
		kit.NewParagraph(env, m.At, kit.Style{Size: kit.TextRead, Color: p.Ink2, Line: 1.3})}
	inner := kit.Pad(around, 48, around, 56, kit.Row(48, kit.NewPict(env, "result", drawn), kit.Grow(kit.Col(6, words...))))
	ground := kit.NewPanelPad(env, kit.Leaf, 0, 0, 0, 0, kit.Space(1))
	if env.Contrast || env.IsPortrait() {
		return kit.Over(ground, inner)
	}
	// Window, centre and radius as drawn: the drum's middle is near the right edge.
	const inset, high = 1, 314
	w := env.Width() - 2*inset
	drum := kit.NewDrum(w, high, w-70, 160, 266, kit.RadiusButton-1, drumTone)
	return kit.Over(ground, kit.Pad(inset, inset, inset, inset, drum), inner)
}

// drumTone is the drum, tone on tone on the good news' green.
var drumTone = color.NRGBA{R: 0xD0, G: 0xE0, B: 0xD4, A: 0xff}

func card(env *kit.Env, pict, key, note string, drawn float32) fyne.CanvasObject {
	return kit.NewPanelPad(env, kit.Surface, 12, 18, 12, 22, kit.Row(20, kit.NewPict(env, pict, drawn),
		kit.Grow(kit.Col(0, kit.Head(env, env.T(key)), kit.NewParagraph(env, note, kit.Style{Size: kit.TextRead, Line: 1.3})))))
}
