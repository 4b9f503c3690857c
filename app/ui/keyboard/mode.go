package keyboard

import (
	"fyne.io/fyne/v2"

	"tramhoso/app/ui/keyboard/compose"
	"tramhoso/app/ui/kit"
)

// Mode is a way of typing: a layout, and how its keys become letters.
type Mode string

// The ways. In the first three the Vietnamese letters are at hand: from keys
// of their own, by Telex beside those keys, by the digits of VNI.
const (
	Viet    Mode = "viet"
	Telex   Mode = "telex"
	VNI     Mode = "vni"
	English Mode = "english" // letters and digits as they are
	Number  Mode = "number"  // large digits
	Email   Mode = "email"
)

// Modes are all ways, in the order they are offered.
var Modes = []Mode{Viet, Telex, VNI, English, Number, Email}

// writes reports a way of writing text: chosen, it holds for the visit.
func (m Mode) writes() bool { return m == Viet || m == Telex || m == VNI || m == English }

func (m Mode) method() compose.Method {
	switch m {
	case Telex:
		return compose.Telex
	case VNI:
		return compose.VNI
	}
	return compose.Plain
}

// composes reports a way in which a letter may change those before it.
func (m Mode) composes() bool { return m == Viet || m == Telex || m == VNI }

// Input is what a field asks for.
type Input int

// Text is words; Code is a number with letters; Digits and Phone begin with
// large digits; Address is an e-mail address.
const (
	Text Input = iota
	Code
	Digits
	Phone
	Address
)

// first is the way a field begins with.
func (b *Board) first() Mode {
	switch b.o.Input {
	case Digits, Phone:
		return Number
	case Address:
		return Email
	case Code:
		return English
	}
	return b.words()
}

// words is the way of writing text: the one chosen, else the language's own.
// Who reads English may never have heard of Telex, whose keys would surprise.
func (b *Board) words() Mode {
	if m := Mode(b.env.Keys); m.writes() {
		return m
	}
	if b.env.Words.Lang() == "vi" {
		return Telex
	}
	return Viet
}

// Mode is the way of typing now.
func (b *Board) Mode() Mode { return b.mode }

// SetMode types another way.
func (b *Board) SetMode(m Mode) {
	if m.writes() {
		b.env.Keys = string(m)
	}
	b.mode, b.signs, b.choosing = m, false, false
	b.again()
}

func (b *Board) modeKey() fyne.CanvasObject {
	name := b.env.T("keyboard.mode-" + string(b.mode))
	return kit.NewKey(b.env, kit.KeySpec{Text: b.env.T("keyboard.short-" + string(b.mode)), Fn: true, On: true,
		Name: b.env.T("keyboard.mode", "mode", name), Held: b.slid, Do: func() {
			b.choosing = !b.choosing
			b.again()
		}})
}

// choices are all ways of typing, in place of the keys.
func (b *Board) choices() (fyne.Layout, []fyne.CanvasObject) {
	cols := 3
	if b.env.IsPortrait() {
		cols = 2
	}
	height := (b.Height() - float32(len(Modes)/cols-1)*rowGap) / float32(len(Modes)/cols)
	var all []fyne.CanvasObject
	for _, m := range Modes {
		note := b.env.T("keyboard.note-" + string(m))
		if b.env.Large { // what it is called says enough
			note = ""
		}
		all = append(all, kit.NewChoice(b.env, kit.ChoiceSpec{Text: b.env.T("keyboard.mode-" + string(m)), Second: note,
			On: m == b.mode, Size: kit.TextButton, Height: height, Do: func() { b.SetMode(m) }}))
	}
	return &table{env: b.env, cols: cols}, all
}
