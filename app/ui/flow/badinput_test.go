package flow

import (
	"strings"
	"testing"
	"time"

	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

// One clear sentence each, in the language in use, and nothing lost.

func TestBadCards(t *testing.T) {
	for payload, key := range map[string]string{
		"https://example.vn/menu": "error.not-an-id", "\x00": "error.not-an-id", "QR|06619000012X|A": "error.bad-check-digit",
	} {
		run(t, func(t *testing.T, h *house) {
			h.Scan(payload)
			h.see(key)
			h.at(visit.Home)
			h.tap("home.submit")
			h.hidden(h.env.T(key))
			h.Scan(payload)
			h.see(key)
			h.at(visit.ScanID)
			if !strings.Contains(h.log.String(), strings.TrimPrefix(key, "error.")) {
				t.Errorf("the log does not name %s:\n%s", key, h.log.String())
			}
			h.Scan(cardOf)
			h.hidden(h.env.T(key))
			h.read(nameOf)
			h.Scan(payload) // the card that was read stays
			h.see(key)
			h.read(nameOf)
			h.tap("idconfirmed.main")
			h.at(visit.Notice)
		})
	}
}

func TestSidesDiffer(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.Scan(cardOf)
		h.Scan(another)
		h.see("error.sides-differ")
		h.at(visit.ScanID)
		h.hidden(nameOf)
		h.Scan(cardOf)
		h.Scan(backOf)
		h.see("idconfirmed.yours", "grade", h.env.T("idconfirmed.consistent"))
		if h.Visit.State().Person.Trust != dossier.TrustConsistent {
			t.Error("two sides are no better than one")
		}
	})
}

func TestTypedNumberIsNone(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.tap("home.submit")
		h.tap("scanid.type")
		h.write("0661")
		h.tap("app.continue")
		h.see("visit.number")
		h.write(numberOf)
		h.tap("app.continue")
		h.at(visit.TypeName)
		h.write("A")
		h.tap("app.continue")
		h.see("visit.name")
		h.write("Ma Bia")
		h.tap("app.continue")
		h.read("Ma Bia")
	})
}

func TestRefusedAnswer(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.begun()
		h.untilCopies()
		h.write("99")
		h.next()
		h.see("form.too-big", "n", 20)
		h.at(visit.Form)
		if got := h.Visit.State().Answer; got != int64(99) {
			t.Errorf("the answer became %v", got)
		}
		h.read("99")
		h.tap("app.other-language")
		h.see("form.too-big", "n", 20) // the sentence follows the language
		h.tap("app.previous")
		h.tap("app.previous")
		h.tap("app.previous")
		h.read("Ea Kao")
		h.tap("app.next")
		h.tap("form.skip")
		h.tap("app.next")
		h.write("3")
		h.next()
		h.at(visit.Papers)
	})
}

func TestUnfinishedDateStays(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.begun()
		h.press(h.option("birth"))
		h.next()
		h.next()
		for _, c := range kit.Controls(h.content) {
			if f, ok := c.(*kit.Field); ok && f.AccessibleName() == h.env.T("form.day") {
				f.SetText("31")
			} else if ok && f.AccessibleName() == h.env.T("form.month") {
				f.SetText("02")
			}
		}
		h.next()
		h.see("form.bad-date")
		h.at(visit.Form)
	})
}

func TestWithdrawnProcedure(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.found()
		h.snap.Procedures[0].Withdrawn = true
		h.tap("procedure.main")
		h.see("error.procedure-withdrawn")
		h.at(visit.Procedure)
		h.snap.Procedures[0].Withdrawn = false
		h.tap("procedure.main")
		h.at(visit.Form)
		h.answered()
		h.tap("papers.clerk")
		h.tap("app.continue")
		h.tap("app.continue")
		h.tap("review.main")
		h.tap("sign.box")
		h.snap.Procedures[0].Withdrawn = true
		h.tap("sign.main")
		h.settle()
		h.see("error.procedure-withdrawn")
		h.at(visit.Sign)
		if h.commits != 0 || !h.declared {
			t.Errorf("%d commits, declared %v", h.commits, h.declared)
		}
		h.tap("app.back")
		h.read(nameOf)
		if s := h.Visit.State(); s.Person.Name != nameOf || len(h.Visit.Lines(h.env.Words)) == 0 {
			t.Error("the answers are lost")
		}
	})
}

