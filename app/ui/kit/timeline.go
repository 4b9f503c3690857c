package kit

import (
	"strconv"

	"fyne.io/fyne/v2"
)

// Moment is one step of a timeline.
type Moment struct {
	State  MomentState
	Icon   string // for Present; "": the number
	Text   string
	Second string // place and time
}

// MomentState is whether it lies behind, is now, or is to come.
type MomentState int

// The states of a moment.
const (
	Past MomentState = iota
	Present
	ToCome
)

// Timeline is a column of circles joined by a line.
type Timeline struct {
	node
}

// NewTimeline draws moments, the earliest first.
func NewTimeline(env *Env, moments []Moment) *Timeline {
	p := env.Pal()
	t := &Timeline{}
	const circle = 48
	type row struct {
		line *fyne.Container
		disc *Disc
		text fyne.CanvasObject
		tall bool
	}
	rows := make([]row, len(moments))
	for i, m := range moments {
		spec := DiscSpec{Size: circle}
		style := Style{Size: TextRead, Bold: true, Line: 1.25, Max: 2}
		switch m.State {
		case Past:
			spec.Icon, spec.Fill, spec.Edge, spec.Ink = "check", p.Leaf, p.Leaf, p.OnLeaf
		case Present:
			spec.Fill, spec.Edge, spec.Ink, spec.Icon = p.Gold, p.GoldDark, p.OnGold, m.Icon
			spec.Text = strconv.Itoa(i + 1)
		case ToCome:
			spec.Fill, spec.Edge, spec.Ink, spec.Text = p.Paper, p.Edge, p.Ink2, strconv.Itoa(i+1)
			style.Bold, style.Color = false, p.Ink2
		}
		words := []fyne.CanvasObject{NewParagraph(env, m.Text, style)}
		if m.Second != "" {
			words = append(words, NewParagraph(env, m.Second, Style{Color: p.Ink2, Line: 1.3, Max: 2, Second: true}))
		}
		r := row{disc: NewDisc(env, spec), text: Col(0, words...), tall: m.Second != ""}
		if i+1 < len(moments) {
			c := p.Leaf
			if m.State != Past {
				c = p.Line
			}
			r.line = &fyne.Container{Layout: stack{}, Objects: []fyne.CanvasObject{Block(c)}}
			t.parts = append(t.parts, r.line)
		}
		rows[i] = r
	}
	for _, r := range rows {
		t.parts = append(t.parts, r.disc, r.text)
	}
	const textX = circle + 18
	heights := func(w float32) []float32 {
		out := make([]float32, len(rows))
		for i, r := range rows {
			out[i] = fyne.Max(circle, heightFor(r.text, w-textX))
		}
		return out
	}
	sum := func(w float32) float32 {
		total := float32(0)
		for _, h := range heights(w) {
			total += h
		}
		return total
	}
	t.min = func() fyne.Size { return fyne.NewSize(200, sum(500)+8*float32(max(0, len(rows)-1))) }
	t.tall = func(w float32) float32 { return sum(w) + 18*float32(max(0, len(rows)-1)) }
	t.place = func(s fyne.Size) {
		hs := heights(s.Width)
		gap := float32(0)
		if n := len(rows); n > 1 {
			gap = fyne.Max(0, fyne.Min(22, (s.Height-sum(s.Width))/float32(n-1)))
		}
		y := float32(0)
		for i, r := range rows {
			put(r.disc, 0, y, circle, circle)
			th := heightFor(r.text, s.Width-textX)
			ty := y
			if !r.tall {
				ty = y + (circle-th)/2
			}
			put(r.text, textX, ty, s.Width-textX, th)
			if r.line != nil {
				put(r.line, 22, y+circle-2, 4, hs[i]+gap-circle+4)
			}
			y += hs[i] + gap
		}
	}
	t.ExtendBaseWidget(t)
	return t
}
