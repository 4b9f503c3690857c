package flow

import (
	"strings"
	"testing"
	"time"

	"tramhoso/app/counter"
	"tramhoso/app/ui/kit"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

// drawings counts the screens that f draws.
func (h *house) drawings(f func()) int {
	before := h.drawn
	f()
	return h.drawn - before
}

// owed plays what was put off.
func (h *house) owed() {
	later := h.later
	h.later = nil
	for _, f := range later {
		f()
	}
}

// field is the only field of the screen.
func (h *house) field() *kit.Field {
	h.t.Helper()
	for _, c := range kit.Controls(h.content) {
		if f, ok := c.(*kit.Field); ok {
			return f
		}
	}
	h.t.Fatalf("no field:\n%s", h.said())
	return nil
}

// A line that spoils what it carries costs a drawing for a new sentence, none
// for one that stands on the screen already: no tap waits for it.
func TestFloodIsDrawnOnce(t *testing.T) {
	const many = 500
	for name, flood := range map[string]struct {
		one func(*house)
		key string
	}{
		"cut off":  {func(h *house) { h.Unread(dossier.CodeScanPartial) }, "error.scan-partial"},
		"readable": {func(h *house) { h.Flow.Scan("\x7f") }, "error.not-a-slip"},
		"typed":    {(*house).Wedged, "error.scan-typed"},
	} {
		run(t, func(t *testing.T, h *house) {
			h.tap("home.lookup")
			if n := h.drawings(func() {
				for range many {
					flood.one(h)
				}
			}); n != 1 || len(h.later) != 0 {
				t.Errorf("%s: %d drawings, %d put off", name, n, len(h.later))
			}
			h.see(flood.key)
			h.tap("app.back") // a tap leads on, and the next code says it there
			h.at(visit.Home)
			h.tap("home.lookup")
			h.hidden(h.env.T(flood.key))
			flood.one(h)
			h.see(flood.key)
		})
	}
}

// Sentences that change faster than they can be read are drawn at a bounded
// rate, and the last one is what stays.
func TestChangingFloodIsBounded(t *testing.T) {
	const seconds, perSecond = 20, 50
	h := newHouse(t)
	h.tap("home.lookup")
	n := h.drawings(func() {
		for i := range seconds * perSecond {
			h.Unread([]dossier.Code{dossier.CodeScanGarbled, dossier.CodeScanPartial}[i%2])
			h.steady = h.steady.Add(time.Second / perSecond)
			if len(h.later) > 1 {
				t.Fatal("put off twice")
			}
			if h.steady.Sub(h.saidAt) >= sayEvery {
				h.owed()
			}
		}
	})
	if most := int(seconds*time.Second/sayEvery) + 1; n > most || n < most/2 {
		t.Errorf("%d drawings in %d s, at most %d may be", n, seconds, most)
	}
	h.Unread(dossier.CodeScanGarbled)
	h.Flow.Scan("QR|040090000999|Khác")
	h.owed()
	h.see("error.not-found")
	if n := h.drawings(h.owed); n != 0 {
		t.Error("drawn for nothing")
	}
}

// What is put off is not drawn when something else has shown it.
func TestNothingIsOwedTwice(t *testing.T) {
	h := newHouse(t)
	h.tap("home.lookup")
	h.Unread(dossier.CodeScanGarbled)
	h.Unread(dossier.CodeScanPartial)
	h.tap("app.back")
	if n := h.drawings(h.owed); n != 0 {
		t.Errorf("%d drawings", n)
	}
	h.hidden(h.env.T("error.scan-partial"))
}

// A flood takes nobody's typing away.
func TestTypingInAFlood(t *testing.T) {
	h := newHouse(t)
	noise := func() {
		for _, code := range []dossier.Code{dossier.CodeScanGarbled, dossier.CodeScanPartial} {
			h.steady = h.steady.Add(time.Second)
			h.Unread(code)
			h.Flow.Scan("\x7f")
			h.owed()
		}
	}
	h.tap("home.submit")
	h.tap("scanid.type")
	h.field().Insert("0661")
	noise()
	if got := h.field().Text(); got != "0661" {
		t.Errorf("the number became %q", got)
	}
	h.field().Insert(strings.TrimPrefix(numberOf, "0661"))
	noise()
	h.tap("app.continue")
	h.at(visit.TypeName)
	h.home()

	h.Scan("BADGE|clerk")
	h.field().Insert("123")
	noise()
	h.field().Insert("456")
	h.tap("clerklogin.main")
	h.settle()
	h.counterAt(counter.Home)
}

// A line that goes on spoiling holds nobody's screen open: whoever left is
// forgotten as on any other day.
func TestFloodHoldsNothingOpen(t *testing.T) {
	h := newHouse(t)
	h.kept[slipOf] = dossier.CitizenCard{Track: result(dossier.StatusProcessed, 0), Applicant: nameOf}
	h.Scan("SLIP|" + slipOf)
	h.at(visit.Timeline)
	for range int((visit.CitizenIdle+visit.Countdown)/time.Second) + 1 {
		h.clock.at, h.steady = h.clock.at.Add(time.Second), h.steady.Add(time.Second)
		h.Unread(dossier.CodeScanPartial)
		h.Tick(h.Ports.Idle.Check())
		if h.Visit.Step() == visit.Home {
			return
		}
	}
	t.Error("somebody's dossier stays on the screen")
}

// What a scanner types into a form is gone from it, and the citizen reads why.
func TestWedgeInAForm(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		typed := kit.KeyGoesOn
		h.env.Typed = func(rune) kit.Keystroke { return typed }
		scan := func() {
			typed = kit.KeyBegins
			for i, r := range cardOf {
				h.field().TypedRune(r)
				if typed = kit.KeyGoesOn; i > 6 {
					typed = kit.KeyMachine
				}
			}
			h.Wedged()
		}
		h.begun()
		for h.Visit.State().Question.Key != "place" {
			switch h.Visit.State().Question.Key {
			case "event":
				h.press(h.option("birth"))
			case "relation":
				h.press(h.option("child"))
			}
			h.next()
		}
		h.field().Clear()
		h.field().Insert("Ea Kao")
		scan()
		h.see("error.scan-typed")
		h.at(visit.Form)
		if got := h.field().Text(); got != "Ea Kao" || h.Visit.State().Answer != "Ea Kao" {
			t.Errorf("the field holds %q, the answer is %v", got, h.Visit.State().Answer)
		}
		h.next()
		h.hidden(h.env.T("error.scan-typed"))
		h.home()
		h.identified()
		h.field().Insert("trich")
		scan()
		h.see("error.scan-typed")
		h.read("trich")
	})
}
