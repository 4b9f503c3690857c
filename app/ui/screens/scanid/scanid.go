// Package scanid asks for something to be held in front of the scanner: an ID
// card, or a slip when looking up or collecting.
package scanid

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Want is what the scanner waits for.
type Want int

// What can be asked for.
const (
	Card Want = iota
	Track
	Collect
)

// Model is what the screen shows.
type Model struct {
	Want    Want
	Problem string // one sentence about the last scan, or ""
	Down    bool   // the scanner does not answer
}

// Actions is what can be pressed.
type Actions struct {
	Back func()
	Type func()
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Back: kit.BackAction(env, a.Back)}
	title, lamp, typed := "scanid.title", "scanid.lamp-card", "scanid.type"
	one, two := "scanid.one", "scanid.two"
	switch m.Want {
	case Card:
		o.Steps = &kit.StepsSpec{Now: 1}
	case Track:
		title, lamp, typed, one, two = "scanid.title-track", "scanid.lamp-slip", "scanid.type-slip", "scanid.one-slip", "scanid.two-slip"
		o.Brand = env.T("timeline.brand")
	case Collect:
		title, lamp, typed, one, two = "scanid.title-collect", "scanid.lamp-slip", "scanid.type-slip", "scanid.one-slip", "scanid.two-slip"
		o.Brand = env.T("resultready.brand")
	}
	o.Title = env.T(title)
	o.Aside = &kit.Action{Text: env.T(typed), Icon: "pencil", Do: a.Type}

	picture := newHold(env, m.Want == Card)
	room := kit.BodySize(env, o)
	if env.IsPortrait() {
		words := fyne.NewSize(room.Width, room.Height-portraitPicture-20)
		o.Body = kit.Col(20, kit.Fixed(portraitPicture, picture), kit.Grow(kit.Fit(env, words, side(m, one, two, lamp))))
	} else {
		words := fyne.NewSize(room.Width-pictureWidth-24, room.Height)
		o.Body = kit.RowFill(24, kit.Fixed(pictureWidth, picture), kit.Grow(kit.Fit(env, words, side(m, one, two, lamp))))
	}
	return kit.NewFrame(env, o)
}

// The picture's room.
const (
	pictureWidth    float32 = 600
	portraitPicture float32 = 620
)

// side is the three steps and what the scanner is doing, or what went wrong.
func side(m Model, one, two, lamp string) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		steps := kit.NewPanelPad(env, kit.Surface, 14, 26, 14, 26, kit.Col(0, kit.Spring(),
			step(env, 1, env.T(one)), kit.Spring(), step(env, 2, env.T(two)), kit.Spring(), step(env, 3, env.T("scanid.three")), kit.Spring()))
		var notice fyne.CanvasObject
		switch {
		case m.Problem != "":
			notice = kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", "")
		case m.Down:
			notice = kit.NewNotice(env, kit.Gold, "warn", "**"+env.T("scanid.down")+"**", env.T("scanid.down-note"))
		default:
			notice = kit.NewNotice(env, kit.Gold, "light", "**"+env.T("scanid.lamp")+"**", env.T(lamp))
		}
		if env.IsPortrait() {
			return kit.Col(20, kit.GrowBy(3, steps), notice, kit.Spring())
		}
		return kit.Col(20, kit.Grow(steps), notice)
	}
}

func step(env *kit.Env, n int, text string) fyne.CanvasObject {
	return kit.Row(20, kit.Number(env, n, 48), kit.Grow(kit.Read(env, text)))
}
