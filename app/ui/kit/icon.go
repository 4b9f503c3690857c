package kit

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"

	"tramhoso/assets"
)

// The colours and widths the drawings are stored in; recolouring replaces them.
var (
	drawnLine  = []byte("#2A2017")
	drawnWhite = []byte(`fill="#FFFFFF"`)
	drawnPaper = []byte(`fill="#fff"`)
	drawnGold  = []byte(`fill="#F4B93E"`)
	drawnLeaf  = []byte(`fill="#12523C"`)
	drawnDrum  = []byte("#E0A52C")
	drawnWidth = []byte(`stroke-width="2.5"`)
	drumWidth  = []byte(`stroke-width="3"`)
)

const (
	lineStroke float32 = 2.5 // of the 24 and 48 grids
	iconGrid   float32 = 24
	pictGrid   float32 = 48
)

// drawing is a recoloured SVG. The rasteriser does not scale strokes with the
// view box, so each size gets its own stroke width.
type drawing struct {
	key    string
	svg    []byte
	stroke float32 // in units of the view box
	width  []byte  // the attribute to replace
	grid   float32 // width of the view box
	radius float32 // rounded corners cut away, in units of the view box
}

// rasters keeps what was drawn: the same few icons come back on every screen.
var rasters = struct {
	sync.Mutex
	kept map[string]image.Image
}{kept: map[string]image.Image{}}

// rastersMax bounds the drawings kept: about three times what all screens in
// one size and variant show.
const rastersMax = 600

func (d drawing) raster(w, h int) image.Image {
	if w <= 0 || h <= 0 {
		return image.NewNRGBA(image.Rect(0, 0, 1, 1))
	}
	key := fmt.Sprintf("%s %d×%d", d.key, w, h)
	rasters.Lock()
	defer rasters.Unlock()
	if img, ok := rasters.kept[key]; ok {
		return img
	}
	img := d.draw(w, h)
	if len(rasters.kept) >= rastersMax {
		clear(rasters.kept)
	}
	rasters.kept[key] = img
	return img
}

func (d drawing) draw(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	scale := float32(w) / d.grid
	svg := bytes.ReplaceAll(d.svg, d.width, fmt.Appendf(nil, `stroke-width="%.3f"`, d.stroke*scale))
	icon, err := oksvg.ReadReplacingCurrentColor(bytes.NewReader(svg), "#000000")
	if err != nil { // an embedded drawing that does not parse: a test finds it
		fyne.LogError("failed to read drawing "+d.key, err)
		return img
	}
	icon.SetTarget(0, 0, float64(w), float64(h))
	icon.Draw(rasterx.NewDasher(w, h, rasterx.NewScannerGV(w, h, img, img.Bounds())), 1)
	if d.radius > 0 {
		cutCorners(img, float64(d.radius*scale))
	}
	return img
}

// cutCorners clears what lies outside rounded corners.
func cutCorners(img *image.RGBA, r float64) {
	b := img.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			dx := max(r-float64(x)-0.5, float64(x)+0.5-(float64(b.Dx())-r), 0)
			dy := max(r-float64(y)-0.5, float64(y)+0.5-(float64(b.Dy())-r), 0)
			if dx > 0 && dy > 0 && dx*dx+dy*dy > r*r {
				img.SetRGBA(x, y, color.RGBA{})
			}
		}
	}
}

// Icon is a drawing in one size.
type Icon struct {
	node
	name string
}

func newIcon(name string, d drawing, w, h float32) *Icon {
	i := &Icon{name: name}
	r := canvas.NewRaster(d.raster)
	i.parts = []fyne.CanvasObject{r}
	i.min = func() fyne.Size { return fyne.NewSize(w, h) }
	i.place = func(s fyne.Size) { put(r, (s.Width-w)/2, (s.Height-h)/2, w, h) }
	i.ExtendBaseWidget(i)
	return i
}

// Name returns the drawing's name.
func (i *Icon) Name() string { return i.name }

// NewIcon is a line icon (24 grid, stroke 2.5) in a colour.
func NewIcon(name string, size float32, c color.Color) *Icon {
	return NewIconStroke(name, size, c, lineStroke)
}

