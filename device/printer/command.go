package printer

// Bytes that begin commands.
const (
	dle = 0x10
	esc = 0x1b
	gs  = 0x1d
)

// Fixed commands (Epson TM-T88 and what clones share of it).
var (
	initialise = []byte{esc, '@'}
	// autoStatus makes the printer report by itself: 2 online, 4 error,
	// 8 paper. The drawer is not ours.
	autoStatus = []byte{gs, 'a', 2 | 4 | 8}
	// recoverAndClear recovers from an error and forgets what was received:
	// DLE ENQ 2. Epson's printers hear it in a cutter error only.
	recoverAndClear = []byte{dle, 0x05, 2}
	// clearSequence forgets what was received in any state: DLE DC4 8, with
	// its fixed parameters.
	clearSequence = []byte{dle, 0x14, 8, 1, 3, 20, 1, 6, 2, 8}
	// paperQuery is GS r 1: queued behind the picture, so its answer means
	// that everything before it was taken.
	paperQuery = []byte{gs, 'r', 1}
)

// cut ends a paper. Feeding is split so that no unit count is 10, which would
// read as the beginning of a real-time command.
func cut(p Profile) []byte {
	if p.Cut == CutFeed {
		return []byte{gs, 'V', 66, 0}
	}
	out := feed(p.TearDots * p.FeedUnitsPerDot)
	switch p.Cut {
	case CutFull:
		out = append(out, gs, 'V', 0)
	case CutPartial:
		out = append(out, gs, 'V', 1)
	}
	return out
}

// feed moves the paper by vertical motion units: ESC J.
func feed(units int) []byte {
	var out []byte
	for units > 0 {
		n := min(units, 255)
		if n == dle {
			n--
		}
		out = append(out, esc, 'J', byte(n))
		units -= n
	}
	return out
}

// statusQuery is DLE EOT n, answered at once.
func statusQuery(n byte) []byte { return []byte{dle, 0x04, n} }

// processID asks for an answer after everything before it is on paper:
// GS ( H function 48.
func processID(id [4]byte) []byte {
	return append([]byte{gs, '(', 'H', 6, 0, '0', '0'}, id[:]...)
}

// start puts the printer into a known state: nothing of an earlier job, the
// left edge, the profile's heat.
func start(p Profile) []byte {
	out := append([]byte(nil), initialise...)
	if d := p.Density; d != nil {
		out = append(out, esc, '7', d.Dots, d.Time, d.Pause)
	}
	return out
}

// clear makes the printer forget what it holds, in any state it may be in.
func (p Profile) clear() []byte {
	out := append([]byte(nil), recoverAndClear...)
	if p.ClearSequence {
		out = append(out, clearSequence...)
	}
	return out
}
