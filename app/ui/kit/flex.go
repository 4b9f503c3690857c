package kit

import (
	"fyne.io/fyne/v2"
)

// Align says where a part sits across the direction of its row or column.
type Align int

// Stretch fills; the others keep the part's own size.
const (
	Stretch Align = iota
	Start
	Middle
	End
)

// flowLayout is a layout that can tell its height for a width.
type flowLayout interface {
	heightFor(objs []fyne.CanvasObject, w float32) float32
}

// cell wraps one part of a row or column with how it is laid out.
type cell struct {
	grow  float32
	fixed float32 // size along the direction; 0: the part's own
	align Align
	own   bool // align is set
}

func (c cell) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objs {
		put(o, 0, 0, s.Width, s.Height)
	}
}

func (c cell) MinSize(objs []fyne.CanvasObject) fyne.Size {
	if len(objs) == 0 {
		return fyne.Size{}
	}
	return objs[0].MinSize()
}

func (c cell) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	if len(objs) == 0 {
		return 0
	}
	return heightFor(objs[0], w)
}

func wrap(c cell, o fyne.CanvasObject) fyne.CanvasObject {
	if b, ok := o.(*fyne.Container); ok {
		if old, ok := b.Layout.(cell); ok { // merge: Grow(Fixed(…))
			if c.grow == 0 {
				c.grow = old.grow
			}
			if c.fixed == 0 {
				c.fixed = old.fixed
			}
			if !c.own {
				c.align, c.own = old.align, old.own
			}
			return &fyne.Container{Layout: c, Objects: b.Objects}
		}
	}
	if o == nil {
		return &fyne.Container{Layout: c}
	}
	return &fyne.Container{Layout: c, Objects: []fyne.CanvasObject{o}}
}

// Grow lets a part take the space left over in its row or column.
func Grow(o fyne.CanvasObject) fyne.CanvasObject { return wrap(cell{grow: 1}, o) }

// GrowBy is Grow with a weight.
func GrowBy(weight float32, o fyne.CanvasObject) fyne.CanvasObject {
	return wrap(cell{grow: weight}, o)
}

// Fixed gives a part a size along its row (width) or column (height).
func Fixed(size float32, o fyne.CanvasObject) fyne.CanvasObject { return wrap(cell{fixed: size}, o) }

// At aligns one part across its row or column.
func At(a Align, o fyne.CanvasObject) fyne.CanvasObject {
	return wrap(cell{align: a, own: true}, o)
}

// Space is an empty part of a fixed size.
func Space(size float32) fyne.CanvasObject { return wrap(cell{fixed: size}, nil) }

// Spring is an empty part that grows.
func Spring() fyne.CanvasObject { return wrap(cell{grow: 1}, nil) }

type flex struct {
	column bool
	gap    float32
	align  Align
}

// Row lays parts side by side, vertically in the middle.
func Row(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: flex{gap: gap, align: Middle}, Objects: objs}
}

// RowTop is a Row whose parts hang from the top.
func RowTop(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: flex{gap: gap, align: Start}, Objects: objs}
}

// RowFill is a Row whose parts fill its height.
func RowFill(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: flex{gap: gap, align: Stretch}, Objects: objs}
}

// Col lays parts below each other over the whole width; Paragraphs get the
// height their wrapped text needs.
func Col(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: flex{column: true, gap: gap, align: Stretch}, Objects: objs}
}

// ColMiddle is a Col whose parts keep their width, centred.
func ColMiddle(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: flex{column: true, gap: gap, align: Middle}, Objects: objs}
}

func cellOf(o fyne.CanvasObject) cell {
	if c, ok := o.(*fyne.Container); ok {
		if l, ok := c.Layout.(cell); ok {
			return l
		}
	}
	return cell{}
}

