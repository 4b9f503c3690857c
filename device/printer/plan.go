package printer

import "slices"

// span is rows y0 to before y1: fed as white, printed as one band, or printed
// as a stripe of columns. A band whose dots come in pairs is sent at half its
// width, height or both and doubled by the printer: the modules of a code,
// bars and rules do.
type span struct {
	y0, y1 int
	extent
	wide, tall int // 1, or 2 for doubled
	stripe     bool
}

// Costs of a step beyond its dots, in bytes.
const (
	positionCost = 4
	gsv0Cost     = 8
	graphicsCost = 5 + 10 + 7
	feedCost     = 3
	// inkSplitCost: a split inside ink may mean one more stop and start of the
	// motor, so it must save something.
	inkSplitCost = 16
)

// spans cuts the picture into bands, stripes and feeds with the fewest bytes:
// a shortest path over rows, at most BandRows rows a step and never more bytes
// than the printer can hold.
func (m bitmap) spans(p Profile) []span {
	rows, pair := m.extents(), m.pairs()
	n := len(rows)
	const far = int(^uint(0) >> 2)
	best := make([]int, n+1)
	step := make([]span, n+1) // the last step to each row
	for y := range best[1:] {
		best[y+1] = far
	}
	take := func(s span, cost int) {
		if c := best[s.y0] + cost; c < best[s.y1] {
			best[s.y1], step[s.y1] = c, s
		}
	}
	bandCost := positionCost + gsv0Cost
	if p.Raster == RasterGSpL {
		bandCost = positionCost + graphicsCost
	}
	limit := p.bandBytes()
	var columns *columns
	if p.Columns {
		columns = m.columns()
	}
	for y0 := range n {
		if columns != nil {
			columns.at(y0)
		}
		if rows[y0].white() { // one feed for the whole stretch
			y := y0
			for y < n && rows[y].white() {
				y++
			}
			take(span{y0: y0, y1: y, wide: 1, tall: 1}, feedCost)
			continue
		}
		split := 0
		if y0 > 0 && !rows[y0-1].white() {
			split = inkSplitCost
		}
		if columns != nil && y0+stripeRows <= n {
			if b := columns.stripe(p); b != nil && len(b) <= limit {
				take(span{y0: y0, y1: y0 + stripeRows, stripe: true}, split+positionCost+len(b))
			}
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
			if b := s.bytes(p); b <= limit {
				take(s, split+bandCost+b)
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
func (s span) bytes(p Profile) int {
	unit, l := 8*s.wide, s.l
	if p.Position == FromLeft {
		l = 0
	}
	return (s.r - l + unit - 1) / unit * ((s.y1 - s.y0) / s.tall)
}

// bandSlackBytes of a buffer are left for a band's headers, up to seven dots
// that a start further left takes, and the questions that a wait may need.
const bandSlackBytes = 192

// bandBytes is the most that one piece may hold: so much that a fence comes in
// time, and where no wire holds the line back, what the printer's buffer takes
// while it stands.
func (p Profile) bandBytes() int {
	if p.Flow == FlowRTSCTS {
		return int(fenceEvery / p.lineTime(1))
	}
	return p.fenceBytes()
}

// largestPiece is how many picture bytes a printer may at most wait for.
func (p Profile) largestPiece() int {
	return min(p.bandBytes(), p.BandRows*p.WidthDots/8)
}
