package kit

import (
	"strings"

	"fyne.io/fyne/v2"
)

// Book is a column of items of different heights, shown a page at a time where
// they do not all fit, because no finger can drag here. With one page it shows
// no buttons.
type Book struct {
	node
	env   *Env
	items []fyne.CanvasObject
	gap   float32
	rule  bool
	page  int
	open  int // the item whose page is shown first, or -1
	last  fyne.Size
	name  string // under which its page is kept; ""
}

// NewBook pages items.
func NewBook(env *Env, gap float32, items ...fyne.CanvasObject) *Book {
	b := &Book{env: env, items: items, gap: gap, open: -1}
	b.parts = items
	b.min = func() fyne.Size { return fyne.NewSize(100, 64) }
	b.tall = func(w float32) float32 { return b.height(items, w) }
	b.place = b.lay
	b.ExtendBaseWidget(b)
	return b
}

// NewRuledBook is NewBook with a hairline between the items.
func NewRuledBook(env *Env, gap float32, items ...fyne.CanvasObject) *Book {
	b := NewBook(env, gap, items...)
	b.rule = true
	return b
}

// OpenAt begins on the page of an item.
func (b *Book) OpenAt(item int) *Book {
	b.open = item
	return b
}

// Stay begins on the page that a book of this name was turned to before, as long
// as its screen is shown.
func (b *Book) Stay(name string) *Book {
	b.name, b.page = name, b.env.Turned[name]
	return b
}

func (b *Book) between() float32 {
	if b.rule {
		return 2*b.gap + 1.5
	}
	return b.gap
}

func (b *Book) height(items []fyne.CanvasObject, w float32) float32 {
	h := float32(0)
	for i, o := range items {
		if i > 0 {
			h += b.between()
		}
		h += heightFor(o, w)
	}
	return h
}

// Where the room is low the two buttons stand beside the items.
const (
	bookLow   float32 = 220
	bookPress float32 = 76
)

func (b *Book) sideways(s fyne.Size) (low bool, width float32) {
	if s.Height >= bookLow {
		return false, 0
	}
	if s.Height >= 2*pagerBar+8 {
		return true, bookPress
	}
	return true, 2*bookPress + 8
}

// inner is the room for items beside or above the buttons.
func (b *Book) inner(s fyne.Size) fyne.Size {
	if low, w := b.sideways(s); low {
		return fyne.NewSize(s.Width-w-16, s.Height)
	}
	return fyne.NewSize(s.Width, s.Height-pagerBar-b.gap)
}

// pages shares the items among pages of a size; each holds at least one.
func (b *Book) pages(s fyne.Size) [][]fyne.CanvasObject {
	if b.height(b.items, s.Width) <= s.Height+1 {
		return [][]fyne.CanvasObject{b.items}
	}
	s = b.inner(s)
	room := s.Height
	var out [][]fyne.CanvasObject
	from := 0
	for i := range b.items {
		if i > from && b.height(b.items[from:i+1], s.Width) > room {
			out, from = append(out, b.items[from:i]), i
		}
	}
	if from < len(b.items) {
		out = append(out, b.items[from:])
	}
	return out
}

// Turn turns to a page, from 0.
func (b *Book) Turn(page int) {
	b.page, b.open = page, -1
	if b.name != "" && b.env.Turned != nil {
		b.env.Turned[b.name] = page
	}
	b.lay(b.last)
	b.BaseWidget.Refresh()
}

func (b *Book) lay(s fyne.Size) {
	b.last = s
	pages := b.pages(s)
	if len(pages) == 0 {
		return
	}
	for i, before := 0, 0; b.open >= 0 && i < len(pages); i++ {
		if b.page = i; b.open < before+len(pages[i]) {
			break
		}
		before += len(pages[i])
	}
	b.page = max(0, min(b.page, len(pages)-1))
	b.parts = nil
	in := s
	if len(pages) > 1 {
		in = b.inner(s)
	}
	y := float32(0)
	for i, o := range pages[b.page] {
		if i > 0 {
			if b.rule {
				r := Rule(b.env.Pal().Line, 1.5)
				put(r, 0, y+b.gap, in.Width, 1.5)
				b.parts = append(b.parts, r)
			}
			y += b.between()
		}
		h := fyne.Min(heightFor(o, in.Width), fyne.Max(0, in.Height-y))
		put(o, 0, y, in.Width, h)
		b.parts = append(b.parts, o)
		y += h
	}
	if len(pages) == 1 {
		return
	}
	if low, w := b.sideways(s); low {
		up, down := b.turner("up", "app.page-previous", b.page-1, len(pages), false), b.turner("down", "app.page-next", b.page+1, len(pages), false)
		x, y := s.Width-w, fyne.Max(0, (s.Height-pagerBar)/2)
		if w > bookPress {
			put(up, x, y, bookPress, pagerBar)
			put(down, x+bookPress+8, y, bookPress, pagerBar)
		} else {
			put(up, x, 0, bookPress, pagerBar)
			put(down, x, s.Height-pagerBar, bookPress, pagerBar)
		}
		b.parts = append(b.parts, up, down)
		return
	}
	bar := b.bar(len(pages), s.Width)
	put(bar, 0, s.Height-pagerBar, s.Width, pagerBar)
	b.parts = append(b.parts, bar)
}

// bar is the two buttons and which page it is; without words where it is narrow.
func (b *Book) bar(pages int, width float32) fyne.CanvasObject {
	env := b.env
	label := env.T("app.page", "page", b.page+1, "pages", pages)
	need := Measure(label+env.T("app.page-previous")+env.T("app.page-next"), env.Px(TextBody), true) + 2*(40+40) + 40
	words := need <= width
	return Row(12, b.turner("up", "app.page-previous", b.page-1, pages, words),
		Grow(Line(env, label, Style{Align: Middle, Color: env.Pal().Ink2})), b.turner("down", "app.page-next", b.page+1, pages, words))
}

func (b *Book) turner(icon, key string, to, pages int, words bool) *Button {
	a := Action{Text: b.env.T(key), Icon: icon, Do: func() { b.Turn(to) }}
	a.Off = to < 0 || to >= pages
	o := ButtonSpec{Action: a, Small: true, Name: b.env.T(key)}
	if !words {
		o.Text, o.MinWidth = "", bookPress
	}
	return NewButton(b.env, o)
}

// Sentences cuts a text into its sentences, items for a book that may be long.
func Sentences(env *Env, text string, style Style) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, para := range strings.Split(text, "\n") {
		for _, s := range strings.SplitAfter(para, ". ") {
			if s = strings.TrimSpace(s); s != "" {
				out = append(out, NewParagraph(env, s, style))
			}
		}
	}
	return out
}
