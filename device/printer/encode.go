package printer

import (
	"fmt"
	"image"
)

// Piece is a part of a job that a printer takes as a whole: a command or a
// band. Between two pieces the printer can be asked how it is.
type Piece struct {
	Bytes []byte
	// Owed is how many picture bytes the printer waits for once it has the
	// header, so that a job broken off inside can be completed with white.
	Owed int
}

// Pieces encodes a picture without the cut.
func Pieces(img *image.Gray, profile Profile) ([]Piece, error) {
	p, err := profile.filled()
	if err != nil {
		return nil, fmt.Errorf("failed to encode: %w", err)
	}
	b := img.Bounds()
	if b.Dx() > p.WidthDots {
		return nil, fmt.Errorf("failed to encode %d dots for %d: %w", b.Dx(), p.WidthDots, ErrTooWide)
	}
	if b.Dy() > MaxLengthDots {
		return nil, fmt.Errorf("failed to encode %d rows: %w", b.Dy(), ErrTooLong)
	}
	m := pack(img)
	w := &writer{p: p}
	var columns *columns
	for _, s := range m.spans(p) {
		switch {
		case s.stripe:
			if columns == nil {
				columns = m.columns()
			}
			columns.at(s.y0)
			w.stripe(columns)
		case s.white():
			w.out = append(w.out, Piece{Bytes: feed((s.y1 - s.y0) * p.FeedUnitsPerDot)})
		default:
			for _, b := range m.bands(s, p) {
				w.band(b)
			}
		}
	}
	return w.out, nil
}

// writer puts pieces behind each other and knows where the left margin is.
type writer struct {
	p      Profile
	out    []Piece
	margin int
}

func (w *writer) band(b band) {
	var cmd []byte
	switch {
	case w.p.Position == LeftMargin:
		cmd = w.moveMargin(b.x)
	case w.p.Position == AbsolutePos && b.x != 0:
		cmd = []byte{esc, '$', byte(b.x), byte(b.x >> 8)}
	}
	w.out = append(w.out, Piece{Bytes: append(cmd, b.command(w.p)...), Owed: len(b.data)})
}

// stripe prints columns from the paper's edge.
func (w *writer) stripe(c *columns) {
	cmd := append(w.moveMargin(0), c.stripe(w.p)...)
	w.out = append(w.out, Piece{Bytes: cmd, Owed: c.owed(w.p)})
}

func (w *writer) moveMargin(x int) []byte {
	if x == w.margin {
		return nil
	}
	w.margin = x
	return []byte{gs, 'L', byte(x), byte(x >> 8)}
}

// Encode is a whole job as it goes over the wire: initialise, picture, cut.
// Print sends the same bytes piece by piece.
func Encode(img *image.Gray, profile Profile) ([]byte, error) {
	p, err := profile.filled()
	if err != nil {
		return nil, fmt.Errorf("failed to encode: %w", err)
	}
	pieces, err := Pieces(img, p)
	if err != nil {
		return nil, err
	}
	out := start(p)
	for _, piece := range pieces {
		out = append(out, piece.Bytes...)
	}
	return append(out, cut(p)...), nil
}
