package twin

import "time"

// headRowsPerSecond is the head of a common receipt printer: 150 mm/s (Epson
// TM-T20II, specification) at 203 dots an inch, 8 rows a millimetre.
const headRowsPerSecond = 1200

// Simulated is what became of a job.
type Simulated struct {
	// Took is from the first byte on the line until the last cut is done, or
	// until the last row is on paper.
	Took    time.Duration
	Papers  []Paper
	Dropped int // bytes lost to a full buffer
}

// Simulate prints a job on a printer of its own in virtual time: the line
// carries a byte after the other at cfg.Baud (0: all at once), flow control
// holds it, and the head moves at cfg.RowsPerSecond (0: 150 mm/s). It is pure:
// Link, PaperDir and the callbacks are not used. A configuration that cannot be
// gives no papers.
func Simulate(job []byte, cfg PrinterConfig) Simulated {
	if cfg.RowsPerSecond == 0 {
		cfg.RowsPerSecond = headRowsPerSecond
	}
	var out Simulated
	e, err := cfg.engine(func(s sheet, how ending) {
		if p, err := s.finish(len(out.Papers)+1, how); err == nil {
			out.Papers = append(out.Papers, p)
		}
	})
	if err != nil {
		return out
	}
	var perByte, arrives time.Duration
	if cfg.Baud > 0 {
		perByte = byteTime(1, cfg.Baud)
		arrives = perByte
	}
	for {
		wake, working := e.wake()
		sends := len(job) > 0 && !e.holding
		switch {
		case sends && (!working || arrives <= wake):
			e.now = max(e.now, arrives)
			e.feed(job[:1])
			job = job[1:]
			arrives = e.now + perByte
		case working:
			e.now = wake
			held := e.holding
			if e.run(); held && !e.holding {
				arrives = max(arrives, e.now+perByte)
			}
		default:
			out.Took, out.Dropped = e.now, e.dropped
			return out
		}
	}
}
