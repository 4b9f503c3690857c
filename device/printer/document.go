package printer

import "image"

// Document is what goes on one paper, from top to bottom. Every paper ends in
// a cut, so a document that must be two papers is two documents: only then can
// each be confirmed for itself.
type Document struct {
	Blocks []Block
}

// Block is one piece of a document: Text, Columns, Rule, Image, QR, Feed or
// Cut.
type Block interface{ block() }

// Size is a step of the type scale. The zero value is the size to read by.
type Size int

// The steps, in dots of em height at 203 dots per inch.
const (
	Normal Size = iota // 24 dots, 3 mm
	Small              // 20 dots, for notes
	Large              // 28 dots
	Title              // 33 dots
	Huge               // 54 dots, for a number seen from afar
)

// Align says where a line stands between the margins.
type Align int

// Where a line stands.
const (
	Left Align = iota
	Center
	Right
)

// Run is a stretch of text in one style. A newline in it breaks the line.
// Text is normalised to NFC before it is drawn.
type Run struct {
	Text string
	Size Size
	Bold bool
}

// Text is a paragraph of runs, wrapped between the margins. Invert prints it
// white on a black bar as wide as the paper's text; bars that follow each
// other join.
type Text struct {
	Runs   []Run
	Align  Align
	Invert bool
	// Indent moves continuation lines in, in dots: "1. " and then a hanging
	// paragraph.
	Indent int
}

// Columns is a row with a label at the left and a value at the right, as in a
// list of prices. Where both do not fit side by side, both wrap.
type Columns struct {
	Left, Right []Run
}

// Rule is a line across the paper.
type Rule struct {
	Dashed bool
}

// Image is a picture. Every dot that is darker than mid-grey is printed; a
// picture wider than the text is scaled down.
type Image struct {
	Picture image.Image
	Align   Align
}

// QR is a code. Its payload must be plain ASCII: readers guess the character
// set of anything else. Module is the size of its smallest square in dots; 0
// chooses one that reads well and fits. Nothing stands beside a code: its
// squares are sent at half their size, which letters in the same rows would
// forbid.
type QR struct {
	Payload string
	Module  int
	Align   Align
}

// Feed is blank paper, in dots (8 dots are 1 mm).
type Feed struct {
	Dots int
}

// Cut ends the paper. It may only stand last and may be left out: every paper
// is cut.
type Cut struct{}

func (Text) block()    {}
func (Columns) block() {}
func (Rule) block()    {}
func (Image) block()   {}
func (QR) block()      {}
func (Feed) block()    {}
func (Cut) block()     {}

// Paper is what a document is laid out on.
type Paper struct {
	// WidthDots is the printable width: 576 (80 mm paper) or 384 (58 mm).
	WidthDots int
	// MarginDots is kept white at both sides; 0 means DefaultMarginDots.
	MarginDots int
}

// Widths of the two usual papers at 203 dots per inch.
const (
	Width80mm = 576
	Width58mm = 384
)

const (
	// DefaultMarginDots is four modules of a QR code at its usual size, so
	// that a code's quiet zone may lie in the margin and the code itself lines
	// up with the text.
	DefaultMarginDots = 16
	// MinWidthDots is the narrowest paper on which a word and a code still
	// make sense.
	MinWidthDots = 200
	// MaxWidthDots is the widest head that receipt printers have (112 mm).
	MaxWidthDots = 896
	// MaxLengthDots bounds one paper to 2.5 m: more is a mistake, and paper
	// costs.
	MaxLengthDots = 20000
	// MaxBlocks bounds a document for the same reason.
	MaxBlocks = 2000
)
