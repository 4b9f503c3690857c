// Package found shows a clerk one dossier as the station knows it, asks whether a
// new slip shall be given in place of a lost one or the dossier be asked back for
// its applicant, and tells what became of it.
package found

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Model is one dossier.
type Model struct {
	Staff   kit.Staff
	News    string // how old the news is
	Name    string // the procedure
	Whose   string // name and last four digits
	Slip    string
	Code    string // "": none was told
	Moments []kit.Moment
	Says    string // the agency's words
	Handed  bool   // nobody needs its slip
	Ready   bool   // a result can be handed over
	AskBack bool   // it can be asked back
	Problem string

	Aside, AsideWhy string // what the province set aside or refused, and why; "": nothing
}

// Actions is what can be pressed.
type Actions struct{ Back, Lost, HandOver, AskBack func() }

// New builds the screen of one dossier.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Staff: &m.Staff, Title: env.T("found.title"), TitleNote: m.News, Back: kit.BackAction(env, a.Back)}
	if !m.Handed {
		o.Second = &kit.Action{Text: env.T("found.lost"), Icon: "doc", Do: a.Lost}
	}
	if m.AskBack {
		o.Aside = &kit.Action{Text: env.T("found.withdraw"), Icon: "minus", Do: a.AskBack}
	}
	if m.Ready {
		o.Main = kit.MainAction(env.T("found.hand-over"), a.HandOver)
	}
	short, only := m, m
	short.AsideWhy = "" // what was pressed just now goes first; the list says it, too
	if m.Problem != "" {
		only.Aside = ""
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), body(m), body(short), body(only))
	return kit.NewFrame(env, o)
}

// body is the dossier's way beside what is said of it.
func body(m Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		left := kit.NewPanelPad(env, kit.Surface, 16, 24, 16, 24, kit.Col(0, append(facts(env, m), kit.Space(12), kit.Grow(kit.NewTimeline(env, m.Moments)))...))
		says := m.Says
		if says == "" {
			says = env.T("timeline.nothing-said")
		}
		words := []fyne.CanvasObject{kit.NewParagraph(env, env.T("timeline.says"), kit.Style{Size: kit.TextButton, Bold: true, Line: 1.25}),
			kit.Grow(kit.NewBook(env, 8, kit.Sentences(env, says, kit.Style{Size: kit.TextRead, Line: 1.3})...))}
		if m.Aside != "" {
			words = append(words, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Aside+"**", m.AsideWhy))
		}
		if m.Problem != "" {
			words = append(words, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
		}
		right := kit.NewPanelPad(env, kit.Surface, 18, 26, 18, 26, kit.Col(12, words...))
		if env.IsPortrait() {
			return kit.Col(24, kit.GrowBy(10, left), kit.GrowBy(8, right))
		}
		return kit.RowFill(24, kit.GrowBy(660, left), kit.GrowBy(516, right))
	}
}

// facts say which dossier it is.
func facts(env *kit.Env, m Model) []fyne.CanvasObject {
	p := env.Pal()
	list := []fyne.CanvasObject{kit.NewParagraph(env, m.Name, kit.Style{Size: kit.TextRead, Bold: true, Line: 1.25}),
		kit.NewParagraph(env, m.Whose, kit.Style{Line: 1.3, Max: 2}),
		kit.NewParagraph(env, m.Slip, kit.Style{Color: p.Ink2, Line: 1.3, Max: 2})}
	if m.Code != "" {
		list = append(list, kit.NewParagraph(env, m.Code, kit.Style{Color: p.Ink2, Line: 1.3, Max: 2}))
	}
	return list
}

// LostModel asks whether a new slip shall be given.
type LostModel struct {
	Model
	Seen   bool // the applicant's card was shown
	Typed  bool // its number was typed
	Looked bool // the clerk looked at it
	Busy   bool // the slip is being given
}

// LostActions is what can be pressed.
type LostActions struct {
	Back, Type, Give func()
	Looked           func(bool)
}

// NewLost builds the screen.
func NewLost(env *kit.Env, m LostModel, a LostActions) fyne.CanvasObject {
	o := kit.FrameSpec{Staff: &m.Staff, Title: env.T("found.lost-title"), Back: kit.BackAction(env, a.Back)}
	if !lacks(env, &o, m, a, "found.giving") {
		o.Main = kit.MainAction(env.T("found.give"), a.Give)
	}
	page := ownerPage{whose: env.T("found.card-note"), then: env.T("found.void"), note: env.T("found.void-note")}
	o.Body = kit.Fit(env, kit.BodySize(env, o), page.body(m, a, 20), page.body(m, a, 10))
	return kit.NewFrame(env, o)
}

