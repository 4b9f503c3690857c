package procedure

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// newPlace is the card of who decides; a button turns it to what else one
// should know, and back.
func newPlace(env *kit.Env, m Model) fyne.CanvasObject {
	card := kit.Over()
	var turn func(about bool)
	turn = func(about bool) {
		card.Objects = []fyne.CanvasObject{where(env, m, func() { turn(true) })}
		if about {
			card.Objects = []fyne.CanvasObject{know(env, m, func() { turn(false) })}
		}
		card.Refresh()
	}
	turn(false)
	return card
}

func where(env *kit.Env, m Model, turn func()) fyne.CanvasObject {
	p := env.Pal()
	var rows []fyne.CanvasObject
	add := func(icon, text string) {
		if text != "" {
			rows = append(rows, kit.RowTop(16, kit.NewIcon(icon, 32, p.Ink), kit.Grow(kit.NewParagraph(env, text, kit.Style{Line: 1.3, Max: 3}))))
		}
	}
	add("agency", m.Agency)
	add("pin", m.Address)
	add("phone", m.Phone)
	col := []fyne.CanvasObject{kit.Head(env, env.T("procedure.place")), kit.Grow(kit.NewBook(env, 10, rows...))}
	if m.About != "" && m.Problem == "" {
		col = append(col, kit.At(kit.Start, kit.Small(env, "info", env.T("procedure.about"), turn)))
	}
	return kit.Col(10, col...)
}

// know is the text about the procedure, a sentence at a time where it is long.
func know(env *kit.Env, m Model, turn func()) fyne.CanvasObject {
	rows := kit.Sentences(env, m.About, kit.Style{Line: 1.3})
	return kit.Col(10, kit.Head(env, env.T("procedure.about")), kit.Grow(kit.NewBook(env, 8, rows...)),
		kit.At(kit.Start, kit.Small(env, "agency", env.T("procedure.place"), turn)))
}
