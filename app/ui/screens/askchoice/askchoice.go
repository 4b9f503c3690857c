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
	cards := len(m.Options) <= 6 && len(m.Options) > 0
	for _, o := range m.Options {
		cards = cards && o.Pict != ""
	}
	var parts []fyne.CanvasObject
	for _, o := range m.Options {
		parts = append(parts, kit.NewChoice(env, kit.ChoiceSpec{Text: o.Text, Pict: o.Pict, Card: cards, On: o.On, Box: m.Many,
			Size: kit.TextRead, Height: height(cards), Do: func() { a.Pick(o.Value) }}))
	}
	var body fyne.CanvasObject
	switch {
	case cards && env.IsPortrait():
		body = kit.Fixed(760, kit.Grid(2, 22, 22, parts...))
	case cards:
		body = kit.Grow(kit.Grid(3, 22, 22, parts...))
	case len(m.Options) <= 4 || env.IsPortrait():
		body = kit.Col(14, parts...)
	default:
		body = kit.Grow(kit.NewPager(env, parts, 10, 2, 14))
	}
	rows := []fyne.CanvasObject{}
	if m.Help != "" {
		rows = append(rows, kit.NewParagraph(env, m.Help, kit.Style{Size: kit.TextRead, Color: env.Pal().Ink2, Line: 1.3, Max: 2}))
	}
	if m.Problem != "" {
		rows = append(rows, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
	}
	next := m.Next
	if next == "" {
		next = env.T("app.next")
	}
	o := kit.FrameSpec{Steps: m.Steps, Title: m.Title, Body: kit.Col(16, append(rows, body)...),
		Back: kit.BackAction(env, a.Back), Main: kit.MainAction(next, a.Next)}
	if m.BackTo != "" {
		o.Back.Text = m.BackTo
	}
	if m.Missing {
		o.Main = &kit.Action{Text: env.T("form.answer-first"), Icon: "none", Off: true}
	}
	return kit.NewFrame(env, o)
}

func height(card bool) float32 {
	if card {
		return 0
	}
	return 84
}
