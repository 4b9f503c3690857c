package flow

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tramhoso/app/ui/kit"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

func TestPaperOutThenAWholeReprint(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.submitted()
		h.PrintChanged(0, 1, visit.PrintSending, "")
		h.PrintChanged(0, 1, visit.PrintBlocked, "paper-out")
		h.at(visit.PaperOut)
		h.see("paperout.title")
		h.see("paperout.safe")
		h.see("paperout.out")
		h.read(slipOf)
		if h.calls != 1 {
			t.Errorf("staff were told %d times", h.calls)
		}
		h.PrintChanged(1, 2, visit.PrintWaiting, "") // the roll is changed
		h.at(visit.Done)
		h.settle()
		if h.pictured != 2 {
			t.Error("the copy is not shown")
		}
		h.PrintChanged(0, 2, visit.PrintSending, "")
		h.PrintChanged(0, 1, visit.PrintFailed, "paper-out") // what became of the first copy is over
		h.see("submitted.print-sending")
		h.PrintChanged(0, 2, visit.PrintPrinted, "")
		h.see("submitted.print-printed")
		h.tap("submitted.main")
		h.gone()
	})
}

func TestWhyItDoesNotPrint(t *testing.T) {
	for why, key := range map[string]string{"paper-out": "paperout.out", "cover-open": "paperout.cover", "cutter": "paperout.cutter", "hot": "paperout.hot",
		"hardware": "paperout.hardware", "offline": "paperout.offline", "unplugged": "paperout.unplugged", "stalled": "paperout.silent", "power": "paperout.power", "journal": "paperout.journal"} {
		run(t, func(t *testing.T, h *house) {
			h.submitted()
			h.PrintChanged(0, 1, visit.PrintBlocked, why)
			h.see(key)
			h.see(key + "-do")
			h.see("paperout.first") // nothing of it is on paper
			h.hidden(h.env.T("paperout.again"))
			if got := PrintWord(visit.PrintBlocked, why); got != key {
				t.Errorf("the word for it is %q", got)
			}
			if calls := map[bool]int{true: 0, false: 1}[why == "hot" || why == "power"]; h.calls != calls {
				t.Errorf("staff were told %d times, want %d", h.calls, calls)
			}
		})
	}
}

// Help is asked for while the roll is changed: the copy is followed all the same.
func TestReprintDuringHelp(t *testing.T) {
	h := newHouse(t)
	h.submitted()
	h.PrintChanged(0, 1, visit.PrintBlocked, "paper-out")
	h.tap("app.help")
	h.PrintChanged(1, 2, visit.PrintWaiting, "")
	h.PrintChanged(0, 2, visit.PrintPrinted, "")
	h.at(visit.Help)
	h.tap("app.back")
	h.at(visit.Done)
	h.see("submitted.print-printed")
}

// Whoever was asked to stay while the roll is changed is not wiped away after
// the usual time; when the slip is out, the usual time begins anew.
func TestWaitingForPaperIsNotIdle(t *testing.T) {
	h := newHouse(t)
	h.submitted()
	h.PrintChanged(0, 1, visit.PrintBlocked, "paper-out")
	pass := func(d time.Duration) visit.Phase {
		h.clock.at = h.clock.at.Add(d)
		phase, left := h.Idle.Check()
		h.Tick(phase, left)
		return phase
	}
	if phase := pass(visit.CitizenIdle + visit.Countdown + time.Second); phase != visit.Active {
		t.Fatalf("%s while the roll is changed", phase)
	}
	h.at(visit.PaperOut)
	h.PrintChanged(1, 2, visit.PrintWaiting, "")
	if phase := pass(visit.CitizenIdle - time.Second); phase != visit.Active {
		t.Fatalf("%s as soon as the printer goes on", phase)
	}
	if phase := pass(2 * time.Second); phase != visit.Warning {
		t.Fatalf("%s at the end of the usual time", phase)
	}
	h.PrintChanged(0, 2, visit.PrintBlocked, "paper-out")
	if phase := pass(visit.WaitingIdle); phase != visit.Warning {
		t.Fatalf("%s: a station is not left open for ever", phase)
	}
	pass(visit.Countdown)
	h.gone()
}

