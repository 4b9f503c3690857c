package kit

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
)

// Choice is one of several answers: a ring (one of) or a box (any of), a
// sentence, perhaps a second line.
type Choice struct {
	stop
	o ChoiceSpec
}

// ChoiceSpec is what a choice shows.
type ChoiceSpec struct {
	Text   string // may hold **hits**, coloured
	Second string
	Trail  string // at the right end of a row, such as a price
	Pict   string // card form: pictogram above the sentence
	Icon   string // card form: line icon above the sentence
	On     bool
	Box    bool    // several may be chosen
	Card   bool    // card form: upright, 229 high by default
	Height float32 // 0: 68 row, 80 with a second line, 229 card
	Size   float32 // text size, 0: body; card: 26
	Lines  int     // lines of Text at most; 0: 2
	Long   bool    // Second may have two lines
	NoDot  bool    // a row that leads on instead of being chosen
	Arrow  bool
	Do     func()
}

// NewChoice makes a choice.
func NewChoice(env *Env, o ChoiceSpec) *Choice {
	c := &Choice{o: o}
	c.env = env
	c.build()
	c.ExtendBaseWidget(c)
	return c
}

// On reports whether it is chosen.
func (c *Choice) On() bool { return c.o.On }

// SetOn chooses it or not.
func (c *Choice) SetOn(on bool) {
	if on == c.o.On {
		return
	}
	c.o.On = on
	c.build()
	c.relay()
}

// SpokenText is the sentence, what stands at its end and its second line.
func (c *Choice) SpokenText() string {
	said := Plain(c.o.Text)
	for _, s := range []string{c.o.Trail, c.o.Second} {
		if s != "" {
			said += ". " + Plain(s)
		}
	}
	return said
}

func (c *Choice) look() look {
	if !c.o.On {
		return plainLook(c.env)
	}
	p := c.env.Pal()
	return look{p.LeafTint, p.Leaf, p.Lip, p.Ink, fyne.Max(4, p.Border), 0}
}

func (c *Choice) build() {
	o, p, l := c.o, c.env.Pal(), c.look()
	c.name, c.do = Plain(o.Text), o.Do
	lines := o.Lines
	if lines == 0 {
		lines = 2
	}
	size := o.Size
	if size == 0 {
		size = TextBody
		if o.Card {
			size = TextRead
		}
	}
	style := Style{Size: size, Bold: o.On && (o.Second == "" || o.Card), Line: 1.28, Max: lines}
	dot := c.dot(p)
	if o.Card {
		style.Align = Middle
		var drawn fyne.CanvasObject = Space(1)
		switch {
		case o.Pict != "":
			drawn = NewPict(c.env, o.Pict, 88)
		case o.Icon != "":
			drawn = NewIcon(o.Icon, 64, p.Leaf)
		}
		text := NewParagraph(c.env, o.Text, style).Hits(p.Leaf)
		col := []fyne.CanvasObject{At(Middle, drawn), text}
		if o.Second != "" {
			col = append(col, NewParagraph(c.env, o.Second, Style{Color: p.Ink2, Align: Middle, Line: 1.28, Second: true, Max: 2}))
		}
		body := Col(12, col...)
		c.inner = nil
		c.layIn = func(w, h, shift float32) {
			put(dot, w-18-36, 18+shift, 36, 36)
			bh := fyne.Min(heightFor(body, w-36), h-16)
			put(body, 18, (h-bh)/2+shift, w-36, bh)
		}
		c.height = o.Height
		if c.height == 0 {
			c.height = 229
		}
		c.finish(l, dot, body)
		return
	}
	words := []fyne.CanvasObject{NewParagraph(c.env, o.Text, style).Hits(p.Leaf)}
	if o.Second != "" {
		most := 1
		if o.Long {
			most = 2
		}
		words = append(words, NewParagraph(c.env, o.Second, Style{Size: TextBody, Color: p.Ink2, Line: 1.28, Max: most, Second: true}))
	}
	var row []fyne.CanvasObject
	if !o.NoDot {
		row = append(row, dot)
	}
	if o.Icon != "" {
		row = append(row, NewIcon(o.Icon, 34, p.Leaf))
	}
	row = append(row, Grow(Col(0, words...)))
	if o.Trail != "" {
		row = append(row, Line(c.env, o.Trail, Style{Size: TextBody, Bold: o.On && o.Second == ""}))
	}
	if o.Arrow {
		row = append(row, NewIcon("next", 34, p.Ink))
	}
	gap := float32(12)
	c.padX, c.width = 22, 120
	if o.Second != "" {
		c.padX, gap = 18, 14
	}
	c.height = o.Height
	if c.height == 0 {
		c.height = 68
		if o.Second != "" {
			c.height = 80
		}
	}
	c.inner = Row(gap, row...)
	c.finish(l, c.inner)
}

func (c *Choice) finish(l look, inner ...fyne.CanvasObject) {
	if c.face == nil {
		keep := c.layIn
		in := c.inner
		c.init(l, RadiusButton, inner...)
		c.layIn, c.inner = keep, in
		c.min = func() fyne.Size { return fyne.NewSize(fyne.Max(c.width, 64), c.height) }
		if c.inner != nil {
			return
		}
		c.tall = func(float32) float32 { return c.height }
		return
	}
	c.face.dress(l)
	c.parts = append(c.face.objects(), inner...)
}

