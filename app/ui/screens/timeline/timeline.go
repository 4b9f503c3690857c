// Package timeline shows where a dossier is: what happened here, what the
// agency said, and how old the news is. Without a slip it says only that
// something is here.
package timeline

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Model is what the screen shows.
type Model struct {
	Title   string
	News    string
	Name    string // the procedure
	Code    string
	Slip    string
	Moments []kit.Moment
	Says    string // the officer's words
	Who     string
	Due     string // "Hẹn trả **16/07/2026**"
	DueNote string
	Fee     string
	Form01  bool // it can be printed
	Sent    bool // it was sent to the printer
	Ready   bool // a result can be collected
	Gold    bool // the agency waits for the citizen
	Problem string
	AskBack string // asks for the dossier back; "": that cannot be any more
}

// Actions is what can be pressed.
type Actions struct{ Back, Print, Collect, AskBack func() }

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Brand: env.T("timeline.brand"), Title: m.Title, TitleNote: m.News, Back: kit.BackAction(env, a.Back)}
	if m.Form01 {
		o.Second = &kit.Action{Text: env.T("timeline.print"), Icon: "printer", Do: a.Print}
		if m.Sent {
			o.Second = &kit.Action{Text: env.T("timeline.printed"), Icon: "check", Off: true}
		}
	}
	if m.Ready {
		o.Main = kit.MainAction(env.T("timeline.collect"), a.Collect)
	} else {
		o.Main = &kit.Action{Text: env.T("timeline.main"), Icon: "check", Do: a.Back}
		o.Back = nil
		if m.AskBack != "" {
			o.Aside = &kit.Action{Text: m.AskBack, Icon: "minus", Do: a.AskBack}
		}
	}
	body := func(turned bool) func(*kit.Env) fyne.CanvasObject {
		return func(env *kit.Env) fyne.CanvasObject {
			left := kit.NewPanelPad(env, kit.Surface, 16, 24, 16, 24, line(env, m))
			if m.Problem != "" {
				left = kit.NewPanelPad(env, kit.Surface, 16, 24, 16, 24, kit.Col(12,
					kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""), kit.Grow(line(env, m))))
			}
			switch {
			case env.IsPortrait() && turned:
				return kit.Col(24, kit.GrowBy(9, left), kit.GrowBy(10, side(env, m, true)))
			case env.IsPortrait():
				return kit.Col(24, left, kit.Grow(side(env, m, false)))
			}
			return kit.RowFill(24, kit.GrowBy(560, left), kit.GrowBy(616, side(env, m, true)))
		}
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), body(false), body(true))
	return kit.NewFrame(env, o)
}

func line(env *kit.Env, m Model) fyne.CanvasObject {
	p := env.Pal()
	code := m.Code
	if code == "" {
		code = env.T("timeline.no-code")
	}
	return kit.Col(0,
		kit.NewParagraph(env, m.Name, kit.Style{Size: kit.TextRead, Bold: true, Line: 1.25}),
		kit.NewParagraph(env, code, kit.Style{Color: p.Ink2, Line: 1.3, Max: 2}),
		kit.NewParagraph(env, m.Slip, kit.Style{Color: p.Ink2, Line: 1.3, Max: 2}), kit.Space(12),
		kit.Grow(kit.NewTimeline(env, m.Moments)))
}

// side is what the agency says, page by page if turned, and when it is due.
func side(env *kit.Env, m Model, turned bool) fyne.CanvasObject {
	p := env.Pal()
	tone := kit.Surface
	if m.Gold {
		tone = kit.Gold
	}
	says := m.Says
	if says == "" {
		says = env.T("timeline.nothing-said")
	}
	words := []fyne.CanvasObject{kit.NewParagraph(env, env.T("timeline.says"), kit.Style{Size: kit.TextButton, Bold: true, Line: 1.25}),
		kit.Grow(kit.NewBook(env, 8, kit.Sentences(env, says, kit.Style{Size: kit.TextRead, Line: 1.3})...))}
	if m.Fee != "" {
		words = append(words, kit.Row(12, kit.NewIcon("coin", 34, p.Bronze), kit.Grow(kit.Read(env, m.Fee))))
	}
	if m.Who != "" {
		words = append(words, kit.Rule(p.Line, 1.5), kit.Row(12, kit.NewIcon("person", 34, p.Ink2), kit.Grow(kit.NewParagraph(env, m.Who, kit.Style{Color: p.Ink2, Line: 1.3, Max: 3}))))
	}
	due := kit.NewPanelPad(env, kit.Surface, 16, 22, 16, 26, kit.Row(16, kit.NewIconStroke("cal", 44, p.Bronze, 2.2),
		kit.Grow(kit.Col(0, kit.Read(env, m.Due), kit.NewParagraph(env, m.DueNote, kit.Style{Color: p.Ink2, Line: 1.3})))))
	card := kit.NewPanelPad(env, tone, 18, 26, 18, 26, kit.Col(12, words...))
	if !turned {
		return kit.Col(16, card, due)
	}
	return kit.Col(16, kit.Grow(card), due)
}

// PresentModel says only how many dossiers are here.
type PresentModel struct{ Count int }

// PresentActions is what can be pressed.
type PresentActions struct{ Back, Scan, Call func() }

// NewPresent builds the screen for a card or a number without its slip.
func NewPresent(env *kit.Env, m PresentModel, a PresentActions) fyne.CanvasObject {
	o := kit.FrameSpec{Brand: env.T("timeline.brand"), Back: kit.BackAction(env, a.Back),
		Second: &kit.Action{Text: env.T("app.call-clerk"), Icon: "bell", Do: a.Call},
		Main:   &kit.Action{Text: env.T("timeline.present-scan"), Icon: "scan", Do: a.Scan}}
	o.Title = env.T("timeline.present-title", "n", m.Count)
	if m.Count == 0 {
		o.Title = env.T("timeline.present-none")
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), func(env *kit.Env) fyne.CanvasObject {
		return kit.Col(20,
			kit.NewPanel(env, kit.Surface, kit.Row(28, kit.NewPict(env, "guard", 120),
				kit.Grow(kit.NewParagraph(env, env.T("timeline.present-note"), kit.Style{Size: kit.TextButton, Line: 1.36})))),
			kit.NewNotice(env, kit.Gold, "info", env.T("timeline.present-lost"), ""))
	})
	return kit.NewFrame(env, o)
}
