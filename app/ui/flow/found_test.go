package flow

import (
	"strings"
	"testing"

	"tramhoso/app/counter"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

// unready is a dossier that the agency has not decided about.
func (h *house) unready() {
	track := result(dossier.StatusInProgress, 0)
	track.News[0].Code, track.News[0].Text, track.AsOf = "H15.30-260714-0001", "Xin chờ thêm.", noon
	h.desk = []dossier.CounterCard{{Track: track, Name: nameOf, Last4: "0123"}}
}

// From the list to the new slip, with every screen on the way and back.
func TestLostSlip(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.unready()
		h.clerk()
		h.tap("found.find")
		h.see("found.find-title")
		h.write("h15 30 260714 0002")
		h.tap("found.find-main")
		h.see("error.not-found")
		h.write("h15 30 260714 0001")
		h.tap("found.find-main")
		h.counterAt(counter.Looking)
		for _, word := range []string{nameOf, "0123", "H15.30-260714-0001", "Xin chờ thêm."} {
			if !strings.Contains(h.said(), word) {
				t.Errorf("the clerk does not see %q:\n%s", word, h.said())
			}
		}
		h.see("timeline.news", "when", h.env.T("age.midday", "clock", "12:00"))
		h.tap("found.lost")
		h.see("found.lost-title")
		h.see("found.void")
		h.see("found.card-first")
		h.Scan(another)
		h.see("error.other-card")
		h.tap("found.type")
		h.write(numberOf)
		h.tap("app.continue")
		h.see("found.look-first")
		h.tap("found.looked")
		h.tap("found.give")
		h.see("found.giving")
		h.settle()
		h.see("found.given", "slip", slipOf)
		h.see("found.print-going")
		h.PrintChanged(0, 90, visit.PrintBlocked, "paper-out")
		h.see("found.print-waits")
		h.PrintChanged(0, 90, visit.PrintPrinted, "")
		h.see("found.print-done")
		h.tap("found.again")
		h.settle()
		h.PrintChanged(90, 91, visit.PrintFailed, "hardware")
		h.see("found.print-failed")
		if len(h.again) != 1 || h.again[0] != 90 {
			t.Errorf("printed again: %v", h.again)
		}
		h.tap("found.done")
		h.settle()
		h.counterAt(counter.Home)
		want := counter.NewSlip{Token: h.slips[0].Token, IDNumber: numberOf, Card: dossier.CardTyped, Staff: "c1", Packet: h.desk[0].Packet}
		if len(h.slips) != 1 || h.slips[0] != want || want.Token == "" {
			t.Errorf("asked for %+v", h.slips)
		}
		if strings.Contains(h.log.String(), numberOf) || strings.Contains(h.log.String(), nameOf) {
			t.Errorf("the log tells of a person:\n%s", h.log.String())
		}
	})
}

// Where the result lies here, the way leads through the hand-over, by the card
// alone; what is refused is said.
func TestLostSlipAtTheHandOver(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.waits(16000)
		h.clerk()
		h.Scan(cardOf)
		h.counterAt(counter.Looking)
		h.tap("found.hand-over")
		h.counterAt(counter.Handover)
		h.tap("found.lost")
		h.fail = dossier.E(dossier.CodeSlipLimit, nil)
		h.tap("found.give")
		h.settle()
		h.see("error.slip-limit")
		h.fail = nil
		h.tap("found.give")
		h.settle()
		h.see("found.given", "slip", slipOf)
		if len(h.slips) != 2 || h.slips[0] != h.slips[1] || h.slips[0].Card != dossier.CardScanned {
			t.Errorf("asked for %+v", h.slips)
		}
		h.tap("app.lock")
		h.gone()
	})
}
