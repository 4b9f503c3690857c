// Package upkeep shows a technician the state of every device and of the link
// to the province, with a test of each.
package upkeep

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Device is one card.
type Device struct {
	ID     string
	Icon   string
	Name   string
	State  string // "Sẵn sàng"
	Note   string
	Good   bool
	Tested string // the button's text, "" without a test
}

// Model is what the screen shows.
type Model struct {
	Staff   kit.Staff
	Version string
	Devices []Device
	Broken  int
}

// Actions is what can be pressed.
type Actions struct {
	Test func(id string)
	All  func()
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Staff: &m.Staff, Title: env.T("upkeep.title"), TitleNote: m.Version,
		Main: &kit.Action{Text: env.T("upkeep.test-all"), Icon: "check", Do: a.All}}
	if m.Broken > 0 {
		o.Title = env.T("upkeep.title-fix", "n", m.Broken)
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), grid(m, a), pages(m, a))
	return kit.NewFrame(env, o)
}

func columns(env *kit.Env) int {
	if env.IsPortrait() {
		return 1
	}
	return 2
}

func grid(m Model, a Actions) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		var cards []fyne.CanvasObject
		for _, d := range m.Devices {
			cards = append(cards, card(env, d, a))
		}
		return kit.Grid(columns(env), 20, 16, cards...)
	}
}

// pages is the cards page by page, where their notes are long.
func pages(m Model, a Actions) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		var rows []fyne.CanvasObject
		for i := 0; i < len(m.Devices); i += columns(env) {
			var row []fyne.CanvasObject
			for _, d := range m.Devices[i:min(i+columns(env), len(m.Devices))] {
				row = append(row, kit.Grow(card(env, d, a)))
			}
			rows = append(rows, kit.RowFill(20, row...))
		}
		return kit.NewBook(env, 12, rows...)
	}
}

func card(env *kit.Env, d Device, a Actions) fyne.CanvasObject {
	p := env.Pal()
	tone, tint, tag := kit.Gold, p.Bronze, kit.NewTag(env, kit.Gold, "warn", d.State)
	if d.Good {
		tone, tint, tag = kit.Surface, p.Leaf, kit.NewTag(env, kit.Leaf, "", d.State)
	}
	row := []fyne.CanvasObject{kit.NewIconStroke(d.Icon, 52, tint, 2), kit.Grow(kit.Col(3,
		kit.NewParagraph(env, d.Name, kit.Style{Size: kit.TextRead, Bold: true, Line: 1.25}),
		kit.At(kit.Start, tag),
		kit.NewParagraph(env, d.Note, kit.Style{Color: p.Ink2, Line: 1.3})))}
	if d.Tested != "" {
		row = append(row, kit.NewButton(env, kit.ButtonSpec{Action: kit.Action{Text: d.Tested, Do: func() { a.Test(d.ID) }},
			Small: true, MinWidth: 104, Name: d.Tested + ": " + d.Name}))
	}
	return kit.NewPanelPad(env, tone, 8, 20, 8, 22, kit.Row(18, row...))
}
