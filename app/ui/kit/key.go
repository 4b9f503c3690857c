package kit

import (
	"fyne.io/fyne/v2"
)

// Key is a key of the on-screen keyboard. It never takes the focus, which
// stays with the field typed into.
type Key struct {
	press
	o KeySpec
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
}

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
