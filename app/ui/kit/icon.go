package kit

import (
	"bytes"
	"fmt"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"tramhoso/assets"
)

// The colours the drawings are stored in; recolouring replaces them.
var (
	drawnLine  = []byte("#2A2017")
	drawnWhite = []byte(`fill="#FFFFFF"`)
	drawnPaper = []byte(`fill="#fff"`)
	drawnGold  = []byte(`fill="#F4B93E"`)
	drawnLeaf  = []byte(`fill="#12523C"`)
	drawnDrum  = []byte("#E0A52C")
	drawnWidth = []byte(`stroke-width="2.5"`)
)

// Icon is a drawing in one size.
type Icon struct {
	node
	img  *canvas.Image
	name string
	size float32
}

func newPicture(name string, svg []byte, w, h float32) *Icon {
	i := &Icon{name: name, size: w}
	i.img = canvas.NewImageFromResource(fyne.NewStaticResource(name+".svg", svg))
	i.img.FillMode = canvas.ImageFillStretch
	i.parts = []fyne.CanvasObject{i.img}
	i.min = func() fyne.Size { return fyne.NewSize(w, h) }
	i.place = func(s fyne.Size) { put(i.img, (s.Width-w)/2, (s.Height-h)/2, w, h) }
	i.ExtendBaseWidget(i)
	return i
}

// Name returns the drawing's name.
func (i *Icon) Name() string { return i.name }

// NewIcon is a line icon (24 grid, stroke 2.5) in a colour.
func NewIcon(name string, size float32, c color.Color) *Icon {
	return NewIconStroke(name, size, c, 2.5)
}

// NewIconStroke is NewIcon with another stroke width.
func NewIconStroke(name string, size float32, c color.Color, stroke float32) *Icon {
	ink := hexString(color.NRGBAModel.Convert(c).(color.NRGBA))
	svg := bytes.ReplaceAll(assets.Icon(name), drawnLine, []byte(ink))
	if stroke != 2.5 {
		svg = bytes.Replace(svg, drawnWidth, fmt.Appendf(nil, `stroke-width="%.2f"`, stroke), 1)
	}
	return newPicture(fmt.Sprintf("%s-%s-%.1f", name, ink, stroke), svg, size, size)
}

// NewPict is a pictogram (48 grid, one gold and one white part).
func NewPict(env *Env, name string, size float32) *Icon { return pict(env, name, size, 2.5, false) }

// pict draws a pictogram; onMain is the one on the main tile.
func pict(env *Env, name string, size, stroke float32, onMain bool) *Icon {
	p := env.Pal()
	ink, white, gold, goldLine := p.Ink, p.PictWhite, p.PictGold, p.PictGoldLine
	if onMain && env.Contrast { // black lines on the bright tile
		ink, white, gold, goldLine = p.OnLeaf, hex(0xFFFFFF), p.Leaf, p.OnLeaf
	}
	if onMain && !env.Contrast {
		ink, goldLine = hex(0x2A2017), hex(0x2A2017)
	}
	if !strings.HasPrefix(name, "pict-") {
		name = "pict-" + name
	}
	svg := assets.Icon(name)
	svg = bytes.ReplaceAll(svg, drawnWhite, []byte(`fill="`+hexString(white)+`"`))
	svg = bytes.ReplaceAll(svg, drawnGold, []byte(`stroke="`+hexString(goldLine)+`" fill="`+hexString(gold)+`"`))
	svg = bytes.ReplaceAll(svg, drawnLine, []byte(hexString(ink)))
	if stroke != 2.5 {
		svg = bytes.Replace(svg, drawnWidth, fmt.Appendf(nil, `stroke-width="%.2f"`, stroke), 1)
	}
	key := fmt.Sprintf("%s-%s-%s-%s-%.1f", name, hexString(ink), hexString(white), hexString(gold), stroke)
	return newPicture(key, svg, size, size)
}

// NewMark is the station's mark: a communal roof over a sheet.
func NewMark(env *Env, size float32) *Icon {
	p := env.Pal()
	svg := assets.Icon("mark")
	svg = bytes.ReplaceAll(svg, drawnPaper, []byte(`fill="`+hexString(p.PictWhite)+`"`))
	svg = bytes.ReplaceAll(svg, drawnLeaf, []byte(`fill="`+hexString(p.Leaf)+`"`))
	svg = bytes.ReplaceAll(svg, drawnLine, []byte(hexString(p.Ink)))
	return newPicture("mark-"+hexString(p.Ink), svg, size, size)
}

// NewDrum is the part of the bronze drum that is seen through a window of w×h
// with the drum's centre at cx, cy; it has no drawing outside the window.
func NewDrum(w, h, cx, cy, radius float32, c color.Color) *Icon {
	ink := hexString(color.NRGBAModel.Convert(c).(color.NRGBA))
	svg := bytes.ReplaceAll(assets.Icon("drum"), drawnDrum, []byte(ink))
	body := string(svg)
	body = body[strings.IndexByte(body, '>')+1:]
	body = strings.TrimSuffix(strings.TrimSpace(body), "</svg>")
	out := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%g" height="%g" viewBox="0 0 %g %g"><g transform="translate(%g %g) scale(%g)">%s</g></svg>`,
		w, h, w, h, cx-radius, cy-radius, radius/300, body)
	return newPicture(fmt.Sprintf("drum-%s-%g-%g-%g-%g-%g", ink, w, h, cx, cy, radius), []byte(out), w, h)
}