func TestCannotWait(t *testing.T) {
	h := newHouse(t)
	h.submitted()
	h.PrintChanged(0, 1, visit.PrintBlocked, "paper-out")
	h.tap("paperout.leave")
	h.gone()
	h.PrintChanged(1, 2, visit.PrintWaiting, "")
	h.PrintChanged(0, 2, visit.PrintPrinted, "")
	h.settle()
	h.gone()
}

func TestReprintByHand(t *testing.T) {
	h := newHouse(t)
	h.submitted()
	h.PrintChanged(0, 1, visit.PrintFailed, "")
	h.see("submitted.print-failed")
	h.fail = dossier.E(dossier.CodeStorageFull, nil)
	h.tap("submitted.reprint")
	h.settle()
	h.see("submitted.print-failed")
	h.fail = nil
	h.tap("submitted.reprint")
	h.settle()
	h.see("submitted.print-waiting")
	if len(h.again) != 1 || h.Visit.State().Submitted.Job != 2 {
		t.Errorf("again %v, follows %d", h.again, h.Visit.State().Submitted.Job)
	}
}

// Who left before the copy was made leaves nothing behind.
func TestReprintComesTooLate(t *testing.T) {
	h := newHouse(t)
	h.submitted()
	h.PrintChanged(0, 1, visit.PrintUnknown, "")
	h.tap("submitted.reprint")
	h.tap("submitted.main")
	h.settle()
	h.gone()
}

// The printer is quicker than the news of the commit: what it said is not lost.
func TestPrintNewsBeforeTheCommit(t *testing.T) {
	h := newHouse(t)
	h.toSign()
	h.tap("sign.main")
	h.PrintChanged(0, 1, visit.PrintBlocked, "paper-out")
	h.see("sign.submitting")
	h.settle()
	h.at(visit.PaperOut)
	h.see("paperout.out")
	h.PrintChanged(1, 2, visit.PrintWaiting, "")
	h.PrintChanged(0, 2, visit.PrintPrinted, "")
	h.see("submitted.print-printed")
}

// A clerk sees which paper is asked about, when and how far it was printed, why
// nobody knows more, and its picture; both answers are taken, once.
func TestClerkIsAskedAboutAPaper(t *testing.T) {
	for _, done := range []bool{true, false} {
		run(t, func(t *testing.T, h *house) {
			h.open = []Ask{{Job: 7, Slip: slipOf, At: noon, Band: 3, Bands: 12}, {Job: 9, Slip: "H15.27-1", Form01: true, At: noon, Unprinted: true, Reason: "cutter"}}
			h.clerk()
			h.settle()
			h.see("clerkhome.slip-asked", "slip", slipOf)
			h.see("clerkhome.asked-far", "when", h.when(noon), "band", 3, "bands", 12)
			h.tap("clerkhome.look")
			h.see("paperasked.when", "when", h.when(noon))
			h.see("paperasked.far", "band", 3, "bands", 12)
			h.see("clerkhome.why-silent")
			h.see("paperasked.drawing")
			h.settle()
			h.hidden(h.env.T("paperasked.drawing"))
			answer := map[bool]string{true: "clerkhome.slip-yes", false: "clerkhome.slip-no"}[done]
			h.tap(answer)
			if c := kit.Find(h.content, h.env.T(answer)); c == nil || c.Enabled() {
				t.Error("a second tap would be a second answer")
			}
			h.settle()
			if got := strings.Join(h.answers, ","); got != fmt.Sprint(7, done) {
				t.Errorf("answered %q", got)
			}
			h.see("clerkhome.title", "station", "Điểm Hoà Phú")
		})
	}
}

