package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// plate is a rounded surface with an edge, drawn as two filled rectangles so
// that every renderer puts the edge inside.
type plate struct {
	edge, fill *canvas.Rectangle
	width      float32
	radius     float32
}

func newPlate(fill, edge color.Color, width, radius float32) *plate {
	return &plate{canvas.NewRectangle(edge), canvas.NewRectangle(fill), width, radius}
}

func (p *plate) put(x, y, w, h float32) {
	r := fyne.Min(p.radius, fyne.Min(w, h)/2)
	p.edge.CornerRadius = r
	p.fill.CornerRadius = fyne.Max(0, r-p.width)
	put(p.edge, x, y, w, h)
	put(p.fill, x+p.width, y+p.width, w-2*p.width, h-2*p.width)
}

func (p *plate) objects() []fyne.CanvasObject { return []fyne.CanvasObject{p.edge, p.fill} }

// look is the colours of a pressable.
type look struct {
	fill, edge, lip, text color.NRGBA
	border                float32
	lipH                  float32
}

// face is a pressable's surface: focus ring, lip, plate.
type face struct {
	ring, lip *canvas.Rectangle
	plate     *plate
	lipH      float32
	radius    float32
}

// ringWidth is how far the focus ring stands out.
const ringWidth float32 = 4

func newFace(env *Env, l look, radius float32) *face {
	f := &face{
		ring:   canvas.NewRectangle(env.Pal().Gold),
		lip:    canvas.NewRectangle(l.lip),
		plate:  newPlate(l.fill, l.edge, l.border, radius),
		lipH:   l.lipH,
		radius: radius,
	}
	f.ring.Hide()
	if l.lipH == 0 {
		f.lip.Hide()
	}
	return f
}

func (f *face) dress(l look) {
	f.plate.fill.FillColor, f.plate.edge.FillColor, f.plate.width = l.fill, l.edge, l.border
	f.lip.FillColor, f.lipH = l.lip, l.lipH
	f.lip.Hidden = l.lipH == 0
}

// put lays the face out; the return value is how far its content is pressed in.
func (f *face) put(w, h float32, down bool) float32 {
	r := fyne.Min(f.radius, h/2)
	f.ring.CornerRadius, f.lip.CornerRadius = r+ringWidth, r
	shift := float32(0)
	if down {
		shift = f.lipH
	}
	put(f.ring, -ringWidth, -ringWidth+shift, w+2*ringWidth, h+2*ringWidth)
	put(f.lip, 0, f.lipH, w, h)
	f.plate.put(0, shift, w, h)
	return shift
}

func (f *face) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{f.ring, f.lip, f.plate.edge, f.plate.fill}
}
