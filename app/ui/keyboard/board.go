package keyboard

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/keyboard/compose"
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
	Input    Input
	Accept   func(rune) bool // what the field takes: other keys of digits are left out. Nil: anything
}

// shift is the state of the shift key.
type shift int

const (
	lower shift = iota
	auto        // one letter, by itself
	once        // one letter
	lock        // until it is pressed again
)

// Board is the keyboard. It is a kit.Board.
type Board struct {
	env      *kit.Env
	target   kit.Typing
	o        Options
	mode     Mode
	signs    bool // the layer of digits and signs is shown
	choosing bool // the ways of typing are shown
	shift    shift
	write    compose.Writer
	tray     *fyne.Container
	bottom   *fyne.Container
	pop      *kit.Pop
	letter   []*kit.Key // keys that change case
	small    []string
	shiftK   *kit.Key
}

// New makes a keyboard that writes into target.
func New(env *kit.Env, target kit.Typing, o Options) *Board {
	b := &Board{env: env, target: target, o: o, pop: kit.NewPop(env)}
	b.mode = b.first()
	b.tray = &fyne.Container{Layout: fill{}}
	b.bottom = &fyne.Container{Layout: fill{}}
	b.build()
	b.capital()
	return b
}

// SetTarget writes into another field from now on.
func (b *Board) SetTarget(t kit.Typing) {
	b.target = t
	b.write.Forget()
	b.capital()
}

// Tray is the rows of keys.
func (b *Board) Tray() fyne.CanvasObject { return b.tray }

// Bottom is the row beside the action buttons: layer, way of typing, space, hyphen.
func (b *Board) Bottom() fyne.CanvasObject { return b.bottom }

// Height is how high the tray's rows are.
func (b *Board) Height() float32 {
	if b.env.IsPortrait() {
		return 5*keyH + 4*b.rowGap()
	}
	return 3*keyH + 2*b.rowGap()
}

// Apostrophe is the letter-like mark of names such as H’ Bia.
const Apostrophe = "’"

// put changes the text before the caret, through the field's own Edit.
func (b *Board) put(edit func(before string) string) {
	if b.target == nil {
		return
	}
	before := b.target.Before()
	b.target.Edit(edit)
	b.mark(before, b.target.Before())
	b.target.Refocus()
	if b.shift == once || b.shift == auto {
		b.setShift(lower)
	}
	b.capital()
}

// mark shows which letter the key has just written marks on.
func (b *Board) mark(before, after string) {
	field, ok := b.target.(interface{ Mark(at int) })
	if !ok || !b.mode.composes() || b.signs {
		return
	}
	was, is := []rune(before), []rune(after)
	at := len(is) - 1
	for at >= 0 && at < len(was) && is[at] == was[at] {
		at--
	}
	if at >= 0 && len(is) <= len(was)+1 && unicode.IsLetter(is[at]) && is[at] >= utf8.RuneSelf {
		field.Mark(at)
	}
}

// type1 types a letter, or a digit that may mean a mark.
func (b *Board) type1(s string) {
	b.put(func(before string) string {
		if !b.mode.composes() {
			return before + s
		}
		b.write.Method = b.mode.method()
		return b.write.Type(before, s)
	})
}

// sign1 types what is no part of a word.
func (b *Board) sign1(s string) {
	b.put(func(before string) string {
		if !b.mode.composes() {
			return before + s
		}
		b.write.Method = b.mode.method()
		return b.write.Sign(before, s)
	})
}

// capital shifts by itself where the options ask for a capital.
func (b *Board) capital() {
	if b.target == nil || b.signs || b.choosing || b.shiftK == nil || b.mode == Email {
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
	if want && b.shift == lower {
		b.setShift(auto)
	} else if !want && b.shift == auto {
		b.setShift(lower)
	}
}

func (b *Board) setShift(s shift) {
	if b.shift == s {
		return
	}
	large := b.shift != lower
	b.shift = s
	if large != (s != lower) {
		for i, k := range b.letter {
			k.Set(b.letterKey(b.small[i]))
		}
	}
	if b.shiftK != nil {
		b.shiftK.Set(b.shiftKey())
	}
}

func (b *Board) shiftKey() kit.KeySpec {
	k := kit.KeySpec{Icon: "shift", Name: b.env.T("keyboard.shift"), Fn: true, On: b.shift != lower, Held: b.slid}
	if b.shift == lock {
		k.Icon, k.Name = "shift-lock", b.env.T("keyboard.shift-lock")
	}
	k.Do = func() {
		switch b.shift {
		case lower:
			b.setShift(once)
		case once:
			b.setShift(lock)
		default:
			b.setShift(lower)
		}
		b.refocus()
	}
	return k
}

func (b *Board) refocus() {
	if b.target != nil {
		b.target.Refocus()
	}
}

// held shows the letter under a finger above it; a hidden field's letters are
// nobody's to read.
func (b *Board) held(k *kit.Key, down bool) {
	if !down {
		b.pop.Hide()
		b.refocus() // the finger may have slid off: no tap will do it
		return
	}
	if f, ok := b.target.(interface{ Masked() bool }); ok && f.Masked() {
		return
	}
	if utf8.RuneCountInString(k.Text()) == 1 {
		b.pop.Over(k, k.Text(), b.tray.Size().Width)
	}
}

// slid gives the focus back when a finger slid off a key.
func (b *Board) slid(_ *kit.Key, down bool) {
	if !down {
		b.refocus()
	}
}

// shown is the case in which a letter is shown and typed.
func (b *Board) shown(small string) string {
	if b.shift != lower {
		return strings.ToUpper(small)
	}
	return small
}