// NewIconStroke is NewIcon with another stroke width.
func NewIconStroke(name string, size float32, c color.Color, stroke float32) *Icon {
	ink := inkOf(c)
	svg := bytes.ReplaceAll(assets.Icon(name), drawnLine, []byte(ink))
	return newIcon(name, drawing{key: fmt.Sprintf("%s %s %.1f", name, ink, stroke), svg: svg, stroke: stroke, width: drawnWidth, grid: iconGrid}, size, size)
}

func inkOf(c color.Color) string { return hexString(color.NRGBAModel.Convert(c).(color.NRGBA)) }

// NewPict is a pictogram (48 grid, one gold and one white part).
func NewPict(env *Env, name string, size float32) *Icon {
	return pict(env, name, size, lineStroke, false)
}

// pict draws a pictogram; onMain is the one on the main tile.
func pict(env *Env, name string, size, stroke float32, onMain bool) *Icon {
	p := env.Pal()
	ink, white, gold, goldLine := p.Ink, p.PictWhite, p.PictGold, p.PictGoldLine
	if onMain && env.Contrast { // black lines on the bright tile
		ink, white, gold, goldLine = p.OnLeaf, hex(0xFFFFFF), p.Leaf, p.OnLeaf
	}
	if !strings.HasPrefix(name, "pict-") {
		name = "pict-" + name
	}
	svg := assets.Icon(name)
	svg = bytes.ReplaceAll(svg, drawnWhite, []byte(`fill="`+hexString(white)+`"`))
	svg = bytes.ReplaceAll(svg, drawnGold, []byte(`stroke="`+hexString(goldLine)+`" fill="`+hexString(gold)+`"`))
	svg = bytes.ReplaceAll(svg, drawnLine, []byte(hexString(ink)))
	key := fmt.Sprintf("%s %s %s %s %s %.1f", name, hexString(ink), hexString(white), hexString(gold), hexString(goldLine), stroke)
	return newIcon(name, drawing{key: key, svg: svg, stroke: stroke, width: drawnWidth, grid: pictGrid}, size, size)
}

// NewMark is the station's mark: a communal roof over a sheet.
func NewMark(env *Env, size float32) *Icon {
	p := env.Pal()
	svg := assets.Icon("mark")
	svg = bytes.ReplaceAll(svg, drawnPaper, []byte(`fill="`+hexString(p.PictWhite)+`"`))
	svg = bytes.ReplaceAll(svg, drawnLeaf, []byte(`fill="`+hexString(p.Leaf)+`"`))
	svg = bytes.ReplaceAll(svg, drawnLine, []byte(hexString(p.Ink)))
	return newIcon("mark", drawing{key: "mark " + hexString(p.Ink), svg: svg, stroke: lineStroke, width: drawnWidth, grid: pictGrid}, size, size)
}

// NewDrum is the part of the bronze drum that is seen through a window of w×h
// with the drum's centre at cx, cy and the window's corners rounded; it has no
// drawing outside the window.
func NewDrum(w, h, cx, cy, radius, corners float32, c color.Color) *Icon {
	ink := inkOf(c)
	body := string(bytes.ReplaceAll(assets.Icon("drum"), drawnDrum, []byte(ink)))
	body = body[strings.IndexByte(body, '>')+1:]
	body = strings.TrimSuffix(strings.TrimSpace(body), "</svg>")
	const own = 300 // the drawing's radius
	// The rasteriser takes scale(k) for scale(k 0): both factors are written.
	out := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%[1]g" height="%[2]g" viewBox="0 0 %[3]g %[4]g" fill="none"><g transform="translate(%[5]g %[6]g) scale(%[7]g %[7]g)">%[8]s</g></svg>`,
		w, h, w, h, cx-radius, cy-radius, radius/own, body)
	key := fmt.Sprintf("drum %s %g %g %g %g %g %g", ink, w, h, cx, cy, radius, corners)
	return newIcon("drum", drawing{key: key, svg: []byte(out), stroke: 3 * radius / own, width: drumWidth, grid: w, radius: corners}, w, h)
}
