package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Control is everything that can be pressed.
type Control interface {
	fyne.Tappable
	AccessibleName() string
	Enabled() bool
}

// Spoken is everything that shows text; SpokenText is the whole text,
// unwrapped, without marks.
type Spoken interface{ SpokenText() string }

// Parent is a widget whose parts can be walked without a renderer.
type Parent interface{ Objects() []fyne.CanvasObject }

// flow is an object whose height depends on its width.
type flow interface{ HeightFor(width float32) float32 }

// node is what every widget of the kit is made of: fixed parts and a closure
// that puts them in place.
type node struct {
	widget.BaseWidget
	self  fyne.Widget
	parts []fyne.CanvasObject
	place func(fyne.Size)
	min   func() fyne.Size
	tall  func(width float32) float32
}

// ExtendBaseWidget tells the node which widget it is the base of.
func (n *node) ExtendBaseWidget(w fyne.Widget) {
	n.self = w
	n.BaseWidget.ExtendBaseWidget(w)
}

// Objects returns the parts, in reading order.
func (n *node) Objects() []fyne.CanvasObject { return n.parts }

// HeightFor returns the height the widget needs at a width.
func (n *node) HeightFor(width float32) float32 {
	if n.tall != nil {
		return n.tall(width)
	}
	return n.min().Height
}

// CreateRenderer is part of fyne.Widget.
func (n *node) CreateRenderer() fyne.WidgetRenderer { return &nodeRenderer{n} }

// relay puts the parts in place again after they changed.
func (n *node) relay() {
	if s := n.Size(); s.Width > 0 && n.place != nil {
		n.place(s)
	}
	n.BaseWidget.Refresh()
}

type nodeRenderer struct{ n *node }

func (r *nodeRenderer) Destroy() {}
func (r *nodeRenderer) Layout(s fyne.Size) {
	if r.n.place != nil {
		r.n.place(s)
	}
}
func (r *nodeRenderer) MinSize() fyne.Size {
	if r.n.min == nil {
		return fyne.Size{}
	}
	return r.n.min()
}
func (r *nodeRenderer) Objects() []fyne.CanvasObject { return r.n.parts }
func (r *nodeRenderer) Refresh() {
	for _, o := range r.n.parts {
		o.Refresh()
	}
	// Parts made since the last frame are unknown to the canvas; the widget is not.
	if r.n.self != nil {
		canvas.Refresh(r.n.self)
	}
}

// Free lays parts out by a closure: for screens with a picture of their own.
func Free(size fyne.Size, place func(fyne.Size), parts ...fyne.CanvasObject) fyne.CanvasObject {
	n := &node{parts: parts, place: place, min: func() fyne.Size { return size }}
	n.ExtendBaseWidget(n)
	return n
}

// Speech is a screen as it is read aloud: title, text and buttons in order.
func Speech(obj fyne.CanvasObject) string {
	if s, ok := obj.(interface{ Speech() string }); ok {
		return s.Speech()
	}
	return JoinSpoken(Texts(obj))
}

func heightFor(o fyne.CanvasObject, w float32) float32 {
	if f, ok := o.(flow); ok {
		return f.HeightFor(w)
	}
	if c, ok := o.(*fyne.Container); ok {
		if f, ok := c.Layout.(flowLayout); ok {
			return f.heightFor(c.Objects, w)
		}
	}
	return o.MinSize().Height
}

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// Children are the parts of a container or of one of the kit's widgets.
func Children(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case *fyne.Container:
		return o.Objects
	case Parent:
		return o.Objects()
	}
	return nil
}

// Walk visits obj and all visible parts below it in reading order; visit
// returning false leaves a part's own parts out.
func Walk(obj fyne.CanvasObject, visit func(fyne.CanvasObject) bool) {
	if obj == nil || !obj.Visible() || !visit(obj) {
		return
	}
	for _, c := range Children(obj) {
		Walk(c, visit)
	}
}

// Texts returns every text shown, in reading order: the whole text of each
// Spoken part, and bare canvas texts.
func Texts(obj fyne.CanvasObject) []string {
	var texts []string
	Walk(obj, func(o fyne.CanvasObject) bool {
		if s, ok := o.(Spoken); ok {
			if t := s.SpokenText(); t != "" {
				texts = append(texts, t)
			}
			return false
		}
		if t, ok := o.(*canvas.Text); ok && strings.TrimSpace(t.Text) != "" {
			texts = append(texts, t.Text)
		}
		return true
	})
	return texts
}

// Controls returns everything that can be pressed, in reading order.
func Controls(obj fyne.CanvasObject) []Control {
	var found []Control
	Walk(obj, func(o fyne.CanvasObject) bool {
		if c, ok := o.(Control); ok {
			found = append(found, c)
			return len(Children(o)) > 0
		}
		return true
	})
	return found
}

// Find returns the first control whose accessible name is name, or failing
// that begins with it; nil if there is none.
func Find(obj fyne.CanvasObject, name string) Control {
	all := Controls(obj)
	for _, c := range all {
		if c.AccessibleName() == name {
			return c
		}
	}
	for _, c := range all {
		if strings.HasPrefix(c.AccessibleName(), name) {
			return c
		}
	}
	return nil
}
