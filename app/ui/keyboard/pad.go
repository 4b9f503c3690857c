package keyboard

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// NewPad is a panel of digits, 396×480 as drawn; hint is a quiet line below
// the keys, empty for none.
func NewPad(env *kit.Env, target kit.Typing, hint string) fyne.CanvasObject {
	var keys []fyne.CanvasObject
	digit := func(d string) {
		keys = append(keys, kit.NewKey(env, kit.KeySpec{Text: d, Size: 38, Bold: true, Do: func() {
			target.Insert(d)
			target.Refocus()
		}}))
	}
	for _, d := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		digit(d)
	}
	keys = append(keys, kit.NewKey(env, kit.KeySpec{Text: env.T("keyboard.clear"), Fn: true, Do: func() {
		target.Clear()
		target.Refocus()
	}}))
	digit("0")
	keys = append(keys, kit.NewKey(env, kit.KeySpec{Icon: "bksp", Text: env.T("keyboard.erase"), Fn: true, Do: func() {
		target.Erase()
		target.Refocus()
	}}))
	grid := kit.Grow(kit.Grid(3, 14, 14, keys...))
	rows := []fyne.CanvasObject{grid}
	if hint != "" {
		rows = append(rows, kit.NewParagraph(env, hint, kit.Style{Color: env.Pal().Ink2, Align: kit.Middle, Max: 2}))
	}
	return kit.NewPanelPad(env, kit.Sunk, 25, 25, 21, 25, kit.Col(22, rows...))
}
