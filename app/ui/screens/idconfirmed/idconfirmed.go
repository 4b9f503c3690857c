// Package idconfirmed shows what was read from an ID card and asks whether it
// is the person in front of the screen.
package idconfirmed

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/sync/dossier"
)

// Model is what the screen shows. Number is shown in full only while Shown.
type Model struct {
	Name    string
	ReadAt  string // "Đọc từ thẻ căn cước lúc 09:26"
	Number  string
	Born    string
	Sex     string
	Address string
	Trust   dossier.Trust
	Shown   bool
	Problem string
}

// Actions is what can be pressed.
type Actions struct {
	Rescan func()
	Show   func()
	Next   func()
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	card := kit.NewPanelPad(env, kit.Surface, 26, 34, 24, 34, person(env, m, a))
	trust := kit.NewPanelPad(env, kit.Surface, 20, 20, 16, 20, ladder(env, m))
	o := kit.FrameSpec{
		Steps: &kit.StepsSpec{Now: 1},
		Title: env.T("idconfirmed.title"),
		Back:  &kit.Action{Text: env.T("idconfirmed.rescan"), Icon: "rotate", Do: a.Rescan},
		Main:  kit.MainAction(env.T("idconfirmed.main"), a.Next),
	}
	if env.IsPortrait() {
		o.Body = kit.Col(24, card, trust)
	} else {
		o.Body = kit.RowFill(24, kit.GrowBy(672, card), kit.GrowBy(504, trust))
	}
	return kit.NewFrame(env, o)
}

func person(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	p := env.Pal()
	head := kit.Row(24, kit.NewPict(env, "card", 92), kit.Grow(kit.Col(0,
		kit.NewParagraph(env, m.Name, kit.Style{Size: 40, Bold: true, Line: 1.2, Max: 2}),
		kit.NewParagraph(env, m.ReadAt, kit.Style{Color: p.Ink2, Max: 2}))))
	rows := []fyne.CanvasObject{head, kit.Space(6)}
	number := mask(m.Number)
	button, note, icon := "idconfirmed.show", "idconfirmed.masked", "eye"
	if m.Shown {
		number, button, note, icon = group(m.Number), "idconfirmed.hide", "idconfirmed.shown", "eyeoff"
	}
	for _, kv := range [][2]string{
		{"idconfirmed.number", number}, {"idconfirmed.born", m.Born},
		{"idconfirmed.sex", m.Sex}, {"idconfirmed.address", m.Address},
	} {
		value := kv[1]
		if value == "" {
			value = env.T("idconfirmed.not-known")
		}
		rows = append(rows, kit.RowTop(12,
			kit.Fixed(200, kit.NewParagraph(env, env.T(kv[0]), kit.Style{Size: kit.TextRead, Color: p.Ink2})),
			kit.Grow(kit.NewParagraph(env, value, kit.Style{Size: kit.TextButton, Bold: true, Line: 1.25, Max: 2}))))
	}
	if m.Problem != "" {
		rows = append(rows, kit.Row(12, kit.NewIcon("warn", 34, p.Bronze),
			kit.Grow(kit.NewParagraph(env, m.Problem, kit.Style{Size: kit.TextRead, Bold: true, Color: p.Bronze, Line: 1.25, Max: 3}))))
	}
	rows = append(rows, kit.Spring(), kit.Row(16, kit.Small(env, icon, env.T(button), a.Show), kit.Grow(kit.Quiet(env, env.T(note)))))
	return kit.Col(12, rows...)
}

// ladder is the three grades of trust, the person's own marked.
func ladder(env *kit.Env, m Model) fyne.CanvasObject {
	p := env.Pal()
	rows := []fyne.CanvasObject{kit.Pad(0, 8, 2, 8, kit.Head(env, env.T("idconfirmed.trust")))}
	for _, g := range []struct {
		trust dossier.Trust
		key   string
		icon  string
	}{
		{dossier.TrustDeclared, "declared", "pencil"},
		{dossier.TrustConsistent, "consistent", "check"},
		{dossier.TrustVerified, "verified", "chip"},
	} {
		on := g.trust == m.Trust
		name, tone := env.T("idconfirmed."+g.key), kit.Bare
		disc := kit.NewDisc(env, kit.DiscSpec{Icon: g.icon, Size: 56, Fill: p.Paper, Edge: p.Edge, Ink: p.Ink2})
		if on {
			name, tone = env.T("idconfirmed.yours", "grade", name), kit.Leaf
			disc = kit.Done(env, 56)
		}
		words := kit.Col(0, kit.NewParagraph(env, "**"+name+"**", kit.Style{Size: kit.TextRead, Line: 1.3, Max: 2}),
			kit.NewParagraph(env, env.T("idconfirmed."+g.key+"-note"), kit.Style{Line: 1.3, Max: 2}))
		row := kit.Pad(12, 18, 12, 18, kit.Row(18, disc, kit.Grow(words)))
		if on {
			rows = append(rows, kit.NewPanelPad(env, tone, 0, 0, 0, 0, row))
			continue
		}
		rows = append(rows, row)
	}
	return kit.Col(8, append(rows, kit.Spring(), kit.Pad(0, 8, 0, 8, kit.Quiet(env, env.T("idconfirmed.agency"))))...)
}

// mask hides all but the last four digits.
func mask(number string) string {
	if len(number) < 4 {
		return ""
	}
	return "•••• •••• " + number[len(number)-4:]
}

// group writes a number in fours, as people read it out.
func group(number string) string {
	out := ""
	for i, r := range number {
		if i > 0 && i%4 == 0 {
			out += " "
		}
		out += string(r)
	}
	return out
}
