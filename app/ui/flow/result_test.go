package flow

import (
	"strings"
	"testing"

	"tramhoso/app/counter"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

// A clerk prints a result that came as a file, and sees what became of it.
func TestResultOnPaper(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.pages = true
		h.waits(0)
		h.desk[0].File = dossier.ResultHere
		h.clerk()
		h.Scan("SLIP|" + slipOf)
		h.tap("handover.print")
		h.see("handover.print-going")
		h.PageChanged(0, 81, visit.PrintBlocked, "media-empty") // the printer is quicker than the way here
		h.settle()
		h.see("handover.print-waits", "why", h.env.T("part.page-out-note"))
		h.PageChanged(0, 81, visit.PrintBlocked, "media-jam")
		h.see("part.page-jam-note")
		h.PageChanged(0, 81, visit.PrintFailed, "document")
		h.see("handover.print-document")
		h.tap("handover.print-again")
		h.settle()
		h.PageChanged(81, 82, visit.PrintSending, "")
		h.see("handover.print-going")
		h.PageChanged(0, 82, visit.PrintPrinted, "")
		h.see("handover.print-done", "when", h.when(noon))
		if strings.Join(h.prints, " ") != "p1 p1" && len(h.prints) != 2 {
			t.Errorf("printed %v", h.prints)
		}
		h.fail = dossier.E(dossier.CodePrinterDown, nil)
		h.tap("handover.print-again")
		h.settle()
		h.see("error.printer-down")
		h.fail = nil
		h.Scan(cardOf)
		h.tap("handover.main")
		h.settle()
		h.see("handover.done")
	})
}

// Where nothing can be printed, one line says why; where the result is on paper,
// nothing is said.
func TestResultThatIsNotPrinted(t *testing.T) {
	for name, tt := range map[string]struct {
		file    dossier.ResultFile
		printer bool
		before  counter.PrintState
		says    string
	}{
		"no printer": {dossier.ResultHere, false, "", "handover.print-none"}, "no room": {dossier.ResultGone, true, "", "handover.print-gone"},
		"on paper": {dossier.ResultNone, true, "", ""}, "unknown": {dossier.ResultHere, true, counter.PrintUnknown, "handover.print-unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(t *testing.T, h *house) {
				h.pages = tt.printer
				h.before = counter.Printing{Job: 4, State: tt.before}
				h.waits(0)
				h.desk[0].File = tt.file
				h.clerk()
				h.tap("clerkhome.main", "slip", slipOf)
				if tt.says != "" {
					h.see(tt.says)
				} else if strings.Contains(h.said(), "A4") {
					t.Errorf("it speaks of printing:\n%s", h.said())
				}
				if strings.Contains(h.said(), h.env.T("handover.print")) != (tt.before == "" && tt.file == dossier.ResultHere && tt.printer) {
					t.Errorf("offered:\n%s", h.said())
				}
			})
		})
	}
}
