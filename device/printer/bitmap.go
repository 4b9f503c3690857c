package printer

import (
	"bytes"
	"image"
	"math/bits"
)

// bitmap is a picture as rows of packed bits, 1 for a printed dot.
type bitmap struct {
	width, height int
	stride        int
	bits          []byte
}

func pack(img *image.Gray) bitmap {
	b := img.Bounds()
	m := bitmap{width: b.Dx(), height: b.Dy(), stride: (b.Dx() + 7) / 8}
	m.bits = make([]byte, m.stride*m.height)
	for y := range m.height {
		row := img.Pix[img.PixOffset(b.Min.X, b.Min.Y+y):]
		for x := range m.width {
			if row[x] < 0x80 {
				m.bits[y*m.stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return m
}

// extent is the part of a row that is printed: dots from l to before r; both 0
// when it is white.
type extent struct{ l, r int }

func (e extent) white() bool { return e.l == e.r }

func (e extent) union(o extent) extent {
	switch {
	case e.white():
		return o
	case o.white():
		return e
	}
	return extent{min(e.l, o.l), max(e.r, o.r)}
}

func (m bitmap) extents() []extent {
	out := make([]extent, m.height)
	for y := range out {
		row := m.row(y)
		l, r := 0, len(row)
		for l < r && row[l] == 0 {
			l++
		}
		for r > l && row[r-1] == 0 {
			r--
		}
		if l < r {
			out[y] = extent{l*8 + bits.LeadingZeros8(row[l]), r*8 - bits.TrailingZeros8(row[r-1])}
		}
	}
	return out
}

// pairs says what can be doubled in a row: its dots come in pairs that begin
// at even or odd places, and it equals the next row.
type pairs struct {
	wide [2]bool
	tall bool
}

func (m bitmap) pairs() []pairs {
	out := make([]pairs, m.height)
	for y := range out {
		row := m.row(y)
		var even, odd, before byte
		for _, b := range row {
			even |= b ^ b>>1
			moved := before<<7 | b>>1
			odd |= moved ^ moved>>1
			before = b
		}
		out[y] = pairs{
			wide: [2]bool{even&0x55 == 0, odd&0x55 == 0 && before&1 == 0},
			tall: y+1 < m.height && bytes.Equal(row, m.row(y+1)),
		}
	}
	return out
}

func (m bitmap) row(y int) []byte { return m.bits[y*m.stride : (y+1)*m.stride] }

// raster packs the rows of a span from dot x on into rows of n bytes.
func (m bitmap) raster(s span, x, n int) []byte {
	out := make([]byte, 0, (s.y1-s.y0)/s.tall*n)
	for y := s.y0; y < s.y1; y += s.tall {
		row := m.row(y)
		for i := range n {
			var b byte
			if s.wide == 1 {
				b = eight(row, x+i*8)
			} else {
				b = half(eight(row, x+i*16))<<4 | half(eight(row, x+i*16+8))
			}
			out = append(out, b)
		}
	}
	return out
}

// eight is the dots x to x+7 of a row, white beyond its end.
func eight(row []byte, x int) byte {
	i, shift := x/8, x%8
	var b byte
	if i < len(row) {
		b = row[i] << shift
	}
	if shift > 0 && i+1 < len(row) {
		b |= row[i+1] >> (8 - shift)
	}
	return b
}

// half is every second dot of eight, in the low four bits.
func half(b byte) byte {
	return b>>4&8 | b>>3&4 | b>>2&2 | b>>1&1
}
