// Package clock tells the time together with where it came from.
//
// It promises that a station's time never lies before the latest signed time
// that it has seen (the trusted floor); that a correction by a signed answer or
// by staff reaches every later stamp at once and is carried on by the machine's
// boot-time counter, which no one can set; and that a stamp says which of these
// it rests on.
//
// It refuses a stated time before the floor. It keeps nothing on disk: the
// caller stores the floor (Options.OnFloor). It must not import anything of
// ours but sync/dossier.
package clock

import (
	"time"

	"tramhoso/sync/dossier"
)

// Clock is what the rest of the project takes.
type Clock interface {
	// Now is the wall time, never before the trusted floor.
	Now() time.Time
	// Stamp is Now with its provenance.
	Stamp() dossier.Stamp
}

// Since is the time that passed between a stamp and now: by the boot counter
// within one boot, else by the wall, never negative.
func Since(c Clock, s dossier.Stamp) time.Duration { return Between(s, c.Stamp()) }

// Between is the time that passed from a to b, see Since.
func Between(a, b dossier.Stamp) time.Duration {
	d := b.Wall.Sub(a.Wall)
	if a.Boot == b.Boot && a.Boot != "" {
		d = time.Duration(b.MonoMs-a.MonoMs) * time.Millisecond
	}
	return max(d, 0)
}
