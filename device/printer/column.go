package printer

import "math/bits"

// Stripes: ESC * 33 prints columns of 24 dots, several groups of them on one
// line, so that wide gaps between words are jumped over (ESC $) instead of
// being sent.
const (
	stripeRows = 24
	// jumpColumns of white are jumped over: a jump and a new header take nine
	// bytes, as much as three columns, and every jump is some work for the
	// printer.
	jumpColumns = 5

	fullDensity = 33 // 24 dots, a column a dot wide
	halfDensity = 32 // 24 dots, a column two dots wide
)

// columns is a window of stripeRows rows that moves down a picture.
type columns struct {
	m     bitmap
	y     int      // the first row of the window
	dots  []uint32 // a column's 24 dots, the top one highest
	bytes []byte   // the stripe under way, used again
}

func (m bitmap) columns() *columns {
	c := &columns{m: m, y: -stripeRows, dots: make([]uint32, m.stride*8)}
	return c
}

// at moves the window down to begin at row y.
func (c *columns) at(y int) {
	for ; c.y < y; c.y++ {
		for x := range c.dots {
			c.dots[x] = c.dots[x] << 1 & (1<<stripeRows - 1)
		}
		next := c.y + stripeRows
		if next < 0 || next >= c.m.height {
			continue
		}
		for i, b := range c.m.row(next) {
			for b != 0 {
				lead := bits.LeadingZeros8(b)
				c.dots[i*8+lead] |= 1
				b &^= 0x80 >> lead
			}
		}
	}
}

// group is columns from x to before end that are sent together, each standing
// for wide dots.
type group struct{ x, end, wide int }

func (c *columns) groups(p Profile) []group {
	var out []group
	add := func(x, end int) {
		g := group{x, end, 1}
		if !p.NoDoubling && c.paired(x, end) {
			g.wide = 2
		}
		out = append(out, g)
	}
	start, last := -1, -1
	for x, d := range c.dots {
		if d == 0 {
			continue
		}
		if start >= 0 && x-last > jumpColumns {
			add(start, last+1)
			start = x
		}
		if start < 0 {
			start = x
		}
		last = x
	}
	if start >= 0 {
		add(start, last+1)
	}
	return out
}

func (c *columns) paired(x, end int) bool {
	if (end-x)%2 != 0 {
		return false
	}
	for ; x < end; x += 2 {
		if c.dots[x] != c.dots[x+1] {
			return false
		}
	}
	return true
}

// stripe is the window as commands, with the feed that prints it; nil where it
// would hold a real-time command. It is overwritten by the next call.
func (c *columns) stripe(p Profile) []byte {
	b := c.bytes[:0]
	for _, g := range c.groups(p) {
		if g.x > 0 {
			b = append(b, esc, '$', byte(g.x), byte(g.x>>8))
		}
		mode := byte(fullDensity)
		if g.wide == 2 {
			mode = halfDensity
		}
		n := (g.end - g.x) / g.wide
		b = append(b, esc, '*', mode, byte(n), byte(n>>8))
		for x := g.x; x < g.end; x += g.wide {
			d := c.dots[x]
			b = append(b, byte(d>>16), byte(d>>8), byte(d))
		}
	}
	b = append(b, esc, 'J', byte(stripeRows*p.FeedUnitsPerDot))
	c.bytes = b
	if realTime(b) >= 0 {
		return nil
	}
	return b
}

// owed is how many bytes the longest group of a stripe holds.
func (c *columns) owed(p Profile) int {
	n := 0
	for _, g := range c.groups(p) {
		n = max(n, (g.end-g.x)/g.wide*stripeRows/8)
	}
	return n
}
