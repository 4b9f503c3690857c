// Package pin takes a staff member's PIN after the badge was scanned. A badge
// alone opens nothing.
package pin

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/keyboard"
	"tramhoso/app/ui/kit"
)

// Length is how many digits a PIN has.
const Length = 6

// Model is what the screen shows.
type Model struct {
	Problem string
	Busy    bool // being checked
}

// Actions is what can be pressed.
type Actions struct {
	Back  func()
	Login func(pin string)
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	var frame *kit.Frame
	var field *kit.Field
	login := func() {
		if len(field.Text()) == Length && !m.Busy {
			a.Login(field.Text())
		}
	}
	main := func(n int) kit.Action {
		if n < Length || m.Busy {
			return kit.Action{Text: env.T("clerklogin.first"), Icon: "none", Off: true}
		}
		return kit.Action{Text: env.T("clerklogin.main"), Do: login}
	}
	field = kit.NewField(env, kit.FieldSpec{Label: env.T("clerklogin.pin"), Max: Length, Masked: true, Accept: kit.Digits, Centred: true, Size: 52, Height: 96,
		Changed: func(s string) {
			if frame != nil {
				frame.SetMain(main(len(s)))
			}
		}, Submit: login})
	padPanel := keyboard.NewPad(env, field, "")
	first := main(0)
	o := kit.FrameSpec{Title: env.T("clerklogin.title"), Back: kit.BackAction(env, a.Back), Main: &first}
	left := func(env *kit.Env) fyne.CanvasObject {
		rows := []fyne.CanvasObject{
			kit.NewParagraph(env, env.T("clerklogin.pin"), kit.Style{Size: kit.TextRead, Bold: true}), field,
			kit.NewParagraph(env, env.T("clerklogin.help"), kit.Style{Size: kit.TextRead, Color: env.Pal().Ink2})}
		if m.Problem != "" {
			rows = append(rows, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
		}
		return kit.Col(14, rows...)
	}
	room := kit.BodySize(env, o)
	if env.IsPortrait() {
		room.Height -= portraitPad + 24
		o.Body = kit.Col(24, kit.Fit(env, room, left), kit.Fixed(portraitPad, padPanel))
	} else {
		room.Width -= padWidth + 32
		o.Body = kit.RowFill(32, kit.Grow(kit.Fit(env, room, left)), kit.Fixed(padWidth, padPanel))
	}
	frame = kit.NewFrame(env, o)
	return frame
}

// The digits' room.
const (
	padWidth    float32 = 396
	portraitPad float32 = 560
)
