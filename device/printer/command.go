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
	// cut feeds to the cutter and cuts, leaving a hinge: the form of GS V that
	// every printer with a cutter takes.
	cut = []byte{gs, 'V', 66, 0}
	// autoStatus makes the printer report by itself: 2 online, 4 error,
	// 8 paper. The drawer is not ours.
	autoStatus = []byte{gs, 'a', 2 | 4 | 8}
	// clearBuffer recovers from an error and forgets what was received:
	// DLE ENQ 2.
	clearBuffer = []byte{dle, 0x05, 2}
	// paperQuery is GS r 1: queued behind the picture, so its answer means
	// that everything before it was taken.
	paperQuery = []byte{gs, 'r', 1}
)

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
