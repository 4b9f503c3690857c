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
	var out []Piece
	margin := 0
	for _, s := range m.spans(p) {
		if s.white() {
			out = append(out, Piece{Bytes: feed((s.y1 - s.y0) * p.FeedUnitsPerDot)})
			continue
		}
		for _, b := range m.bands(s, p) {
			var cmd []byte
			switch {
			case p.Position == LeftMargin && b.x != margin:
				cmd = append(cmd, gs, 'L', byte(b.x), byte(b.x>>8))
				margin = b.x
			case p.Position == AbsolutePos && b.x != 0:
				cmd = append(cmd, esc, '$', byte(b.x), byte(b.x>>8))
			}
			cmd = append(cmd, gs, 'v', '0', b.mode, byte(b.width), byte(b.width>>8), byte(b.rows), byte(b.rows>>8))
			out = append(out, Piece{Bytes: append(cmd, b.data...), Owed: len(b.data)})
		}
	}
	return out, nil
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
