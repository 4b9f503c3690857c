package flow

import (
	"context"
	"time"

	"tramhoso/app/counter"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

// sayEvery is how often a screen is drawn for the sake of codes that count for
// nothing. A line that spoils what it carries brings four a second, and a tap
// has to wait for each drawing.
const sayEvery = 500 * time.Millisecond

// sayings is what was drawn of them.
type sayings struct {
	saidAt time.Time // when; zero: not on this screen
	owed   bool      // the newest sentence is not on the screen yet
}

// seen is what a refused code can change of a screen.
type seen struct {
	place
	says string // the word of the sentence
}

func (f *Flow) seen() seen {
	s := seen{place: f.where()}
	if f.staffing() {
		if p := f.Counter.State().Problem; p != nil {
			s.says = p.Word
		}
	} else if p := f.Visit.State().Problem; p != nil {
		s.says = p.Word
	}
	return s
}

// refuse shows why a code counts for nothing: what is on the screen already is
// not drawn again, and what is new not faster than anybody reads.
func (f *Flow) refuse(before seen) {
	now := f.seen()
	switch since := f.Steady().Sub(f.saidAt); {
	case now == before:
		return
	case now.place != before.place || f.saidAt.IsZero() || since < 0 || since >= sayEvery:
		f.Render()
		f.saidAt = f.Steady()
	case !f.owed:
		f.owed = true
		f.After(sayEvery-since, func() {
			if f.owed { // else another drawing has shown it
				f.Render()
				f.saidAt = f.Steady()
			}
		})
	}
}

// Scan hears a scanned payload.
func (f *Flow) Scan(data string) {
	f.hearing = true
	defer func() { f.hearing = false }()
	f.Idle.Touch()
	before := f.seen()
	f.warning = 0
	if f.staffing() {
		err := f.Counter.HandleFrame(context.Background(), data)
		if err != nil {
			f.Log.Info("refused", "step", f.Counter.Step(), "code", dossier.CodeOf(err))
		}
		if err != nil || before.counted == counter.PIN { // what is typed there is lost with a drawing
			f.refuse(before)
			return
		}
		f.Render()
		return
	}
	switch f.Visit.HandleFrame(data) {
	case visit.ScanBadge:
		f.badge(data)
	case visit.ScanRefused:
		f.Log.Info("scan refused", "step", f.Visit.Step(), "code", problemCode(f.Visit.State().Problem))
		f.refuse(before)
		return
	case visit.ScanIgnored:
		f.refuse(before)
		return
	}
	f.Render()
}

// Unread hears that a code came of which no text can be read, and shows why.
// The first one on a screen is somebody's, who must not be taken for gone; a
// line that goes on so holds nobody's screen open.
func (f *Flow) Unread(code dossier.Code) {
	f.spoilt(func() {
		if f.staffing() {
			f.Counter.Unread(code)
		} else {
			f.Visit.Unread(code)
		}
	})
}

// Wedged hears that a scanner typed like a keyboard, and shows that what it
// typed is gone.
func (f *Flow) Wedged() {
	f.spoilt(func() {
		if f.staffing() {
			f.Counter.Wedged()
		} else {
			f.Visit.Wedged()
		}
	})
}

func (f *Flow) spoilt(say func()) {
	f.hearing = true
	defer func() { f.hearing = false }()
	before := f.seen()
	say()
	if f.seen().says != before.says {
		f.Idle.Touch()
		f.warning = 0
	}
	f.refuse(before)
}

// listen says whether the screen that comes takes scans, and that somebody was
// asked for one. A screen that a scan led to asks for nothing: its code may
// still lie before the scanner.
func (f *Flow) listen() {
	on := f.Visit.TakesScans()
	step, counted := f.Visit.Step(), f.Counter.Step()
	asked := step != f.last && step != visit.Home && waitsForScan(step)
	if f.staffing() {
		on = f.Counter.TakesScans()
		asked = counted != f.counted && (counted == counter.Handover || counted == counter.Losing)
	}
	f.counted = counted
	if on != f.taking || !f.begun {
		f.taking, f.begun = on, true
		f.Scanning(on)
	}
	if asked && !f.hearing {
		f.Asking()
	}
}

func waitsForScan(s visit.Step) bool {
	switch s {
	case visit.Home, visit.ScanID, visit.TrackScan, visit.CollectScan:
		return true
	}
	return false
}

func problemCode(p *visit.Problem) dossier.Code {
	if p == nil {
		return ""
	}
	return p.Code
}
