package flow

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/counter"
	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

func (h *house) pin(digits string) {
	h.t.Helper()
	h.see("clerklogin.title")
	h.write(digits)
	h.tap("clerklogin.main")
	h.settle()
}

func (h *house) clerk() {
	h.t.Helper()
	h.Scan("BADGE|clerk")
	h.pin("123456")
	h.see("clerkhome.title", "station", "Điểm Hoà Phú")
}

func (h *house) counterAt(step counter.Step) {
	h.t.Helper()
	if got := h.Counter.Step(); got != step {
		h.t.Fatalf("the counter is at %s, want %s:\n%s", got, step, h.said())
	}
}

// waits is a result that waits at the counter.
func (h *house) waits(fee int64) {
	h.desk = []dossier.CounterCard{{Track: result(dossier.StatusProcessed, fee), Name: nameOf, Last4: "0123"}}
}

func TestBadgeOnlyAtHome(t *testing.T) {
	for name, to := range map[string]func(*house){
		"scan": func(h *house) { h.tap("home.submit") }, "form": func(h *house) { h.begun() }, "sign": func(h *house) { h.toSign() },
		"slip": func(h *house) { h.submitted() }, "look-up": func(h *house) { h.tap("home.lookup") },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			to(h)
			step := h.Visit.Step()
			h.Scan("BADGE|clerk")
			h.at(step)
			h.counterAt(counter.Closed)
		})
	}
}

func TestLogIn(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.CallHelp()
		h.Scan("BADGE|clerk")
		h.pin("654321")
		h.see("error.bad-pin")
		h.counterAt(counter.PIN)
		h.pin("123456")
		h.counterAt(counter.Home)
		h.see("clerkhome.nothing")
		h.see("clerkhome.called")
		h.tap("app.lock")
		h.gone()
		if !h.rung.IsZero() {
			t.Error("the clerk was there, and is still called")
		}
		if !h.want {
			t.Error("after the clerk locked the station, no scan is waited for")
		}
		h.Scan(cardOf)
		h.at(visit.IDConfirmed)
	})
}

// A PIN that is checked while the station locks itself logs nobody in.
func TestLockedDuringLogIn(t *testing.T) {
	h := newHouse(t)
	h.CallHelp()
	h.Scan("BADGE|clerk")
	h.write("123456")
	h.tap("clerklogin.main")
	h.Tick(visit.Expired, 0)
	h.at(visit.Home)
	h.settle()
	h.counterAt(counter.Closed)
	h.see("home.title")
	if h.rung.IsZero() {
		t.Error("nobody came, and the call is over")
	}
}

func TestStaffIdle(t *testing.T) {
	h := newHouse(t)
	h.waits(0)
	h.clerk()
	h.read(slipOf)
	pass := func(d time.Duration) { h.clock.at = h.clock.at.Add(d); h.Tick(h.Ports.Idle.Check()) }
	pass(visit.CitizenIdle + visit.Countdown)
	h.counterAt(counter.Home)
	pass(visit.StaffIdle - visit.CitizenIdle - visit.Countdown)
	h.see("idle.title")
	pass(visit.Countdown)
	h.counterAt(counter.Closed)
	h.gone()
}

func TestHandOver(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.waits(16000)
		h.clerk()
		h.read(slipOf)
		h.Scan("QR|040090000999|Khác") // a card of which nothing is here
		h.see("error.not-found")
		h.Scan("SLIP|" + slipOf)
		h.counterAt(counter.Handover)
		h.see("counter.card-first")
		h.see("handover.main-first")
		h.Scan("https://example.vn")
		h.see("error.not-an-id")
		h.Scan(cardOf)
		h.see("handover.same")
		h.see("handover.main-first")
		h.tap("handover.received")
		h.tap("handover.main")
		h.settle()
		h.see("handover.done")
		if len(h.handed) != 1 || h.handed[0].Basis != "applicant" || h.handed[0].FeeTaken != 16000 || h.handed[0].Staff != "c1" {
			t.Errorf("kept %+v", h.handed)
		}
		h.tap("handover.finish")
		h.settle()
		h.counterAt(counter.Home)
	})
}

func TestOtherCollectorNeedsABasis(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.waits(0)
		h.clerk()
		h.tap("clerkhome.main", "slip", slipOf)
		h.Scan("SLIP|DL27-000001-A")
		h.see("counter.other-slip")
		h.Scan("SLIP|" + slipOf)
		h.Scan(another)
		h.see("handover.title-other")
		h.see("handover.basis")
		h.see("handover.main-first")
		h.tap("handover.authorised")
		h.tap("handover.main")
		h.settle()
		h.see("handover.done")
		if len(h.handed) != 1 || h.handed[0].Basis != "authorisation" || h.handed[0].Collector.Number != "040090004471" {
			t.Errorf("kept %+v", h.handed)
		}
	})
}

