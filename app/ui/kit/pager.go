package kit

import (
	"fyne.io/fyne/v2"
)

// Pager is a list shown a page at a time, because no finger can drag here.
// With one page it shows no buttons.
type Pager struct {
	node
	env   *Env
	items []fyne.CanvasObject
	per   int
	cols  int
	page  int
	gap   float32
	Paged func(page int)
}

// NewPager pages items, per at a time in cols columns.
func NewPager(env *Env, items []fyne.CanvasObject, per, cols int, gap float32) *Pager {
	g := &Pager{env: env, items: items, per: max(1, per), cols: max(1, cols), gap: gap}
	g.min = func() fyne.Size { return fyne.NewSize(200, 200) }
	g.place = g.lay
	g.build()
	g.ExtendBaseWidget(g)
	return g
}

// Pages is how many pages there are.
func (g *Pager) Pages() int { return max(1, (len(g.items)+g.per-1)/g.per) }

// Page is the page shown, from 0.
func (g *Pager) Page() int { return g.page }

// Turn turns to a page.
func (g *Pager) Turn(page int) {
	g.page = max(0, min(page, g.Pages()-1))
	g.build()
	g.relay()
	if g.Paged != nil {
		g.Paged(g.page)
	}
}

const pagerBar float32 = 64

func (g *Pager) build() {
	first := g.page * g.per
	shown := g.items[min(first, len(g.items)):min(first+g.per, len(g.items))]
	g.parts = append([]fyne.CanvasObject(nil), shown...)
	if g.Pages() == 1 {
		return
	}
	turn := func(icon, key string, to int) *Button {
		a := Action{Text: g.env.T(key), Icon: icon, Do: func() { g.Turn(to) }}
		a.Off = to < 0 || to >= g.Pages()
		return NewButton(g.env, ButtonSpec{Action: a, Small: true})
	}
	bar := Row(16, turn("up", "app.page-previous", g.page-1), Grow(Line(g.env, g.env.T("app.page", "page", g.page+1, "pages", g.Pages()), Style{Align: Middle, Color: g.env.Pal().Ink2})), turn("down", "app.page-next", g.page+1))
	g.parts = append(g.parts, bar)
}

func (g *Pager) lay(s fyne.Size) {
	n := len(g.parts)
	h := s.Height
	if g.Pages() > 1 {
		n--
		h -= pagerBar + g.gap
		put(g.parts[n], 0, s.Height-pagerBar, s.Width, pagerBar)
	}
	rows := (g.per + g.cols - 1) / g.cols
	if rows == 0 {
		return
	}
	w := (s.Width - g.gap*float32(g.cols-1)) / float32(g.cols)
	rh := (h - g.gap*float32(rows-1)) / float32(rows)
	for i := range n {
		o := g.parts[i]
		put(o, float32(i%g.cols)*(w+g.gap), float32(i/g.cols)*(rh+g.gap), w, rh)
	}
}
