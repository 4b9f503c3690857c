package assets

import (
	"fmt"
	"time"
)

// ahead is how far before a stamp the clock may stand without anything being said
// of it: two clocks of one machine, read one after the other.
const ahead = 2 * time.Minute

// Age words how old the news of at is: "9:40 this morning", "yesterday 16:05",
// "Thursday 16/07", "3 weeks ago, 24/06/2026". sure says that now can be believed.
// Where it cannot, or lies before at, the bare date is said: nobody is told a time
// of day, or how long ago, by a clock that does not know.
func (w *Words) Age(at, now time.Time, sure bool) string {
	at, now = at.In(Here), now.In(Here)
	date := w.Date(at)
	if !sure || at.After(now.Add(ahead)) {
		return w.T("age.date", "date", date)
	}
	if at.After(now) {
		at = now
	}
	clock := fmt.Sprintf("%d:%02d", at.Hour(), at.Minute())
	days := daysBetween(at, now)
	switch {
	case days == 0:
		return w.T("age."+partOf(at.Hour()), "clock", clock)
	case days == 1:
		return w.T("age.yesterday", "clock", clock)
	case days < 7:
		return w.T("age.weekday", "day", w.Weekday(at), "date", at.Format("02/01"))
	case days < 9*7: // as weeks are counted on fingers; then in months
		return w.T("age.weeks", "n", days/7, "date", date)
	case monthsBetween(at, now) < 24:
		return w.T("age.months", "n", monthsBetween(at, now), "date", date)
	}
	return w.T("age.years", "n", monthsBetween(at, now)/12, "date", date)
}

// partOf is what people call a time of day.
func partOf(hour int) string {
	switch {
	case hour < 5:
		return "early"
	case hour < 11:
		return "morning"
	case hour < 13:
		return "midday"
	case hour < 18:
		return "afternoon"
	}
	return "evening"
}

// daysBetween counts midnights.
func daysBetween(from, to time.Time) int {
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(day(to).Sub(day(from)) / (24 * time.Hour))
}

// monthsBetween counts whole months.
func monthsBetween(from, to time.Time) int {
	n := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	if to.Day() < from.Day() {
		n--
	}
	return n
}
