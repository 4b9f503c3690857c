// Package review shows everything once more before it is submitted; each card
// leads back to where it can be changed.
package review

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Card is one of the six.
type Card struct {
	ID    string
	Icon  string
	Head  string
	Lines []string
	What  string // names the card for its button: "tờ khai"
}

// Model is what the screen shows.
type Model struct {
	Cards   []Card
	Problem string
}

// Actions is what can be pressed.
type Actions struct {
	Back, Next func()
	Edit       func(id string)
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	p := env.Pal()
	var cards []fyne.CanvasObject
	for _, c := range m.Cards {
		words := []fyne.CanvasObject{kit.NewParagraph(env, c.Head, kit.Style{Size: kit.TextRead, Bold: true, Line: 1.28, Max: 2})}
		for i, l := range c.Lines {
			max := 1
			if i == 0 && len(c.Lines) == 1 {
				max = 2
			}
			words = append(words, kit.NewParagraph(env, l, kit.Style{Line: 1.3, Max: max, Second: i > 0}))
		}
		edit := kit.NewButton(env, kit.ButtonSpec{Action: kit.Action{Text: env.T("review.edit"), Do: func() { a.Edit(c.ID) }},
			Small: true, MinWidth: 104, Name: env.T("review.edit-name", "section", c.What)})
		cards = append(cards, kit.NewPanelPad(env, kit.Surface, 10, 18, 10, 22, kit.Row(16,
			kit.NewIcon(c.Icon, 40, p.Leaf), kit.Grow(kit.Col(0, words...)), edit)))
	}
	cols := 2
	if env.IsPortrait() {
		cols = 1
	}
	var body fyne.CanvasObject = kit.Grid(cols, 20, 18, cards...)
	if m.Problem != "" {
		body = kit.Col(16, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""), kit.Grow(body))
	}
	return kit.NewFrame(env, kit.FrameSpec{Steps: &kit.StepsSpec{Now: 6}, Title: env.T("review.title"), Body: body,
		Back: kit.BackAction(env, a.Back), Main: kit.MainAction(env.T("review.main"), a.Next)})
}
