// Package papers asks for each paper of a dossier how it will be given.
package papers

import (
	"strconv"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// State is where a paper is.
type State int

// The states of a paper.
const (
	Open     State = iota // not yet answered
	Form                  // the answers themselves
	Shown                 // only shown
	Given                 // to the clerk
	Declined              // the citizen does not have it
)

// Row is one paper.
type Row struct {
	ID       string
	Name     string
	State    State
	Required bool
}

// Model is what the screen shows. The row asked about is At, or -1.
type Model struct {
	Rows    []Row
	At      int
	Missing int
	Editing bool
	Problem string
}

// Actions is what can be pressed.
type Actions struct {
	Back, Next func()
	Give       func(id string)
	Decline    func(id string)
	Ask        func(row int) // answer a row again
}

// maxRows fits the grid with one row opened.
const maxRows = 5

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Steps: &kit.StepsSpec{Now: 4}, Back: kit.BackAction(env, a.Back), Title: env.T("papers.title-done")}
	if m.Missing > 0 {
		o.Title = env.T("papers.title-missing", "n", m.Missing)
		o.Main = &kit.Action{Text: env.T("papers.main-missing", "n", m.Missing), Icon: "none", Off: true}
	} else {
		o.Main = kit.MainAction(env.T("app.continue"), a.Next)
	}
	var rows []fyne.CanvasObject
	if m.Problem != "" {
		rows = append(rows, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
	}
	if len(m.Rows) == 0 {
		o.Title = env.T("papers.title")
		rows = append(rows, kit.NewNotice(env, kit.Leaf, "check", env.T("papers.nothing"), ""))
	}
	first := 0
	if m.At >= maxRows {
		first = m.At - maxRows + 1
	}
	for i := first; i < len(m.Rows) && i < first+maxRows; i++ {
		if i == m.At {
			rows = append(rows, asked(env, i, m.Rows[i], a))
		} else {
			rows = append(rows, answered(env, i, m.Rows[i], a))
		}
	}
	o.Body = kit.Col(12, rows...)
	return kit.NewFrame(env, o)
}

func label(i int, r Row) string { return strconv.Itoa(i+1) + ". " + r.Name }

// asked is the row that waits for an answer, with its ways.
func asked(env *kit.Env, i int, r Row, a Actions) fyne.CanvasObject {
	p := env.Pal()
	tag := kit.NewTag(env, kit.Gold, "clock", env.T("papers.tag-wait"))
	if !r.Required {
		tag = kit.NewTag(env, kit.Bare, "", env.T("papers.tag-optional"))
	}
	head := kit.Row(20, kit.NewIcon("doc", 36, p.Ink), kit.Grow(kit.NewParagraph(env,
		"**"+label(i, r)+"** – "+env.T("papers.how"), kit.Style{Line: 1.3, Max: 2})), tag)
	way := func(icon, key string, do func()) fyne.CanvasObject {
		return kit.NewButton(env, kit.ButtonSpec{Action: kit.Action{Text: env.T(key), Icon: icon, Do: do}, Height: 132,
			Size: kit.TextBody, Gap: 8, IconSize: 44, IconTint: p.Leaf, Stack: true, Pad: 12})
	}
	return kit.NewPanelPad(env, kit.Gold, 14, 24, 14, 24, kit.Col(12, head, kit.Grid(2, 16, 0,
		way("person", "papers.clerk", func() { a.Give(r.ID) }), way("x", "papers.none", func() { a.Decline(r.ID) }))))
}

func answered(env *kit.Env, i int, r Row, a Actions) fyne.CanvasObject {
	spec := kit.RowSpec{Icon: "doc", Height: 76, Regular: true}
	note := ""
	switch r.State {
	case Form:
		spec.Icon, note = "pencil", env.T("papers.form-done")
		spec.Trail = kit.NewTag(env, kit.Leaf, "", env.T("papers.tag-have"))
	case Shown:
		spec.Icon, note = "card", env.T("papers.show-only")
		spec.Trail = kit.NewTag(env, kit.Leaf, "", env.T("papers.tag-show"))
	case Given:
		note = env.T("papers.given")
		spec.Trail = kit.NewTag(env, kit.Leaf, "", env.T("papers.tag-given"))
		spec.Do = func() { a.Ask(i) }
	case Declined:
		note = env.T("papers.declined")
		spec.Trail = kit.NewTag(env, kit.Bare, "", env.T("papers.tag-none"))
		if r.Required {
			spec.Trail = kit.NewTag(env, kit.Gold, "clock", env.T("papers.tag-wait"))
		}
		spec.Do = func() { a.Ask(i) }
	case Open:
		spec.Trail = kit.NewTag(env, kit.Gold, "clock", env.T("papers.tag-wait"))
		if !r.Required {
			spec.Trail = kit.NewTag(env, kit.Bare, "", env.T("papers.tag-optional"))
		}
		spec.Do = func() { a.Ask(i) }
	}
	spec.Text = "**" + label(i, r) + "**"
	if note != "" {
		spec.Text += " – " + note
	}
	return kit.NewListRow(env, spec)
}
