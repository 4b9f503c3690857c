package printer

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Position is how a band is moved away from the left edge.
type Position int

// The ways. GS L and ESC $ are both honoured by Epson for GS v 0; the left
// margin is the one that clones share, because it holds for every line.
const (
	LeftMargin  Position = iota // GS L nL nH
	AbsolutePos                 // ESC $ nL nH before every band
	FromLeft                    // none: the left white is sent
)

// Flow is how a printer holds the line back while its buffer is full.
type Flow string

// The ways; the zero value is FlowNone.
const (
	FlowNone    Flow = "none" // not at all, or nobody knows: it is asked before more is sent
	FlowXOnXOff Flow = "xonxoff"
	FlowRTSCTS  Flow = "rtscts" // printer DTR to host CTS
)

// CutWay is how a paper ends.
type CutWay string

// The ways; the zero value is CutFeed.
const (
	CutFeed    CutWay = "feed"    // GS V 66 0: feed to the cutter and cut; the form that printers share
	CutFull    CutWay = "full"    // GS V 0, after TearDots
	CutPartial CutWay = "partial" // GS V 1, after TearDots
	CutNone    CutWay = "none"    // no cutter: feed TearDots to the tear bar; a person tears
)

// Raster is the command that carries a picture.
type Raster string

// The commands; the zero value is RasterGSv0.
const (
	RasterGSv0 Raster = "gs-v-0"     // the one that clones share
	RasterGSpL Raster = "gs-paren-l" // GS ( L functions 112 and 50, GS 8 L where it is long
)

// maxNameBytes bounds a profile's name: a model, not a text.
const maxNameBytes = 64

// Profile is what is known of a printer model. The zero value is a common
// 80 mm printer at 9,600 baud; differences are measured, not guessed.
type Profile struct {
	Name      string // the model, for people and logs; may be empty
	WidthDots int    // printable dots; 0 means Width80mm
	Baud      int    // line rate for deadlines; 0 means 9,600
	// Flow is how the printer holds the line back; "" means FlowNone.
	Flow Flow
	// BufferBytes is the receive buffer: a printer without flow control is
	// never sent more before it has answered. 0 means DefaultBufferBytes.
	BufferBytes int
	// Cut is how a paper ends; "" means CutFeed.
	Cut CutWay
	// TearDots is the way from the head to the cutter or tear bar, fed before
	// the end where Cut is not CutFeed; 0 means DefaultTearDots.
	TearDots int
	// Raster carries pictures; "" means RasterGSv0.
	Raster Raster
	// Columns: the printer has ESC * 33 and ESC $ as Epson documents them, so
	// that ink with wide gaps may be sent without the gaps.
	Columns bool
	// ClearSequence: the printer has DLE DC4 8, which clears its buffers also
	// where DLE ENQ 2 is only heard in an error.
	ClearSequence bool
	// NoStatus: the printer never says a word. It is not asked, and what it
	// did is unknown.
	NoStatus bool
	// BandRows is the tallest piece of picture sent at once, 120–400, or to
	// 2303 by GS ( L; 0 means DefaultBandRows.
	BandRows int
	Position Position
	// FeedUnitsPerDot is 2 on printers whose vertical motion unit is half a
	// dot; 0 means 1.
	FeedUnitsPerDot int
	// NoDoubling: the printer ignores the m of GS v 0, so nothing is sent at
	// half its size.
	NoDoubling bool
	// Density sets the head's heat on printers that have ESC 7; nil leaves the
	// printer's own setting.
	Density *Density
	// NoProcessID: the printer lacks GS ( H, so it can never confirm.
	NoProcessID bool
	// NoAutoStatus: the printer lacks GS a.
	NoAutoStatus bool
	// ReplyWait is how long one status reply may take; 0 means
	// DefaultReplyWait.
	ReplyWait time.Duration
	// ConfirmWait is how long after the last byte a confirmation may take; 0
	// means DefaultConfirmWait. The time on the line is added.
	ConfirmWait time.Duration
	// StallWait is how long the printer may refuse bytes before a print is
	// given up; 0 means DefaultStallWait.
	StallWait time.Duration
}

// Density is the heating of a clone's head: ESC 7 (dots at once, time, pause).
type Density struct{ Dots, Time, Pause byte }

