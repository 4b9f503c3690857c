package keyboard

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Capitals says when the keyboard shifts by itself.
type Capitals int

// NoCapitals types as it stands; WordCapitals begins every word large, for
// names; SentenceCapitals only the first.
const (
	NoCapitals Capitals = iota
	WordCapitals
	SentenceCapitals
)

// Options are how a keyboard begins.
type Options struct {
	Capitals Capitals
	Digits   bool // begin on the layer of digits and signs: e-mail, phone
}

// Board is the keyboard of letters. It is a kit.Board.
type Board struct {
	env    *kit.Env
	target kit.Typing
	o      Options
	shift  bool
	auto   bool // shift came by itself
	digits bool
	tray   *fyne.Container
	bottom *fyne.Container
	letter []*kit.Key // keys that change case
	lower  []string
	shiftK *kit.Key
}

// New makes a keyboard that writes into target.
func New(env *kit.Env, target kit.Typing, o Options) *Board {
	b := &Board{env: env, target: target, o: o, digits: o.Digits}
	b.tray = &fyne.Container{Layout: fill{}}
	b.bottom = &fyne.Container{Layout: fill{}}
	b.build()
	b.capital()
	return b
}

// SetTarget writes into another field from now on.
func (b *Board) SetTarget(t kit.Typing) {
	b.target = t
	b.capital()
}

// Tray is the rows of keys.
func (b *Board) Tray() fyne.CanvasObject { return b.tray }

// Bottom is the row beside the action buttons: layer, space, hyphen.
func (b *Board) Bottom() fyne.CanvasObject { return b.bottom }

// Height is how high the tray's rows are.
func (b *Board) Height() float32 {
	if b.env.IsPortrait() {
		return 5*64 + 4*rowGap
	}
	return 3*64 + 2*rowGap
}

const rowGap float32 = 11

// Rows of letters; the Vietnamese block beside them.
var (
	rows   = []string{"qwertyuiop", "asdfghjkl", "zxcvbnm"}
	viet   = []string{"ăâêôơ", "ưđ"}
	signs  = []string{"1234567890", "():;&%+=?", "\"#*°²'!"}
	extras = []string{"@._-/", "–,"}
)

// Apostrophe is the letter-like mark of names such as H’ Bia.
const Apostrophe = "’"

func (b *Board) put(edit func(before string) string) {
	if b.target == nil {
		return
	}
	b.target.Edit(edit)
	b.target.Refocus()
	if b.shift {
		b.setShift(false, false)
	}
	b.capital()
}

// capital shifts by itself where the options ask for a capital.
func (b *Board) capital() {
	if b.target == nil || b.digits {
		return
	}
	before := b.target.Before()
	last, _ := utf8.DecodeLastRuneInString(before)
	want := false
	switch b.o.Capitals {
	case WordCapitals:
		want = before == "" || last == ' ' || last == '-'
	case SentenceCapitals:
		want = before == ""
	}
	if want && !b.shift {
		b.setShift(true, true)
	} else if !want && b.shift && b.auto {
		b.setShift(false, false)
	}
}

func (b *Board) setShift(on, auto bool) {
	if b.shift == on {
		return
	}
	b.shift, b.auto = on, auto
	for i, k := range b.letter {
		k.Set(b.letterKey(b.lower[i]))
	}
	if b.shiftK != nil {
		b.shiftK.Set(b.shiftSpec())
	}
}

func (b *Board) letterKey(lower string) kit.KeySpec {
	shown := lower
	if b.shift {
		shown = strings.ToUpper(lower)
	}
	return kit.KeySpec{Text: shown, Do: func() {
		b.put(func(before string) string { return Append(before, shown) })
	}}
}

func (b *Board) newLetter(lower rune) fyne.CanvasObject {
	k := kit.NewKey(b.env, b.letterKey(string(lower)))
	b.letter, b.lower = append(b.letter, k), append(b.lower, string(lower))
	return k
}

