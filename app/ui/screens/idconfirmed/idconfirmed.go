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
	o := kit.FrameSpec{
		Steps: &kit.StepsSpec{Now: 1},
		Title: env.T("idconfirmed.title"),
		Back:  &kit.Action{Text: env.T("idconfirmed.rescan"), Icon: "rotate", Do: a.Rescan},
		Main:  kit.MainAction(env.T("idconfirmed.main"), a.Next),
	}
	body := func(d dense) func(*kit.Env) fyne.CanvasObject {
		return func(env *kit.Env) fyne.CanvasObject {
			card := kit.NewPanelPad(env, kit.Surface, d.pad, 34, d.pad, 34, person(env, m, a, d))
			trust := kit.NewPanelPad(env, kit.Surface, 20, 20, 16, 20, ladder(env, m, d))
			if env.IsPortrait() {
				return kit.Col(24, card, trust)
			}
			return kit.RowFill(24, kit.GrowBy(672, card), kit.GrowBy(504, trust))
		}
	}
	o.Body = kit.Fit(env, kit.BodySize(env, o), body(airy), body(tight))
	return kit.NewFrame(env, o)
}

// dense is how much air the card has: less where a name or an address is long.
type dense struct {
	pad, name, value, gap, rung float32
	drawn                       float32
}

var (
	airy  = dense{pad: 26, name: 40, value: kit.TextButton, gap: 12, rung: 12, drawn: 92}
	tight = dense{pad: 14, name: 30, value: kit.TextRead, gap: 6, rung: 4, drawn: 72}
)

func person(env *kit.Env, m Model, a Actions, d dense) fyne.CanvasObject {
	p := env.Pal()
	head := kit.Row(24, kit.NewPict(env, "card", d.drawn), kit.Grow(kit.Col(0,
		kit.NewParagraph(env, m.Name, kit.Style{Size: d.name, Bold: true, Line: 1.2, Max: 3}),
		kit.NewParagraph(env, m.ReadAt, kit.Style{Color: p.Ink2, Max: 2}))))
	rows := []fyne.CanvasObject{head, kit.Space(d.gap - 6)}
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
			kit.Grow(kit.NewParagraph(env, value, kit.Style{Size: d.value, Bold: true, Line: 1.25, Max: 4}))))
	}
	rows = append(rows, kit.Spring(), kit.Row(16, kit.Small(env, icon, env.T(button), a.Show), kit.Grow(kit.Quiet(env, env.T(note)))))
	return kit.Col(d.gap, rows...)
}

// ladder is the three grades of trust, the person's own marked, and below them
// what is wrong, if anything.
func ladder(env *kit.Env, m Model, d dense) fyne.CanvasObject {
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
		row := kit.Pad(d.rung, 18, d.rung, 18, kit.Row(18, disc, kit.Grow(words)))
		if on {
			rows = append(rows, kit.NewPanelPad(env, tone, 0, 0, 0, 0, row))
			continue
		}
		rows = append(rows, row)
	}
	var last fyne.CanvasObject = kit.Quiet(env, env.T("idconfirmed.agency"))
	if m.Problem != "" {
		last = kit.Row(12, kit.NewIcon("warn", 34, p.Bronze), kit.Grow(kit.NewParagraph(env, m.Problem, kit.Style{Bold: true, Color: p.Bronze, Line: 1.25})))
	}
	return kit.Col(8, append(rows, kit.Pad(0, 8, 0, 8, last), kit.Spring())...)
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
