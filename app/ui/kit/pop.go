package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Pop is a key's letter enlarged above the finger that covers it. It cannot be
// pressed and is not read aloud.
type Pop struct {
	node
	text *canvas.Text
}

// The measures of an enlarged letter.
const (
	PopWidth  float32 = 96
	PopHeight float32 = 96
	popText   float32 = 56
	popEdge   float32 = 4
)

// NewPop makes one that is not shown yet.
func NewPop(env *Env) *Pop {
	p := &Pop{text: newText("", popText, false, env.Pal().Ink)}
	pl := newPlate(env.Pal().Surface, env.Pal().Gold, popEdge, RadiusButton)
	p.parts = append(pl.objects(), p.text)
	p.min = func() fyne.Size { return fyne.NewSize(PopWidth, PopHeight) }
	p.place = func(s fyne.Size) {
		pl.put(0, 0, s.Width, s.Height)
		w := p.text.MinSize().Width
		putText(p.text, (s.Width-w)/2, 0, w, s.Height)
	}
	p.ExtendBaseWidget(p)
	p.Hide()
	return p
}

// Over shows a text above a key of the same parent, within a width.
func (p *Pop) Over(k fyne.CanvasObject, text string, width float32) {
	const gap = 6
	p.text.Text = text
	x := k.Position().X + (k.Size().Width-PopWidth)/2
	x = fyne.Max(gap, fyne.Min(x, width-PopWidth-gap))
	put(p, x, k.Position().Y-gap-PopHeight, PopWidth, PopHeight)
	p.Show()
	p.relay()
}

// Letter is what it shows, "" while it is hidden.
func (p *Pop) Letter() string {
	if !p.Visible() {
		return ""
	}
	return p.text.Text
}

// SpokenText is part of Spoken: nothing.
func (p *Pop) SpokenText() string { return "" }
