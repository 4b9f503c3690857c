package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// press is the base of everything that can be pressed: a face, content over
// it, the pressed state and the focus ring.
type press struct {
	node
	env     *Env
	name    string
	do      func()
	off     bool
	down    bool
	focused bool
	pointer bool
	face    *face
	inner   fyne.CanvasObject // content, nil if laid out by layInner
	layIn   func(w, h, shift float32)
	width   float32 // minimum, without content 0
	height  float32
	padX    float32
}

func (p *press) init(l look, radius float32, inner ...fyne.CanvasObject) {
	p.face = newFace(p.env, l, radius)
	p.parts = append(p.face.objects(), inner...)
	if len(inner) == 1 {
		p.inner = inner[0]
	}
	p.place = func(s fyne.Size) {
		shift := p.face.put(s.Width, s.Height, p.down)
		switch {
		case p.layIn != nil:
			p.layIn(s.Width, s.Height, shift)
		case p.inner != nil:
			h := heightFor(p.inner, s.Width-2*p.padX)
			h = fyne.Min(h, s.Height-2*l.border)
			put(p.inner, p.padX, (s.Height-h)/2+shift, s.Width-2*p.padX, h)
		}
	}
	p.min = func() fyne.Size {
		w := p.width
		if p.inner != nil {
			w = fyne.Max(w, p.inner.MinSize().Width+2*p.padX)
		}
		return fyne.NewSize(w, p.height)
	}
	p.tall = func(w float32) float32 {
		if p.inner == nil {
			return p.height
		}
		return fyne.Max(p.height, heightFor(p.inner, w-2*p.padX)+16)
	}
}

// Tapped presses it, unless the press was meant for the screen before.
func (p *press) Tapped(*fyne.PointEvent) {
	p.env.touch()
	if p.Enabled() && !p.env.early() {
		p.do()
	}
}

// AccessibleName is what the control is called.
func (p *press) AccessibleName() string { return p.name }

// Enabled reports whether pressing it does something.
func (p *press) Enabled() bool { return !p.off && p.do != nil }

// SpokenText is part of Spoken.
func (p *press) SpokenText() string { return p.name }

// AccessibilityLabel is part of fyne.Accessible.
func (p *press) AccessibilityLabel() string { return p.name }

// AccessibilityRole is part of fyne.Accessible.
func (p *press) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// MouseDown shows the pressed state.
func (p *press) MouseDown(*desktop.MouseEvent) {
	p.pointer = true
	p.setRing(false)
	if p.Enabled() {
		p.down = true
		p.relay()
	}
}

// MouseUp ends the pressed state.
func (p *press) MouseUp(*desktop.MouseEvent) {
	p.pointer = false
	if p.down {
		p.down = false
		p.relay()
	}
}

func (p *press) setRing(on bool) {
	on = on && p.Enabled()
	if p.face.ring.Hidden == !on {
		return
	}
	p.face.ring.Hidden = !on
	p.face.ring.Refresh()
}

// stop is a press that the focus of a hardware keyboard stops at.
type stop struct{ press }

// FocusGained shows the ring, unless a finger brought the focus.
func (p *stop) FocusGained() {
	p.focused = true
	p.setRing(!p.pointer)
}

// FocusLost hides the ring.
func (p *stop) FocusLost() {
	p.focused = false
	p.setRing(false)
}

// TypedRune presses on space.
func (p *stop) TypedRune(r rune) {
	if p.env.typed(r) != KeyMachine && r == ' ' {
		p.Tapped(nil)
	}
}

// TypedKey presses on Enter.
func (p *stop) TypedKey(e *fyne.KeyEvent) {
	if keyRune(e) == '\r' && p.env.typed('\r') != KeyMachine {
		p.Tapped(nil)
	}
}

// plainLook is a white pressable with edge and lip.
func plainLook(env *Env) look {
	p := env.Pal()
	return look{p.Surface, p.Edge, p.Lip, p.Ink, p.Border, p.LipHeight}
}
