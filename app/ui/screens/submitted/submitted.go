// Package submitted says two facts apart: received here, and not yet accepted
// by the agency; with the slip as it was printed and what happens now.
package submitted

import (
	"image"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Print is what is known of the slip.
type Print int

// From a waiting job to a known outcome.
const (
	Waiting Print = iota
	Sending
	Printed
	Probably
	Unknown
	Failed
)

// Word is the key of the sentence about it.
func (p Print) Word() string {
	return "submitted.print-" + [...]string{"waiting", "sending", "printed", "probably", "unknown", "failed"}[p]
}

// Declaration is what is known of the declaration on paper.
type Declaration int

// From none to its end. Where none is called for, or there is no page printer,
// the screen says nothing of it.
const (
	DeclarationNone Declaration = iota
	DeclarationOffered
	DeclarationPrinting
	DeclarationWaiting // for a person to help the printer
	DeclarationPrinted
	DeclarationHelp    // a clerk is asked about it
	DeclarationTrouble // it could not even be sent; once more
)

// declarations are their words; what cannot be pressed says how it is.
var declarations = map[Declaration]kit.Action{
	DeclarationOffered: {Text: "submitted.declaration", Icon: "doc"}, DeclarationPrinting: {Text: "submitted.declaration-printing", Off: true},
	DeclarationWaiting: {Text: "submitted.declaration-waiting", Off: true}, DeclarationPrinted: {Text: "submitted.declaration-printed", Off: true},
	DeclarationHelp: {Text: "submitted.declaration-help", Off: true}, DeclarationTrouble: {Text: "submitted.declaration-again", Icon: "doc"},
}

// Model is what the screen shows.
type Model struct {
	Station  string
	Agency   string
	At       string // "09:41"
	Slip     string
	Paper    image.Image // the slip as the printer draws it, or nil
	Print    Print
	Online   bool
	Notified bool // the citizen chose a channel

	Declaration Declaration
}

// Actions is what can be pressed.
type Actions struct{ Reprint, Declare, Done func() }

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{
		Tall: true, Brand: env.T("app.brand", "station", m.Station),
		Back:  &kit.Action{Text: env.T("submitted.reprint"), Icon: "printer", Do: a.Reprint},
		Main:  &kit.Action{Text: env.T("submitted.main"), Icon: "check", Do: a.Done},
		Title: env.T("submitted.title"),
	}
	if m.Print == Waiting || m.Print == Sending {
		o.Back = nil
	}
	if d, ok := declarations[m.Declaration]; ok {
		d.Text, d.Do = env.T(d.Text), a.Declare
		o.Second = &d
	}
	room := kit.BodySize(env, o)
	told := func(airy bool) func(*kit.Env) fyne.CanvasObject {
		return func(env *kit.Env) fyne.CanvasObject { return facts(env, m, airy) }
	}
	if env.IsPortrait() {
		room.Height -= 24 + portraitPaper
		o.Body = kit.Col(24, kit.Fit(env, room, told(true), told(false)), kit.Grow(paper(env, m)))
	} else {
		right := room.Width * 378 / 1200
		room.Width -= right + 42
		o.Body = kit.RowFill(42, kit.Grow(kit.Fit(env, room, told(true), told(false))), kit.Fixed(right, paper(env, m)))
	}
	return kit.NewFrame(env, o)
}

// portraitPaper is the least room of the slip on an upright screen.
const portraitPaper float32 = 520

// facts is what is certain and what follows; airy with a heading.
func facts(env *kit.Env, m Model, airy bool) fyne.CanvasObject {
	p := env.Pal()
	head := kit.Row(20, kit.Done(env, 84), kit.Grow(kit.Col(0,
		kit.NewParagraph(env, env.T("submitted.title"), kit.Style{Size: 40, Bold: true, Line: 1.2}),
		kit.NewParagraph(env, env.T("submitted.sub"), kit.Style{Size: kit.TextButton, Bold: true, Color: p.Bronze, Line: 1.25}))))
	end := func(icon string, tint kit.Tone, name, note string) fyne.CanvasObject {
		c := p.Leaf
		text := p.Ink
		if tint == kit.Bare {
			c, text = p.Ink2, p.Ink2
		}
		return kit.Row(16, kit.NewIconStroke(icon, 44, c, 2.2), kit.Grow(kit.Col(0,
			kit.NewParagraph(env, name, kit.Style{Bold: true, Color: text, Line: 1.25, Max: 5}),
			kit.NewParagraph(env, note, kit.Style{Color: text, Line: 1.3, Max: 1}))))
	}
	way := kit.NewPanelPad(env, kit.Surface, 12, 24, 12, 24, kit.Row(18,
		kit.Grow(end("home", kit.Surface, env.T("submitted.here", "station", m.Station), env.T("submitted.here-note", "clock", m.At))),
		kit.NewIcon("right", 44, p.GoldDark),
		kit.Grow(end("agency", kit.Bare, m.Agency, env.T("submitted.there-note")))))
	sends, code := "submitted.sends", "submitted.code"
	if m.Online {
		sends = "submitted.sending"
	}
	if m.Notified {
		code = "submitted.code-notice"
	}
	line := func(n int, text string) fyne.CanvasObject {
		return kit.Row(18, kit.Number(env, n, 52), kit.Grow(kit.NewParagraph(env, text, kit.Style{Size: kit.TextRead, Line: 1.3})))
	}
	rows := []fyne.CanvasObject{head, way, kit.Head(env, env.T("submitted.next")),
		line(1, env.T("submitted.keep", "slip", m.Slip)), line(2, env.T(sends, "agency", m.Agency)), line(3, env.T(code))}
	if airy {
		return kit.Col(16, rows...)
	}
	return kit.Col(10, append(rows[:2:2], rows[3:]...)...) // the numbers speak for themselves
}

func paper(env *kit.Env, m Model) fyne.CanvasObject {
	var tag fyne.CanvasObject
	text := env.T(m.Print.Word())
	switch m.Print {
	case Waiting, Sending:
		tag = kit.NewTag(env, kit.Gold, "printer", text)
	case Printed:
		tag = kit.NewTag(env, kit.Leaf, "", text)
	case Probably:
		tag = kit.NewNotice(env, kit.Gold, "printer", text, "")
	default:
		tag = kit.NewNotice(env, kit.Gold, "warn", text, "")
	}
	if _, wide := tag.(*kit.Tag); wide {
		tag = kit.At(kit.Middle, tag)
	}
	if m.Paper == nil {
		return kit.Col(12, tag, kit.Spring())
	}
	return kit.Col(10, kit.Grow(kit.NewPicture(env, m.Paper, env.T("submitted.paper", "slip", m.Slip), true)), tag)
}
