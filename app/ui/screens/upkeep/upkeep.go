// Package upkeep shows a technician the state of every device and of the link
// to the province, with a test of each.
package upkeep

import (
	"slices"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Device is one card.
type Device struct {
	ID     string
	Icon   string
	Name   string
	State  string // "Sẵn sàng"
	Note   string // what to do, or what else is known; may be ""
	Good   bool
	Unsure bool   // nobody knows whether it is good
	Held   bool   // staff stopped it on purpose: said, and nothing to mend
	News   bool   // it is good, and has something to tell
	Tested string // the button's text, "" without a test
}

// Model is what the screen shows.
type Model struct {
	Staff   kit.Staff
	Version string
	Devices []Device
	Broken  int
	Pause   *kit.Action // pauses sending, or lets it go on; nil: nothing is sent
}

// Actions is what can be pressed.
type Actions struct {
	Test func(id string)
	All  func()
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Staff: &m.Staff, Title: env.T("upkeep.title"), TitleNote: m.Version,
		Second: m.Pause, Main: &kit.Action{Text: env.T("upkeep.test-all"), Icon: "check", Do: a.All}}
	if m.Broken > 0 {
		o.Title = env.T("upkeep.title-fix", "n", m.Broken)
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), grid(m, a, roomy), grid(m, a, snug), grid(m, a, dense), pages(m, a))
	return kit.NewFrame(env, o)
}

func columns(env *kit.Env) int {
	if env.IsPortrait() {
		return 1
	}
	return 2
}

// spacing is how far the cards and what is in them stand apart.
type spacing struct{ between, pad, lines float32 }

var (
	roomy = spacing{16, 8, 3}
	snug  = spacing{10, 4, 1}
	dense = spacing{6, 0, 0} // a station with every device
)

func grid(m Model, a Actions, s spacing) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		var cards []fyne.CanvasObject
		for _, d := range m.Devices {
			cards = append(cards, card(env, d, a, s))
		}
		return kit.Grid(columns(env), 20, s.between, cards...)
	}
}

// rank orders the cards where not all are seen at once.
func rank(d Device) int {
	switch {
	case !d.Good && !d.Unsure && !d.Held:
		return 0
	case d.News, d.Held:
		return 1
	}
	return 2
}

// pages is the cards page by page, where their notes are long: what needs a hand
// is on the first one.
func pages(m Model, a Actions) func(*kit.Env) fyne.CanvasObject {
	m.Devices = slices.Clone(m.Devices)
	slices.SortStableFunc(m.Devices, func(x, y Device) int { return rank(x) - rank(y) })
	return func(env *kit.Env) fyne.CanvasObject {
		var rows []fyne.CanvasObject
		for i := 0; i < len(m.Devices); i += columns(env) {
			var row []fyne.CanvasObject
			for _, d := range m.Devices[i:min(i+columns(env), len(m.Devices))] {
				row = append(row, kit.Grow(card(env, d, a, roomy)))
			}
			rows = append(rows, kit.RowFill(20, row...))
		}
		return kit.NewBook(env, 12, rows...).Stay("devices")
	}
}

func card(env *kit.Env, d Device, a Actions, s spacing) fyne.CanvasObject {
	p := env.Pal()
	tone, tint, tag := kit.Gold, p.Bronze, kit.NewTag(env, kit.Gold, "warn", d.State)
	switch {
	case d.Good:
		tone, tint, tag = kit.Surface, p.Leaf, kit.NewTag(env, kit.Leaf, "", d.State)
	case d.Held:
		tone, tint, tag = kit.Surface, p.Bronze, kit.NewTag(env, kit.Gold, "clock", d.State)
	case d.Unsure:
		tone, tint, tag = kit.Surface, p.Ink2, kit.NewTag(env, kit.Surface, "", d.State)
	}
	words := []fyne.CanvasObject{kit.NewParagraph(env, d.Name, kit.Style{Size: kit.TextRead, Bold: true, Line: 1.25}), kit.At(kit.Start, tag)}
	if d.Note != "" {
		words = append(words, kit.NewParagraph(env, d.Note, kit.Style{Color: p.Ink2, Line: 1.3}))
	}
	row := []fyne.CanvasObject{kit.NewIconStroke(d.Icon, 52, tint, 2), kit.Grow(kit.Col(s.lines, words...))}
	if d.Tested != "" {
		row = append(row, kit.NewButton(env, kit.ButtonSpec{Action: kit.Action{Text: d.Tested, Do: func() { a.Test(d.ID) }},
			Small: true, MinWidth: 104, Name: d.Tested + ": " + d.Name}))
	}
	return kit.NewPanelPad(env, tone, s.pad, 20, s.pad, 22, kit.Row(18, row...))
}
