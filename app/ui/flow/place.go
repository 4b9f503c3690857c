package flow

import (
	"time"

	"tramhoso/app/counter"
	"tramhoso/app/visit"
)

// tapAfter is how long a screen is shown before a press on it counts. The
// second half of a double tap comes sooner, and would answer a question that
// nobody has seen; nobody reads a title faster.
const tapAfter = 400 * time.Millisecond

// place is what a person takes for one screen: another one wants to be read
// before it is pressed.
type place struct {
	warned   bool // the countdown
	step     visit.Step
	topic    string
	question string
	paper    int
	counted  counter.Step
	asked    int64 // the paper that staff look at
	side     side
}

func (f *Flow) where() place {
	p := place{warned: f.warning > 0, counted: f.Counter.Step(), asked: f.askedJob, side: f.side}
	if f.staffing() {
		return p
	}
	switch s := f.Visit.State(); s.Step {
	case visit.Form:
		p.step, p.question = s.Step, s.Question.Key
	case visit.Papers:
		p.step, p.paper = s.Step, f.openPaper(s)
	default:
		p.step, p.topic = s.Step, s.Topic
	}
	return p
}

// arrive notes when another screen came.
func (f *Flow) arrive() {
	if at := f.where(); at != f.at {
		f.at, f.came, f.saidAt = at, f.Steady(), time.Time{}
		clear(f.env.Turned)
	}
}

// tooSoon says that nobody has had the time to read the screen.
func (f *Flow) tooSoon() bool {
	if f.came.IsZero() {
		return false
	}
	shown := f.Steady().Sub(f.came)
	return shown >= 0 && shown < tapAfter
}

// Settle takes the screen as read: for rehearsals, whose visitors need no time.
func (f *Flow) Settle() { f.came = time.Time{} }

// afterHere does something later, unless a screen was drawn by then: what a
// held key repeats is meant for the field under the finger only.
func (f *Flow) afterHere(wait time.Duration, do func()) {
	at := f.drawn
	f.After(wait, func() {
		if f.drawn == at {
			do()
		}
	})
}
