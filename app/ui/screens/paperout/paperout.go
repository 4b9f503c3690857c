// Package paperout reassures while the slip cannot be printed: the dossier is
// safe, the whole slip will come again.
package paperout

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Why nothing comes out of the printer: the last part of the keys of its two
// sentences, what it is and what brings the slip.
type Why string

// The reasons, each with its own way back.
const (
	Paper     Why = "out"
	Cover     Why = "cover"
	Cutter    Why = "cutter"
	Hot       Why = "hot" // helps itself
	Hardware  Why = "hardware"
	Offline   Why = "offline" // the printer says no more than that
	Unplugged Why = "unplugged"
	Silent    Why = "silent"
	Power     Why = "power"   // it was switched off and on
	Journal   Why = "journal" // the station cannot write down what it prints
)

// Whys lists every reason.
var Whys = []Why{Paper, Cover, Cutter, Hot, Hardware, Offline, Unplugged, Silent, Power, Journal}

// Word is the key of the sentence that says what is the matter.
func (w Why) Word() string { return "paperout." + string(w) }

// WayBack is the key of the sentence that says what brings the slip.
func (w Why) WayBack() string { return w.Word() + "-do" }

// Model is what the screen shows.
type Model struct {
	Station string
	Slip    string
	At      string // when it was stored
	Why     Why
	Begun   bool   // a part of the slip may be on paper: what comes is a reprint
	QR      string // what the slip's QR holds
	Called  bool
}

// Sides of the code on the screen.
const usualCode, smallCode = 230, 150

// Actions is what can be pressed.
type Actions struct{ Leave, Call func() }

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	title := "paperout.title-printer"
	if m.Why == Paper {
		title = "paperout.title"
	}
	call := &kit.Action{Text: env.T("app.call-clerk"), Icon: "bell", Do: a.Call}
	if m.Called {
		call = &kit.Action{Text: env.T("resultready.called"), Icon: "none", Off: true}
	}
	o := kit.FrameSpec{Brand: env.T("app.brand", "station", m.Station), Title: env.T(title),
		Back: &kit.Action{Text: env.T("paperout.leave"), Icon: "clock", Do: a.Leave}, Main: call}
	looks := []func(*kit.Env) fyne.CanvasObject{body(m, usualCode), body(m, smallCode)}
	if !env.IsPortrait() && !env.Large {
		// What is too long then are the sentences beside the code: they shorten by
		// themselves, and a smaller code would win nothing.
		looks = append(looks, body(m, usualCode))
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), looks...)
	return kit.NewFrame(env, o)
}

// body is what is safe and what comes, beside the number and its code.
func body(m Model, code float32) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		left := kit.NewPanelPad(env, kit.Surface, 24, 30, 20, 30, safe(env, m))
		right := kit.NewPanelPad(env, kit.Surface, 24, 28, 20, 28, number(env, m, code))
		if env.IsPortrait() {
			return kit.Col(24, left, right)
		}
		return kit.RowFill(24, kit.GrowBy(700, left), kit.GrowBy(476, right))
	}
}

func safe(env *kit.Env, m Model) fyne.CanvasObject {
	note := "paperout.stay-printer"
	if m.Why == Paper {
		note = "paperout.stay-note"
	}
	again, how := "paperout.first", "paperout.first-note"
	if m.Begun {
		again, how = "paperout.again", "paperout.again-note"
	}
	moments := kit.NewTimeline(env, []kit.Moment{
		{State: kit.Past, Text: env.T("paperout.safe"), Second: env.T("paperout.safe-note", "clock", m.At)},
		{State: kit.Present, Icon: "printer", Text: env.T(m.Why.Word()), Second: env.T(m.Why.WayBack())},
		{State: kit.ToCome, Text: env.T(again), Second: env.T(how)},
	})
	return kit.Col(18, kit.Grow(moments), kit.NewPanelPad(env, kit.Gold, 14, 22, 14, 22, kit.Row(20, picture(env, m.Why),
		kit.Grow(kit.Col(0, kit.Read(env, env.T("paperout.stay")), kit.Read(env, env.T(note)))))))
}

// picture shows a new roll only to those who wait for one.
func picture(env *kit.Env, why Why) fyne.CanvasObject {
	if why == Paper {
		return kit.NewPict(env, "roll", 72)
	}
	return kit.NewIcon("printer", 56, env.Pal().Bronze)
}

func number(env *kit.Env, m Model, code float32) fyne.CanvasObject {
	rows := []fyne.CanvasObject{
		kit.NewParagraph(env, env.T("paperout.number"), kit.Style{Size: kit.TextHead, Bold: true, Align: kit.Middle, Line: 1.25}),
		kit.NewParagraph(env, m.Slip, kit.Style{Size: kit.TextDisplay, Bold: true, Align: kit.Middle, Line: 1.25, Max: 1, Fit: true}),
	}
	if qr, err := kit.NewQR(m.QR, m.Slip, code); err == nil {
		rows = append(rows, kit.Spring(), kit.At(kit.Middle, qr), kit.Spring())
	}
	return kit.Col(6, append(rows, kit.NewParagraph(env, env.T("paperout.photo"), kit.Style{Size: kit.TextRead, Align: kit.Middle, Line: 1.3}))...)
}
