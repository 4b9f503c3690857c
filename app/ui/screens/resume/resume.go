// Package resume asks for the code that goes on with an interrupted visit. It
// promises to show nothing of what was answered. It must not import anything of
// the project but app/ui/kit.
package resume

import (
	"strings"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Model is what the screen shows.
type Model struct {
	Alphabet string // what a code is made of
	Length   int
	Text     string // typed so far
	Problem  string
	Busy     bool // being tried
	Gone     bool // there is nothing to go on with any more
}

// Actions is what can be pressed.
type Actions struct {
	Back    func()
	Anew    func() // begin a new dossier
	Changed func(code string)
	Next    func()
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	if m.Gone {
		return gone(env, m, a)
	}
	var frame *kit.Frame
	main := func(n int) kit.Action {
		if n < m.Length || m.Busy {
			return kit.Action{Text: env.T("resume.first", "n", m.Length), Icon: "none", Off: true}
		}
		return kit.Action{Text: env.T("resume.main"), Do: a.Next}
	}
	text := m.Text
	field := kit.NewField(env, kit.FieldSpec{Label: env.T("resume.code"), Text: m.Text, Max: m.Length, Centred: true, Size: 52, Height: 96,
		Accept: func(r rune) bool { return strings.ContainsRune(m.Alphabet, r) },
		Changed: func(s string) {
			text = s
			a.Changed(s)
			if frame != nil {
				frame.SetMain(main(len(s)))
			}
		}, Submit: func() {
			if len(text) == m.Length && !m.Busy {
				a.Next()
			}
		}})
	first := main(len(m.Text))
	o := kit.FrameSpec{Steps: &kit.StepsSpec{Now: 1}, Title: env.T("resume.title"), Back: kit.BackAction(env, a.Back), Main: &first,
		Second: &kit.Action{Text: env.T("resume.anew"), Icon: "plus", Do: a.Anew}}
	words := func(help bool) func(*kit.Env) fyne.CanvasObject {
		return func(env *kit.Env) fyne.CanvasObject {
			rows := []fyne.CanvasObject{kit.NewParagraph(env, env.T("resume.code"), kit.Style{Size: kit.TextRead, Bold: true}), field}
			if m.Problem != "" {
				rows = append(rows, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", ""))
			}
			if help {
				rows = append(rows, kit.NewParagraph(env, env.T("resume.help"), kit.Style{Size: kit.TextRead, Color: env.Pal().Ink2}))
			}
			return kit.Col(14, rows...)
		}
	}
	keys := pad(env, field, m.Alphabet)
	room := kit.BodySize(env, o)
	if env.IsPortrait() {
		room.Height -= portraitPad + 24
		o.Body = kit.Col(24, kit.Fit(env, room, words(true), words(false)), kit.Fixed(portraitPad, keys))
	} else {
		room.Width -= padWidth + 32
		o.Body = kit.RowFill(32, kit.Grow(kit.Fit(env, room, words(true), words(false))), kit.Fixed(padWidth, keys))
	}
	frame = kit.NewFrame(env, o)
	return frame
}

// The keys' room.
const (
	padWidth    float32 = 660
	portraitPad float32 = 620
	perRow              = 6
)

// pad is a key for every character of a code, and one that takes the last away.
func pad(env *kit.Env, target kit.Typing, alphabet string) fyne.CanvasObject {
	var keys []fyne.CanvasObject
	for _, r := range alphabet {
		keys = append(keys, kit.NewKey(env, kit.KeySpec{Text: string(r), Size: 36, Bold: true, Do: func() {
			target.Insert(string(r))
			target.Refocus()
		}}))
	}
	fn := func(icon, word string, do func()) fyne.CanvasObject {
		return kit.NewKey(env, kit.KeySpec{Icon: icon, Text: env.T(word), Fn: true, Do: func() {
			do()
			target.Refocus()
		}})
	}
	last := kit.RowFill(12, kit.Grow(fn("", "keyboard.clear", target.Clear)), kit.Grow(fn("bksp", "keyboard.erase", target.Erase)))
	grid := kit.Grid(perRow, 12, 12, keys...)
	return kit.NewPanelPad(env, kit.Sunk, 18, 18, 18, 18, kit.Col(12, kit.Grow(grid), kit.Fixed(72, last)))
}

// gone says why nothing can go on.
func gone(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	return kit.NewFrame(env, kit.FrameSpec{Steps: &kit.StepsSpec{Now: 1}, Title: env.T("resume.gone-title"),
		Body: kit.Col(0, kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", "")),
		Back: kit.BackAction(env, a.Back), Main: kit.MainAction(env.T("resume.anew"), a.Anew)})
}