func (c *Choice) dot(p Palette) fyne.CanvasObject {
	radius := float32(18)
	if c.o.Box {
		radius = 8
	}
	d := &node{}
	edge, fill := p.Edge, p.Surface
	if c.o.On {
		edge, fill = p.Leaf, p.Leaf
	}
	pl := newPlate(fill, edge, 3, radius)
	d.parts = pl.objects()
	var tick *Icon
	if c.o.On {
		tick = NewIconStroke("check", 24, p.OnLeaf, 3.4)
		d.parts = append(d.parts, tick)
	}
	d.min = func() fyne.Size { return fyne.NewSize(36, 36) }
	d.place = func(s fyne.Size) {
		y := (s.Height - 36) / 2
		pl.put(0, y, 36, 36)
		if tick != nil {
			put(tick, 0, y, 36, 36)
		}
	}
	d.ExtendBaseWidget(d)
	return d
}

// ListRow is one line of a list: drawing, text, second line, tag. With a deed
// it is a card with a lip, without one a passive row.
type ListRow struct {
	stop
	text, second string
	trail        []string
}

// RowSpec is what a list row shows.
type RowSpec struct {
	Pict     string // pictogram (76 unless Drawn)
	Icon     string // line icon
	IconTint color.Color
	Drawn    float32           // size of the drawing
	Lead     fyne.CanvasObject // instead of a drawing
	Text     string
	Second   string
	Size     float32           // of Text; 0: 30 with a pictogram, else 26
	Regular  bool              // Text not bold
	Lines    int               // of Text at most; 0: 2
	Trail    fyne.CanvasObject // tag or button at the right
	Height   float32           // at least; 0: 72, with a second line 100
	Bare     bool              // passive without a card: rows with rules between
	Tone     Tone              // card's tone when passive
	Off      bool              // not available now: paper colour, still pressable
	Do       func()
}

// NewListRow makes a list row: a ListRow if it has a deed, else a passive one.
func NewListRow(env *Env, o RowSpec) fyne.CanvasObject {
	p := env.Pal()
	size := o.Size
	if size == 0 {
		size = TextRead
		if o.Pict != "" {
			size = TextHead
		}
	}
	var objs []fyne.CanvasObject
	switch {
	case o.Lead != nil:
		objs = append(objs, o.Lead)
	case o.Pict != "":
		d := o.Drawn
		if d == 0 {
			d = 76
		}
		objs = append(objs, NewPict(env, o.Pict, d))
	case o.Icon != "":
		d := o.Drawn
		if d == 0 {
			d = 36
		}
		tint := o.IconTint
		if tint == nil {
			tint = p.Leaf
		}
		objs = append(objs, NewIcon(o.Icon, d, tint))
	}
	var rest color.Color
	if o.Regular && strings.Contains(o.Text, "**") {
		rest = p.Ink2
	}
	lines := o.Lines
	if lines == 0 {
		lines = 2
	}
	words := []fyne.CanvasObject{NewParagraph(env, o.Text, Style{Size: size, Bold: !o.Regular, Line: 1.25, Max: lines, Rest: rest})}
	if o.Second != "" {
		words = append(words, NewParagraph(env, o.Second, Style{Color: p.Ink2, Line: 1.3, Max: 2, Second: true}))
	}
	objs = append(objs, Grow(Col(0, words...)))
	if o.Trail != nil {
		objs = append(objs, o.Trail)
	}
	if o.Do != nil && o.Trail == nil {
		objs = append(objs, NewIcon("next", 36, p.Ink))
	}
	gap := float32(18)
	if o.Pict != "" {
		gap = 24
	}
	height := o.Height
	if height == 0 {
		height = 72
		if o.Second != "" {
			height = 100
		}
	}
	inner := Row(gap, objs...)
	if o.Do == nil {
		return passiveRow(env, o, inner, height)
	}
	r := &ListRow{text: Plain(o.Text), second: Plain(o.Second)}
	r.env, r.name, r.do = env, Plain(o.Text), o.Do
	if o.Trail != nil {
		r.trail = Texts(o.Trail)
	}
	l := plainLook(env)
	if o.Off {
		l = look{p.Paper, p.Edge, p.Lip, p.Ink2, p.Border, 0}
	}
	r.padX, r.width, r.height = 24, 160, height
	r.init(l, RadiusButton, inner)
	natural := r.min
	r.min = func() fyne.Size { return fyne.NewSize(r.width, natural().Height) }
	r.ExtendBaseWidget(r)
	return r
}

// passiveRow is a row that cannot be pressed: a card, or bare between rules.
func passiveRow(env *Env, o RowSpec, inner fyne.CanvasObject, height float32) fyne.CanvasObject {
	n := &node{parts: []fyne.CanvasObject{inner}}
	padX := float32(24)
	var pl *plate
	if o.Bare {
		padX = 0
	} else {
		fill, edge, _ := o.Tone.colours(env.Pal())
		pl = newPlate(fill, edge, 1, RadiusButton)
		n.parts = append(pl.objects(), inner)
	}
	n.tall = func(w float32) float32 { return fyne.Max(height, heightFor(inner, w-2*padX)+16) }
	n.min = func() fyne.Size { return fyne.NewSize(160, height) }
	n.place = func(s fyne.Size) {
		if pl != nil {
			pl.put(0, 0, s.Width, s.Height)
		}
		h := fyne.Min(s.Height, heightFor(inner, s.Width-2*padX))
		put(inner, padX, (s.Height-h)/2, s.Width-2*padX, h)
	}
	n.ExtendBaseWidget(n)
	return n
}

// SpokenText is both lines and the tag.
func (r *ListRow) SpokenText() string {
	texts := []string{r.text}
	if r.second != "" {
		texts = append(texts, r.second)
	}
	return strings.Join(append(texts, r.trail...), ". ")
}
