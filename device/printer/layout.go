package printer

import (
	"errors"
	"fmt"
	"image"

	"golang.org/x/image/draw"
)

// Spacing, in dots.
const (
	lineGapDots = 4
	ruleGapDots = 8
	ruleDots    = 2
	// Dashes begin and end at even dots, so that a rule is sent at half its size.
	dashDots      = 8
	dashGapDots   = 6
	barPadDots    = 6 // above and below white-on-black text
	barInsetDots  = 8 // at its sides
	columnGapDots = 16
	// topWhiteDots and bottomWhiteDots keep print off the paper's edges; the
	// cut feeds the rest.
	topWhiteDots    = 8
	bottomWhiteDots = 12
)

// ErrTooLong is returned for a document longer than MaxLengthDots.
var ErrTooLong = errors.New("the document is longer than one paper may be")

// layout is a document on its way to a picture.
type layout struct {
	c      *canvas
	margin int
	// barEnd is the row after the last black bar, to join the next one.
	barEnd int
}

// Layout draws a document: each dot of the picture (black 0, white 255) is a
// dot on the paper. The same picture is shown on the screen.
func Layout(doc Document, p Paper) (*image.Gray, error) {
	if p.WidthDots < MinWidthDots || p.WidthDots > MaxWidthDots || p.WidthDots%8 != 0 {
		return nil, fmt.Errorf("failed to lay out on %d dots: the width must be a multiple of 8 from %d to %d", p.WidthDots, MinWidthDots, MaxWidthDots)
	}
	margin := p.MarginDots
	if margin == 0 {
		margin = DefaultMarginDots
	}
	if margin < 0 || margin > p.WidthDots/4 {
		return nil, fmt.Errorf("failed to lay out with margins of %d dots", margin)
	}
	if len(doc.Blocks) > MaxBlocks {
		return nil, fmt.Errorf("failed to lay out %d blocks: %w", len(doc.Blocks), ErrTooLong)
	}
	faces.Lock()
	defer faces.Unlock()
	l := &layout{c: &canvas{width: p.WidthDots}, margin: margin, barEnd: -1}
	if err := l.grow(topWhiteDots); err != nil {
		return nil, err
	}
	for i, b := range doc.Blocks {
		if err := l.block(b, i == len(doc.Blocks)-1); err != nil {
			return nil, fmt.Errorf("failed to lay out block %d: %w", i, err)
		}
	}
	if err := l.grow(bottomWhiteDots); err != nil {
		return nil, err
	}
	return l.c.image(), nil
}

func (l *layout) block(b Block, last bool) error {
	switch b := b.(type) {
	case Text:
		return l.textBlock(b)
	case Columns:
		return l.columns(b)
	case Rule:
		return l.rule(b)
	case Image:
		return l.picture(b)
	case QR:
		return l.qrBlock(b)
	case Feed:
		return l.grow(b.Dots)
	case Cut:
		if !last {
			return errors.New("a cut inside a document; one document is one paper")
		}
		return nil
	default:
		return fmt.Errorf("a block of type %T", b)
	}
}

func (l *layout) grow(rows int) error {
	if rows < 0 || rows > MaxLengthDots-l.c.height() {
		return ErrTooLong
	}
	l.c.grow(rows)
	return nil
}

func (l *layout) textWidth() int { return l.c.width - 2*l.margin }

// stackHeight is the height of lines under each other.
func stackHeight(lines []textLine) int {
	h := 0
	for i, line := range lines {
		if i > 0 {
			h += lineGapDots
		}
		h += line.height()
	}
	return h
}

func sizeOf(runs []Run) int {
	n := 0
	for _, r := range runs {
		n += len(r.Text)
	}
	return n
}

func (l *layout) textBlock(t Text) error {
	if sizeOf(t.Runs) > maxTextBytes {
		return ErrTooLong
	}
	width, left, ink := l.textWidth(), l.margin, byte(black)
	if t.Invert {
		width, left, ink = width-2*barInsetDots, left+barInsetDots, white
	}
	lines, err := wrap(t.Runs, width, t.Indent)
	if err != nil || len(lines) == 0 {
		return err
	}
	top := l.c.height()
	pad := 0
	if t.Invert {
		pad = barPadDots
		if l.barEnd == top { // join: one padding between two bars is enough
			pad = 0
		}
	}
	height := pad + stackHeight(lines) + lineGapDots
	if t.Invert {
		height += barPadDots - lineGapDots
	}
	if err := l.grow(height); err != nil {
		return err
	}
	if t.Invert {
		l.c.fill(image.Rect(l.margin, top, l.c.width-l.margin, l.c.height()), black)
		l.barEnd = l.c.height()
	}
	y := top + pad
	for _, line := range lines {
		x := left
		switch t.Align {
		case Center:
			x += (width - line.width) / 2
		case Right:
			x += width - line.width
		}
		l.c.text(line, x, y, ink)
		y += line.height() + lineGapDots
	}
	return nil
}

