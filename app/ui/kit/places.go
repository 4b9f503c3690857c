package kit

import "fyne.io/fyne/v2"

// grid is equal columns with equal rows.
type grid struct {
	cols       int
	gapX, gapY float32
}

// Grid lays parts in cols equal columns; rows share the height equally.
func Grid(cols int, gapX, gapY float32, objs ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: grid{cols, gapX, gapY}, Objects: objs}
}

func (g grid) rows(objs []fyne.CanvasObject) int { return (len(objs) + g.cols - 1) / g.cols }

func (g grid) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	rows := g.rows(objs)
	if rows == 0 {
		return
	}
	w := (s.Width - g.gapX*float32(g.cols-1)) / float32(g.cols)
	h := (s.Height - g.gapY*float32(rows-1)) / float32(rows)
	for i, o := range objs {
		put(o, float32(i%g.cols)*(w+g.gapX), float32(i/g.cols)*(h+g.gapY), w, h)
	}
}

func (g grid) MinSize(objs []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objs {
		m = m.Max(o.MinSize())
	}
	return g.total(m, g.rows(objs))
}

func (g grid) total(m fyne.Size, rows int) fyne.Size {
	if rows == 0 {
		return fyne.Size{}
	}
	return fyne.NewSize(m.Width*float32(g.cols)+g.gapX*float32(g.cols-1), m.Height*float32(rows)+g.gapY*float32(rows-1))
}

func (g grid) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	cw := (w - g.gapX*float32(g.cols-1)) / float32(g.cols)
	h := float32(0)
	for _, o := range objs {
		h = fyne.Max(h, heightFor(o, cw))
	}
	return g.total(fyne.NewSize(cw, h), g.rows(objs)).Height
}

// Spot is a part at a fixed place of an Abs.
type Spot struct {
	X, Y, W, H float32
	Obj        fyne.CanvasObject
}

type abs []Spot

// Abs puts parts at fixed places; later ones lie over earlier ones.
func Abs(spots ...Spot) *fyne.Container {
	objs := make([]fyne.CanvasObject, len(spots))
	for i, s := range spots {
		objs[i] = s.Obj
	}
	return &fyne.Container{Layout: abs(spots), Objects: objs}
}

func (a abs) Layout([]fyne.CanvasObject, fyne.Size) {
	for _, s := range a {
		put(s.Obj, s.X, s.Y, s.W, s.H)
	}
}

func (a abs) MinSize([]fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, s := range a {
		m = m.Max(fyne.NewSize(s.X+s.W, s.Y+s.H))
	}
	return m
}

type pad struct{ t, r, b, l float32 }

// Pad puts space around a part: top, right, bottom, left.
func Pad(t, r, b, l float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: pad{t, r, b, l}, Objects: []fyne.CanvasObject{o}}
}

func (p pad) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objs {
		put(o, p.l, p.t, s.Width-p.l-p.r, s.Height-p.t-p.b)
	}
}

func (p pad) MinSize(objs []fyne.CanvasObject) fyne.Size {
	m := objs[0].MinSize()
	return fyne.NewSize(m.Width+p.l+p.r, m.Height+p.t+p.b)
}

func (p pad) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	return heightFor(objs[0], w-p.l-p.r) + p.t + p.b
}
