// Package handover puts the record beside the person who came, so that a clerk
// sees at once what agrees and what does not.
package handover

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Mark is how a line of the comparison stands.
type Mark int

// What a line can say.
const (
	Missing Mark = iota // not checked yet
	Agrees
	Other // somebody else: a basis is needed
	Info
	Stops
)

// Line is one row of the comparison.
type Line struct {
	What, OnFile, Collector string
	Mark                    Mark
}

// Model is what the screen shows.
type Model struct {
	Staff      kit.Staff
	Lines      []Line
	Title      string // the result
	Of         string
	Other      bool   // the collector is not the applicant
	Basis      string // "authorisation", "family" or ""
	FeeDue     string // or "" with nothing to pay
	FeeUnknown bool   // the agency has told no sum
	FeeTaken   bool
	Missing    bool   // a check is missing: it cannot be handed over yet
	Done       string // when it was handed over, or ""
	Refusing   bool   // the reasons are shown
	Reasons    []Reason
	Problem    string
	Hint       string // what is missing still
	Same       bool   // the collector is the applicant
	Unready    bool   // no result yet: only looking
	Print      Print
	Lost       bool // the slip was not shown: it may be lost
}

// Print is what can be printed of the result.
type Print struct {
	Button string // "": nothing can be pressed now
	Note   string // how it is; "" with nothing to say
	Tone   Tone
}

// Tone is how a note on a print is meant.
type Tone int

// The tones.
const (
	Quiet Tone = iota
	Good
	Look // a person is needed
)

// Reason is one of the reasons not to hand over.
type Reason struct{ ID, Text string }

// Actions is what can be pressed.
type Actions struct {
	Back, Refuse, Hand, Finish func()
	Because                    func(id string)
	Basis                      func(string)
	Fee, Print                 func()
	Lost                       func()
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Staff: &m.Staff, Title: env.T("handover.title"), Back: kit.BackAction(env, a.Back)}
	switch {
	case m.Done != "":
		o.Title, o.Back = env.T("handover.done"), nil
		o.Body = kit.Col(20, kit.NewPanelPad(env, kit.Leaf, 24, 32, 24, 32, kit.Row(28, kit.NewPict(env, "result", 120),
			kit.Grow(kit.NewParagraph(env, env.T("handover.done-note", "clock", m.Done), kit.Style{Size: kit.TextButton})))))
		o.Main = &kit.Action{Text: env.T("handover.finish"), Icon: "check", Do: a.Finish}
		return kit.NewFrame(env, o)
	case m.Refusing:
		o.Title = env.T("handover.refuse-title")
		var rows []fyne.CanvasObject
		for _, r := range m.Reasons {
			rows = append(rows, kit.NewListRow(env, kit.RowSpec{Icon: "x", IconTint: env.Pal().Stop, Text: r.Text, Do: func() { a.Because(r.ID) }}))
		}
		o.Body = kit.NewBook(env, 14, rows...)
		return kit.NewFrame(env, o)
	}
	if m.Other {
		o.Title = env.T("handover.title-other")
	}
	if !m.Unready {
		o.Second = &kit.Action{Text: env.T("handover.refuse"), Icon: "x", Kind: kit.Ending, Do: a.Refuse}
		o.Main = kit.MainAction(env.T("handover.main"), a.Hand)
		if m.Missing {
			o.Main = &kit.Action{Text: env.T("handover.main-first"), Icon: "none", Off: true}
			if m.Lost {
				o.Main, o.Aside = nil, &kit.Action{Text: env.T("found.lost"), Icon: "doc", Do: a.Lost}
			}
		}
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), body(m, a, airy), body(m, a, between), body(m, a, tight))
	return kit.NewFrame(env, o)
}

// Space over and under every line.
const (
	airy    float32 = 15
	between float32 = 10
	tight   float32 = 6
)

// body is the comparison, what follows from it, and the result beside them;
// air is over and under every line.
func body(m Model, a Actions, air float32) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		left := []fyne.CanvasObject{kit.NewPanelPad(env, kit.Surface, 4, 22, 4, 22, table(env, m, air))}
		switch {
		case m.Problem != "":
			left = append(left, kit.NewNotice(env, kit.Stop, "warn", "**"+m.Problem+"**", ""))
		case m.Same:
			left = append(left, kit.NewNotice(env, kit.Leaf, "check", "**"+env.T("handover.same")+"**", env.T("handover.same-note")))
		case m.Hint != "":
			left = append(left, kit.NewNotice(env, kit.Gold, "info", "**"+m.Hint+"**", ""))
		}
		if m.Other {
			left = append(left, basis(env, m, a, air))
		}
		right := side(env, m, a, air)
		if env.IsPortrait() {
			return kit.Col(20, append(left, right)...)
		}
		return kit.RowFill(20, kit.GrowBy(760, kit.Col(air+3, left...)), kit.GrowBy(420, right))
	}
}

// basis asks on what ground somebody else collects.
func basis(env *kit.Env, m Model, a Actions, air float32) fyne.CanvasObject {
	choice := func(id, key string) fyne.CanvasObject {
		return kit.NewChoice(env, kit.ChoiceSpec{Text: env.T(key), On: m.Basis == id, Do: func() { a.Basis(id) }})
	}
	rows := []fyne.CanvasObject{kit.Grid(2, 12, 0, choice("authorisation", "handover.authorised"), choice("family", "handover.family"))}
	if m.Problem == "" || air > tight { // what is wrong says as much
		rows = append([]fyne.CanvasObject{kit.NewParagraph(env, env.T("handover.basis"), kit.Style{Size: kit.TextRead, Bold: true, Line: 1.3})}, rows...)
	}
	return kit.NewPanelPad(env, kit.Gold, air, 22, air, 22, kit.Col(8, rows...))
}

