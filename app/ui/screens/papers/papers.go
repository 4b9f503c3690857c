// Package papers asks for each paper of a dossier how it will be given.
package papers

import (
	"strconv"
	"strings"

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

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Steps: &kit.StepsSpec{Now: 4}, Back: kit.BackAction(env, a.Back), Title: env.T("papers.title-done")}
	if m.Missing > 0 {
		o.Title = env.T("papers.title-missing", "n", m.Missing)
		o.Main = &kit.Action{Text: env.T("papers.main-missing", "n", m.Missing), Icon: "none", Off: true}
	} else {
		o.Main = kit.MainAction(env.T("app.continue"), a.Next)
	}
	if len(m.Rows) == 0 {
		o.Title = env.T("papers.title")
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), body(m, a, true), body(m, a, false))
	return kit.NewFrame(env, o)
}

// body is the rows, the one asked about opened; airy with its drawings above
// the words.
func body(m Model, a Actions, airy bool) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		var above, rows []fyne.CanvasObject
		if m.Problem != "" {
			above = append(above, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
		}
		if len(m.Rows) == 0 {
			above = append(above, kit.NewNotice(env, kit.Leaf, "check", env.T("papers.nothing"), ""))
		}
		for i, r := range m.Rows {
			if i == m.At {
				rows = append(rows, asked(env, i, r, a, airy))
			} else {
				rows = append(rows, answered(env, i, r, a))
			}
		}
		return kit.Col(12, append(above, kit.Grow(kit.NewBook(env, 12, rows...).OpenAt(m.At)))...)
	}
}

func label(i int, r Row) string { return strconv.Itoa(i+1) + ". " + r.Name }

// asked is the row that waits for an answer, with its ways.
func asked(env *kit.Env, i int, r Row, a Actions, airy bool) fyne.CanvasObject {
	p := env.Pal()
	tag := kit.NewTag(env, kit.Gold, "clock", env.T("papers.tag-wait"))
	if !r.Required {
		tag = kit.NewTag(env, kit.Bare, "", env.T("papers.tag-optional"))
	}
	head := kit.Row(20, kit.NewIcon("doc", 36, p.Ink), kit.Grow(kit.NewParagraph(env,
		"**"+label(i, r)+"** – "+env.T("papers.how"), kit.Style{Line: 1.3})), tag)
	height := float32(132)
	if !airy {
		height = 72
	}
	way := func(icon, key string, do func()) fyne.CanvasObject {
		return kit.NewButton(env, kit.ButtonSpec{Action: kit.Action{Text: env.T(key), Icon: icon, Do: do}, Height: height,
			Size: kit.TextBody, Gap: 8, IconSize: 40, IconTint: p.Leaf, Stack: airy, Pad: 12})
	}
	return kit.NewPanelPad(env, kit.Gold, 14, 24, 14, 24, kit.Col(12, head, kit.Grid(2, 16, 0,
		way("person", "papers.clerk", func() { a.Give(r.ID) }), way("x", "papers.none", func() { a.Decline(r.ID) }))))
}

func answered(env *kit.Env, i int, r Row, a Actions) fyne.CanvasObject {
	spec := kit.RowSpec{Icon: "doc", Height: 76, Regular: true, Lines: 4}
	if r.State == Form || r.State == Shown { // the note says what some names say after a colon
		r.Name, _, _ = strings.Cut(r.Name, ":")
	}
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
