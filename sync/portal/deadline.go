package portal

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"tramhoso/sync/dossier"
)

//go:embed calendar.json
var calendarJSON []byte

// maxDeadlineDays bounds a statutory time: the longest in force is far below a
// year, and a wrong number in the catalogue must not spin the calculation.
const maxDeadlineDays = 400

const dayFormat = time.DateOnly

// Calendar is an agency's working time as data: weekends are off, but for the
// swap days; the listed days are off.
type Calendar struct {
	zone                *time.Location
	open, close, cutOff clockTime
	years               map[int]calendarYear
}

type calendarYear struct {
	Checked bool              `json:"checked"`
	Off     map[string]string `json:"off"`
	Swap    map[string]string `json:"swap"`
}

// clockTime is minutes since midnight.
type clockTime int

func parseClockTime(s string) (clockTime, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("failed to parse a time of day: %w", err)
	}
	return clockTime(t.Hour()*60 + t.Minute()), nil
}

// ParseCalendar reads a calendar like the embedded calendar.json.
func ParseCalendar(data []byte) (*Calendar, error) {
	var raw struct {
		Note   string                  `json:"note"`
		Zone   int                     `json:"zone_offset_h"`
		Open   string                  `json:"open"`
		Close  string                  `json:"close"`
		CutOff string                  `json:"cut_off"`
		Years  map[string]calendarYear `json:"years"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("failed to parse the calendar: %w", err)
	}
	c := &Calendar{zone: time.FixedZone(fmt.Sprintf("%+03d", raw.Zone), raw.Zone*3600), years: map[int]calendarYear{}}
	var err error
	for _, f := range []struct {
		to *clockTime
		s  string
	}{{&c.open, raw.Open}, {&c.close, raw.Close}, {&c.cutOff, raw.CutOff}} {
		if *f.to, err = parseClockTime(f.s); err != nil {
			return nil, err
		}
	}
	for name, y := range raw.Years {
		n, err := strconv.Atoi(name)
		if err != nil {
			return nil, fmt.Errorf("failed to parse the calendar's year: %w", err)
		}
		for _, days := range []map[string]string{y.Off, y.Swap} {
			for d := range days {
				if t, err := time.Parse(dayFormat, d); err != nil || t.Year() != n {
					return nil, fmt.Errorf("the calendar's day %q is not one of %d", d, n)
				}
			}
		}
		c.years[n] = y
	}
	return c, nil
}

// DefaultCalendar is the embedded calendar.
func DefaultCalendar() *Calendar {
	c, err := ParseCalendar(calendarJSON)
	if err != nil {
		panic(err) // embedded data; a test reads it
	}
	return c
}

// Zone is where the calendar's days begin and end.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Working reports whether offices are open on t's day, and why not.
func (c *Calendar) Working(t time.Time) (bool, string) {
	t = t.In(c.zone)
	day, y := t.Format(dayFormat), c.years[t.Year()]
	if why, off := y.Off[day]; off {
		return false, why
	}
	if _, swap := y.Swap[day]; swap {
		return true, ""
	}
	if wd := t.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return false, "Cuối tuần"
	}
	return true, ""
}

// SkippedDay is a day that did not count.
type SkippedDay struct {
	Day string `json:"day"` // yyyy-mm-dd
	Why string `json:"why"`
}

// Calculation is a deadline that can be shown and printed: from which facts the
// date comes.
type Calculation struct {
	Received  time.Time    `json:"received"`
	Start     time.Time    `json:"start"` // when the clock starts: the opening of a later day after the cut-off
	Due       time.Time    `json:"due"`
	Days      int          `json:"days"`
	Unit      string       `json:"unit"`
	Skipped   []SkippedDay `json:"skipped,omitempty"`
	Unchecked bool         `json:"unchecked,omitempty"` // a year without a published plan lies within
}

// Deadline calculates when a dossier that the agency received at received is
// due. Received after the cut-off, or on a day off, counts as received at the
// start of the next working day. The day of receipt is not counted; a period of
// calendar days that ends on a day off ends on the next working day (Civil
// Code 2015 arts. 147–148). A deadline of unknown length is CodeInvalid: an
// officer has to state the date.
func (c *Calendar) Deadline(received time.Time, d dossier.Deadline) (Calculation, error) {
	received = received.In(c.zone)
	calc := Calculation{Received: received, Days: d.Days, Unit: d.Unit}
	cut := c.cutOff
	if d.CutOff != "" {
		t, err := parseClockTime(d.CutOff)
		if err != nil {
			return Calculation{}, dossier.E(dossier.CodeInvalid, err)
		}
		cut = t
	}
	if d.Days < 0 || d.Days > maxDeadlineDays {
		return Calculation{}, dossier.Errorf(dossier.CodeInvalid, "a deadline of %d days", d.Days)
	}
	calc.Start = received
	late := clockTime(received.Hour()*60+received.Minute()) >= cut
	if ok, _ := c.Working(received); late || !ok {
		day := received
		if late {
			day = nextDay(day)
		}
		calc.Start = c.at(c.nextWorking(day, &calc), c.open)
	}
	end := calc.Start
	switch d.Unit {
	case "same-day":
	case "working":
		for range d.Days {
			end = c.nextWorking(nextDay(end), &calc)
		}
	case "calendar":
		end = c.nextWorking(end.AddDate(0, 0, d.Days), &calc)
	default:
		return Calculation{}, dossier.Errorf(dossier.CodeInvalid, "no statutory time (%q): the officer states the date", d.Unit)
	}
	calc.Due = c.at(end, c.close)
	for y := calc.Start.Year(); y <= calc.Due.Year(); y++ {
		if !c.years[y].Checked {
			calc.Unchecked = true
		}
	}
	return calc, nil
}

// nextWorking is the first working day from day on; what it passes is noted.
func (c *Calendar) nextWorking(day time.Time, calc *Calculation) time.Time {
	for range maxDeadlineDays {
		ok, why := c.Working(day)
		if ok {
			return day
		}
		calc.Skipped = append(calc.Skipped, SkippedDay{Day: day.Format(dayFormat), Why: why})
		day = nextDay(day)
	}
	return day
}

func nextDay(t time.Time) time.Time { return t.AddDate(0, 0, 1) }

func (c *Calendar) at(day time.Time, t clockTime) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), int(t)/60, int(t)%60, 0, 0, c.zone)
}
