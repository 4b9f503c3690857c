package printer

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

// band is a piece of picture at its place.
type band struct {
	x, width   int // first dot, bytes per row
	rows       int // of data: half the paper's where tall is 2
	wide, tall int
	data       []byte
}

// command is the band as the profile's raster command.
func (b band) command(p Profile) []byte {
	if p.Raster == RasterGSpL {
		return b.graphics()
	}
	m := byte(b.wide - 1 + 2*(b.tall-1))
	cmd := []byte{gs, 'v', '0', m, byte(b.width), byte(b.width >> 8), byte(b.rows), byte(b.rows >> 8)}
	return append(cmd, b.data...)
}

// maxShortBytes is what the two length bytes of GS ( L can say.
const maxShortBytes = 0xffff

// graphics stores the band (GS ( L function 112, or GS 8 L where it is longer
// than two bytes can say) and prints what was stored (function 50).
func (b band) graphics() []byte {
	dots, n := b.width*8, 10+len(b.data)
	cmd := []byte{gs, '(', 'L', byte(n), byte(n >> 8)}
	if n > maxShortBytes {
		cmd = []byte{gs, '8', 'L', byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}
	}
	cmd = append(cmd, '0', 112, '0', byte(b.wide), byte(b.tall), '1', byte(dots), byte(dots>>8), byte(b.rows), byte(b.rows>>8))
	cmd = append(cmd, b.data...)
	return append(cmd, gs, '(', 'L', 2, 0, '0', 50)
}

// bands returns a span as bands whose commands hold no real-time command, in
// their lengths no more than in their dots. Starting a band up to seven dots
// further left moves every bit, which breaks up the pair without changing a
// dot; where no start helps, the band is halved, and a single row that still
// holds one gets one more dot beside a printed one.
func (m bitmap) bands(s span, p Profile) []band {
	var first *band // the first start that is allowed at all
	for shift := range 8 {
		x := s.l - shift*s.wide
		if p.Position == FromLeft {
			x = 0
		}
		// The last byte must end on the paper: printers that find it beyond
		// the edge move the margin to make room.
		unit := 8 * s.wide
		n := (s.r - x + unit - 1) / unit
		if x < 0 || x+n*unit > p.WidthDots || (s.l-x)%s.wide != 0 {
			continue
		}
		b := band{x: x, width: n, rows: (s.y1 - s.y0) / s.tall, wide: s.wide, tall: s.tall, data: m.raster(s, x, n)}
		if realTime(b.command(p)) < 0 {
			return []band{b}
		}
		if first == nil {
			first = &b
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
	for i := realTime(first.data); i >= 0; i = realTime(first.data) {
		first.data[i] |= 0x08 // 00010000 → 00011000: widens the dot by one
	}
	return []band{*first}
}
