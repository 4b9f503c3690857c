// Package paperout reassures while the slip cannot be printed: the dossier is
// safe, the whole slip will come again.
package paperout

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Why the printer stopped.
type Why int

// The reasons a person can do something about.
const (
	Paper Why = iota
	Cover
	Down
)

// Model is what the screen shows.
type Model struct {
	Station string
	Slip    string
	At      string // when it was stored
	ToldAt  string // when the clerk was told
	Why     Why
	QR      string // what the slip's QR holds
	Called  bool
}

// Actions is what can be pressed.
type Actions struct{ Leave, Call func() }

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	p := env.Pal()
	title, why := "paperout.title", "paperout.out"
	switch m.Why {
	case Cover:
		title, why = "paperout.title-printer", "paperout.cover"
	case Down:
		title, why = "paperout.title-printer", "paperout.down"
	}
	entry := func(disc fyne.CanvasObject, head, note string) fyne.CanvasObject {
		return kit.RowTop(18, disc, kit.Grow(kit.Col(0,
			kit.NewParagraph(env, head, kit.Style{Size: kit.TextButton, Bold: true, Line: 1.25, Max: 2}),
			kit.NewParagraph(env, note, kit.Style{Size: kit.TextRead, Color: p.Ink2, Line: 1.3, Max: 2}))))
	}
	now := kit.NewDisc(env, kit.DiscSpec{Icon: "printer", Size: 56, Fill: p.Gold, Edge: p.GoldDark, Ink: p.OnGold})
	next := kit.NewDisc(env, kit.DiscSpec{Text: "3", Size: 56, Fill: p.Paper, Edge: p.Edge, Ink: p.Ink2})
	left := kit.NewPanelPad(env, kit.Surface, 26, 32, 22, 32, kit.Col(18,
		entry(kit.Done(env, 56), env.T("paperout.safe"), env.T("paperout.safe-note", "clock", m.At)),
		entry(now, env.T(why), env.T("paperout.told", "clock", m.ToldAt)),
		entry(next, env.T("paperout.again"), env.T("paperout.again-note")),
		kit.Spring(),
		kit.NewPanelPad(env, kit.Gold, 14, 22, 14, 22, kit.Row(20, kit.NewPict(env, "roll", 72),
			kit.Grow(kit.Col(0, kit.Read(env, env.T("paperout.stay")), kit.Read(env, env.T("paperout.stay-note"))))))))
	qr := []fyne.CanvasObject{
		kit.NewParagraph(env, env.T("paperout.number"), kit.Style{Size: kit.TextHead, Bold: true, Align: kit.Middle, Line: 1.25}),
		kit.NewParagraph(env, m.Slip, kit.Style{Size: 44, Bold: true, Align: kit.Middle, Line: 1.25}),
	}
	if code, err := kit.NewQR(m.QR, m.Slip, 220); err == nil {
		qr = append(qr, kit.Grow(code))
	}
	qr = append(qr, kit.NewParagraph(env, env.T("paperout.photo"), kit.Style{Size: kit.TextRead, Align: kit.Middle, Max: 3}))
	right := kit.NewPanelPad(env, kit.Surface, 24, 28, 22, 28, kit.Col(8, qr...))
	call := &kit.Action{Text: env.T("app.call-clerk"), Icon: "bell", Do: a.Call}
	if m.Called {
		call = &kit.Action{Text: env.T("resultready.called"), Icon: "none", Off: true}
	}
	o := kit.FrameSpec{Brand: env.T("app.brand", "station", m.Station), Title: env.T(title),
		Back: &kit.Action{Text: env.T("paperout.leave"), Icon: "clock", Do: a.Leave}, Main: call}
	if env.IsPortrait() {
		o.Body = kit.Col(24, kit.Fixed(520, left), kit.Fixed(520, right))
	} else {
		o.Body = kit.RowFill(24, kit.GrowBy(700, left), kit.GrowBy(476, right))
	}
	return kit.NewFrame(env, o)
}
