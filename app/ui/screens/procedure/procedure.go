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

// maxPapers is how many papers the card holds before it speaks of the rest.
const maxPapers = 4

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	p := env.Pal()
	fact := func(icon, key string, f Fact) fyne.CanvasObject {
		words := []fyne.CanvasObject{kit.NewParagraph(env, env.T(key), kit.Style{Color: p.Ink2, Line: 1.3}),
			kit.NewParagraph(env, f.Value, kit.Style{Size: kit.TextButton, Bold: true, Line: 1.2, Max: 2})}
		if f.Note != "" {
			words = append(words, kit.NewParagraph(env, f.Note, kit.Style{Color: p.Ink2, Line: 1.3, Max: 1, Second: true}))
		}
		return kit.NewPanelPad(env, kit.Surface, 14, 18, 14, 18, kit.RowTop(16,
			kit.NewIconStroke(icon, 44, p.Leaf, 2.2), kit.Grow(kit.Col(0, words...))))
	}
	facts := []fyne.CanvasObject{fact("coin", "procedure.fee", m.Fee), fact("clock", "procedure.time", m.Time), fact("check", "procedure.way", m.Way)}
	papers := kit.NewPanelPad(env, kit.Surface, 18, 26, 14, 26, paperList(env, m))
	place := kit.NewPanelPad(env, kit.Surface, 18, 26, 18, 26, placeCard(env, m))
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
	var rows []fyne.CanvasObject
	if m.Problem != "" {
		rows = append(rows, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
	}
	if env.IsPortrait() {
		rows = append(rows, kit.Col(16, facts...), papers, place)
	} else {
		rows = append(rows, kit.Fixed(132, kit.Grid(3, 20, 0, facts...)),
			kit.Grow(kit.RowFill(20, kit.GrowBy(640, papers), kit.GrowBy(540, place))))
	}
	o.Body = kit.Col(20, rows...)
	return kit.NewFrame(env, o)
}

func paperList(env *kit.Env, m Model) fyne.CanvasObject {
	p := env.Pal()
	rows := []fyne.CanvasObject{kit.Head(env, env.T("procedure.papers"))}
	if len(m.Papers) == 0 {
		rows = append(rows, kit.Read(env, env.T("procedure.no-papers")))
	}
	for i, paper := range m.Papers {
		if i == maxPapers {
			break
		}
		if i > 0 {
			rows = append(rows, kit.Rule(p.Line, 1.5))
		}
		rows = append(rows, kit.NewListRow(env, kit.RowSpec{Icon: paper.Icon, Drawn: 38, Text: paper.Name, Second: paper.Note, Bare: true, Height: 70}))
	}
	return kit.Col(4, rows...)
}

func placeCard(env *kit.Env, m Model) fyne.CanvasObject {
	p := env.Pal()
	rows := []fyne.CanvasObject{kit.Head(env, env.T("procedure.place"))}
	add := func(icon, text string, max int) {
		if text != "" {
			rows = append(rows, kit.RowTop(16, kit.NewIcon(icon, 32, p.Ink), kit.Grow(kit.NewParagraph(env, text, kit.Style{Max: max}))))
		}
	}
	add("agency", m.Agency, 2)
	add("pin", m.Address, 2)
	add("phone", m.Phone, 1)
	if m.About != "" {
		rows = append(rows, kit.Rule(p.Line, 1.5), kit.Grow(kit.NewParagraph(env, m.About, kit.Style{Max: 8})))
	}
	return kit.Col(10, rows...)
}