const (
	// MinBandRows and MaxBandRows bound a band: lower ones make the motor
	// stutter, taller ones overflow buffers.
	MinBandRows = 120
	MaxBandRows = 400
	// MaxGraphicsRows bounds a band of GS ( L, which the printer stores as a
	// whole before it prints it.
	MaxGraphicsRows = 2303
	// DefaultBandRows is the usual band.
	DefaultBandRows = 240

	// DefaultBufferBytes is the usual receive buffer.
	DefaultBufferBytes = 4096
	// MinBufferBytes holds the headers of a band and some rows of it;
	// MaxBufferBytes is more than any receipt printer has.
	MinBufferBytes = 512
	MaxBufferBytes = 4 << 20
	// DefaultTearDots is 15 mm, the usual way from head to cutter.
	DefaultTearDots = 120
	maxTearDots     = 400

	defaultBaud = 9600
	// DefaultReplyWait: a real-time reply takes milliseconds, a USB adapter's
	// latency timer 16 more; half a second is silence.
	DefaultReplyWait = 500 * time.Millisecond
	// DefaultConfirmWait covers the slowest mechanics for one slip.
	DefaultConfirmWait = 6 * time.Second
	// DefaultStallWait covers a printer that is busy with what it has.
	DefaultStallWait = 8 * time.Second
)

// Check says why a profile cannot be used; nil when it can.
func (p Profile) Check() error {
	_, err := p.filled()
	return err
}

// filled returns the profile with its defaults, or why it cannot be.
func (p Profile) filled() (Profile, error) {
	set := func(v *int, def int) {
		if *v == 0 {
			*v = def
		}
	}
	wait := func(v *time.Duration, def time.Duration) {
		if *v == 0 {
			*v = def
		}
	}
	set(&p.WidthDots, Width80mm)
	set(&p.Baud, defaultBaud)
	set(&p.BandRows, DefaultBandRows)
	set(&p.BufferBytes, DefaultBufferBytes)
	set(&p.TearDots, DefaultTearDots)
	if p.Flow == "" {
		p.Flow = FlowNone
	}
	if p.Cut == "" {
		p.Cut = CutFeed
	}
	if p.Raster == "" {
		p.Raster = RasterGSv0
	}
	set(&p.FeedUnitsPerDot, 1)
	wait(&p.ReplyWait, DefaultReplyWait)
	wait(&p.ConfirmWait, DefaultConfirmWait)
	wait(&p.StallWait, DefaultStallWait)
	switch {
	case p.WidthDots < MinWidthDots || p.WidthDots > MaxWidthDots || p.WidthDots%8 != 0:
		return p, fmt.Errorf("a profile with a width of %d dots", p.WidthDots)
	case p.BandRows < MinBandRows || p.BandRows > p.maxBandRows():
		return p, fmt.Errorf("a profile with bands of %d rows, not %d to %d", p.BandRows, MinBandRows, p.maxBandRows())
	case len(p.Name) > maxNameBytes || strings.ContainsFunc(p.Name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return p, errors.New("a profile whose name is too long or not printable")
	case p.Flow != FlowNone && p.Flow != FlowXOnXOff && p.Flow != FlowRTSCTS:
		return p, fmt.Errorf("a profile with the flow control %q", p.Flow)
	case p.Cut != CutFeed && p.Cut != CutFull && p.Cut != CutPartial && p.Cut != CutNone:
		return p, fmt.Errorf("a profile with the cut %q", p.Cut)
	case p.Raster != RasterGSv0 && p.Raster != RasterGSpL:
		return p, fmt.Errorf("a profile with the raster command %q", p.Raster)
	case p.BufferBytes < MinBufferBytes || p.BufferBytes > MaxBufferBytes:
		return p, fmt.Errorf("a profile with a buffer of %d bytes, not %d to %d", p.BufferBytes, MinBufferBytes, MaxBufferBytes)
	case p.TearDots < 0 || p.TearDots > maxTearDots:
		return p, fmt.Errorf("a profile with a tear bar after %d dots", p.TearDots)
	case p.FeedUnitsPerDot < 1 || p.FeedUnitsPerDot > 2:
		return p, fmt.Errorf("a profile with %d feed units per dot", p.FeedUnitsPerDot)
	case p.Position < LeftMargin || p.Position > FromLeft:
		return p, errors.New("a profile with an unknown way to position")
	case p.Density != nil && realTime([]byte{p.Density.Dots, p.Density.Time, p.Density.Pause}) >= 0:
		return p, errors.New("a profile whose density reads as a real-time command")
	case p.Baud < 0 || p.ReplyWait < 0 || p.ConfirmWait < 0 || p.StallWait < 0:
		return p, errors.New("a profile with negative numbers")
	}
	return p, nil
}

func (p Profile) maxBandRows() int {
	if p.Raster == RasterGSpL {
		return MaxGraphicsRows
	}
	return MaxBandRows
}

// Paper is the paper that the profile's printer holds.
func (p Profile) Paper() Paper {
	if p.WidthDots == 0 {
		return Paper{WidthDots: Width80mm}
	}
	return Paper{WidthDots: p.WidthDots}
}

// lineTime is how long n bytes take on the line: ten bit times each.
func (p Profile) lineTime(n int) time.Duration {
	return time.Duration(n) * 10 * time.Second / time.Duration(p.Baud)
}
