package printer

import (
	"bytes"
	"image"
	"image/draw"
)

// Dots of a picture: nothing between them, as on paper.
const (
	white = 0xff
	black = 0x00
)

// canvas is the paper while it is drawn. It grows downwards.
type canvas struct {
	width int
	pix   []byte
}

func (c *canvas) height() int { return len(c.pix) / c.width }

// grow adds white rows.
func (c *canvas) grow(rows int) {
	c.pix = append(c.pix, bytes.Repeat([]byte{white}, rows*c.width)...)
}

func (c *canvas) set(x, y int, v byte) {
	if x >= 0 && x < c.width && y >= 0 && y < c.height() {
		c.pix[y*c.width+x] = v
	}
}

func (c *canvas) fill(r image.Rectangle, v byte) {
	r = r.Intersect(image.Rect(0, 0, c.width, c.height()))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := c.pix[y*c.width+r.Min.X : y*c.width+r.Max.X]
		for i := range row {
			row[i] = v
		}
	}
}

// text draws a line with its left end at x and its top at y.
func (c *canvas) text(l textLine, x, y int, ink byte) {
	for _, g := range l.glyphs {
		b := g.box().Add(image.Pt(x, y+l.up))
		for j := range b.Dy() {
			for i := range b.Dx() {
				if g.ink[j*b.Dx()+i] {
					c.set(b.Min.X+i, b.Min.Y+j, ink)
				}
			}
		}
	}
}

func (c *canvas) image() *image.Gray {
	return &image.Gray{Pix: c.pix, Stride: c.width, Rect: image.Rect(0, 0, c.width, c.height())}
}

// dots turns any picture into 1-bit dots: darker than mid-grey is printed,
// transparent is paper.
func dots(src image.Image) *image.Gray {
	b := src.Bounds()
	g := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(g, g.Rect, src, b.Min, draw.Over)
	for i, v := range g.Pix {
		if v < 0x80 {
			g.Pix[i] = black
		} else {
			g.Pix[i] = white
		}
	}
	return g
}