// columns puts label and value on one line where they fit, else gives the
// value at most 55 % of the width and wraps both.
func (l *layout) columns(col Columns) error {
	if sizeOf(col.Left)+sizeOf(col.Right) > maxTextBytes {
		return ErrTooLong
	}
	width := l.textWidth()
	natural := func(runs []Run) (int, error) {
		lines, err := wrap(runs, MaxLengthDots, 0)
		w := 0
		for _, line := range lines {
			w = max(w, line.width)
		}
		return w, err
	}
	leftNatural, err := natural(col.Left)
	if err != nil {
		return err
	}
	rightNatural, err := natural(col.Right)
	if err != nil {
		return err
	}
	rightWidth := rightNatural
	if leftNatural+columnGapDots+rightNatural > width {
		rightWidth = min(rightNatural, max(width*55/100, width-columnGapDots-leftNatural))
	}
	leftWidth := width - columnGapDots - rightWidth
	left, err := wrap(col.Left, leftWidth, 0)
	if err != nil {
		return err
	}
	right, err := wrap(col.Right, rightWidth, 0)
	if err != nil {
		return err
	}
	top := l.c.height()
	if err := l.grow(max(stackHeight(left), stackHeight(right)) + lineGapDots); err != nil {
		return err
	}
	// First baselines meet, whatever the sizes.
	up := 0
	if len(left) > 0 && len(right) > 0 {
		up = max(left[0].up, right[0].up)
	}
	put := func(lines []textLine, rightAligned bool) error {
		y := top
		if len(lines) > 0 && up > lines[0].up {
			y += up - lines[0].up
		}
		for _, line := range lines {
			if short := y + line.height() - l.c.height(); short > 0 {
				if err := l.grow(short); err != nil {
					return err
				}
			}
			x := l.margin
			if rightAligned {
				x = l.c.width - l.margin - line.width
			}
			l.c.text(line, x, y, black)
			y += line.height() + lineGapDots
		}
		return nil
	}
	if err := put(left, false); err != nil {
		return err
	}
	return put(right, true)
}

func (l *layout) rule(r Rule) error {
	top := l.c.height() + ruleGapDots
	if err := l.grow(2*ruleGapDots + ruleDots); err != nil {
		return err
	}
	end := l.c.width - l.margin
	if !r.Dashed {
		l.c.fill(image.Rect(l.margin, top, end, top+ruleDots), black)
		return nil
	}
	for x := l.margin; x < end; x += dashDots + dashGapDots {
		l.c.fill(image.Rect(x, top, min(x+dashDots, end), top+ruleDots), black)
	}
	return nil
}

// maxPictureDots bounds a picture's sides before it is looked at.
const maxPictureDots = 8192

func (l *layout) picture(p Image) error {
	if p.Picture == nil {
		return errors.New("an image block without a picture")
	}
	b := p.Picture.Bounds()
	if b.Dx() > maxPictureDots || b.Dy() > maxPictureDots {
		return fmt.Errorf("a picture of %d×%d: %w", b.Dx(), b.Dy(), ErrTooLong)
	}
	if b.Empty() {
		return nil
	}
	src := p.Picture
	if w := l.textWidth(); b.Dx() > w {
		h := max(1, b.Dy()*w/b.Dx())
		scaled := image.NewRGBA(image.Rect(0, 0, w, h))
		draw.BiLinear.Scale(scaled, scaled.Rect, src, b, draw.Src, nil)
		src = scaled
	}
	g := dots(src)
	top := l.c.height()
	if err := l.grow(g.Rect.Dy()); err != nil {
		return err
	}
	x := l.margin
	switch p.Align {
	case Center:
		x = (l.c.width - g.Rect.Dx()) / 2
	case Right:
		x = l.c.width - l.margin - g.Rect.Dx()
	}
	for j := range g.Rect.Dy() {
		for i := range g.Rect.Dx() {
			if g.Pix[j*g.Stride+i] == black {
				l.c.set(x+i, top+j, black)
			}
		}
	}
	return nil
}
