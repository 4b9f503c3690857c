// Package withdraw asks a dossier back: first what happens then, afterwards what
// is known of it. It never calls done what the agency has not confirmed. It must
// not import anything of the project but app/ui/kit.
package withdraw

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Stage is how far the dossier came, as far as the station knows.
type Stage string

// The stages.
const (
	Unsent   Stage = "unsent"   // it lies here
	Sent     Stage = "sent"     // the province has it, no agency has begun
	Accepted Stage = "accepted" // an agency is at work: it decides
)

// Model is what both screens show.
type Model struct {
	Name    string // the procedure
	Slip    string
	Stage   Stage
	Correct bool // it can be given anew
	Busy    bool // being kept: nothing can be pressed
	Problem string

	At string // when it was asked back
	Heard
}

// Heard is how far the word that a dossier is asked back came, and what helps it on.
type Heard struct{ Text, Second string }

// Actions is what can be pressed.
type Actions struct{ Back, Withdraw, Correct, Done func() }

// New builds the screen before.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Brand: env.T("timeline.brand"), Title: env.T("withdraw.title-" + which(m.Stage))}
	if m.Busy {
		o.Title = env.T("withdraw.keeping")
		o.Body = kit.Col(20, kit.NewNotice(env, kit.Leaf, "lock", "**"+env.T("withdraw.keeping")+"**", ""))
		return kit.NewFrame(env, o)
	}
	o.Back = kit.BackAction(env, a.Back)
	o.Aside = &kit.Action{Text: env.T("withdraw.main-" + which(m.Stage)), Icon: "x", Kind: kit.Ending, Do: a.Withdraw}
	if m.Correct {
		o.Second = &kit.Action{Text: env.T("withdraw.correct"), Icon: "pencil", Do: a.Correct}
	}
	body := func(airy bool, note string) func(*kit.Env) fyne.CanvasObject {
		return func(env *kit.Env) fyne.CanvasObject {
			rows := []fyne.CanvasObject{about(env, m)}
			if m.Problem != "" {
				rows = append(rows, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
			}
			happens := []fyne.CanvasObject{point(env, "tray", env.T("withdraw.then-"+string(m.Stage)))}
			if airy {
				happens = append(happens, point(env, "doc", env.T("withdraw.papers")))
			}
			rows = append(rows, kit.NewPanelPad(env, kit.Surface, 18, 24, 18, 24, kit.Col(14, happens...)))
			if m.Correct {
				rows = append(rows, kit.NewNotice(env, kit.Gold, "pencil", "**"+env.T("withdraw.correct-how")+"**", env.T(note)))
			}
			return kit.Col(18, rows...)
		}
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), body(true, "withdraw.correct-note"), body(false, "withdraw.correct-note"), body(false, "withdraw.correct-short"))
	return kit.NewFrame(env, o)
}

// NewDone builds the screen afterwards.
func NewDone(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Brand: env.T("timeline.brand"), Title: env.T("withdraw.done-" + which(m.Stage)), Back: kit.BackAction(env, a.Back),
		Main: &kit.Action{Text: env.T("timeline.main"), Icon: "check", Do: a.Done}}
	o.Body = kit.Fit(env, kit.BodySize(env, o), func(env *kit.Env) fyne.CanvasObject {
		return kit.Col(18, about(env, m),
			kit.NewNotice(env, kit.Leaf, "check", "**"+env.T("withdraw.at", "when", m.At)+"**", ""),
			kit.NewNotice(env, kit.Gold, "clock", "**"+m.Text+"**", m.Second))
	})
	return kit.NewFrame(env, o)
}

// which tells apart what a citizen decides and what an agency does.
func which(s Stage) string {
	if s == Accepted {
		return "ask"
	}
	return "back"
}

func about(env *kit.Env, m Model) fyne.CanvasObject {
	return kit.NewPanelPad(env, kit.Surface, 18, 24, 18, 24, kit.Row(20, kit.NewIconStroke("doc", 44, env.Pal().Bronze, 2.2), kit.Grow(kit.Col(2,
		kit.NewParagraph(env, m.Name, kit.Style{Size: kit.TextRead, Bold: true, Line: 1.25, Max: 3}),
		kit.NewParagraph(env, m.Slip, kit.Style{Color: env.Pal().Ink2, Line: 1.3, Max: 2})))))
}

func point(env *kit.Env, icon, text string) fyne.CanvasObject {
	return kit.RowTop(16, kit.NewIcon(icon, 34, env.Pal().Bronze), kit.Grow(kit.NewParagraph(env, text, kit.Style{Size: kit.TextRead, Line: 1.3})))
}
