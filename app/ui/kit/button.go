package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
)

// Kind is what a button stands for.
type Kind int

// The kinds of button.
const (
	White    Kind = iota // white: back, a second choice
	Main                 // green: go on; at most one per screen
	Ending               // white, text of what stops
	Stopping             // red: what stops, confirmed
)

// Action is a button's text, drawing and deed.
type Action struct {
	Text string
	Icon string // before the text; for Main after it ("right" if empty, "none" for none)
	Left bool   // Main: the icon stands before the text
	Kind Kind
	Off  bool // not yet possible: Text says what is missing
	Do   func()
}

// Button is a pressable with text.
type Button struct {
	stop
	row *fyne.Container
	act Action
	o   ButtonSpec
}

// ButtonSpec is a button's shape.
type ButtonSpec struct {
	Action
	Small    bool    // 64 high, 24 text, by default 72 and 28
	Height   float32 // 0: by Small
	Size     float32 // text size, 0: by kind
	MinWidth float32
	Pad      float32 // at the sides; 0: 30, small 22
	Regular  bool    // not bold
	Gap      float32
	IconSize float32
	IconTint color.Color
	Name     string // accessible name where it is not the text
	Stack    bool   // icon above the text
}

// NewButton makes a button.
func NewButton(env *Env, o ButtonSpec) *Button {
	b := &Button{o: o}
	b.env = env
	b.build()
	b.ExtendBaseWidget(b)
	return b
}

// Small is a 64 px button with icon and text.
func Small(env *Env, icon, text string, do func()) *Button {
	return NewButton(env, ButtonSpec{Action: Action{Text: text, Icon: icon, Do: do}, Small: true})
}

// Chip is a suggestion: regular text, 64 high.
func Chip(env *Env, icon, text string, do func()) *Button {
	return NewButton(env, ButtonSpec{Action: Action{Text: text, Icon: icon, Do: do}, Height: 64, Size: TextRead,
		Pad: 24, Regular: true, Gap: 10, IconSize: 30, IconTint: env.Pal().Leaf})
}

// Set changes text, icon, state and deed.
func (b *Button) Set(a Action) {
	b.o.Action = a
	ring := b.focused
	b.build()
	b.setRing(ring)
	b.relay()
}

func (b *Button) look() look {
	p := b.env.Pal()
	l := plainLook(b.env)
	switch {
	case b.o.Off:
		return look{p.Sunk, p.Line, p.Lip, p.Ink2, p.Border, 0}
	case b.o.Kind == Main:
		return look{p.Leaf, p.LeafDark, p.LeafDark, p.OnLeaf, p.Border, p.LipHeight}
	case b.o.Kind == Stopping:
		return look{p.Stop, p.StopDark, p.StopDark, p.OnStop, p.Border, p.LipHeight}
	case b.o.Kind == Ending:
		l.text = p.Stop
	}
	return l
}

func (b *Button) build() {
	o := b.o
	l := b.look()
	isMain := o.Kind == Main
	size, height, padX, gap, iconSize := TextButton, float32(72), float32(30), float32(14), float32(30)
	if isMain {
		size, iconSize = TextMain, 32
	}
	if o.Small {
		size, height, padX, gap = TextBody, 64, 22, 10
	}
	if o.Size > 0 {
		size = o.Size
	}
	if o.Height > 0 {
		height = o.Height
	}
	if o.Pad > 0 {
		padX = o.Pad
	}
	if o.Gap > 0 {
		gap = o.Gap
	}
	if o.IconSize > 0 {
		iconSize = o.IconSize
	}
	icon := o.Icon
	if isMain && icon == "" {
		icon = "right"
	}
	if o.Off && isMain && o.Icon == "" {
		icon = "none"
	}
	text := NewParagraph(b.env, o.Text, Style{Size: size, Bold: !o.Regular, Color: l.text, Line: 1.2, Max: 2, Align: Middle})
	var tint color.Color = l.text
	if o.IconTint != nil && !o.Off {
		tint = o.IconTint
	}
	var objs []fyne.CanvasObject
	switch {
	case icon == "none" || icon == "":
		objs = []fyne.CanvasObject{text}
	case o.Text == "":
		objs = []fyne.CanvasObject{NewIcon(icon, iconSize, tint)}
	case isMain && !o.Left:
		objs = []fyne.CanvasObject{text, NewIcon(icon, iconSize, tint)}
	default:
		objs = []fyne.CanvasObject{NewIcon(icon, iconSize, tint), text}
	}
	b.name = o.Name
	if b.name == "" {
		b.name = Plain(o.Text)
	}
	b.do, b.off = o.Do, o.Off
	if o.Stack {
		b.inner = ColMiddle(gap, objs...)
	} else {
		b.inner = &fyne.Container{Layout: centred{gap}, Objects: objs}
	}
	b.padX, b.width, b.height = padX, o.MinWidth, height
	if isMain && b.width == 0 {
		b.width = 300
	}
	if b.face == nil {
		b.init(l, RadiusButton, b.inner)
		return
	}
	b.face.dress(l)
	b.parts = append(b.face.objects(), b.inner)
}

// centred puts its parts side by side in the middle, wrapping the text part
// when the row is too narrow.
type centred struct{ gap float32 }

func (c centred) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	widths := make([]float32, len(objs))
	total := c.gap * float32(len(objs)-1)
	for i, o := range objs {
		widths[i] = o.MinSize().Width
		total += widths[i]
	}
	if total > s.Width {
		for i, o := range objs {
			if _, ok := o.(*Paragraph); ok {
				widths[i] = fyne.Max(1, widths[i]-(total-s.Width))
				total = s.Width
			}
		}
	}
	x := (s.Width - total) / 2
	for i, o := range objs {
		h := heightFor(o, widths[i])
		put(o, x, (s.Height-h)/2, widths[i], h)
		x += widths[i] + c.gap
	}
}

func (c centred) MinSize(objs []fyne.CanvasObject) fyne.Size {
	m := fyne.NewSize(c.gap*float32(len(objs)-1), 0)
	for _, o := range objs {
		s := o.MinSize()
		m.Width += s.Width
		m.Height = fyne.Max(m.Height, s.Height)
	}
	return m
}

func (c centred) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	total := c.gap * float32(len(objs)-1)
	for _, o := range objs {
		total += o.MinSize().Width
	}
	h := float32(0)
	for _, o := range objs {
		ow := o.MinSize().Width
		if _, ok := o.(*Paragraph); ok && total > w {
			ow = fyne.Max(1, ow-(total-w))
		}
		h = fyne.Max(h, heightFor(o, ow))
	}
	return h
}
