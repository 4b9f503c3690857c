package flow

import (
	"errors"
	"slices"
	"testing"
	"time"

	"tramhoso/app/upkeep"
	"tramhoso/sync/dossier"
)

// Clerks and technicians read what waits, since when, until when and why; nobody
// else does.
func TestWhatWaitsIsSaid(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.waits(0)
		h.parts.Reach = upkeep.ReachOn
		h.parts.Sending = upkeep.Sending{Waiting: 3, Age: 2 * time.Hour, In: 35 * time.Second, Why: "busy"}
		what, why := h.parts.Sending.Say(h.env.Words)
		h.Changed()
		h.hidden(what)
		for _, badge := range []string{"BADGE|technician", "BADGE|clerk"} {
			h.Scan(badge)
			h.pin("123456")
			h.settle()
			h.see("sending.waiting", "packets", h.env.T("sending.packets", "n", 3), "age", h.env.T("sending.hours", "n", 2))
			h.see("sending.next", "in", h.env.T("sending.seconds", "n", 40), "why", h.env.T("sending.why-busy"))
			h.parts.Sending.In = 12 * time.Second
			h.Ticked()
			h.see("sending.next", "in", h.env.T("sending.seconds", "n", 20), "why", h.env.T("sending.why-busy"))
			h.hidden(why)
			h.parts.Sending.In = 35 * time.Second
			h.tap("app.lock")
			h.settle()
		}
	})
}

// A technician pauses sending for a time that the screen names, and lets it go on.
func TestPausingByHand(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.waits(0)
		h.parts.Reach = upkeep.ReachOn
		h.Scan("BADGE|technician")
		h.pin("123456")
		h.settle()
		h.see("upkeep.title")
		h.tap("pause.begin")
		h.see("pause.safe")
		h.see("pause.until", "until", "13:00")
		h.see("pause.until", "until", "16:00")
		h.see("pause.until", "until", h.env.T("sending.tomorrow", "clock", "07:00"))
		h.tap("app.back")
		h.see("upkeep.title")
		if len(h.pauses) != 0 {
			t.Fatalf("paused for %v by looking", h.pauses)
		}

		h.tap("pause.begin")
		h.fail = dossier.E(dossier.CodeStorageReadOnly, errors.New("a dead card"))
		h.press(h.env.T("pause.hours", "n", 4))
		h.settle()
		h.see("error.storage-read-only")
		h.fail = nil
		h.press(h.env.T("pause.hours", "n", 1))
		h.settle()
		h.see("upkeep.title") // a pause is nothing to mend
		h.hidden(h.env.T("upkeep.title-fix", "n", 1))
		h.see("part.net-paused")
		h.see("sending.paused", "until", "13:00")
		h.tap("pause.end")
		h.settle()
		h.see("upkeep.title")
		h.tap("pause.begin")
		h.tap("pause.morning")
		h.settle()
		h.see("sending.paused", "until", h.env.T("sending.tomorrow", "clock", "07:00"))

		// Who logs in next finds the list, not the question.
		h.tap("pause.end")
		h.settle()
		h.tap("pause.begin")
		h.tap("app.lock")
		h.settle()
		h.Scan("BADGE|technician")
		h.pin("123456")
		h.settle()
		h.see("upkeep.title")
		if want := []time.Duration{time.Hour, 0, 19 * time.Hour, 0}; !slices.Equal(h.pauses, want) {
			t.Errorf("paused for %v, not %v", h.pauses, want)
		}
	})
}

// A clerk reads of a pause also where nothing waits: somebody else may have
// forgotten it.
func TestAClerkReadsOfAPause(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.waits(0)
		h.parts.Sending = upkeep.Sending{Now: noon, Until: noon.Add(2 * time.Hour)}
		h.clerk()
		h.settle()
		h.see("sending.paused", "until", "14:00")
		h.see("sending.paused-none")
	})
}