func (b *Board) sign(s string) fyne.CanvasObject {
	size := float32(0)
	if utf8.RuneCountInString(s) > 1 {
		size = kit.TextBody
	}
	return kit.NewKey(b.env, kit.KeySpec{Text: s, Size: size, Do: func() {
		b.put(func(before string) string { return before + s })
	}})
}

func (b *Board) tone(t Tone, key string) fyne.CanvasObject {
	return kit.NewKey(b.env, kit.KeySpec{Text: b.env.T("keyboard." + key), Tone: "tone-" + key, Do: func() {
		b.put(func(before string) string { return Compose(before, t) })
	}})
}

func (b *Board) shiftSpec() kit.KeySpec {
	return kit.KeySpec{Icon: "shift", Name: b.env.T("keyboard.shift"), Fn: true, On: b.shift, Do: func() {
		b.setShift(!b.shift, false)
		b.refocus()
	}}
}

func (b *Board) refocus() {
	if b.target != nil {
		b.target.Refocus()
	}
}

func (b *Board) erase() fyne.CanvasObject {
	return kit.NewKey(b.env, kit.KeySpec{Icon: "bksp", Text: b.env.T("keyboard.erase"), Fn: true, Do: func() {
		if b.target == nil {
			return
		}
		b.target.Erase()
		b.target.Refocus()
		b.capital()
	}})
}

func (b *Board) letters(s string, each func(rune) fyne.CanvasObject) []fyne.CanvasObject {
	var keys []fyne.CanvasObject
	for _, r := range s {
		keys = append(keys, each(r))
	}
	return keys
}

var toneKeys = []string{"sac", "huyen", "hoi", "nga", "nang"}

func (b *Board) build() {
	b.letter, b.lower, b.shiftK = nil, nil, nil
	sign := func(r rune) fyne.CanvasObject { return b.sign(string(r)) }
	g := &plan{env: b.env}
	if b.digits {
		g.left = [3][]fyne.CanvasObject{b.letters(signs[0], sign), b.letters(signs[1], sign), append(b.letters(signs[2], sign), b.sign(","), b.sign("."), b.sign(Apostrophe))}
		g.right = [2][]fyne.CanvasObject{b.letters(extras[0], sign), append(b.letters(extras[1], sign), b.sign("°"))}
		g.last = []fyne.CanvasObject{b.sign("@gmail.com"), b.sign(".com"), b.sign(".vn")}
		g.lastUnits = []int{3, 1, 1}
		g.left[2] = g.left[2][:10]
	} else {
		b.shiftK = kit.NewKey(b.env, b.shiftSpec())
		third := append([]fyne.CanvasObject{b.shiftK}, b.letters(rows[2], b.newLetter)...)
		g.left = [3][]fyne.CanvasObject{b.letters(rows[0], b.newLetter), b.letters(rows[1], b.newLetter), append(third, b.sign(","), b.sign("."))}
		g.right = [2][]fyne.CanvasObject{b.letters(viet[0], b.newLetter), append(b.letters(viet[1], b.newLetter), b.sign(Apostrophe))}
		for i, t := range Tones {
			g.last = append(g.last, b.tone(t, toneKeys[i]))
		}
		g.lastUnits = []int{1, 1, 1, 1, 1}
	}
	g.erase = b.erase()
	b.tray.Layout, b.tray.Objects = g, g.objects()
	layer := kit.KeySpec{Text: b.env.T("keyboard.digits"), Fn: true}
	if b.digits {
		layer.Text = b.env.T("keyboard.letters")
	}
	layer.Do = func() {
		b.digits = !b.digits
		b.shift = false
		b.build()
		b.tray.Refresh()
		b.bottom.Refresh()
		b.capital()
		b.refocus()
	}
	space := kit.KeySpec{Text: b.env.T("keyboard.space"), Do: func() {
		b.put(func(before string) string { return before + " " })
	}}
	b.bottom.Layout = bottomRow{}
	b.bottom.Objects = []fyne.CanvasObject{kit.NewKey(b.env, layer), kit.NewKey(b.env, space), b.sign("-")}
}