func TestSecondTap(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.toSign()
		c := kit.Find(h.content, h.env.T("sign.main"))
		h.Settle()
		c.Tapped(nil)
		h.Settle()
		c.Tapped(nil) // on the button that was on the screen
		h.settle()
		h.Settle()
		c.Tapped(nil)
		h.settle()
		h.see("submitted.title")
		if h.commits != 1 || len(h.letters) != 1 {
			t.Errorf("%d commits of %d letters", h.commits, len(h.letters))
		}
	})
}

// The second half of a double tap answers no question that nobody has seen.
func TestDoubleTapSkipsNothing(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		again := func(key string) { kit.Find(h.content, h.env.T(key)).Tapped(nil) }
		h.found()
		h.tap("procedure.main")
		h.press(h.option("birth"))
		before := h.Visit.State().QuestionAt
		h.tap("app.next") // to the name, which the card has answered
		for _, after := range []time.Duration{0, tapAfter / 2, tapAfter/2 - 1} {
			h.steady = h.steady.Add(after)
			again("app.next")
			if got := h.Visit.State().QuestionAt; got != before+1 {
				t.Fatalf("a double tap led to question %d", got)
			}
		}
		h.steady = h.steady.Add(1)
		again("app.next")
		if got := h.Visit.State().QuestionAt; got != before+2 {
			t.Fatalf("question %d: a tap was lost", got)
		}
		h.steady = h.steady.Add(-time.Hour) // whatever the clock does
		again("app.next")
		if got := h.Visit.State().QuestionAt; got != before+3 {
			t.Fatalf("question %d: a clock holds a tap back", got)
		}

		h.untilCopies()
		h.write("2")
		h.next()
		h.at(visit.Papers)
		h.tap("papers.clerk")
		again("app.continue") // the paper that was asked about has changed
		h.at(visit.Papers)
		h.tap("app.continue")
		h.at(visit.Delivery)
		h.tap("delivery.sms")
		again("app.continue") // on one screen taps may follow as they like
		h.at(visit.TypePhone)
	})
}

func TestKeepingFails(t *testing.T) {
	for _, c := range []struct {
		err error
		key string
	}{
		{dossier.E(dossier.CodeStorageReadOnly, errDisk), "error.storage-read-only"},
		{dossier.E(dossier.CodeStorageFull, errDisk), "error.storage-full"},
		{errDisk, "visit.unexpected"},
	} {
		run(t, func(t *testing.T, h *house) {
			h.toSign()
			h.fail = c.err
			h.tap("sign.main")
			h.settle()
			h.see(c.key)
			h.at(visit.Sign)
			h.tap("app.back")
			h.read(nameOf)
			h.tap("review.main")
			h.tap("sign.box")
			h.fail = nil
			h.tap("sign.main")
			h.settle()
			h.at(visit.Done)
			if h.commits != 2 || len(h.letters) != 1 || h.letters["token1"].Dossier.Applicant.Person.Number != numberOf {
				t.Errorf("%d commits, letters %v", h.commits, h.letters)
			}
		})
	}
}

// A log-in page in the way costs nothing but a word in the status line.
func TestLogInPage(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.begun()
		h.SetStatus(kit.Status{Net: kit.NetLogin, Dossiers: 1, Waiting: 9})
		h.see("status.net-login")
		h.see("status.waiting", "n", 1)
		h.at(visit.Form)
		h.answered()
		h.see("status.net-login")
	})
}

func TestReadOnlyStorage(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.facts.StorageReadOnly, h.facts.VisitsLeft = true, 0
		h.kept[slipOf] = dossier.CitizenCard{Track: result(dossier.StatusProcessed, 0), Applicant: nameOf}
		h.Changed()
		h.see("home.unavailable")
		h.tap("home.submit")
		h.at(visit.CannotStart)
		h.see("visit.reason-storage-read-only")
		h.Scan(cardOf)
		h.at(visit.CannotStart)
		h.tap("cannotstart.lookup")
		h.Scan("SLIP|" + slipOf)
		h.at(visit.Timeline)
	})
}

