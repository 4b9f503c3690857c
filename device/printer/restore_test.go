package printer

import (
	"testing"
	"testing/synctest"
	"time"
)

// A jammed knife is moved when a person was at it, and else a few times only.
func TestAJammedKnifeIsNotWornOut(t *testing.T) {
	at := time.Unix(0, 0)
	cutter := Status{Known: true, Paper: PaperOK, Cover: CoverClosed, Fault: FaultCutter}
	open := Status{Known: true, Paper: PaperOK, Cover: CoverOpen, Fault: FaultCutter}
	well := Status{Known: true, Online: true, Paper: PaperOK, Cover: CoverClosed}
	var k knife
	tries := func(d time.Duration) (n int) {
		for end := at.Add(d); at.Before(end); at = at.Add(readyPoll) {
			if k.due(cutter, at) {
				n++
			}
		}
		return n
	}
	if n := tries(time.Hour); n != len(knifePauses) {
		t.Errorf("%d tries in an hour", n)
	}
	if k.due(open, at) {
		t.Error("tried while the cover is open")
	}
	if !k.due(cutter, at) {
		t.Error("not tried after the cover was closed")
	}
	if n := tries(time.Hour); n != len(knifePauses) {
		t.Errorf("%d more tries", n)
	}
	if k.due(well, at) || k != (knife{}) {
		t.Error("not forgotten once it is well")
	}
}

func TestWhatPassesIsNotWaitedForWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hot := Status{Known: true, Paper: PaperOK, Cover: CoverClosed, Fault: FaultHot}
		feeding := Status{Known: true, Paper: PaperOK, Cover: CoverClosed, Feeding: true}
		var p passing
		for _, s := range []Status{hot, feeding} {
			if reason, wait := p.gate(s); reason != ReasonNone || !wait {
				t.Errorf("%+v: %q, %v", s, reason, wait)
			}
		}
		time.Sleep(passWait + time.Second)
		if reason, wait := p.gate(hot); reason != ReasonHot || wait {
			t.Errorf("after %v: %q, %v", passWait, reason, wait)
		}
		if reason, wait := p.gate(Status{Known: true, Online: true}); reason != ReasonNone || wait {
			t.Errorf("well: %q, %v", reason, wait)
		}
		if reason, wait := p.gate(hot); reason != ReasonNone || !wait {
			t.Errorf("hot again: %q, %v", reason, wait)
		}
		if reason, wait := p.gate(Status{Known: true, Paper: PaperOut}); reason != ReasonPaperOut || wait {
			t.Errorf("paper out: %q, %v", reason, wait)
		}
	})
}
