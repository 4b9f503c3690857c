package printer

import (
	"fmt"
	"image"
	"sync"

	"codeberg.org/go-fonts/dejavu/dejavusans"
	"codeberg.org/go-fonts/dejavu/dejavusansbold"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// inkThreshold is the coverage (of 255) from which a dot is printed. A little
// below one half: heat bleeds less on worn heads than thin stems lose.
const inkThreshold = 112

// em is the height of a size in dots.
func (s Size) em() int {
	switch s {
	case Small:
		return 20
	case Large:
		return 28
	case Title:
		return 33
	case Huge:
		return 54
	default:
		return 24
	}
}

// glyph is one character as dots, relative to the pen on the baseline.
type glyph struct {
	r       rune
	ink     []bool          // row by row inside bounds
	bounds  image.Rectangle // empty for a space
	advance int
	above   bool // a combining mark to be placed over its base
	below   bool // one to be placed under it
}

// face is DejaVu Sans in one size and weight. Glyphs stand on whole dots, so a
// letter looks the same wherever it stands.
type face struct {
	font    font.Face
	ascent  int
	descent int
	glyphs  map[rune]*glyph
}

type faceKey struct {
	size Size
	bold bool
}

var faces = struct {
	sync.Mutex
	regular, bold *opentype.Font
	made          map[faceKey]*face
}{made: map[faceKey]*face{}}

// faceFor returns the face; the caller holds faces.
func faceFor(size Size, bold bool) (*face, error) {
	key := faceKey{size, bold}
	if f := faces.made[key]; f != nil {
		return f, nil
	}
	parsed, ttf := &faces.regular, dejavusans.TTF
	if bold {
		parsed, ttf = &faces.bold, dejavusansbold.TTF
	}
	if *parsed == nil {
		p, err := opentype.Parse(ttf)
		if err != nil {
			return nil, fmt.Errorf("failed to read the font: %w", err)
		}
		*parsed = p
	}
	ff, err := opentype.NewFace(*parsed, &opentype.FaceOptions{Size: float64(size.em()), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("failed to scale the font: %w", err)
	}
	m := ff.Metrics()
	f := &face{font: ff, ascent: m.Ascent.Ceil(), descent: m.Descent.Ceil(), glyphs: map[rune]*glyph{}}
	faces.made[key] = f
	return f, nil
}

// maxGlyphs bounds what a face remembers; foreign text must not grow it.
const maxGlyphs = 2000

// glyph rasterises a character once.
func (f *face) glyph(r rune) *glyph {
	if g := f.glyphs[r]; g != nil {
		return g
	}
	if len(f.glyphs) >= maxGlyphs {
		clear(f.glyphs)
	}
	g := &glyph{r: r}
	dot := fixed.Point26_6{}
	if rect, mask, at, advance, ok := f.font.Glyph(dot, r); ok {
		g.advance = advance.Round()
		g.bounds = rect
		g.ink = make([]bool, rect.Dx()*rect.Dy())
		for y := range rect.Dy() {
			for x := range rect.Dx() {
				_, _, _, a := mask.At(at.X+x, at.Y+y).RGBA()
				g.ink[y*rect.Dx()+x] = a>>8 >= inkThreshold
			}
		}
		g.trim()
	}
	switch class := norm.NFC.PropertiesString(string(r)).CCC(); {
	case class == 230 || class == 216: // above; attached above right (the horn)
		g.above = class == 230
		g.advance = 0
	case class == 220 || class == 202:
		g.below = true
		g.advance = 0
	case class != 0:
		g.advance = 0
	}
	f.glyphs[r] = g
	return g
}

// trim shrinks the bounds to the printed dots: the rasteriser's box is larger
// by a fringe, and lines are set by what is really printed.
func (g *glyph) trim() {
	tight := image.Rectangle{}
	w := g.bounds.Dx()
	for y := range g.bounds.Dy() {
		for x := range w {
			if g.ink[y*w+x] {
				tight = tight.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if tight.Empty() {
		g.bounds, g.ink = image.Rectangle{}, nil
		return
	}
	ink := make([]bool, 0, tight.Dx()*tight.Dy())
	for y := tight.Min.Y; y < tight.Max.Y; y++ {
		ink = append(ink, g.ink[y*w+tight.Min.X:y*w+tight.Max.X]...)
	}
	g.bounds, g.ink = tight.Add(g.bounds.Min), ink
}

// placed is a glyph at its place on a line, relative to the line's start and
// baseline.
type placed struct {
	*glyph
	at image.Point
}

func (p placed) box() image.Rectangle { return p.bounds.Add(p.at) }

// markGapDots is kept between a letter and a mark that no font glyph joins,
// as in the Ê Đê "ơ̆" and "ê̆", which have no code point of their own.
const markGapDots = 2

// set places the characters of a word behind each other. Marks that NFC could
// not compose are stacked over or under their letter.
func (f *face) set(text string) (glyphs []placed, width int) {
	base := -1 // the letter that marks belong to
	var stack image.Rectangle
	for _, r := range text {
		g := f.glyph(r)
		p := placed{g, image.Pt(width, 0)}
		if (g.above || g.below) && base >= 0 && !stack.Empty() && !g.bounds.Empty() {
			letter := glyphs[base].box()
			p.at.X = (letter.Min.X+letter.Max.X)/2 - (g.bounds.Min.X+g.bounds.Max.X)/2
			if g.above {
				p.at.Y = min(0, stack.Min.Y-markGapDots-g.bounds.Max.Y)
			} else {
				p.at.Y = max(0, stack.Max.Y+markGapDots-g.bounds.Min.Y)
			}
			stack = stack.Union(p.box())
		} else if g.advance > 0 {
			base, stack = len(glyphs), p.box()
		}
		glyphs = append(glyphs, p)
		width += g.advance
	}
	return glyphs, width
}
