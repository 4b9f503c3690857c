package kit

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Tone is the mood of a panel, notice or tag.
type Tone int

// The tones.
const (
	Surface Tone = iota // white card
	Gold                // please look
	Leaf                // good news
	Stop                // stops
	Sunk                // in the background, no edge
	Bare                // paper with a hairline: does not apply
)

func (t Tone) colours(p Palette) (fill, edge, text color.NRGBA) {
	switch t {
	case Gold:
		return p.GoldTint, p.GoldDark, p.Bronze
	case Leaf:
		return p.LeafTint, p.Leaf, p.Leaf
	case Stop:
		return p.StopTint, p.Stop, p.Stop
	case Sunk:
		return p.Sunk, p.Sunk, p.Ink2
	case Bare:
		return p.Paper, p.Line, p.Ink2
	}
	return p.Surface, p.Line, p.Ink
}

// Panel is a passive card around content.
type Panel struct {
	node
	plate *plate
	inner fyne.CanvasObject
}

// NewPanel puts content on a card with 24 around it.
func NewPanel(env *Env, tone Tone, inner fyne.CanvasObject) *Panel {
	return NewPanelPad(env, tone, 24, 24, 24, 24, inner)
}

// NewPanelPad is NewPanel with its own space: top, right, bottom, left.
func NewPanelPad(env *Env, tone Tone, t, r, b, l float32, inner fyne.CanvasObject) *Panel {
	pal := env.Pal()
	fill, edge, _ := tone.colours(pal)
	border := float32(1)
	if env.Contrast && tone != Sunk {
		border = 2
	}
	p := &Panel{plate: newPlate(fill, edge, border, RadiusButton), inner: Pad(t, r, b, l, inner)}
	p.parts = append(p.plate.objects(), p.inner)
	p.place = func(s fyne.Size) {
		p.plate.put(0, 0, s.Width, s.Height)
		put(p.inner, 0, 0, s.Width, s.Height)
	}
	p.min = p.inner.MinSize
	p.tall = func(w float32) float32 { return heightFor(p.inner, w) }
	p.ExtendBaseWidget(p)
	return p
}

// NewNotice is an icon and a sentence on a tinted card; second may be empty.
func NewNotice(env *Env, tone Tone, icon, text, second string) *Panel {
	_, _, ink := tone.colours(env.Pal())
	words := []fyne.CanvasObject{NewParagraph(env, text, Style{Size: TextRead, Line: 1.3})}
	if second != "" {
		words = append(words, NewParagraph(env, second, Style{Size: TextBody, Line: 1.3}))
	}
	return NewPanelPad(env, tone, 16, 24, 16, 24, Row(16, NewIcon(icon, 40, ink), Grow(Col(0, words...))))
}

// Tag is a passive pill with an icon and a word or two.
type Tag struct {
	node
	text string
}

// NewTag makes a tag; an empty icon takes the tone's own: tick, clock, dash,
// cross.
func NewTag(env *Env, tone Tone, icon, text string) *Tag {
	return newTag(env, tone, icon, text, 40, TextBody)
}

// NewTagLarge is a tag for a title's line.
func NewTagLarge(env *Env, tone Tone, icon, text string) *Tag {
	return newTag(env, tone, icon, text, 48, TextRead)
}

func newTag(env *Env, tone Tone, icon, text string, height, size float32) *Tag {
	pal := env.Pal()
	fill, edge, ink := tone.colours(pal)
	if tone == Bare || tone == Surface || tone == Sunk {
		fill, edge, ink = pal.Paper, pal.Edge, pal.Ink2
	}
	if icon == "" {
		icon = map[Tone]string{Leaf: "check", Gold: "clock", Stop: "x"}[tone]
		if icon == "" {
			icon = "minus"
		}
	}
	if env.Large {
		height *= largeFactor
	}
	t := &Tag{text: text}
	pl := newPlate(fill, edge, 2, height/2)
	ic := NewIcon(icon, 28, ink)
	tx := newText(text, env.Px(size), true, ink)
	t.parts = append(pl.objects(), ic, tx)
	w := func() float32 { return 12 + 28 + 8 + ceil(tx.MinSize().Width) + 16 }
	t.min = func() fyne.Size { return fyne.NewSize(w(), height) }
	t.place = func(s fyne.Size) {
		pl.put(0, (s.Height-height)/2, s.Width, height)
		x := (s.Width-w())/2 + 12
		put(ic, x, (s.Height-28)/2, 28, 28)
		putText(tx, x+36, 0, s.Width, s.Height)
	}
	t.ExtendBaseWidget(t)
	return t
}

// SpokenText is part of Spoken.
func (t *Tag) SpokenText() string { return t.text }

// Disc is a circle with a number or an icon.
type Disc struct {
	node
	text string
}

