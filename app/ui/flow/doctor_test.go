package flow

import (
	"context"
	"testing"

	"tramhoso/app/upkeep"
	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
)

// A technician goes along the way to the portal: the first broken link, why, and what
// to do; then again; and a log-out forgets it, also one in the middle.
func TestNetworkDoctor(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		broken := dossier.E(dossier.CodeNotThePortal, dossier.E(client.CauseLogIn, nil))
		h.probes = upkeep.Probes{}
		for _, l := range upkeep.Links {
			h.probes[l] = func(context.Context) error {
				if l == upkeep.LinkLogin && broken != nil {
					return broken
				}
				return nil
			}
		}
		h.Scan("BADGE|technician")
		h.pin("123456")
		h.settle()
		press := h.env.T("doctor.begin") + ": " + h.env.T("upkeep.network")
		h.press(press)
		h.see("doctor.busy")
		h.settle()
		if len(h.tests) != 1 || h.tests[0] != upkeep.Network {
			t.Errorf("what waits was not woken: %v", h.tests)
		}
		h.see("doctor.title-broken", "n", 3)
		h.see("doctor.fix-login")
		h.see("error.captive-portal")
		h.see("doctor.unknown")
		broken = nil
		h.tap("doctor.again")
		h.hidden(h.env.T("doctor.fix-login")) // what was found before is no news
		h.settle()
		h.see("doctor.well")
		h.hidden(h.env.T("doctor.unknown"))
		h.tap("app.back")
		h.see("upkeep.title")
		h.press(press)
		h.tap("app.lock")
		h.settle()
		h.gone()
		h.Scan("BADGE|technician")
		h.pin("123456")
		h.settle()
		h.see("upkeep.title")
	})
}
