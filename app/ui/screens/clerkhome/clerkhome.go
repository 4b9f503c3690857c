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
	Withdrawn // asked back; the agency may not know
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
	Yes    string // answers
	No     string
	Open   string // of a note: which dossier can be looked at; "": none
}

// Model is what the screen shows.
type Model struct {
	Station string
	Staff   kit.Staff
	Rows    []Row
	Asks    []Ask
	Problem string
	Done    int  // handed over, not listed
	Found   bool // only what was found is listed
}

// Actions is what can be pressed.
type Actions struct {
	Open  func(packet string)
	Yes   func(id string)
	No    func(id string)
	Look  func(id string) // shows the paper that is asked about
	Next  func()          // the first result, nil without one
	Slip  string          // of the first result
	Find  func()          // by a number or code; nil: cannot be pressed
	Back  func()          // from what was found to everything
	Carry func()          // to the province by stick; nil: not here
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Staff: &m.Staff, Title: env.T("clerkhome.title", "station", m.Station), TitleNote: env.T("clerkhome.scan")}
	if a.Find != nil {
		o.Second = &kit.Action{Text: env.T("found.find"), Icon: "search", Do: a.Find}
	}
	if m.Found {
		o.TitleNote, o.Back = env.T("found.only"), kit.BackAction(env, a.Back)
	}
	if a.Next != nil && !m.Found {
		o.Main = kit.MainAction(env.T("clerkhome.main", "slip", a.Slip), a.Next)
	}
	carry := a.Carry != nil && !m.Found
	if carry && !env.IsPortrait() {
		o.Back = &kit.Action{Text: env.T("clerkhome.carry"), Icon: "usb", Do: a.Carry}
	}
	body := func(env *kit.Env) fyne.CanvasObject {
		list := list(env, m, a)
		side := kit.NewPanelPad(env, kit.Surface, 16, 22, 16, 22, asks(env, m, a))
		if env.IsPortrait() {
			if carry { // its row of actions is too narrow for three
				list = kit.Col(12, answer(env, env.T("clerkhome.carry"), a.Carry), kit.Grow(list))
			}
			return kit.Col(20, kit.Grow(list), kit.Fixed(fyne.Min(side.HeightFor(env.Width()), portraitAsks), side))
		}
		return kit.RowFill(24, kit.GrowBy(776, list), kit.GrowBy(400, side))
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), body)
	return kit.NewFrame(env, o)
}

// portraitAsks is the most room of what needs attention on an upright screen.
const portraitAsks float32 = 460

func list(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	if len(m.Rows) == 0 {
		text := env.T("clerkhome.nothing")
		if m.Done > 0 {
			text = env.T("clerkhome.all-done", "n", m.Done)
		}
		return kit.Col(0, kit.NewNotice(env, kit.Leaf, "info", text, ""))
	}
	var rows []fyne.CanvasObject
	for _, r := range m.Rows {
		rows = append(rows, kit.NewListRow(env, kit.RowSpec{Icon: "doc", Text: r.Text, Second: r.Second, Size: kit.TextBody,
			Height: 84, Lines: 3, Trail: tag(env, r.State), Do: func() { a.Open(r.Packet) }}))
	}
	return kit.NewBook(env, 12, rows...).Stay("dossiers")
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
	case Withdrawn:
		return kit.NewTag(env, kit.Bare, "minus", env.T("clerkhome.tag-withdrawn"))
	case Stopped:
		return kit.NewTag(env, kit.Stop, "", env.T("clerkhome.tag-stopped"))
	case Done:
		return kit.NewTag(env, kit.Bare, "check", env.T("clerkhome.tag-done"))
	}
	return kit.NewTag(env, kit.Bare, "clock", env.T("clerkhome.tag-waiting"))
}

func asks(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	p := env.Pal()
	head := kit.NewParagraph(env, env.T("clerkhome.attention"), kit.Style{Size: kit.TextButton, Bold: true, Line: 1.25})
	var items []fyne.CanvasObject
	if m.Problem != "" {
		items = append(items, kit.NewParagraph(env, m.Problem, kit.Style{Bold: true, Color: p.Bronze, Line: 1.3}))
	}
	if len(m.Asks) == 0 && m.Problem == "" {
		items = append(items, kit.Quiet(env, env.T("clerkhome.all-good")))
	}
	for _, q := range m.Asks {
		words := []fyne.CanvasObject{kit.NewParagraph(env, q.Text, kit.Style{Bold: true, Line: 1.28, Max: 3})}
		if q.Second != "" {
			words = append(words, kit.NewParagraph(env, q.Second, kit.Style{Color: p.Ink2, Line: 1.3, Max: 5}))
		}
		item := []fyne.CanvasObject{kit.RowTop(14, kit.NewIcon(q.Icon, 32, p.Bronze), kit.Grow(kit.Col(0, words...)))}
		if q.ID != "" {
			item = append(item, answer(env, env.T("clerkhome.look"), func() { a.Look(q.ID) }),
				kit.RowFill(8, kit.Grow(answer(env, q.Yes, func() { a.Yes(q.ID) })), kit.Grow(answer(env, q.No, func() { a.No(q.ID) }))))
		}
		if q.Open != "" {
			item = append(item, answer(env, env.T("clerkhome.open", "slip", q.Open), func() { a.Open(q.Open) }))
		}
		items = append(items, kit.Col(8, item...))
	}
	return kit.Col(10, head, kit.Grow(kit.NewRuledBook(env, 8, items...).Stay("notes")))
}

func answer(env *kit.Env, text string, do func()) fyne.CanvasObject {
	return kit.NewButton(env, kit.ButtonSpec{Action: kit.Action{Text: text, Do: do}, Small: true, Pad: 10})
}
