package kit

import (
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Key is a key of the on-screen keyboard. It never takes the focus, which
// stays with the field typed into.
type Key struct {
	press
	o        KeySpec
	hold     int  // which time a finger is on it
	repeated bool // by the finger that is, or was last, on it
}

// KeySpec is what a key shows.
type KeySpec struct {
	Text string
	Icon string // alone, or before the text
	Tone string // drawing of a tone mark above the text
	Name string // accessible name; "": Text
	Fn   bool   // does something instead of typing: tinted, bold
	On   bool   // a state that is on: gold
	Size float32
	Bold bool
	Do   func()

	Repeat bool                    // does it again and again while it is held
	Held   func(k *Key, down bool) // a finger came down on it, or left it
}

// A held key begins to repeat when nobody can have meant a single press, and
// then goes on so that one can still stop at a letter.
const (
	repeatAfter = 500 * time.Millisecond
	repeatEvery = 100 * time.Millisecond
)

// keyLip is lower than a button's: keys stand close.
const keyLip float32 = 3

// NewKey makes a key.
func NewKey(env *Env, o KeySpec) *Key {
	k := &Key{o: o}
	k.env = env
	k.build()
	k.ExtendBaseWidget(k)
	return k
}

// Set changes what the key shows and does.
func (k *Key) Set(o KeySpec) {
	k.o = o
	k.build()
	k.relay()
}

// Text is what the key shows.
func (k *Key) Text() string { return k.o.Text }

// MouseDown shows the pressed state and begins to repeat.
func (k *Key) MouseDown(e *desktop.MouseEvent) {
	k.press.MouseDown(e)
	if !k.down {
		return
	}
	k.hold++
	k.repeated = false
	if k.o.Held != nil {
		k.o.Held(k, true)
	}
	if k.o.Repeat {
		k.again(k.hold, repeatAfter)
	}
}

// MouseUp ends the pressed state.
func (k *Key) MouseUp(*desktop.MouseEvent) { k.lift() }

// MouseIn is part of desktop.Hoverable.
func (k *Key) MouseIn(*desktop.MouseEvent) {}

// MouseMoved is part of desktop.Hoverable.
func (k *Key) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends the pressed state: the finger slid off, and no key hears it go.
func (k *Key) MouseOut() { k.lift() }

func (k *Key) lift() {
	if !k.down {
		return
	}
	k.hold++
	k.press.MouseUp(nil)
	if k.o.Held != nil {
		k.o.Held(k, false)
	}
}

func (k *Key) again(turn int, wait time.Duration) {
	if k.env.After == nil {
		return
	}
	k.env.After(wait, func() {
		if turn != k.hold || !k.Enabled() {
			return
		}
		k.env.touch()
		if !k.env.early() {
			k.repeated = true
			k.do()
		}
		k.again(turn, repeatEvery)
	})
}

// Tapped presses it, unless holding it has done that already.
func (k *Key) Tapped(e *fyne.PointEvent) {
	if k.repeated {
		k.repeated = false
		k.env.touch()
		return
	}
	k.press.Tapped(e)
}

func (k *Key) build() {
	o, p := k.o, k.env.Pal()
	l := plainLook(k.env)
	if l.lipH > 0 {
		l.lipH = keyLip
	}
	if o.Fn {
		l.fill = p.GoldTint
	}
	if o.On {
		l.fill, l.text = p.Gold, p.OnGold
	}
	l.border = fyne.Min(l.border, 3)
	size, isBold := TextKey, o.Bold
	if utf8.RuneCountInString(o.Text) == 1 { // a word has no room to grow
		size = k.env.Px(size)
	}
	if o.Fn || o.Tone != "" {
		size, isBold = TextBody, o.Fn
	}
	if o.Size > 0 {
		size = o.Size
	}
	k.name, k.do = o.Name, o.Do
	if k.name == "" {
		k.name = o.Text
	}
	text := newText(o.Text, size, isBold, l.text)
	var parts []fyne.CanvasObject
	switch {
	case o.Tone != "":
		mark := NewIconStroke(o.Tone, 24, l.text, 4.1)
		parts = []fyne.CanvasObject{mark, text}
		k.layIn = func(w, h, shift float32) {
			tw := text.MinSize().Width
			put(mark, (w-24)/2, h/2-25+shift, 24, 24)
			putText(text, (w-tw)/2, h/2-4+shift, tw, 30)
		}
	case o.Icon != "" && o.Text == "":
		icon := NewIcon(o.Icon, 28, l.text)
		parts = []fyne.CanvasObject{icon}
		k.layIn = func(w, h, shift float32) { put(icon, (w-28)/2, (h-28)/2+shift, 28, 28) }
	case o.Icon != "":
		icon := NewIcon(o.Icon, 30, l.text)
		parts = []fyne.CanvasObject{icon, text}
		k.layIn = func(w, h, shift float32) {
			tw := text.MinSize().Width
			x := (w - 30 - 6 - tw) / 2
			put(icon, x, (h-30)/2+shift, 30, 30)
			putText(text, x+36, shift, tw, h)
		}
	default:
		parts = []fyne.CanvasObject{text}
		k.layIn = func(w, h, shift float32) {
			tw := text.MinSize().Width
			putText(text, (w-tw)/2, shift, tw, h)
		}
	}
	if k.face == nil {
		keep := k.layIn
		k.init(l, RadiusKey, parts...)
		k.layIn, k.inner = keep, nil
		k.min = func() fyne.Size { return fyne.NewSize(64, 64) }
		return
	}
	k.face.dress(l)
	k.parts = append(k.face.objects(), parts...)
}