// A storage that cannot be opened is told first, closes every way, and a technician
// reads why without a log-in, which nobody can check.
func TestClosedStorage(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		for why, c := range map[visit.Reason]struct {
			facts func(*visit.Facts)
			parts func(*upkeep.Facts)
			word  string
		}{
			visit.ReasonStorageUsed:  {func(f *visit.Facts) { f.StorageInUse = true }, func(f *upkeep.Facts) { f.InUse = true }, "part.storage-in-use"},
			visit.ReasonStorageNewer: {func(f *visit.Facts) { f.StorageNewer = true }, func(f *upkeep.Facts) { f.Newer = true }, "part.storage-newer"},
			visit.ReasonStorageRead:  {func(f *visit.Facts) { f.StorageReadOnly = true }, func(f *upkeep.Facts) { f.ReadOnly = true }, "part.storage-read-only"},
			visit.ReasonStorageHurt:  {func(f *visit.Facts) { f.StorageDamaged = true }, func(f *upkeep.Facts) { f.Damaged = true }, "part.storage-damaged"},
			visit.ReasonStorageFull:  {func(*visit.Facts) {}, func(*upkeep.Facts) {}, "part.storage-full"},
		} {
			h.facts, h.parts = visit.Facts{Enrolled: true, StorageClosed: true, Time: noon, Printer: visit.PrinterReady}, upkeep.Facts{Closed: true}
			c.facts(&h.facts)
			c.parts(&h.parts)
			h.Changed()
			h.see("home.closed", "why", h.env.T(why.Word()))
			h.Scan("not a code of ours")
			h.see("home.closed", "why", h.env.T(why.Word()))
			for _, way := range []string{"home.submit", "home.lookup", "home.collect", "home.browse"} {
				h.tap(way)
				h.at(visit.CannotStart)
				h.see(why.Word())
				h.see("cannotstart.slip")
				h.see(c.word)
				h.see(c.word + "-note")
				h.hidden(h.env.T("cannotstart.still"))
				h.tap("app.back")
				h.at(visit.Home)
			}
		}
	})
}

func TestEveryReasonIsSaid(t *testing.T) {
	for name, c := range map[visit.Reason]func(*visit.Facts){
		visit.ReasonNotEnrolled:  func(f *visit.Facts) { f.Enrolled = false },
		visit.ReasonNoKey:        func(f *visit.Facts) { f.NoKey = true },
		visit.ReasonStorageFull:  func(f *visit.Facts) { f.VisitsLeft = 0 },
		visit.ReasonNoCatalogue:  func(f *visit.Facts) { f.CatalogueVersion = 0 },
		visit.ReasonPaperOut:     func(f *visit.Facts) { f.Printer = visit.PrinterOut },
		visit.ReasonPrinter:      func(f *visit.Facts) { f.Printer = visit.PrinterCover },
		visit.ReasonPower:        func(f *visit.Facts) { f.OnBattery = true },
		visit.ReasonCatalogueOld: func(f *visit.Facts) { f.CatalogueAge = 200 * 24 * 3600e9 },
	} {
		run(t, func(t *testing.T, h *house) {
			c(&h.facts)
			h.tap("home.submit")
			h.at(visit.CannotStart)
			if name == visit.ReasonCatalogueOld {
				h.see("cannotstart.stale", "days", 200)
			} else {
				h.see(name.Word())
			}
			h.tap("app.back")
			h.at(visit.Home)
		})
	}
}

// What was held before the scanner by mistake is not told to the next person.
func TestSentenceAtHomeGoes(t *testing.T) {
	h := newHouse(t)
	h.Scan("https://example.vn/menu")
	h.see("error.not-an-id")
	pass := func(d time.Duration) { h.clock.at = h.clock.at.Add(d); h.Tick(h.Ports.Idle.Check()) }
	pass(visit.CitizenIdle)
	pass(visit.Countdown)
	h.see("home.title")
	h.hidden(h.env.T("error.not-an-id"))
}