func TestHandOverFails(t *testing.T) {
	h := newHouse(t)
	h.waits(0)
	h.clerk()
	h.Scan("SLIP|" + slipOf)
	h.Scan(cardOf)
	h.fail = dossier.E(dossier.CodeBadTransition, nil)
	h.tap("handover.main")
	h.settle()
	h.see("counter.already")
	h.fail = dossier.E(dossier.CodeStorageFull, nil)
	h.tap("handover.main")
	h.settle()
	h.see("error.storage-full")
	h.fail = nil
	h.tap("handover.main")
	h.tap("app.lock") // locking does not take a hand-over back
	h.settle()
	if len(h.handed) != 1 {
		t.Errorf("kept %+v", h.handed)
	}
}

func TestRefusals(t *testing.T) {
	for _, reason := range refusals {
		h := newHouse(t)
		h.waits(0)
		h.clerk()
		h.Scan("SLIP|" + slipOf)
		h.tap("handover.refuse")
		h.see("handover.refuse-title")
		h.tap("handover.reason-" + reason)
		h.counterAt(counter.Home)
		if len(h.refused) != 1 || h.refused[0].Reason != h.env.T("handover.reason-"+reason) || h.refused[0].Slip != slipOf {
			t.Errorf("kept %+v", h.refused)
		}
	}
}

// A slip of which the printer said nothing is asked about, never guessed.
func TestUnknownPrintAsksTheClerk(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.submitted()
		h.PrintChanged(0, 1, visit.PrintUnknown, "")
		h.see("submitted.print-unknown")
		h.tap("submitted.main")
		for _, out := range []bool{true, false} {
			h.open = []Ask{{Job: 7, Slip: slipOf}}
			h.clerk()
			h.see("clerkhome.slip-asked", "slip", slipOf)
			if out {
				h.tap("clerkhome.slip-yes")
			} else {
				h.tap("clerkhome.slip-no")
			}
			h.settle()
			h.hidden(h.env.T("clerkhome.slip-asked", "slip", slipOf))
			h.tap("app.lock")
		}
		if len(h.answers) != 2 || h.answers[0] != "7 true" || h.answers[1] != "7 false" {
			t.Errorf("answered %v", h.answers)
		}
	})
}

func TestTechnician(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.waits(0)
		h.parts.Printer = upkeep.PrinterOut
		h.Scan("BADGE|technician")
		h.pin("123456")
		h.see("upkeep.title-fix", "n", 1)
		h.see("part.printer-out")
		h.see("part.printer-out-note")
		h.hidden(h.env.T("upkeep.page"))
		h.parts.Page, h.parts.Power, h.parts.Charge, h.parts.Mirror = upkeep.PageReady, upkeep.PowerMains, 96, upkeep.MirrorWell
		h.Changed()
		for _, p := range upkeep.Parts {
			h.see("upkeep." + string(p))
		}
		h.hidden(nameOf)
		h.see("upkeep.visits-left", "n", h.env.Words.Number(32510))
		h.parts.Printer = upkeep.PrinterReady
		h.Changed()
		h.see("upkeep.title")
		h.hidden(h.env.T("part.printer-out"))
		h.broken = upkeep.Failure{Why: "tool.reason-unread", Err: dossier.E(dossier.CodePrinterDown, nil)}
		h.tap("upkeep.test-all")
		h.see("upkeep.testing")
		h.settle()
		h.see("upkeep.tested-bad", "clock", h.env.Words.Clock(noon))
		h.see("tool.reason-unread")
		if got, want := strings.Count(h.said(), h.env.T("upkeep.fix")), len(upkeep.Parts)-2; got < want {
			t.Errorf("%d parts failed their test, %d are called so", want, got)
		}
		h.broken = nil
		h.tap("upkeep.test-all")
		h.settle()
		h.see("upkeep.tested-ok", "clock", h.env.Words.Clock(noon))
		h.parts.Printer = upkeep.PrinterCutter // an old test hides no new trouble
		h.Changed()
		h.see("part.printer-cutter-note")
		if len(h.tests) != 2*(len(upkeep.Parts)-2) {
			t.Errorf("tested %v", h.tests)
		}
		h.tap("app.lock")
		h.gone()
	})
}

