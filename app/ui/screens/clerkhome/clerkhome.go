// Package clerkhome is a clerk's first screen: the dossiers of this station,
// results to hand over first, and what needs attention.
package clerkhome

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// State is where a dossier is for the counter.
type State int

// The states, in the order of the list.
const (
	Ready State = iota
	Supplement
	Payment
	Unsent
	Waiting
	Stopped
	Done
)

// Row is one dossier.
type Row struct {
	Packet string
	Text   string // slip number and title
	Second string // name and last four digits
	State  State
}

// Ask is a question that only a person can answer, or a note.
type Ask struct {
	ID     string // "" for a note
	Icon   string
	Text   string
	Second string
}

// Model is what the screen shows.
type Model struct {
	Station string
	Staff   kit.Staff
	Rows    []Row
	Asks    []Ask
	Problem string
}

// Actions is what can be pressed.
type Actions struct {
	Open func(packet string)
	Yes  func(id string)
	No   func(id string)
	Next func() // the first result, nil without one
	Slip string // of the first result
}

const (
	rowsPerPage = 5
	maxAsks     = 3 // what else there is follows when these are answered
)

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	list := list(env, m, a)
	side := kit.NewPanelPad(env, kit.Surface, 16, 22, 16, 22, asks(env, m, a))
	o := kit.FrameSpec{Staff: &m.Staff, Title: env.T("clerkhome.title", "station", m.Station), TitleNote: env.T("clerkhome.scan")}
	if a.Next != nil {
		o.Main = kit.MainAction(env.T("clerkhome.main", "slip", a.Slip), a.Next)
	}
	if env.IsPortrait() {
		o.Body = kit.Col(20, kit.Fixed(640, list), side)
	} else {
		o.Body = kit.RowFill(24, kit.GrowBy(776, list), kit.GrowBy(400, side))
	}
	return kit.NewFrame(env, o)
}

func list(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	if len(m.Rows) == 0 {
		return kit.Col(0, kit.NewNotice(env, kit.Leaf, "info", env.T("clerkhome.nothing"), ""))
	}
	var rows []fyne.CanvasObject
	for _, r := range m.Rows {
		rows = append(rows, kit.NewListRow(env, kit.RowSpec{Icon: "doc", Text: r.Text, Second: r.Second, Size: kit.TextBody,
			Height: 84, Trail: tag(env, r.State), Do: func() { a.Open(r.Packet) }}))
	}
	return kit.NewPager(env, rows, rowsPerPage, 1, 12)
}

func tag(env *kit.Env, s State) fyne.CanvasObject {
	switch s {
	case Ready:
		return kit.NewTag(env, kit.Leaf, "", env.T("clerkhome.tag-ready"))
	case Supplement:
		return kit.NewTag(env, kit.Gold, "docs", env.T("clerkhome.tag-supplement"))
	case Payment:
		return kit.NewTag(env, kit.Gold, "coin", env.T("clerkhome.tag-payment"))
	case Unsent:
		return kit.NewTag(env, kit.Gold, "tray", env.T("clerkhome.tag-unsent"))
	case Stopped:
		return kit.NewTag(env, kit.Stop, "", env.T("clerkhome.tag-stopped"))
	case Done:
		return kit.NewTag(env, kit.Bare, "check", env.T("clerkhome.tag-done"))
	}
	return kit.NewTag(env, kit.Bare, "clock", env.T("clerkhome.tag-waiting"))
}

func asks(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	p := env.Pal()
	rows := []fyne.CanvasObject{kit.NewParagraph(env, env.T("clerkhome.attention"), kit.Style{Size: kit.TextButton, Bold: true, Line: 1.25})}
	if m.Problem != "" {
		rows = append(rows, kit.NewParagraph(env, m.Problem, kit.Style{Bold: true, Color: p.Bronze, Max: 4}))
	}
	if len(m.Asks) == 0 && m.Problem == "" {
		rows = append(rows, kit.Quiet(env, env.T("clerkhome.all-good")))
	}
	for i, q := range m.Asks {
		if i == maxAsks {
			break
		}
		if i > 0 {
			rows = append(rows, kit.Rule(p.Line, 1.5))
		}
		words := []fyne.CanvasObject{kit.NewParagraph(env, q.Text, kit.Style{Bold: true, Line: 1.28, Max: 2})}
		if q.Second != "" {
			words = append(words, kit.NewParagraph(env, q.Second, kit.Style{Color: p.Ink2, Line: 1.3, Max: 2}))
		}
		rows = append(rows, kit.RowTop(14, kit.NewIcon(q.Icon, 32, p.Bronze), kit.Grow(kit.Col(0, words...))))
		if q.ID != "" {
			rows = append(rows, kit.RowFill(10,
				kit.Grow(kit.Small(env, "check", env.T("clerkhome.slip-yes"), func() { a.Yes(q.ID) })),
				kit.Grow(kit.Small(env, "printer", env.T("clerkhome.slip-no"), func() { a.No(q.ID) }))))
		}
	}
	return kit.Col(10, rows...)
}
