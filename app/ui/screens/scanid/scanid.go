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

	steps := kit.NewPanelPad(env, kit.Surface, 18, 26, 18, 26, kit.Col(0,
		kit.Grow(step(env, 1, env.T(one))), kit.Grow(step(env, 2, env.T(two))), kit.Grow(step(env, 3, env.T("scanid.three")))))
	var notice fyne.CanvasObject
	switch {
	case m.Problem != "":
		notice = kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", "")
	case m.Down:
		notice = kit.NewNotice(env, kit.Gold, "warn", "**"+env.T("scanid.down")+"**", env.T("scanid.down-note"))
	default:
		notice = kit.NewNotice(env, kit.Gold, "light", "**"+env.T("scanid.lamp")+"**", env.T(lamp))
	}
	picture := newHold(env, m.Want == Card)
	if env.IsPortrait() {
		o.Body = kit.Col(20, kit.Fixed(620, picture), kit.Fixed(300, steps), notice)
	} else {
		o.Body = kit.RowFill(24, kit.Fixed(600, picture), kit.Grow(kit.Col(20, kit.Grow(steps), notice)))
	}
	return kit.NewFrame(env, o)
}

func step(env *kit.Env, n int, text string) fyne.CanvasObject {
	return kit.Row(20, kit.Number(env, n, 48), kit.Grow(kit.Read(env, text)))
}