// A test holds the printer and the scanner: it ends with the log-in that began
// it, and what broke off says nothing of the part.
func TestTestEndsWithTheLogIn(t *testing.T) {
	h := newHouse(t)
	h.Scan("BADGE|technician")
	h.pin("123456")
	h.settle()
	h.tap("upkeep.test-all")
	h.ends = true
	h.tap("app.lock")
	h.settle()
	h.ends = false
	if len(h.tests) == 0 {
		t.Fatal("nothing was tested")
	}
	h.Scan("BADGE|technician")
	h.pin("123456")
	h.settle()
	h.hidden(h.env.T("upkeep.testing"))
	h.hidden(h.env.T("upkeep.tested-ok", "clock", h.env.Words.Clock(noon)))
	h.see("upkeep.title")
	h.tap("upkeep.test-all")
	h.settle()
	h.see("upkeep.tested-ok", "clock", h.env.Words.Clock(noon))
}

func TestStatusLineForStaff(t *testing.T) {
	h := newHouse(t)
	h.clerk()
	h.SetStatus(kit.Status{Printer: kit.PrinterCover})
	h.see("status.printer-cover")
}

// What a screen says of a device must not lag behind its own status line.
func TestScreensFollowTheDevices(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.tap("home.submit")
		h.hidden(h.env.T("scanid.down-note"))
		h.SetStatus(kit.Status{Scanner: kit.ScannerDown})
		h.see("scanid.down-note")
		h.SetStatus(kit.Status{Scanner: kit.ScannerOn})
		h.hidden(h.env.T("scanid.down-note"))
		h.tap("app.back")

		h.Scan("BADGE|technician")
		h.pin("123456")
		h.see("upkeep.title")
		h.parts.Printer = upkeep.PrinterAbsent
		h.SetStatus(kit.Status{Printer: kit.PrinterDown})
		h.see("upkeep.title-fix", "n", 1)
	})
}

// A call stands on the counter's list until the clerk who read it leaves.
func TestCallIsRead(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.CallHelp()
		h.Scan("BADGE|clerk")
		h.tap("app.back") // a badge alone reads nothing
		h.clerk()
		h.see("clerkhome.called")
		h.tap("app.lock")
		h.clerk()
		h.hidden(h.env.T("clerkhome.called"))
	})
}

// The second medium's line is a technician's; what is wrong with it a clerk reads
// too, who can put the stick in.
func TestTheSecondMediumIsTold(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.waits(0)
		h.clerk()
		h.settle()
		h.hidden(h.env.T("upkeep.mirror"))
		h.parts.Mirror, h.parts.Behind = upkeep.MirrorAbsent, 3
		h.Changed()
		h.settle()
		h.see("clerkhome.part", "part", h.env.T("upkeep.mirror"), "state", h.env.T("part.mirror-absent"))
		h.see("part.mirror-behind-never", "n", 3, "do", h.env.T("part.mirror-absent-note"))
		h.parts.Mirror, h.parts.Behind, h.parts.Mirrored = upkeep.MirrorWell, 0, noon
		h.Changed()
		h.settle()
		h.hidden(h.env.T("part.mirror-absent-note"))
		h.tap("app.lock")
		h.settle()
		h.Scan("BADGE|technician")
		h.pin("123456")
		h.settle()
		h.see("part.mirror-well")
		h.see("part.mirror-well-note", "when", h.env.Words.Age(noon, noon, true))
		h.parts.Mirror = upkeep.MirrorReadOnly
		h.Changed()
		h.see("upkeep.title-fix", "n", 1)
		h.see("part.mirror-read-only-note")
	})
}

// A list that is drawn anew, because a wait counts down or something comes, stays
// on the page that was turned to; who comes next begins on the first.
func TestListsStayOpen(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.waits(0)
		enter := func() {
			h.Scan("BADGE|technician")
			h.pin("123456")
			h.settle()
		}
		h.parts.Page, h.parts.Power, h.parts.Mirror, h.parts.Behind, h.parts.Mirrored = upkeep.PageReady, upkeep.PowerMains, upkeep.MirrorFull, 3, noon
		lay := func() { h.content.Resize(fyne.NewSize(kit.Size1280.W, kit.Size1280.H)) }
		enter()
		lay()
		h.see("part.mirror-full")
		clock := h.env.T("part.clock-system", "clock", h.env.Words.Clock(noon))
		h.hidden(clock)
		h.tap("app.page-next")
		h.read(clock)
		h.Ticked()
		h.Changed()
		h.settle()
		lay()
		h.read(clock)
		h.tap("app.lock")
		h.settle()
		enter()
		lay()
		h.hidden(clock)
	})
}
