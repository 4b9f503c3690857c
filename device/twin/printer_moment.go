package twin

import (
	"cmp"
	"fmt"
	"slices"
)

// momentKind is what a moment waits for.
type momentKind int

const (
	atRow momentKind = iota
	atByte
	beforeCut
	afterCut
)

// moment is something that happens to the printer once, at a point of its
// work.
type moment struct {
	kind momentKind
	n    int
	f    func(*Printer)
}

// maxMoments bounds what may be armed at once: several scripts of the longest
// kind. More are told by Close.
const maxMoments = 4096

var errMoments = fmt.Errorf("a simulated printer with more than %d things to come", maxMoments)

// come moves the moments that match to those that are due.
func (e *engine) come(match func(moment) bool) {
	rest := e.moments[:0]
	for _, m := range e.moments {
		if match(m) {
			e.due = append(e.due, m.f)
		} else {
			rest = append(rest, m)
		}
	}
	clear(e.moments[len(rest):])
	e.moments = rest
}

func (e *engine) momentRow(rows int) {
	if len(e.moments) > 0 {
		e.come(func(m moment) bool { return m.kind == atRow && m.n == rows })
	}
}

func (e *engine) momentByte() {
	if e.byteAwaited() {
		e.come(e.isByte)
	}
}

func (e *engine) byteAwaited() bool { return slices.ContainsFunc(e.moments, e.isByte) }

func (e *engine) isByte(m moment) bool { return m.kind == atByte && m.n <= e.received }

func (e *engine) momentCut(kind momentKind) {
	e.come(func(m moment) bool { return m.kind == kind })
}

func (p *Printer) arm(kind momentKind, n int, f func(*Printer)) {
	p.do(func(e *engine) {
		if kind == atByte {
			n += e.received
		}
		if len(e.moments) >= maxMoments {
			p.failure = cmp.Or(p.failure, errMoments)
			return
		}
		e.moments = append(e.moments, moment{kind, n, f})
	})
}

// AtRow calls f once, when the paper under the head has become so many rows
// long. The twin does not go on before f returns; f may use every method but
// Close.
func (p *Printer) AtRow(row int, f func(*Printer)) { p.arm(atRow, row, f) }

// AtByte calls f once, when so many more bytes have come over the line, under
// the rules of AtRow.
func (p *Printer) AtByte(n int, f func(*Printer)) { p.arm(atByte, n, f) }

// BeforeCut calls f once, when all before the next cut is on paper and the
// knife has not moved, under the rules of AtRow.
func (p *Printer) BeforeCut(f func(*Printer)) { p.arm(beforeCut, 0, f) }

// AfterCut calls f once, when the next paper is cut off and before anything
// behind it is done, under the rules of AtRow.
func (p *Printer) AfterCut(f func(*Printer)) { p.arm(afterCut, 0, f) }
