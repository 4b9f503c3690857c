package twin

import (
	"bytes"

	"github.com/skip2/go-qrcode"
)

// symbol is a QR code that the printer itself draws: GS ( k, kind 49. Station
// papers send pictures; other software sends this.
type symbol struct {
	module int // dots of a module
	level  qrcode.RecoveryLevel
	data   []byte
}

const (
	defaultModuleDots = 3 // Epson ESC/POS, GS ( k function 167
	maxModuleDots     = 16
)

// symbolData executes GS ( k: 67 module size, 69 error correction, 80 store,
// 81 print. Other kinds of symbols are not drawn.
func (e *engine) symbolData(p []byte) {
	if len(p) < 3 || p[0] != 49 {
		return
	}
	s := &e.symbol
	switch p[1] {
	case 67:
		s.module = min(int(p[2]), maxModuleDots)
	case 69:
		if level := int(p[2]) - '0'; level >= 0 && level <= int(qrcode.Highest) {
			s.level = qrcode.RecoveryLevel(level)
		}
	case 80:
		s.data = bytes.Clone(p[3:])
	case 81:
		e.printSymbol()
	}
}

// printSymbol prints what is stored, without a quiet zone, as the manuals have
// it. What no code can hold prints nothing.
func (e *engine) printSymbol() {
	s := e.symbol
	if len(s.data) == 0 {
		return
	}
	code, err := qrcode.New(string(s.data), s.level)
	if err != nil {
		return
	}
	code.DisableBorder = true
	if s.module == 0 {
		s.module = defaultModuleDots
	}
	modules := code.Bitmap()
	r := &rasterJob{bytes: (len(modules) + 7) / 8, wide: s.module, tall: s.module}
	r.x = e.startX(len(modules) * s.module)
	e.printLine()
	for _, line := range modules {
		row := make([]byte, r.bytes)
		for x, black := range line {
			if black {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
		e.pending = append(e.pending, rowRun{e.place(row, r), r.tall})
	}
}
