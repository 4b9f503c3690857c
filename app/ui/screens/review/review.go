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
	o := kit.FrameSpec{Steps: &kit.StepsSpec{Now: 6}, Title: env.T("review.title"),
		Back: kit.BackAction(env, a.Back), Main: kit.MainAction(env.T("review.main"), a.Next)}
	o.Body = kit.Fit(env, kit.BodySize(env, o), grid(m, a), pages(m, a))
	return kit.NewFrame(env, o)
}

func above(env *kit.Env, m Model) []fyne.CanvasObject {
	if m.Problem == "" {
		return nil
	}
	return []fyne.CanvasObject{kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", "")}
}

func columns(env *kit.Env) int {
	if env.IsPortrait() {
		return 1
	}
	return 2
}

// grid is all cards at once.
func grid(m Model, a Actions) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		var cards []fyne.CanvasObject
		for _, c := range m.Cards {
			cards = append(cards, card(env, c, a))
		}
		return kit.Col(16, append(above(env, m), kit.Grow(kit.Grid(columns(env), 20, 18, cards...)))...)
	}
}

// pages is the cards page by page where their texts are long.
func pages(m Model, a Actions) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		var rows []fyne.CanvasObject
		for i := 0; i < len(m.Cards); i += columns(env) {
			var row []fyne.CanvasObject
			for _, c := range m.Cards[i:min(i+columns(env), len(m.Cards))] {
				row = append(row, kit.Grow(card(env, c, a)))
			}
			rows = append(rows, kit.RowFill(20, row...))
		}
		return kit.Col(16, append(above(env, m), kit.Grow(kit.NewBook(env, 14, rows...)))...)
	}
}

func card(env *kit.Env, c Card, a Actions) fyne.CanvasObject {
	words := []fyne.CanvasObject{kit.NewParagraph(env, c.Head, kit.Style{Size: kit.TextRead, Bold: true, Line: 1.28})}
	for _, l := range c.Lines {
		words = append(words, kit.NewParagraph(env, l, kit.Style{Line: 1.3}))
	}
	edit := kit.NewButton(env, kit.ButtonSpec{Action: kit.Action{Text: env.T("review.edit"), Do: func() { a.Edit(c.ID) }},
		Small: true, MinWidth: 104, Name: env.T("review.edit-name", "section", c.What)})
	return kit.NewPanelPad(env, kit.Surface, 10, 18, 10, 22, kit.Row(16,
		kit.NewIcon(c.Icon, 40, env.Pal().Leaf), kit.Grow(kit.Col(0, words...)), edit))
}
