package flow

import (
	"testing"
	"time"

	"tramhoso/app/upkeep"
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
			h.see("sending.waiting", "n", 3, "age", h.env.T("sending.hours", "n", 2))
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