func table(env *kit.Env, m Model, air float32) fyne.CanvasObject {
	p := env.Pal()
	row := func(a, b, c, d fyne.CanvasObject) fyne.CanvasObject {
		return kit.Row(14, kit.Fixed(172, a), kit.GrowBy(214, b), kit.GrowBy(240, c), kit.Fixed(40, d))
	}
	quiet := func(s string) fyne.CanvasObject {
		return kit.NewParagraph(env, s, kit.Style{Color: p.Ink2, Max: 1, Fit: true})
	}
	rows := []fyne.CanvasObject{kit.Fixed(44, row(kit.Space(1), quiet(env.T("handover.on-file")), quiet(env.T("handover.collector")), kit.Space(1)))}
	for _, l := range m.Lines {
		var mark fyne.CanvasObject = kit.Space(1)
		switch l.Mark {
		case Agrees:
			mark = kit.NewIconStroke("check", 36, p.Leaf, 3.2)
		case Other:
			mark = kit.NewIcon("people", 34, p.Bronze)
		case Info:
			mark = kit.NewIcon("info", 34, p.Bronze)
		case Missing:
			mark = kit.NewIcon("scan", 34, p.Bronze)
		case Stops:
			mark = kit.NewIcon("x", 36, p.Stop)
		}
		rows = append(rows, kit.Rule(p.Line, 1.5), kit.Pad(air, 0, air, 0, row(
			kit.NewParagraph(env, l.What, kit.Style{Bold: true, Line: 1.2}),
			kit.NewParagraph(env, l.OnFile, kit.Style{Line: 1.2}),
			kit.NewParagraph(env, l.Collector, kit.Style{Line: 1.2}), mark)))
	}
	return kit.Col(0, rows...)
}

// side is the result, its print and its fee. Where a print is spoken of, less
// air leaves room for it: what the table says too gives way, then the last line.
func side(env *kit.Env, m Model, a Actions, air float32) fyne.CanvasObject {
	p := env.Pal()
	pad, gap, picture := float32(16), float32(16), float32(72)
	crowded := m.Print != (Print{}) && air < airy
	if crowded {
		pad, gap, picture = air, 10, 48
	}
	title := []fyne.CanvasObject{kit.NewParagraph(env, m.Title, kit.Style{Size: kit.TextRead, Bold: true, Line: 1.28})}
	if !crowded {
		title = append(title, kit.NewParagraph(env, m.Of, kit.Style{Line: 1.3, Max: 2}))
	}
	panel := func(inner fyne.CanvasObject) fyne.CanvasObject {
		return kit.NewPanelPad(env, kit.Surface, pad, 22, pad, 22, inner)
	}
	rows := []fyne.CanvasObject{panel(kit.Row(16, kit.NewPict(env, "result", picture), kit.Grow(kit.Col(0, title...))))}
	if m.Print != (Print{}) {
		rows = append(rows, printing(env, m.Print, a))
	}
	fee := []fyne.CanvasObject{}
	switch {
	case m.FeeUnknown:
		fee = append(fee, kit.Row(12, kit.NewIcon("info", 32, p.Bronze), kit.Grow(kit.Read(env, env.T("handover.fee-unknown")))))
	case m.FeeDue == "":
		fee = append(fee, kit.Row(12, kit.NewIcon("check", 32, p.Leaf), kit.Grow(kit.Read(env, env.T("handover.no-fee")))))
	default:
		fee = append(fee, kit.Row(12, kit.Grow(kit.Read(env, env.T("handover.fee-left"))),
			kit.NewParagraph(env, m.FeeDue, kit.Style{Size: kit.TextRead, Bold: true})),
			kit.NewChoice(env, kit.ChoiceSpec{Text: env.T("handover.received"), On: m.FeeTaken, Box: true, Do: a.Fee}))
	}
	rows = append(rows, panel(kit.Col(min(12, gap), fee...)))
	if !crowded || air > tight {
		rows = append(rows, kit.Row(12, kit.NewIcon("pencil", 30, p.Ink2), kit.Grow(kit.Quiet(env, env.T("handover.both-sign")))))
	}
	return kit.Col(gap, rows...)
}

// printing offers the result on paper, and says how it is with the printer.
func printing(env *kit.Env, m Print, a Actions) fyne.CanvasObject {
	p := env.Pal()
	var rows []fyne.CanvasObject
	if m.Button != "" {
		rows = append(rows, kit.NewButton(env, kit.ButtonSpec{Action: kit.Action{Text: m.Button, Icon: "printer", Do: a.Print}, Small: true}))
	}
	if m.Note != "" {
		icon, tint := "info", p.Ink2
		switch m.Tone {
		case Good:
			icon, tint = "check", p.Leaf
		case Look:
			icon, tint = "warn", p.Bronze
		}
		rows = append(rows, kit.Row(12, kit.NewIcon(icon, 30, tint), kit.Grow(kit.NewParagraph(env, m.Note, kit.Style{Line: 1.25}))))
	}
	return kit.Col(10, rows...)
}
