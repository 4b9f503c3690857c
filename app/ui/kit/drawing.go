package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// NewDrawing is a screen's own SVG of w×h that fills its place in proportion;
// its minimum is nothing, so that a row or column decides.
func NewDrawing(name string, svg []byte, w, h float32) fyne.CanvasObject {
	img := canvas.NewImageFromResource(fyne.NewStaticResource(name+".svg", svg))
	img.FillMode = canvas.ImageFillContain
	n := &node{parts: []fyne.CanvasObject{img}}
	n.min = func() fyne.Size { return fyne.NewSize(1, 1) }
	n.tall = func(width float32) float32 { return width * h / w }
	n.place = func(s fyne.Size) { put(img, 0, 0, s.Width, s.Height) }
	n.ExtendBaseWidget(n)
	return n
}

// Over lays parts over each other, the first at the bottom.
func Over(objs ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: stack{}, Objects: objs}
}
