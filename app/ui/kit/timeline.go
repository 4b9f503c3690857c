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

// Timeline is a column of circles joined by a line. Where it is too short, the
// second texts of what is past give way, then of what is to come, then the
// earliest moments.
type Timeline struct {
	node
	least func() float32
}

// NewTimeline draws moments, the earliest first.
func NewTimeline(env *Env, moments []Moment) *Timeline {
	p := env.Pal()
	t := &Timeline{}
	const circle = 48
	type row struct {
		state  MomentState
		line   *fyne.Container
		disc   *Disc
		title  *Paragraph
		second *Paragraph
	}
	rows := make([]row, len(moments))
	for i, m := range moments {
		spec := DiscSpec{Size: circle}
		style := Style{Size: TextRead, Bold: true, Line: 1.25, Max: 2, Fit: true}
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
		r := row{state: m.State, disc: NewDisc(env, spec), title: NewParagraph(env, m.Text, style)}
		if m.Second != "" {
			r.second = NewParagraph(env, m.Second, Style{Color: p.Ink2, Line: 1.3, Max: 2, Fit: true, Second: true})
		}
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
		t.parts = append(t.parts, r.disc, r.title)
		if r.second != nil {
			t.parts = append(t.parts, r.second)
		}
	}
	const textX = circle + 18
	height := func(r row, w float32, second bool) float32 {
		h := heightFor(r.title, w-textX)
		if second && r.second != nil {
			h += heightFor(r.second, w-textX)
		}
		return fyne.Max(circle, h)
	}
	sum := func(w float32) float32 {
		total := float32(0)
		for _, r := range rows {
			total += height(r, w, true)
		}
		return total
	}
	t.least = func() float32 { return circle * fyne.Min(3, float32(len(rows))) }
	t.min = func() fyne.Size { return fyne.NewSize(200, sum(500)+8*float32(max(0, len(rows)-1))) }
	t.tall = func(w float32) float32 { return sum(w) + 18*float32(max(0, len(rows)-1)) }
	t.place = func(s fyne.Size) {
		seconds, first := make([]bool, len(rows)), 0
		for i := range seconds {
			seconds[i] = true
		}
		need := func() float32 {
			total := float32(0)
			for i := first; i < len(rows); i++ {
				total += height(rows[i], s.Width, seconds[i])
			}
			return total
		}
		for _, state := range []MomentState{Past, ToCome, Present} {
			for i, r := range rows {
				if r.state == state && need() > s.Height {
					seconds[i] = false
				}
			}
		}
		for need() > s.Height && first < len(rows)-1 {
			first++
		}
		gap := float32(0)
		if n := len(rows) - first; n > 1 {
			gap = fyne.Max(0, fyne.Min(22, (s.Height-need())/float32(n-1)))
		}
		y := float32(0)
		for i, r := range rows {
			shown := i >= first
			r.disc.Hidden, r.title.Hidden = !shown, !shown
			if r.second != nil {
				r.second.Hidden = !shown || !seconds[i]
			}
			if r.line != nil {
				r.line.Hidden = !shown
			}
			if !shown {
				continue
			}
			h := height(r, s.Width, seconds[i])
			put(r.disc, 0, y, circle, circle)
			th, ty := heightFor(r.title, s.Width-textX), y
			if r.second == nil || !seconds[i] {
				ty = y + fyne.Max(0, (circle-th)/2)
			} else {
				put(r.second, textX, y+th, s.Width-textX, heightFor(r.second, s.Width-textX))
			}
			put(r.title, textX, ty, s.Width-textX, th)
			if r.line != nil {
				put(r.line, 22, y+circle-2, 4, h+gap-circle+4)
			}
			y += h + gap
		}
	}
	t.ExtendBaseWidget(t)
	return t
}
