// Package askchoice is one question answered by choosing: one of several, or
// any of several.
package askchoice

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Option is one answer.
type Option struct {
	Value, Text, Pict string
	On                bool
}

// Model is the question.
type Model struct {
	Steps   *kit.StepsSpec
	Title   string
	Help    string
	Options []Option
	Many    bool
	Problem string
	Missing bool // nothing chosen yet, and an answer is needed
	BackTo  string
	Next    string
}

// Actions is what can be pressed.
type Actions struct {
	Back, Next func()
	Pick       func(value string)
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	next := m.Next
	if next == "" {
		next = env.T("app.next")
	}
	o := kit.FrameSpec{Steps: m.Steps, Title: m.Title, Back: kit.BackAction(env, a.Back), Main: kit.MainAction(next, a.Next)}
	if m.BackTo != "" {
		o.Back.Text = m.BackTo
	}
	if m.Missing {
		o.Main = &kit.Action{Text: env.T("form.answer-first"), Icon: "none", Off: true}
	}
	drawn := len(m.Options) <= 6 && len(m.Options) > 0
	for _, o := range m.Options {
		drawn = drawn && o.Pict != ""
	}
	builds := []func(*kit.Env) fyne.CanvasObject{list(m, a)}
	if drawn {
		builds = []func(*kit.Env) fyne.CanvasObject{cards(m, a, 229), cards(m, a, 160), list(m, a)}
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), builds...)
	return kit.NewFrame(env, o)
}

// above is what stands over the answers: help, or what is wrong.
func above(env *kit.Env, m Model) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	if m.Help != "" {
		rows = append(rows, kit.NewParagraph(env, m.Help, kit.Style{Size: kit.TextRead, Color: env.Pal().Ink2, Line: 1.3}))
	}
	if m.Problem != "" {
		rows = append(rows, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
	}
	return rows
}

func choice(env *kit.Env, m Model, a Actions, o Option, card bool, height float32) fyne.CanvasObject {
	spec := kit.ChoiceSpec{Text: o.Text, On: o.On, Box: m.Many, Size: kit.TextRead, Height: height, Lines: 3, Do: func() { a.Pick(o.Value) }}
	if card {
		spec.Pict, spec.Card, spec.Lines, spec.Size = o.Pict, true, 2, kit.TextHead
	}
	return kit.NewChoice(env, spec)
}

// cards are a few answers with pictograms, at least so high.
func cards(m Model, a Actions, least float32) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		var parts []fyne.CanvasObject
		for _, o := range m.Options {
			if env.IsPortrait() {
				least = max(least, 290)
			}
			parts = append(parts, choice(env, m, a, o, true, least))
		}
		if env.IsPortrait() {
			return kit.Col(16, append(above(env, m), kit.Grid(2, 22, 22, parts...))...)
		}
		return kit.Col(16, append(above(env, m), kit.Grow(kit.Grid(3, 22, 22, parts...)))...)
	}
}

// oneColumn is how many answers stand below each other before they stand in
// two columns.
const oneColumn = 4

// list is answers row by row, paged where they are many.
func list(m Model, a Actions) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		const height, gap = 80, 14
		var rows []fyne.CanvasObject
		chosen := -1 // the row whose page is shown first
		two := len(m.Options) > oneColumn && !env.IsPortrait()
		for i := 0; i < len(m.Options); i++ {
			row := choice(env, m, a, m.Options[i], false, height)
			if m.Options[i].On || two && i+1 < len(m.Options) && m.Options[i+1].On {
				chosen = len(rows)
			}
			if two {
				var beside fyne.CanvasObject = kit.Space(1)
				if i+1 < len(m.Options) {
					beside = choice(env, m, a, m.Options[i+1], false, height)
				}
				row = kit.RowFill(gap, kit.Grow(row), kit.Grow(beside))
				i++
			}
			rows = append(rows, row)
		}
		return kit.Col(16, append(above(env, m), kit.Grow(kit.NewBook(env, gap, rows...).OpenAt(chosen)))...)
	}
}
