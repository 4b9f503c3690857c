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
	p := env.Pal()
	var cards []fyne.CanvasObject
	for _, d := range m.Devices {
		tone, tint, tag := kit.Gold, p.Bronze, kit.NewTag(env, kit.Gold, "warn", d.State)
		if d.Good {
			tone, tint, tag = kit.Surface, p.Leaf, kit.NewTag(env, kit.Leaf, "", d.State)
		}
		row := []fyne.CanvasObject{kit.NewIconStroke(d.Icon, 52, tint, 2), kit.Grow(kit.Col(3,
			kit.NewParagraph(env, d.Name, kit.Style{Size: kit.TextRead, Bold: true, Line: 1.25, Max: 1}),
			kit.At(kit.Start, tag),
			kit.NewParagraph(env, d.Note, kit.Style{Color: p.Ink2, Line: 1.3, Max: 1})))}
		if d.Tested != "" {
			row = append(row, kit.Small(env, "", d.Tested, func() { a.Test(d.ID) }))
		}
		cards = append(cards, kit.NewPanelPad(env, tone, 10, 20, 10, 22, kit.Row(18, row...)))
	}
	cols := 2
	if env.IsPortrait() {
		cols = 1
	}
	o := kit.FrameSpec{Staff: &m.Staff, Title: env.T("upkeep.title"), TitleNote: m.Version, Body: kit.Grid(cols, 20, 16, cards...),
		Main: &kit.Action{Text: env.T("upkeep.test-all"), Icon: "check", Do: a.All}}
	if m.Broken > 0 {
		o.Title = env.T("upkeep.title-fix", "n", m.Broken)
	}
	return kit.NewFrame(env, o)
}
