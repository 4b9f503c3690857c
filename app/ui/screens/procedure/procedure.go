// Package procedure shows one procedure before anything is asked: fee, time,
// papers, who decides.
package procedure

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Fact is one of the three cards at the top.
type Fact struct{ Value, Note string }

// Paper is one line of the list.
type Paper struct{ Icon, Name, Note string }

// Model is what the screen shows.
type Model struct {
	Title   string
	Code    string
	Fee     Fact
	Time    Fact
	Way     Fact
	Papers  []Paper
	Agency  string
	Address string
	Phone   string
	About   string // plain text, for a procedure without a form too
	CanDo   bool   // it can be submitted here
	Free    bool   // only looking, outside a visit
	Problem string
}

// Actions is what can be pressed.
type Actions struct{ Back, Begin func() }

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Steps: &kit.StepsSpec{Now: 2}, Title: m.Title, TitleNote: m.Code, Back: kit.BackAction(env, a.Back)}
	if m.Free {
		o.Steps, o.Brand = nil, env.T("home.browse")
	}
	switch {
	case m.CanDo:
		o.Main = kit.MainAction(env.T("procedure.main"), a.Begin)
	case !m.Free:
		o.Main = &kit.Action{Text: env.T("procedure.elsewhere"), Icon: "none", Off: true}
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), body(m, true), body(m, false))
	return kit.NewFrame(env, o)
}

// body is facts, papers and place; airy with a second line to every fact.
func body(m Model, airy bool) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		fact := func(icon, key string, f Fact) fyne.CanvasObject {
			if !airy {
				f.Note = ""
			}
			return factCard(env, icon, env.T(key), f)
		}
		facts := []fyne.CanvasObject{fact("coin", "procedure.fee", m.Fee), fact("clock", "procedure.time", m.Time), fact("check", "procedure.way", m.Way)}
		papers := kit.NewPanelPad(env, kit.Surface, 12, 26, 10, 26, paperList(env, m))
		place := kit.NewPanelPad(env, kit.Surface, 16, 26, 16, 26, newPlace(env, m))
		var rows []fyne.CanvasObject
		if m.Problem != "" {
			rows = append(rows, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
		}
		if env.IsPortrait() {
			rows = append(rows, kit.Grid(1, 0, 14, facts...), kit.Grow(papers), place)
		} else {
			rows = append(rows, kit.Grid(3, 20, 0, facts...),
				kit.Grow(kit.RowFill(20, kit.GrowBy(640, papers), kit.GrowBy(540, place))))
		}
		return kit.Col(20, rows...)
	}
}

func factCard(env *kit.Env, icon, name string, f Fact) fyne.CanvasObject {
	p := env.Pal()
	words := []fyne.CanvasObject{kit.NewParagraph(env, name, kit.Style{Color: p.Ink2, Line: 1.3}),
		kit.NewParagraph(env, f.Value, kit.Style{Size: kit.TextButton, Bold: true, Line: 1.2, Max: 2})}
	if f.Note != "" {
		words = append(words, kit.NewParagraph(env, f.Note, kit.Style{Color: p.Ink2, Line: 1.3, Max: 2, Second: true}))
	}
	return kit.NewPanelPad(env, kit.Surface, 12, 18, 12, 20, kit.RowTop(16,
		kit.NewIconStroke(icon, 44, p.Leaf, 2.2), kit.Grow(kit.Col(0, words...))))
}

func paperList(env *kit.Env, m Model) fyne.CanvasObject {
	head := kit.Head(env, env.T("procedure.papers"))
	if len(m.Papers) == 0 {
		return kit.Col(4, head, kit.Read(env, env.T("procedure.no-papers")))
	}
	var rows []fyne.CanvasObject
	for _, paper := range m.Papers {
		rows = append(rows, kit.NewListRow(env, kit.RowSpec{Icon: paper.Icon, Drawn: 38, Text: paper.Name, Second: paper.Note, Bare: true, Height: 70}))
	}
	return kit.Col(4, head, kit.Grow(kit.NewRuledBook(env, 2, rows...)))
}
