package printer

import (
	"errors"
	"fmt"
	"image"

	qrcode "github.com/skip2/go-qrcode"
)

// QR geometry, in modules and dots.
const (
	// quietModules of white must surround a code (ISO/IEC 18004).
	quietModules = 4
	// minModuleDots is the smallest module that cheap phone cameras read from
	// thermal paper: 3 dots are 0.375 mm.
	minModuleDots = 3
	// largeModuleDots is the module of a small code, usualModuleDots that of one
	// which would be larger than maxSideDots with it: 30 mm, quiet zone included;
	// more wastes paper. Both are even, so that a code is sent at half its size.
	largeModuleDots = 6
	usualModuleDots = 4
	maxSideDots     = 240
	// maxQRBytes bounds a payload to what still fits 58 mm paper at 3 dots.
	maxQRBytes = 400
)

// Why a code cannot be printed.
var (
	ErrNotASCII = errors.New("a QR payload must be plain ASCII")
	ErrTooWide  = errors.New("wider than the paper")
	ErrTooFine  = errors.New("finer than readers can tell apart")
)

// modules encodes a payload, without quiet zone.
func modules(payload string) ([][]bool, error) {
	if payload == "" {
		return nil, errors.New("a QR payload must not be empty")
	}
	if len(payload) > maxQRBytes {
		return nil, fmt.Errorf("a QR payload of %d bytes, more than %d", len(payload), maxQRBytes)
	}
	for i := range len(payload) {
		if payload[i] < 0x20 || payload[i] > 0x7e {
			return nil, fmt.Errorf("byte %d: %w", i, ErrNotASCII)
		}
	}
	q, err := qrcode.New(payload, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("failed to make a QR code: %w", err)
	}
	q.DisableBorder = true
	return q.Bitmap(), nil
}

// module is the size of a code's squares: as asked for, or what its size and
// the paper allow. A code is never made finer than readers can tell apart.
func (q QR) module(n, width int) (int, error) {
	module := q.Module
	if module == 0 {
		module = usualModuleDots
		if n*largeModuleDots <= min(maxSideDots, width) {
			module = largeModuleDots
		} else if n*usualModuleDots > width {
			module = minModuleDots
		}
	}
	if module < minModuleDots {
		return 0, fmt.Errorf("a QR code with squares of %d dots, less than %d: %w", module, minModuleDots, ErrTooFine)
	}
	if n*module > width {
		return 0, fmt.Errorf("a QR code of %d squares of %d dots, quiet zone included, needs %d of the paper's %d dots: %w",
			n, module, n*module, width, ErrTooWide)
	}
	return module, nil
}

// qrBlock draws a code with its quiet zone. The zone at the sides may lie in
// the margins, which are white.
func (l *layout) qrBlock(q QR) error {
	m, err := modules(q.Payload)
	if err != nil {
		return err
	}
	n := len(m) + 2*quietModules
	module, err := q.module(n, l.c.width)
	if err != nil {
		return err
	}
	side := n * module
	quiet := quietModules * module
	x := max(0, l.margin-quiet)
	switch q.Align {
	case Center:
		x = (l.c.width - side) / 2
	case Right:
		x = min(l.c.width-side, l.c.width-l.margin+quiet-side)
	}
	top := l.c.height()
	if err := l.grow(side); err != nil {
		return err
	}
	for j, row := range m {
		for i, dark := range row {
			if dark {
				at := image.Pt(x+quiet+i*module, top+quiet+j*module)
				l.c.fill(image.Rectangle{Min: at, Max: at.Add(image.Pt(module, module))}, black)
			}
		}
	}
	return nil
}
