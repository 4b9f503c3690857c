package visit

import "testing"

// A scanner looks where, and only where, a scan means something.
func TestTakesScans(t *testing.T) {
	for _, step := range []Step{Home, CannotStart, ScanID, TypeID, TypeName, IDConfirmed, Notice, Search, Topics, Procedure, Form, Papers,
		Delivery, TypePhone, TypeEmail, TypeAddress, Review, Sign, Submitting, Done, PaperOut, TrackScan, TypeSlip, Timeline, Present,
		CollectScan, ResultReady, Help} {
		h := newHouse(t)
		h.step = step
		takes := h.TakesScans()
		if means := h.HandleFrame("SLIP|DL27-000318-K") != ScanIgnored; means != takes {
			t.Errorf("%s: a scan means something: %v; the scanner looks: %v", step, means, takes)
		}
	}
}

// The number of an older card is told from a wrong one wherever it is typed.
func TestOldNumber(t *testing.T) {
	h := newHouse(t)
	h.Start(GoalSubmit)
	h.TypeInstead()
	if err := h.TypeNumber("123 456 789"); err == nil || h.Step() != TypeID {
		t.Errorf("%v at %s", err, h.Step())
	}
	h.problem(t, "error.old-number")
	h.Wipe()
	h.Start(GoalTrack)
	h.TypeInstead()
	if err := h.TypeNumber("123456789"); err == nil || h.Step() != TypeSlip {
		t.Errorf("%v at %s", err, h.Step())
	}
	h.problem(t, "error.old-number")
}
