package upkeep

import (
	"time"

	"tramhoso/assets"
)

// PauseChoice is an end that a technician may give to a pause of sending. There is
// no pause without one: a forgotten pause would be a station that says nothing.
type PauseChoice struct {
	For   time.Duration
	Until time.Time // on the station's clock, as far as that is right
}

const (
	// PauseMost is the longest pause that can be ordered, as every sentence about
	// it says: a day, and the hour that "until the morning" may be off.
	PauseMost = 25 * time.Hour
	// morning is when the next day's work begins: the latest end of a pause.
	morning = 7
	// morningSoon is how far off a morning must be to be worth its own choice: at
	// six nobody means seven by "until the morning".
	morningSoon = time.Hour
)

// pauseHours are the short pauses: a repair, and half a day on a borrowed network.
var pauseHours = []int{1, 4}

// PauseChoices are the pauses that can be ordered at a time.
func PauseChoices(now time.Time) []PauseChoice {
	var out []PauseChoice
	for _, h := range pauseHours {
		d := time.Duration(h) * time.Hour
		out = append(out, PauseChoice{For: d, Until: now.Add(d)})
	}
	until := Morning(now)
	return append(out, PauseChoice{For: until.Sub(now), Until: until})
}

// Morning is the next morning that is not about to begin.
func Morning(now time.Time) time.Time {
	local := now.In(assets.Here)
	at := time.Date(local.Year(), local.Month(), local.Day(), morning, 0, 0, 0, assets.Here)
	if at.Sub(now) <= morningSoon {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

// Moment words an end of a pause: the time of day, and that it is tomorrow or on
// which day where it is. 25 hours from half past eleven end the day after tomorrow.
func Moment(w *assets.Words, at, now time.Time) string {
	switch w.Date(at) {
	case w.Date(now):
		return w.Clock(at)
	case w.Date(now.In(assets.Here).AddDate(0, 0, 1)):
		return w.T("sending.tomorrow", "clock", w.Clock(at))
	}
	return w.T("sending.on-day", "clock", w.Clock(at), "date", w.Date(at))
}