// DiscSpec is how a disc looks.
type DiscSpec struct {
	Text       string
	Icon       string
	Size       float32 // 0: 48
	Fill, Edge color.Color
	Ink        color.Color
	Stroke     float32
}

// NewDisc draws a circle.
func NewDisc(env *Env, o DiscSpec) *Disc {
	if o.Size == 0 {
		o.Size = 48
	}
	d := &Disc{text: o.Text}
	pl := newPlate(o.Fill, o.Edge, 2, o.Size/2)
	d.parts = pl.objects()
	var tx *canvas.Text
	var ic *Icon
	if o.Icon != "" {
		stroke := o.Stroke
		if stroke == 0 {
			stroke = 2.5
			if o.Icon == "check" {
				stroke = 3.2
			}
		}
		ic = NewIconStroke(o.Icon, ceil(o.Size*0.58), o.Ink, stroke)
		d.parts = append(d.parts, ic)
	} else {
		tx = newText(o.Text, o.Size/2, true, o.Ink)
		tx.Alignment = fyne.TextAlignCenter
		d.parts = append(d.parts, tx)
	}
	d.min = func() fyne.Size { return fyne.NewSize(o.Size, o.Size) }
	d.place = func(s fyne.Size) {
		x, y := (s.Width-o.Size)/2, (s.Height-o.Size)/2
		pl.put(x, y, o.Size, o.Size)
		if ic != nil {
			put(ic, x, y, o.Size, o.Size)
		} else {
			putText(tx, x, y, o.Size, o.Size)
		}
	}
	d.ExtendBaseWidget(d)
	return d
}

// SpokenText is part of Spoken.
func (d *Disc) SpokenText() string { return d.text }

// Number is a gold step number (52).
func Number(env *Env, n int, size float32) *Disc {
	p := env.Pal()
	return NewDisc(env, DiscSpec{Text: strconv.Itoa(n), Size: size, Fill: p.Gold, Edge: p.GoldDark, Ink: p.OnGold})
}

// Done is a green tick in a circle.
func Done(env *Env, size float32) *Disc {
	p := env.Pal()
	return NewDisc(env, DiscSpec{Icon: "check", Size: size, Fill: p.Leaf, Edge: p.LeafDark, Ink: p.OnLeaf})
}

// Rule is a hairline across a column.
func Rule(c color.Color, width float32) fyne.CanvasObject {
	r := canvas.NewRectangle(c)
	r.SetMinSize(fyne.NewSize(1, width))
	return r
}

// Block is a plain rectangle.
func Block(c color.Color) *canvas.Rectangle { return canvas.NewRectangle(c) }

// Bar is progress from 0 to 1: gold on sunk, no motion.
type Bar struct {
	node
	at float32
}

// NewBar makes a progress bar 24 high.
func NewBar(env *Env, at float32) *Bar {
	p := env.Pal()
	b := &Bar{at: at}
	pl := newPlate(p.Sunk, p.Edge, 2, 12)
	fill, tip := canvas.NewRectangle(p.Gold), canvas.NewRectangle(p.Ink)
	b.parts = append(pl.objects(), fill, tip)
	b.min = func() fyne.Size { return fyne.NewSize(100, 24) }
	b.place = func(s fyne.Size) {
		pl.put(0, 0, s.Width, s.Height)
		w := fyne.Max(0, (s.Width-4)*fyne.Min(1, b.at))
		r := fyne.Min(s.Height/2-2, w/2)
		fill.TopLeftCornerRadius, fill.BottomLeftCornerRadius = r, r
		if b.at >= 1 {
			fill.CornerRadius = r
		}
		put(fill, 2, 2, w, s.Height-4)
		tip.Hidden = b.at <= 0 || b.at >= 1
		put(tip, 2+w-3, 2, 3, s.Height-4)
	}
	b.ExtendBaseWidget(b)
	return b
}

// Set moves the bar.
func (b *Bar) Set(at float32) {
	b.at = at
	b.relay()
}

// NewDialog is a large card with an edge, its content in the middle; it stands
// on an opaque page.
func NewDialog(env *Env, inner fyne.CanvasObject) *Panel {
	p := env.Pal()
	d := &Panel{plate: newPlate(p.Surface, p.Edge, 3, RadiusDialog), inner: inner}
	d.parts = append(d.plate.objects(), inner)
	const side = 60
	d.place = func(s fyne.Size) {
		d.plate.put(0, 0, s.Width, s.Height)
		h := fyne.Min(heightFor(inner, s.Width-2*side), s.Height-24)
		put(inner, side, (s.Height-h)/2, s.Width-2*side, h)
	}
	d.min = func() fyne.Size { return inner.MinSize().AddWidthHeight(2*side, 24) }
	d.ExtendBaseWidget(d)
	return d
}
