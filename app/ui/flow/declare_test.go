package flow

import (
	"strings"
	"testing"

	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

// Where there is a page printer, whoever has submitted may take the declaration
// along on paper, to sign it by hand.
func TestDeclarationOnPaper(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.pages = true
		h.submitted()
		h.tap("submitted.declaration")
		h.PageChanged(0, 71, visit.PrintBlocked, "") // the printer is quicker than the way here
		h.PageChanged(0, 5, visit.PrintFailed, "")   // somebody else's
		h.see("submitted.declaration-printing")
		h.settle()
		h.see("submitted.declaration-waiting")
		if got := strings.TrimSpace(strings.Join(h.signed, "")); got != slipOf+" true true" {
			t.Errorf("sent %s", got)
		}
		h.PageChanged(0, 71, visit.PrintSending, "")
		h.see("submitted.declaration-printing")
		h.PageChanged(71, 72, visit.PrintBlocked, "") // it jammed: a whole new copy
		h.PageChanged(0, 72, visit.PrintPrinted, "")
		h.see("submitted.declaration-printed")
		h.PageChanged(0, 71, visit.PrintFailed, "") // the first copy is over
		h.see("submitted.declaration-printed")
		h.tap("submitted.main")
		h.gone()
		if h.declaring.letter.Token != "" || h.declaring.answers != nil {
			t.Error("the answers outlive the visit")
		}
	})
}

func TestDeclarationInTrouble(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.pages = true
		h.submitted()
		h.fail = dossier.E(dossier.CodePrinterDown, nil)
		h.tap("submitted.declaration")
		h.settle()
		h.see("submitted.declaration-again")
		h.fail = nil
		h.tap("submitted.declaration-again")
		h.settle()
		h.PageChanged(0, 71, visit.PrintUnknown, "")
		h.see("submitted.declaration-help")
		if len(h.signed) != 1 {
			t.Errorf("sent %q", h.signed)
		}
	})
	run(t, func(t *testing.T, h *house) {
		h.submitted() // without a page printer nothing is said of it
		if h.PageChanged(0, 1, visit.PrintPrinted, ""); strings.Contains(h.said(), h.env.T("submitted.declaration")) {
			t.Error("a declaration is offered where none can be printed")
		}
		if h.declaring.answers != nil {
			t.Error("answers were kept for nothing")
		}
	})
}
