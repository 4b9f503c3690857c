// Package help is what the Trợ giúp button opens: a person, larger text,
// contrast, low reach, listening. It promises that changing any of them keeps
// every answer. It must not import anything of the project but app/ui/kit.
package help

import (
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Model is what the screen shows; large, contrast and reach are the env's.
type Model struct {
	Called  time.Time // when the clerk was told; zero: not
	InVisit bool      // answers are kept: says so
}

// Actions are what can be asked for. A nil one is not offered.
type Actions struct {
	Back, Call, Large, Contrast, Reach, Listen func()
	Restart                                    func() // ends the visit
}

// New draws the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	state := func(on bool) fyne.CanvasObject {
		if on {
			return kit.NewTag(env, kit.Leaf, "check", env.T("help.on"))
		}
		return kit.NewTag(env, kit.Bare, "minus", env.T("help.off"))
	}
	var rows []fyne.CanvasObject
	row := func(icon, key string, trail fyne.CanvasObject, do func()) {
		if do == nil {
			return
		}
		note := env.T("help." + key + "-note")
		if env.Large {
			note = ""
		}
		rows = append(rows, kit.NewListRow(env, kit.RowSpec{Icon: icon, Drawn: 40, Text: env.T("help." + key), Second: note, Trail: trail, Do: do}))
	}
	row("type", "large", state(env.Large), a.Large)
	row("eye", "contrast", state(env.Contrast), a.Contrast)
	row("down", "reach", state(env.Reach), a.Reach)
	row("speaker", "listen", nil, a.Listen)

	call := kit.NewTile(env, kit.TileSpec{
		Pict: "bell", PictSize: 150, Text: env.T("help.call"), TextSize: 40, Note: env.T("help.call-note"), NoteSize: 26,
		PadX: 30, PadY: 30, Main: m.Called.IsZero(), Do: a.Call,
	})
	var left fyne.CanvasObject = call
	if !m.Called.IsZero() {
		left = kit.NewPanel(env, kit.Leaf, kit.Col(16,
			kit.At(kit.Start, kit.NewPict(env, "bell", 150)),
			kit.NewParagraph(env, env.T("help.called", "clock", env.Words.Clock(m.Called)), kit.Style{Size: kit.TextTile, Bold: true, Line: 1.25}),
			kit.Read(env, env.T("help.called-note")), kit.Spring()))
	}
	if m.InVisit {
		safe := kit.NewNotice(env, kit.Leaf, "lock", env.T("help.safe"), "")
		left = kit.Col(20, kit.Grow(left), safe)
	}
	list := kit.Grid(1, 0, 16, rows...)
	body := kit.RowFill(24, kit.GrowBy(480, left), kit.GrowBy(696, list))
	if env.IsPortrait() {
		body = kit.Col(24, kit.Grow(left), kit.Grow(list))
	}
	o := kit.FrameSpec{Brand: env.T("app.name"), NoTools: true, Title: env.T("help.title"), Body: body, Back: kit.BackAction(env, a.Back)}
	if a.Restart != nil {
		o.Second = &kit.Action{Text: env.T("help.restart"), Icon: "home", Kind: kit.Ending, Do: a.Restart}
	}
	return kit.NewFrame(env, o)
}
