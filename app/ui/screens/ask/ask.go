// Package ask is one question answered by typing: a name, a number, a phone,
// an address.
package ask

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/keyboard"
	"tramhoso/app/ui/kit"
)

// Model is the question.
type Model struct {
	Steps   *kit.StepsSpec
	Brand   string
	Title   string
	Label   string // of the field; "": the title
	Help    string
	Text    string
	Keys    keyboard.Options
	Max     int
	Problem string
	Accept  func(rune) bool
	Private bool // it can be hidden from people nearby
	Masked  bool
	Suggest []string // answers that one press gives
	Icons   string   // of the suggestions
	Next    string   // the main button; "": next question
	BackTo  string   // "": back
	Empty   string   // what the main button says while nothing is typed, and an answer is needed
	Skip    string   // what it says then when none is needed; "": Next
}

// Actions is what can be pressed.
type Actions struct {
	Back    func()
	Next    func()
	Changed func(string)
	Masked  func(bool)
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	label := m.Label
	if label == "" {
		label = m.Title
	}
	next := m.Next
	if next == "" {
		next = env.T("app.next")
	}
	main := func(text string) kit.Action {
		if m.Empty != "" && text == "" {
			return kit.Action{Text: m.Empty, Icon: "none", Off: true}
		}
		if m.Skip != "" && text == "" {
			return kit.Action{Text: m.Skip, Do: a.Next}
		}
		return kit.Action{Text: next, Do: a.Next}
	}
	var frame *kit.Frame
	field := kit.NewField(env, kit.FieldSpec{Label: label, Text: m.Text, Max: m.Max, Masked: m.Masked, Accept: m.Accept,
		Changed: func(s string) {
			a.Changed(s)
			if frame != nil {
				frame.SetMain(main(s))
			}
		},
		Submit: a.Next})
	if m.Problem != "" {
		field.SetError(m.Problem)
	}
	row := []fyne.CanvasObject{kit.Grow(field)}
	if m.Private {
		row = append(row, hide(env, field, m.Masked, a.Masked))
	}
	keys := m.Keys
	keys.Accept = m.Accept
	o := kit.FrameSpec{Steps: m.Steps, Brand: m.Brand, Title: m.Title,
		Keyboard: keyboard.New(env, field, keys), Back: kit.BackAction(env, a.Back)}
	if m.BackTo != "" {
		o.Back.Text = m.BackTo
	}
	room := kit.BodySize(env, o)
	if len(m.Suggest) > 0 && !(m.Problem != "" && env.Large) { // in large letters what is wrong needs their room
		o.Suggest = suggestions(env, m, field)
		if !env.Reach || env.IsPortrait() {
			room.Height -= 18 + 64
		}
	}
	// Where room is short the help gives way: what is wrong says more.
	typing := func(help bool) func(*kit.Env) fyne.CanvasObject {
		return func(env *kit.Env) fyne.CanvasObject {
			rows := []fyne.CanvasObject{kit.RowTop(16, row...)}
			if help && m.Help != "" {
				rows = append([]fyne.CanvasObject{kit.NewParagraph(env, m.Help, kit.Style{Size: kit.TextRead, Color: env.Pal().Ink2, Line: 1.3})}, rows...)
			}
			return kit.Col(10, rows...)
		}
	}
	o.Body = kit.Fit(env, room, typing(true), typing(false))
	first := main(m.Text)
	o.Main = &first
	frame = kit.NewFrame(env, o)
	return frame
}

// suggestions are chips; one that is wider than its room wraps.
func suggestions(env *kit.Env, m Model, field *kit.Field) fyne.CanvasObject {
	room := env.Width()
	if env.Reach && !env.IsPortrait() {
		room -= kit.NewTools(env).MinSize().Width + 20
	}
	var chips []fyne.CanvasObject
	for _, s := range m.Suggest {
		var chip fyne.CanvasObject = kit.Chip(env, m.Icons, s, func() { field.SetText(s) })
		if chip.MinSize().Width*float32(len(m.Suggest)) > room {
			chip = kit.Grow(chip)
		}
		chips = append(chips, chip)
	}
	return kit.RowFill(12, chips...)
}

// hide is the button that masks what is typed, and its way back.
func hide(env *kit.Env, field *kit.Field, on bool, tell func(bool)) fyne.CanvasObject {
	var b *kit.Button
	var toggle func()
	look := func() kit.Action {
		if on {
			return kit.Action{Text: env.T("form.show"), Icon: "eye", Do: toggle}
		}
		return kit.Action{Text: env.T("form.hide"), Icon: "eyeoff", Do: toggle}
	}
	toggle = func() {
		on = !on
		field.SetMasked(on)
		tell(on)
		b.Set(look())
	}
	b = kit.NewButton(env, kit.ButtonSpec{Action: look(), Height: 80, Size: kit.TextBody, Pad: 20, Gap: 10})
	return b
}
