package flow

import (
	"testing"

	"tramhoso/app/counter"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

// A clerk asks a dossier back for whoever has the card and not the slip.
func TestRecallAtTheCounter(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.unready()
		h.clerk()
		h.Scan(cardOf)
		h.counterAt(counter.Looking)
		h.tap("found.withdraw")
		h.counterAt(counter.Recalling)
		h.see("found.withdraw-ask-title") // an agency is at work
		h.see("withdraw.then-accepted")
		h.see("found.card-same")
		h.fail = dossier.E(dossier.CodeStorageFull, nil)
		h.tap("withdraw.main-ask")
		h.see("found.withdraw-keeping")
		h.settle()
		h.see("error.storage-full")
		h.fail = nil
		h.tap("withdraw.main-ask")
		h.settle()
		h.counterAt(counter.Recalled)
		h.see("withdraw.done-ask")
		h.see("found.withdrawn", "slip", slipOf, "when", h.when(noon))
		h.see("withdraw.not-heard")
		h.see("found.note-going")
		h.PrintChanged(0, 95, visit.PrintBlocked, "paper-out")
		h.see("found.note-waits")
		h.PrintChanged(0, 95, visit.PrintPrinted, "")
		h.see("found.note-done")
		h.tap("found.withdrawn-again")
		h.settle()
		if len(h.again) != 1 || h.again[0] != 95 {
			t.Errorf("printed again: %v", h.again)
		}
		h.desk[0].Withdrawn.Sent = noon
		h.Changed()
		h.settle()
		h.see("withdraw.not-answered")
		if len(h.wishes) != 2 || h.wishes[0] != h.wishes[1] || h.wishes[1] != (counter.Recall{Token: h.wishes[1].Token, Packet: "p1", IDNumber: numberOf, Card: dossier.CardScanned, Staff: "c1"}) {
			t.Errorf("%+v", h.wishes)
		}
		h.tap("found.done")
		h.settle()
		h.counterAt(counter.Home)
		h.see("clerkhome.tag-withdrawn")
		h.Scan("SLIP|" + slipOf)
		h.counterAt(counter.Looking)
		h.see("counter.withdrawn")
		h.see("timeline.step-not-answered")
		h.hidden(h.env.T("found.withdraw"))
	})
}

// A note whose print is open is asked for by its own name.
func TestAskForANote(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.open = []Ask{{Job: 4, Slip: slipOf, Recall: true, At: noon, Restarted: true}}
		h.LoadAsks()
		h.settle()
		h.hidden(h.env.T("home.slip-open", "slip", slipOf)) // nobody waits for a slip
		h.clerk()
		h.see("clerkhome.note-asked", "slip", slipOf)
	})
}