// sizes shares length along the direction among the visible parts. In a column
// that is too short, second texts give way, the last first: their size is gone.
func (f flex) sizes(objs []fyne.CanvasObject, length, across float32) (out []float32, gone []bool) {
	out, gone = make([]float32, len(objs)), make([]bool, len(objs))
	left, weight, n := length, float32(0), 0
	for i, o := range objs {
		if !o.Visible() {
			gone[i] = true
			continue
		}
		n++
		c := cellOf(o)
		switch {
		case c.grow > 0:
			weight += c.grow
			continue
		case c.fixed > 0:
			out[i] = c.fixed
		case f.column:
			out[i] = heightFor(o, f.widthOf(o, across))
		default:
			out[i] = o.MinSize().Width
		}
		left -= out[i]
	}
	if n > 1 {
		left -= f.gap * float32(n-1)
	}
	if f.column && length > 0 {
		for i := len(objs) - 1; i >= 0 && left < -0.5; i-- {
			give := slack(objs[i], f.widthOf(objs[i], across))
			if gone[i] || give == 0 {
				continue
			}
			if give >= out[i]-0.01 {
				left += out[i] + f.gap
				out[i], gone[i] = 0, true
				continue
			}
			give = fyne.Min(give, -left)
			out[i] -= give
			left += give
		}
	}
	if weight > 0 && left > 0 {
		for i, o := range objs {
			if c := cellOf(o); o.Visible() && c.grow > 0 {
				out[i] = left * c.grow / weight
			}
		}
	}
	return out, gone
}

// widthOf is how wide a column lays a part.
func (f flex) widthOf(o fyne.CanvasObject, across float32) float32 {
	if f.alignOf(cellOf(o)) != Stretch {
		return fyne.Min(across, o.MinSize().Width)
	}
	return across
}

// slack is how much height a part can give up: its second texts.
func slack(o fyne.CanvasObject, width float32) float32 {
	switch o := o.(type) {
	case *Paragraph:
		if o.style.Second {
			return heightFor(o, width)
		}
	case *Panel:
		return slack(o.inner, width)
	case *Timeline:
		return fyne.Max(0, heightFor(o, width)-o.least())
	case *fyne.Container:
		switch l := o.Layout.(type) {
		case pad:
			return slack(o.Objects[0], width-l.l-l.r)
		case cell:
			if len(o.Objects) > 0 && l.fixed == 0 {
				return slack(o.Objects[0], width)
			}
		case flex:
			if !l.column {
				return 0
			}
			total := float32(0)
			for _, c := range o.Objects {
				if give := slack(c, l.widthOf(c, width)); give > 0 && c.Visible() {
					total += give
					if _, ok := c.(*Paragraph); ok {
						total += l.gap
					}
				}
			}
			return total
		}
	}
	return 0
}

func (f flex) alignOf(c cell) Align {
	if c.own {
		return c.align
	}
	return f.align
}

func (f flex) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	length, across := s.Width, s.Height
	if f.column {
		length, across = s.Height, s.Width
	}
	pos := float32(0)
	sizes, gone := f.sizes(objs, length, across)
	for i, size := range sizes {
		o := objs[i]
		if gone[i] {
			put(o, 0, 0, 0, 0)
			continue
		}
		a := f.alignOf(cellOf(o))
		own, off := across, float32(0)
		if a != Stretch {
			if f.column {
				own = fyne.Min(across, o.MinSize().Width)
			} else {
				own = fyne.Min(across, heightFor(o, size))
			}
			switch a {
			case Middle:
				off = (across - own) / 2
			case End:
				off = across - own
			}
		}
		if f.column {
			put(o, off, pos, own, size)
		} else {
			put(o, pos, off, size, own)
		}
		pos += size + f.gap
	}
}

func (f flex) MinSize(objs []fyne.CanvasObject) fyne.Size {
	var along, across float32
	n := 0
	for _, o := range objs {
		if !o.Visible() {
			continue
		}
		n++
		m := o.MinSize()
		c := cellOf(o)
		a, b := m.Width, m.Height
		if f.column {
			a, b = m.Height, m.Width
		}
		if c.fixed > 0 {
			a = c.fixed
		}
		along += a
		across = fyne.Max(across, b)
	}
	if n > 1 {
		along += f.gap * float32(n-1)
	}
	if f.column {
		return fyne.NewSize(across, along)
	}
	return fyne.NewSize(along, across)
}

func (f flex) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	total, n := float32(0), 0
	if !f.column {
		sizes, _ := f.sizes(objs, w, 0)
		for i, size := range sizes {
			if objs[i].Visible() {
				total = fyne.Max(total, heightFor(objs[i], size))
			}
		}
		return total
	}
	for _, o := range objs {
		if !o.Visible() {
			continue
		}
		n++
		c := cellOf(o)
		if c.fixed > 0 {
			total += c.fixed
			continue
		}
		across := w
		if f.alignOf(c) != Stretch {
			across = fyne.Min(w, o.MinSize().Width)
		}
		total += heightFor(o, across)
	}
	if n > 1 {
		total += f.gap * float32(n-1)
	}
	return total
}
