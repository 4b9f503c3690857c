package scanner

import "time"

const (
	// paceBurst is how many codes may come at once: a scanner that was not heard
	// for a moment hands over what it has kept.
	paceBurst = 16
	// paceEvery is how often another one may follow. Nobody shows codes faster;
	// a broken device or cable does, and each code costs the screen a drawing.
	paceEvery = 250 * time.Millisecond
)

// pace lets through as many frames as people can show. The zero value is ready
// for use.
type pace struct {
	spent   int
	since   time.Time // when spent was right
	dropped bool
}

// take says whether a frame may pass. The first that may not passes as
// FaultFlood, so that somebody hears of the others.
func (p *pace) take(f *Frame, now time.Time) bool {
	if back := int(now.Sub(p.since) / paceEvery); p.spent <= back {
		p.spent, p.since, p.dropped = 0, now, false
	} else {
		p.spent -= back
		p.since = p.since.Add(time.Duration(back) * paceEvery)
	}
	if p.spent < paceBurst {
		p.spent++
		return true
	}
	if p.dropped {
		return false
	}
	p.dropped = true
	*f = Frame{At: f.At, Fault: FaultFlood}
	return true
}
