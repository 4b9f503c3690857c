// Package doctor shows a technician how far the way to the portal is open, and what
// to do about the first link that is not. It must not import anything of the project
// but app/ui/kit.
package doctor

import (
	"strconv"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// How is what is known of a link.
type How int

// What lies behind the broken link is unknown, not well.
const (
	Unknown How = iota
	Well
	Broken
)

// Step is one link of the way, nearest first.
type Step struct {
	Name string
	How  How
}

// Model is what the screen shows.
type Model struct {
	Staff   kit.Staff
	Steps   []Step
	Busy    bool   // being examined
	Checked string // when it was examined; "": not yet
	Why     string // what is wrong, in a sentence; "" where nothing is
	Advice  string // what to do, or that all is well; "" while nobody knows
	Waits   string // what waits to be sent; may be ""
}

// Actions is what can be pressed.
type Actions struct{ Back, Again func() }

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Staff: &m.Staff, Title: env.T("doctor.title"), TitleNote: m.Checked, Back: kit.BackAction(env, a.Back),
		Main: &kit.Action{Text: env.T("doctor.again"), Icon: "rotate", Do: a.Again}}
	for i, s := range m.Steps {
		if s.How == Broken {
			o.Title = env.T("doctor.title-broken", "n", i+1)
		}
	}
	if m.Busy {
		o.TitleNote, o.Main.Text, o.Main.Off = "", env.T("doctor.busy"), true
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), whole(m, 14), whole(m, 4), paged(m))
	return kit.NewFrame(env, o)
}

func whole(m Model, pad float32) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		steps := kit.NewPanelPad(env, kit.Surface, 8, 12, 8, 12, kit.Col(2, rows(env, m, pad)...))
		beside := kit.Col(16, advice(env, m)...)
		if env.IsPortrait() {
			return kit.Col(20, steps, beside)
		}
		return kit.RowTop(20, kit.GrowBy(680, steps), kit.GrowBy(500, beside))
	}
}

// paged is for large letters: what to do first, then the links.
func paged(m Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return kit.NewBook(env, 12, append(advice(env, m), rows(env, m, 8)...)...).Stay("doctor")
	}
}

func rows(env *kit.Env, m Model, pad float32) (out []fyne.CanvasObject) {
	p := env.Pal()
	for i, s := range m.Steps {
		icon, tint, bold, tone, state := "minus", p.Ink2, false, kit.Surface, "doctor.unknown"
		switch s.How {
		case Well:
			icon, tint, bold, state = "check", p.Leaf, true, "doctor.open"
		case Broken:
			icon, tint, bold, tone, state = "warn", p.Bronze, true, kit.Gold, "doctor.broken"
		}
		out = append(out, kit.NewPanelPad(env, tone, pad, 16, pad, 16, kit.Row(16, kit.NewIcon(icon, 32, tint),
			kit.Grow(kit.Col(0, kit.NewParagraph(env, strconv.Itoa(i+1)+". "+s.Name, kit.Style{Size: kit.TextRead, Bold: bold, Line: 1.25}),
				kit.NewParagraph(env, env.T(state), kit.Style{Color: tint, Line: 1.25}))))))
	}
	return out
}

func advice(env *kit.Env, m Model) (out []fyne.CanvasObject) {
	switch {
	case m.Advice != "" && m.Why == "":
		out = append(out, kit.NewNotice(env, kit.Leaf, "check", "**"+m.Advice+"**", ""))
	case m.Advice != "":
		out = append(out, kit.NewPanelPad(env, kit.Gold, 16, 24, 16, 24, kit.Col(10, kit.Head(env, env.T("doctor.advice")),
			kit.Read(env, m.Advice), kit.P(env, m.Why))))
	}
	if m.Waits != "" {
		out = append(out, kit.NewNotice(env, kit.Leaf, "tray", m.Waits, ""))
	}
	return out
}
