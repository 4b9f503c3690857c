package golden

import (
	"image"
	"image/color"
	"image/draw"
	"sort"
)

// crush keeps a picture's 64 most frequent colours and gives the rest the
// nearest of them: within what a comparison tolerates, at a quarter of the bytes.
func crush(img image.Image) *image.Paletted {
	b := img.Bounds()
	flat := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Bounds(), img, b.Min, draw.Src)
	count := map[color.NRGBA]int{}
	for y := range b.Dy() {
		for x := range b.Dx() {
			count[flat.NRGBAAt(x, y)]++
		}
	}
	colours := make([]color.NRGBA, 0, len(count))
	for c := range count {
		colours = append(colours, c)
	}
	sort.Slice(colours, func(i, j int) bool {
		a, b := colours[i], colours[j]
		if count[a] != count[b] {
			return count[a] > count[b]
		}
		return uint32(a.R)<<16|uint32(a.G)<<8|uint32(a.B) < uint32(b.R)<<16|uint32(b.G)<<8|uint32(b.B)
	})
	const most = 64
	palette := make(color.Palette, 0, most)
	for _, c := range colours[:min(most, len(colours))] {
		palette = append(palette, c)
	}
	index := make(map[color.NRGBA]uint8, len(colours))
	for _, c := range colours {
		index[c] = uint8(palette.Index(c))
	}
	out := image.NewPaletted(flat.Bounds(), palette)
	for y := range b.Dy() {
		for x := range b.Dx() {
			out.SetColorIndex(x, y, index[flat.NRGBAAt(x, y)])
		}
	}
	return out
}
