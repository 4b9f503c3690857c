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
}

// Reason is one of the reasons not to hand over.
type Reason struct{ ID, Text string }

// Actions is what can be pressed.
type Actions struct {
	Back, Refuse, Hand, Finish func()
	Because                    func(id string)
	Basis                      func(string)
	Fee                        func()
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Staff: &m.Staff, Title: env.T("handover.title"), Back: kit.BackAction(env, a.Back)}
	switch {
	case m.Done != "":
		o.Title, o.Back = env.T("handover.done"), nil
		o.Body = kit.Col(20, kit.NewNotice(env, kit.Leaf, "check", "**"+env.T("handover.done")+"**", env.T("handover.done-note", "clock", m.Done)))
		o.Main = &kit.Action{Text: env.T("handover.finish"), Icon: "check", Do: a.Finish}
		return kit.NewFrame(env, o)
	case m.Refusing:
		o.Title = env.T("handover.refuse-title")
		var rows []fyne.CanvasObject
		for _, r := range m.Reasons {
			rows = append(rows, kit.NewListRow(env, kit.RowSpec{Icon: "x", IconTint: env.Pal().Stop, Text: r.Text, Do: func() { a.Because(r.ID) }}))
		}
		o.Body = kit.Col(14, rows...)
		return kit.NewFrame(env, o)
	}
	if m.Other {
		o.Title = env.T("handover.title-other")
	}
	left := []fyne.CanvasObject{kit.NewPanelPad(env, kit.Surface, 6, 22, 6, 22, table(env, m))}
	switch {
	case m.Problem != "":
		left = append(left, kit.NewNotice(env, kit.Stop, "warn", "**"+m.Problem+"**", ""))
	case m.Same:
		left = append(left, kit.NewNotice(env, kit.Leaf, "check", "**"+env.T("handover.same")+"**", env.T("handover.same-note")))
	case m.Hint != "":
		left = append(left, kit.NewNotice(env, kit.Gold, "info", "**"+m.Hint+"**", ""))
	case m.Other:
		choice := func(id, key string) fyne.CanvasObject {
			return kit.NewChoice(env, kit.ChoiceSpec{Text: env.T(key), On: m.Basis == id, Do: func() { a.Basis(id) }})
		}
		left = append(left, kit.NewPanelPad(env, kit.Gold, 14, 22, 14, 22, kit.Col(10,
			kit.NewParagraph(env, env.T("handover.basis"), kit.Style{Size: kit.TextRead, Bold: true, Max: 2}),
			kit.Grid(2, 12, 0, choice("authorisation", "handover.authorised"), choice("family", "handover.family")))))
	}
	right := side(env, m, a)
	if env.IsPortrait() {
		o.Body = kit.Col(20, append(left, right)...)
	} else {
		o.Body = kit.RowFill(20, kit.GrowBy(760, kit.Col(16, left...)), kit.GrowBy(420, right))
	}
	if !m.Unready {
		o.Second = &kit.Action{Text: env.T("handover.refuse"), Icon: "x", Kind: kit.Ending, Do: a.Refuse}
		o.Main = kit.MainAction(env.T("handover.main"), a.Hand)
		if m.Missing {
			o.Main = &kit.Action{Text: env.T("handover.main-first"), Icon: "none", Off: true}
		}
	}
	return kit.NewFrame(env, o)
}

func table(env *kit.Env, m Model) fyne.CanvasObject {
	p := env.Pal()
	row := func(a, b, c, d fyne.CanvasObject) fyne.CanvasObject {
		return kit.Row(14, kit.Fixed(172, a), kit.GrowBy(214, b), kit.GrowBy(240, c), kit.Fixed(40, d))
	}
	quiet := func(s string) fyne.CanvasObject {
		return kit.NewParagraph(env, s, kit.Style{Color: p.Ink2, Max: 1})
	}
	rows := []fyne.CanvasObject{kit.Fixed(48, row(kit.Space(1), quiet(env.T("handover.on-file")), quiet(env.T("handover.collector")), kit.Space(1)))}
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
		rows = append(rows, kit.Rule(p.Line, 1.5), kit.Fixed(62, row(
			kit.NewParagraph(env, l.What, kit.Style{Bold: true, Line: 1.2, Max: 2}),
			kit.NewParagraph(env, l.OnFile, kit.Style{Line: 1.2, Max: 2}),
			kit.NewParagraph(env, l.Collector, kit.Style{Line: 1.2, Max: 2}), mark)))
	}
	return kit.Col(0, rows...)
}

func side(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	p := env.Pal()
	what := kit.NewPanelPad(env, kit.Surface, 16, 22, 16, 22, kit.Row(16, kit.NewPict(env, "result", 72), kit.Grow(kit.Col(0,
		kit.NewParagraph(env, m.Title, kit.Style{Size: kit.TextRead, Bold: true, Line: 1.28, Max: 3}),
		kit.NewParagraph(env, m.Of, kit.Style{Line: 1.3, Max: 2})))))
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
	rows := []fyne.CanvasObject{what, kit.NewPanelPad(env, kit.Surface, 16, 22, 16, 22, kit.Col(12, fee...)),
		kit.Row(12, kit.NewIcon("pencil", 30, p.Ink2), kit.Grow(kit.Quiet(env, env.T("handover.both-sign"))))}
	return kit.Col(16, rows...)
}
