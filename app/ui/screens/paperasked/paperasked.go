// Package paperasked shows staff a paper that the station knows too little
// about: which it is, when and how far it was printed, why nobody knows more,
// and what it looks like; a person then says what became of it.
package paperasked

import (
	"image"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Model is what the screen shows.
type Model struct {
	Staff    kit.Staff
	Question string // which paper, and what is asked
	When     string
	Far      string // how much of it was sent; "": nothing was
	Why      string // why nobody knows more
	Paper    image.Image
	Missing  bool   // the paper cannot be drawn
	Done     string // the answer that needs no more paper
	Print    string // the answer that prints
	Busy     bool   // an answer is being kept
}

// Actions is what can be pressed.
type Actions struct{ Back, Done, Print func() }

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Staff: &m.Staff, Title: m.Question, Back: kit.BackAction(env, a.Back),
		Second: &kit.Action{Text: m.Print, Icon: "printer", Off: m.Busy, Do: a.Print},
		Main:   &kit.Action{Text: m.Done, Icon: "check", Off: m.Busy, Do: a.Done}}
	o.Body = kit.Fit(env, kit.BodySize(env, o), func(env *kit.Env) fyne.CanvasObject {
		if env.IsPortrait() {
			return kit.Col(24, facts(env, m), kit.Grow(paper(env, m)))
		}
		return kit.RowFill(24, kit.GrowBy(776, kit.Col(0, facts(env, m))), kit.GrowBy(400, paper(env, m)))
	})
	return kit.NewFrame(env, o)
}

func facts(env *kit.Env, m Model) fyne.CanvasObject {
	p := env.Pal()
	line := func(icon, text string) fyne.CanvasObject {
		return kit.Row(18, kit.NewIcon(icon, 40, p.Bronze), kit.Grow(kit.NewParagraph(env, text, kit.Style{Size: kit.TextRead, Line: 1.3})))
	}
	rows := []fyne.CanvasObject{line("clock", m.When)}
	if m.Far != "" {
		rows = append(rows, line("doc", m.Far))
	}
	rows = append(rows, line("printer", m.Why))
	return kit.NewPanelPad(env, kit.Surface, 20, 26, 20, 26, kit.Col(18, rows...))
}

func paper(env *kit.Env, m Model) fyne.CanvasObject {
	switch {
	case m.Missing:
		return kit.Col(0, kit.NewNotice(env, kit.Gold, "warn", env.T("paperasked.missing"), ""))
	case m.Paper == nil:
		return kit.Col(0, kit.Quiet(env, env.T("paperasked.drawing")))
	}
	return kit.NewPicture(env, m.Paper, env.T("paperasked.picture"), true)
}