// What a person is asked about a paper that was not printed, and why.
func TestUnprintedPaperIsOffered(t *testing.T) {
	for why, ask := range map[string]Ask{
		"paperout.cutter":         {Job: 9, Slip: "H15.27-1", Form01: true, At: noon, Band: 1, Bands: 2, Unprinted: true, Reason: "cutter"},
		"clerkhome.why-left":      {Job: 9, Slip: "H15.27-1", Form01: true, At: noon, Unprinted: true, Left: true},
		"clerkhome.why-tries":     {Job: 9, Slip: "H15.27-1", Form01: true, At: noon, Unprinted: true, Reason: "tries"},
		"clerkhome.why-waited":    {Job: 9, Slip: "H15.27-1", Form01: true, At: noon, Unprinted: true, Reason: "waited"},
		"clerkhome.why-failed":    {Job: 9, Slip: "H15.27-1", Form01: true, At: noon, Unprinted: true, Reason: "document"},
		"clerkhome.why-silent":    {Job: 9, Slip: "H15.27-1", Form01: true, At: noon},
		"clerkhome.why-restarted": {Job: 9, Slip: "H15.27-1", Form01: true, At: noon, Restarted: true},
	} {
		run(t, func(t *testing.T, h *house) {
			h.open = []Ask{ask}
			h.clerk()
			h.settle()
			question := "clerkhome.form-asked"
			if ask.Unprinted {
				question = "clerkhome.form-unprinted"
			}
			h.see(question, "slip", "H15.27-1")
			h.tap("clerkhome.look")
			h.see(question, "slip", "H15.27-1")
			h.see(why)
			if ask.Unprinted { // nobody can say when it was sent
				h.see("paperasked.since", "when", h.when(noon))
			}
			h.tap("app.back")
			h.see("clerkhome.title", "station", "Điểm Hoà Phú")
			if ask.Unprinted {
				h.tap("clerkhome.drop")
				h.settle()
				if got := strings.Join(h.answers, ","); got != "9 true" {
					t.Errorf("answered %q", got)
				}
			}
		})
	}
}

// The roll's end is told before it comes; printing goes on.
func TestRollEndsSoon(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.clerk()
		h.SetStatus(kit.Status{Printer: kit.PrinterLow})
		h.Render()
		h.see("clerkhome.roll-low")
		h.see("status.printer-low")
	})
}

// Whoever waited for a slip that a restart interrupted reads at the start screen
// that the dossier is safe, until a clerk has said what came of it.
func TestRestartedWhilePrinting(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		now := h.env.Now()
		h.open = []Ask{{Job: 7, Slip: slipOf, Restarted: true, At: now}}
		h.LoadAsks()
		h.settle()
		h.see("home.slip-open", "slip", slipOf)
		h.clerk()
		h.tap("clerkhome.slip-yes")
		h.settle()
		h.tap("app.lock")
		h.settle()
		h.hidden(h.env.T("home.slip-open", "slip", slipOf))
	})
}

// Of several, whoever may still stand there is told: the newest slip's holder, and
// not for ever.
func TestTheNewestRestartedSlipIsNamed(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		now := h.env.Now()
		slip := func(job int64, number string, age time.Duration) Ask {
			return Ask{Job: job, Slip: number, Restarted: true, At: now.Add(-age)}
		}
		const old, other = "DL27-000001-A", "DL27-000002-B"
		show := func(asks ...Ask) {
			h.open = asks
			h.LoadAsks()
			h.settle()
		}
		three := []Ask{slip(1, old, 3*time.Hour), slip(2, slipOf, time.Hour), slip(3, other, 4*time.Hour)}
		show(three...)
		h.see("home.slip-open", "slip", slipOf)
		clock := h.env.Now
		h.env.Now = func() time.Time { return now.Add(openSlipFor - time.Second) }
		show(three...)
		h.see("home.slip-open", "slip", slipOf)
		h.env.Now = func() time.Time { return now.Add(openSlipFor) }
		show(three...)
		h.hidden(h.env.T("home.slip-open", "slip", slipOf))
		h.env.Now = clock
		show(slip(1, old, openSlipCut), slip(2, other, -openSlipCut))
		h.hidden(h.env.T("home.slip-open", "slip", old))
		h.hidden(h.env.T("home.slip-open", "slip", other))
		h.clerk()
		h.see("clerkhome.slip-asked", "slip", old)
	})
}
