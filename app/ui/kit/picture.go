package kit

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	qrcode "github.com/skip2/go-qrcode"
)

// Picture is a photo or a drawing of paper, whole, in the middle of its room,
// perhaps with a hairline and a lip like a sheet.
type Picture struct {
	node
	name string
}

// NewPicture shows an image; name is what it is called when read aloud.
// sheet draws the hairline and shadow of a sheet of paper.
func NewPicture(env *Env, img image.Image, name string, sheet bool) *Picture {
	p := env.Pal()
	pic := &Picture{name: name}
	c := canvas.NewImageFromImage(img)
	c.FillMode = canvas.ImageFillStretch
	c.ScaleMode = canvas.ImageScaleSmooth
	b := img.Bounds()
	lip, edge := Block(p.Lip), newPlate(hex(0xFFFFFF), p.Line, 1.5, 0)
	if sheet {
		pic.parts = append([]fyne.CanvasObject{lip}, edge.objects()...)
	}
	pic.parts = append(pic.parts, c)
	pic.min = func() fyne.Size { return fyne.NewSize(64, 64) }
	pic.place = func(s fyne.Size) {
		if b.Dx() == 0 || b.Dy() == 0 {
			return
		}
		inset := float32(0)
		if sheet {
			inset = 2
		}
		k := fyne.Min((s.Width-2*inset)/float32(b.Dx()), (s.Height-2*inset)/float32(b.Dy()))
		w, h := float32(b.Dx())*k, float32(b.Dy())*k
		x, y := (s.Width-w)/2, (s.Height-h)/2
		put(c, x, y, w, h)
		if sheet {
			edge.put(x-inset, y-inset, w+2*inset, h+2*inset)
			put(lip, x-inset, y-inset+p.LipHeight, w+2*inset, h+2*inset)
		}
	}
	pic.tall = func(w float32) float32 {
		if b.Dx() == 0 {
			return 0
		}
		return w * float32(b.Dy()) / float32(b.Dx())
	}
	pic.ExtendBaseWidget(pic)
	return pic
}

// SpokenText is what the picture shows.
func (p *Picture) SpokenText() string { return p.name }

// QR is a QR code, always black on white with a quiet zone.
type QR struct {
	node
	payload, name string
}

// NewQR draws a payload; name is what it is for.
func NewQR(payload, name string, size float32) (*QR, error) {
	code, err := qrcode.New(payload, qrcode.Medium)
	if err != nil {
		return nil, err
	}
	code.DisableBorder = true
	bits := code.Bitmap()
	n := len(bits)
	const zone = 2 // modules of white around: enough on our white cards
	img := image.NewGray(image.Rect(0, 0, n+2*zone, n+2*zone))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	for y, row := range bits {
		for x, on := range row {
			if on {
				img.Pix[(y+zone)*img.Stride+x+zone] = 0
			}
		}
	}
	q := &QR{payload: payload, name: name}
	c := canvas.NewImageFromImage(img)
	c.FillMode = canvas.ImageFillContain
	c.ScaleMode = canvas.ImageScalePixels
	q.parts = []fyne.CanvasObject{c}
	q.min = func() fyne.Size { return fyne.NewSize(size, size) }
	q.place = func(s fyne.Size) { put(c, 0, 0, s.Width, s.Height) }
	q.ExtendBaseWidget(q)
	return q, nil
}

// Payload is what a reader reads.
func (q *QR) Payload() string { return q.payload }

// SpokenText is what the code is for.
func (q *QR) SpokenText() string { return q.name }
