// Package carry is a clerk's screen for the stick that goes to the province by
// hand: what waits, the copy, and when the stick may be taken out.
package carry

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Model is what the screen shows.
type Model struct {
	Staff   kit.Staff
	Title   string
	Lead    string   // the one sentence that matters now
	Good    bool     // it is good news
	Trouble bool     // it stops the work
	Lines   []string // what waits, or what came and went
	Running bool
	Share   float32 // of the copy, 0–1
	Main    string  // "" where there is nothing to press
	Ready   bool    // Main may be pressed
}

// Actions is what can be pressed.
type Actions struct{ Back, Main func() }

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Staff: &m.Staff, Title: m.Title}
	if !m.Running {
		o.Back = kit.BackAction(env, a.Back)
	}
	if m.Main != "" {
		o.Main = &kit.Action{Text: m.Main, Icon: "usb", Left: true, Off: !m.Ready, Do: a.Main}
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), body(m, 24, 14, false), body(m, 12, 6, false), body(m, 12, 6, true))
	return kit.NewFrame(env, o)
}

// body draws the lines below the sentence, or page by page where there are many.
func body(m Model, pad, between float32, paged bool) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		tone, icon := kit.Gold, "usb"
		switch {
		case m.Trouble:
			icon = "warn"
		case m.Good:
			tone, icon = kit.Leaf, "check"
		}
		items := []fyne.CanvasObject{kit.NewNotice(env, tone, icon, m.Lead, "")}
		if m.Running {
			items = append(items, kit.NewBar(env, m.Share))
		}
		if len(m.Lines) > 0 {
			if paged {
				var rows []fyne.CanvasObject
				for _, l := range m.Lines {
					rows = append(rows, kit.Read(env, l))
				}
				return kit.Col(20, append(items, kit.Grow(kit.NewBook(env, between, rows...)))...)
			}
			var lines []fyne.CanvasObject
			for _, l := range m.Lines {
				lines = append(lines, kit.Read(env, l))
			}
			items = append(items, kit.NewPanelPad(env, kit.Surface, pad, 24, pad, 26, kit.Col(between, lines...)))
		}
		return kit.Col(20, items...)
	}
}
