package printer

import (
	"bytes"
	"image"
	"slices"
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

// at is the dot, white beyond the edges.
func (m bitmap) at(x, y int) bool {
	return x >= 0 && x < m.width && m.bits[y*m.stride+x/8]&(0x80>>(x%8)) != 0
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
		l, r := 0, m.width
		for l < r && !m.at(l, y) {
			l++
		}
		for r > l && !m.at(r-1, y) {
			r--
		}
		if l < r {
			out[y] = extent{l, r}
		}
	}
	return out
}

// span is rows y0 to before y1, printed as one band or fed as white. A band
// whose dots come in pairs is sent at half its width, height or both and
// doubled by the printer (m of GS v 0): the modules of a code, bars and rules
// do.
type span struct {
	y0, y1 int
	extent
	wide, tall int // 1, or 2 for doubled
}

// Costs of a split, in bytes. A band has a header and a position; a split
// inside ink means one more stop and start of the motor, so it must save
// something.
const (
	bandCost     = 8 + 4
	feedCost     = 3
	inkSplitCost = 48
)

// pairs says what can be doubled in a row: its dots come in pairs that begin
// at even or odd places, and it equals the next row.
type pairs struct {
	wide [2]bool
	tall bool
}

func (m bitmap) pairs() []pairs {
	out := make([]pairs, m.height)
	for y := range out {
		for parity := range 2 {
			same := true
			for x := parity - 2; same && x < m.width; x += 2 {
				same = m.at(x, y) == m.at(x+1, y)
			}
			out[y].wide[parity] = same
		}
		out[y].tall = y+1 < m.height && bytes.Equal(m.row(y), m.row(y+1))
	}
	return out
}

func (m bitmap) row(y int) []byte { return m.bits[y*m.stride : (y+1)*m.stride] }

// spans cuts the picture into bands and feeds with the fewest bytes: a
// shortest path over rows, at most BandRows rows a step.
func (m bitmap) spans(p Profile) []span {
	rows, pair := m.extents(), m.pairs()
	n := len(rows)
	const far = int(^uint(0) >> 2)
	best := make([]int, n+1)
	step := make([]span, n+1) // the last step to each row
	for y := range best[1:] {
		best[y+1] = far
	}
	for y0 := range n {
		if rows[y0].white() { // one feed for the whole stretch
			y := y0
			for y < n && rows[y].white() {
				y++
			}
			if c := best[y0] + feedCost; c < best[y] {
				best[y], step[y] = c, span{y0: y0, y1: y, wide: 1, tall: 1}
			}
			continue
		}
		base := best[y0] + bandCost
		if y0 > 0 && !rows[y0-1].white() {
			base += inkSplitCost
		}
		s := span{y0: y0}
		wide, tall := [2]bool{!p.NoDoubling, !p.NoDoubling}, !p.NoDoubling
		for y := y0; y < min(n, y0+p.BandRows); y++ {
			s.extent = s.union(rows[y])
			wide[0], wide[1] = wide[0] && pair[y].wide[0], wide[1] && pair[y].wide[1]
			if (y-y0)%2 == 0 {
				tall = tall && pair[y].tall
			}
			if rows[y].white() {
				continue // a band does not end in white
			}
			s.y1, s.wide, s.tall = y+1, 1, 1
			if wide[s.l%2] {
				s.wide = 2
			}
			if tall && (y-y0)%2 == 1 {
				s.tall = 2
			}
			if c := base + s.bytes(); c < best[y+1] {
				best[y+1], step[y+1] = c, s
			}
		}
	}
	var out []span
	for y := n; y > 0; y = step[y].y0 {
		out = append(out, step[y])
	}
	slices.Reverse(out)
	return out
}

// bytes is what the band's dots take.
func (s span) bytes() int {
	unit := 8 * s.wide
	return (s.r - s.l + unit - 1) / unit * (s.y1 - s.y0) / s.tall
}

// raster packs the rows of a span from dot x on into rows of n bytes.
func (m bitmap) raster(s span, x, n int) []byte {
	out := make([]byte, 0, (s.y1-s.y0)/s.tall*n)
	for y := s.y0; y < s.y1; y += s.tall {
		for i := range n {
			var b byte
			for bit := range 8 {
				if m.at(x+(i*8+bit)*s.wide, y) {
					b |= 0x80 >> bit
				}
			}
			out = append(out, b)
		}
	}
	return out
}

// realTime finds the first byte pair that printers execute wherever it
// stands, even inside a picture: DLE EOT, DLE ENQ, DLE DC4. It returns -1
// when there is none.
func realTime(data []byte) int {
	for i := 0; i+1 < len(data); i++ {
		if data[i] == dle && (data[i+1] == 0x04 || data[i+1] == 0x05 || data[i+1] == 0x14) {
			return i
		}
	}
	return -1
}

// band is one GS v 0 with its position.
type band struct {
	x, width int // first dot, bytes per row
	rows     int
	mode     byte
	data     []byte
}

// bands returns a span as bands that hold no real-time command. Starting a
// band up to seven dots further left moves every bit, which breaks up the pair
// without changing a dot; where no start helps, the band is halved, and a
// single row that still holds one gets one more dot beside a printed one.
func (m bitmap) bands(s span, p Profile) []band {
	x, n := -1, 0 // the first start that is allowed at all
	for shift := range 8 {
		sx := s.l - shift*s.wide
		if p.Position == FromLeft {
			sx = 0
		}
		// The last byte must end on the paper: printers that find it beyond
		// the edge move the margin to make room.
		unit := 8 * s.wide
		sn := (s.r - sx + unit - 1) / unit
		if sx < 0 || sx+sn*unit > p.WidthDots || (s.l-sx)%s.wide != 0 {
			continue
		}
		data := m.raster(s, sx, sn)
		if realTime(data) < 0 {
			mode := byte(s.wide - 1 + 2*(s.tall-1))
			return []band{{x: sx, width: sn, rows: (s.y1 - s.y0) / s.tall, mode: mode, data: data}}
		}
		if x < 0 {
			x, n = sx, sn
		}
	}
	if s.wide > 1 || s.tall > 1 {
		s.wide, s.tall = 1, 1
		return m.bands(s, p)
	}
	if s.y1-s.y0 > 1 {
		upper, lower := s, s
		upper.y1 = (s.y0 + s.y1) / 2
		lower.y0 = upper.y1
		return append(m.bands(upper, p), m.bands(lower, p)...)
	}
	data := m.raster(s, x, n)
	for i := realTime(data); i >= 0; i = realTime(data) {
		data[i] |= 0x08 // 00010000 → 00011000: widens the dot by one
	}
	return []band{{x: x, width: n, rows: 1, data: data}}
}
