// Package idle is the countdown that covers everything when nobody has touched
// the station for a while. It promises that nothing of the person before shows
// through, and refuses to time out without having been seen. It must not import
// anything of the project but app/ui/kit.
package idle

import (
	"strconv"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Model is how long is left of how long.
type Model struct {
	Seconds int
	Total   int    // what the bar is full of; 0: Seconds
	Code    string // that goes on with what was begun; "": it will be lost
}

// Actions are what the person can say.
type Actions struct{ Stay, End func() }

// Screen is the countdown; SetSeconds moves it.
type Screen struct {
	*kit.Frame
	env    *kit.Env
	after  string // what becomes of the answers
	total  int
	number *kit.Paragraph
	bar    *kit.Bar
}

// SetSeconds shows how many seconds are left.
func (s *Screen) SetSeconds(n int) {
	s.number.SetText(strconv.Itoa(n))
	s.bar.Set(float32(n) / float32(s.total))
}

// New draws the countdown. What it returns is a *Screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	p := env.Pal()
	s := &Screen{env: env, total: m.Total, after: env.T("idle.lost")}
	if m.Code != "" {
		s.after = env.T("idle.code", "code", m.Code)
	}
	if s.total <= 0 {
		s.total = max(1, m.Seconds)
	}
	middle := func(text string, style kit.Style) *kit.Paragraph {
		style.Align = kit.Middle
		return kit.NewParagraph(env, text, style)
	}
	numberSize := float32(150)
	if env.Large {
		numberSize = 110
	}
	s.number = middle(strconv.Itoa(m.Seconds), kit.Style{Size: numberSize, Bold: true, Line: 1.15})
	s.bar = kit.NewBar(env, float32(m.Seconds)/float32(s.total))
	below := middle(env.T("idle.why")+"\n"+s.after, kit.Style{Size: kit.TextRead, Color: p.Ink2, Max: 4, Second: true})
	if m.Code != "" { // the code is what has to be read in these seconds
		below = middle(s.after, kit.Style{Size: kit.TextButton, Max: 4})
	}
	inner := kit.Col(0,
		middle(env.T("idle.title"), kit.Style{Size: kit.TextDisplay, Bold: true, Line: 1.2, Max: 2, Fit: true}),
		kit.Space(6), s.number,
		middle(env.T("idle.unit"), kit.Style{Size: 28, Max: 2}),
		kit.Space(26), kit.Pad(0, 40, 0, 40, s.bar),
		kit.Space(26), below,
	)
	card := kit.NewDialog(env, inner)
	o := kit.FrameSpec{
		Plain: true, NoTools: true, Title: "",
		Back: &kit.Action{Text: env.T("idle.end"), Icon: "x", Kind: kit.Ending, Do: a.End},
		Main: &kit.Action{Text: env.T("idle.stay"), Icon: "check", Do: a.Stay},
	}
	room := kit.BodySize(env, o)
	w, h := fyne.Min(1000, room.Width-2*kit.Margin), float32(556)
	if env.IsPortrait() {
		h = 720
	}
	h = fyne.Min(h, room.Height-8)
	top := fyne.Min(52, room.Height-h)
	if env.IsPortrait() {
		top = (room.Height - h) / 2
	}
	o.Body = kit.Abs(kit.Spot{X: (room.Width - w) / 2, Y: top, W: w, H: h, Obj: card})
	s.Frame = kit.NewFrame(env, o)
	s.ExtendBaseWidget(s)
	return s
}

// Speech says the seconds in a sentence.
func (s *Screen) Speech() string {
	return kit.JoinSpoken([]string{
		s.env.T("idle.title"), s.env.T("idle.spoken", "seconds", s.number.Text()), s.env.T("idle.why"), kit.Plain(s.after),
		s.env.T("idle.end"), s.env.T("idle.stay"),
	})
}
