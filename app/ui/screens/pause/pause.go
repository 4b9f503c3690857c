// Package pause asks a technician until when nothing is to be sent from this
// station. Every answer has an end. It must not import anything of the project
// but app/ui/kit.
package pause

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Choice is an end that can be chosen.
type Choice struct {
	Text   string // "1 giờ"
	Second string // when that is
}

// Model is what the screen shows.
type Model struct {
	Staff   kit.Staff
	Choices []Choice
	Most    int    // hours after which a pause ends at the latest
	Problem string // it could not be kept
}

// Actions is what can be pressed.
type Actions struct {
	Back   func()
	Choose func(i int)
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Staff: &m.Staff, Title: env.T("pause.title"), Back: kit.BackAction(env, a.Back)}
	o.Body = kit.Fit(env, kit.BodySize(env, o), body(m, a, 20, 104), body(m, a, 12, 84), paged(m, a))
	return kit.NewFrame(env, o)
}

func notices(env *kit.Env, m Model) []fyne.CanvasObject {
	out := []fyne.CanvasObject{kit.NewNotice(env, kit.Leaf, "info", "**"+env.T("pause.safe")+"**", env.T("pause.safe-note", "n", m.Most))}
	if m.Problem != "" {
		out = append(out, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
	}
	return out
}

func choices(env *kit.Env, m Model, a Actions, height float32) (rows []fyne.CanvasObject) {
	for i, c := range m.Choices {
		rows = append(rows, kit.NewListRow(env, kit.RowSpec{Icon: "clock", Text: c.Text, Second: c.Second, Height: height, Do: func() { a.Choose(i) }}))
	}
	return rows
}

func body(m Model, a Actions, gap, height float32) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return kit.Col(gap, append(notices(env, m), choices(env, m, a, height)...)...)
	}
}

// paged is for large letters: the choices page by page.
func paged(m Model, a Actions) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return kit.Col(12, append(notices(env, m), kit.Grow(kit.NewBook(env, 12, choices(env, m, a, 84)...)))...)
	}
}
