// Package topics finds a procedure by what happens in a life: first the
// topics, then the procedures of one.
package topics

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Item is one topic or one procedure.
type Item struct {
	ID     string
	Name   string
	Second string
	Pict   string
}

// Model is what the screen shows: topics, or with In the procedures of one.
type Model struct {
	In    string // the topic's name
	Items []Item
	Free  bool
}

// Actions is what can be pressed.
type Actions struct {
	Back   func()
	Search func()
	Pick   func(id string)
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Steps: &kit.StepsSpec{Now: 2}, Back: kit.BackAction(env, a.Back),
		Aside: &kit.Action{Text: env.T("topics.search"), Icon: "search", Do: a.Search}}
	if m.Free {
		o.Steps, o.Brand = nil, env.T("home.browse")
	}
	if m.In == "" {
		o.Title = env.T("topics.title")
		o.Body = topicGrid(env, m, a)
	} else {
		o.Title = env.T("topics.title-in", "topic", m.In)
		o.Body = procedureList(env, m, a)
	}
	return kit.NewFrame(env, o)
}

// topicsPerPage fit without scrolling.
const topicsPerPage = 9

func topicGrid(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	cols := 3
	if env.IsPortrait() {
		cols = 1
	}
	var tiles []fyne.CanvasObject
	for _, it := range m.Items {
		tiles = append(tiles, kit.NewTile(env, kit.TileSpec{Pict: it.Pict, PictSize: 72, Text: it.Name, TextSize: kit.TextButton,
			Across: true, PadX: 20, Do: func() { a.Pick(it.ID) }}))
	}
	return kit.NewPager(env, tiles, topicsPerPage, cols, 20)
}

func procedureList(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	if len(m.Items) == 0 {
		return kit.Col(0, kit.NewNotice(env, kit.Gold, "info", env.T("topics.none"), ""))
	}
	cols := 2
	if env.IsPortrait() {
		cols = 1
	}
	const gap = 14
	var rows []fyne.CanvasObject
	for i := 0; i < len(m.Items); i += cols {
		var row []fyne.CanvasObject
		for j := i; j < i+cols; j++ {
			if j >= len(m.Items) {
				row = append(row, kit.Spring())
				continue
			}
			it := m.Items[j]
			row = append(row, kit.Grow(kit.NewListRow(env, kit.RowSpec{Icon: "doc", Text: it.Name, Second: it.Second, Lines: 5,
				Do: func() { a.Pick(it.ID) }})))
		}
		rows = append(rows, kit.RowFill(gap, row...))
	}
	return kit.NewBook(env, gap, rows...)
}