// lacks fills the actions of a page that waits for the applicant's card, and
// reports whether something is missing still.
func lacks(env *kit.Env, o *kit.FrameSpec, m LostModel, a LostActions, busy string) bool {
	off := func(text string) { o.Main = &kit.Action{Text: env.T(text), Icon: "none", Off: true} }
	switch {
	case m.Busy:
		o.Back = nil
		off(busy)
	case !m.Seen:
		o.Second = &kit.Action{Text: env.T("found.type"), Icon: "pencil", Do: a.Type}
		off("found.card-first")
	case m.Typed && !m.Looked:
		off("found.look-first")
	default:
		return false
	}
	return true
}

// ownerPage is the dossier beside the card of whoever came, and what happens then.
type ownerPage struct {
	whose      string // must the card be
	then, note string
}

func (p ownerPage) body(m LostModel, a LostActions, air float32) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		left := kit.NewPanelPad(env, kit.Surface, air, 24, air, 24, kit.Col(air/3, facts(env, m.Model)...))
		right := []fyne.CanvasObject{owner(env, m, p.whose)}
		then := kit.NewNotice(env, kit.Gold, "info", "**"+p.then+"**", p.note)
		if m.Typed {
			right = append(right, kit.NewChoice(env, kit.ChoiceSpec{Text: env.T("found.looked"), On: m.Looked, Box: true, Do: func() { a.Looked(!m.Looked) }}))
		}
		if m.Problem != "" {
			right = append(right, kit.NewNotice(env, kit.Stop, "warn", "**"+m.Problem+"**", ""))
		}
		if env.IsPortrait() {
			return kit.Col(air, append(append([]fyne.CanvasObject{left}, right...), then)...)
		}
		return kit.RowFill(24, kit.GrowBy(560, kit.Col(air, left, then)), kit.GrowBy(616, kit.Col(air, right...)))
	}
}

// owner says whether the applicant's card was shown, and whose must be.
func owner(env *kit.Env, m LostModel, whose string) fyne.CanvasObject {
	switch {
	case !m.Seen:
		return kit.NewNotice(env, kit.Gold, "scan", "**"+env.T("found.card")+"**", whose)
	case m.Typed:
		return kit.NewNotice(env, kit.Leaf, "check", "**"+env.T("found.number-same")+"**", "")
	}
	return kit.NewNotice(env, kit.Leaf, "check", "**"+env.T("found.card-same")+"**", "")
}

// GivenModel tells that a new slip was given.
type GivenModel struct {
	Staff   kit.Staff
	Slip    string
	Print   string // how it is with its paper
	Look    bool   // a person must look after the printer
	Problem string
}

// GivenActions is what can be pressed.
type GivenActions struct {
	Again, Done func()
}

// NewGiven builds the screen.
func NewGiven(env *kit.Env, m GivenModel, a GivenActions) fyne.CanvasObject {
	o := kit.FrameSpec{Staff: &m.Staff, Title: env.T("found.given-title"),
		Second: &kit.Action{Text: env.T("found.again"), Icon: "printer", Do: a.Again},
		Main:   &kit.Action{Text: env.T("found.done"), Icon: "check", Do: a.Done}}
	if a.Again == nil {
		o.Second = nil
	}
	tone, icon := kit.Surface, "printer"
	if m.Look {
		tone, icon = kit.Gold, "warn"
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), func(env *kit.Env) fyne.CanvasObject {
		rows := []fyne.CanvasObject{
			kit.NewPanelPad(env, kit.Leaf, 24, 32, 24, 32, kit.Row(28, kit.NewPict(env, "result", 96),
				kit.Grow(kit.NewParagraph(env, env.T("found.given", "slip", m.Slip), kit.Style{Size: kit.TextButton})))),
			kit.NewNotice(env, tone, icon, m.Print, "")}
		if m.Problem != "" {
			rows = append(rows, kit.NewNotice(env, kit.Stop, "warn", "**"+m.Problem+"**", ""))
		}
		return kit.Col(20, rows...)
	})
	return kit.NewFrame(env, o)
}
