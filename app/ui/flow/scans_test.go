package flow

import (
	"testing"

	"tramhoso/app/counter"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

// The lamp is on where a scan means something; a person who is asked for a code
// may show the one that was just read, one whom a scan led on may not.
func TestScansAreWantedAndAskedFor(t *testing.T) {
	h := newHouse(t)
	expect := func(where string, want bool, asked int) {
		t.Helper()
		if h.want != want || h.invited != asked {
			t.Errorf("%s: wanted %v, asked %d times; want %v, %d", where, h.want, h.invited, want, asked)
		}
	}
	expect("at the start", true, 0)
	h.tap("home.lookup")
	h.at(visit.TrackScan)
	expect("looking up", true, 1)
	h.home()
	expect("at the start again", true, 1)
	h.Scan(cardOf)
	h.at(visit.IDConfirmed)
	expect("with a card", true, 1) // its other side may follow
	h.tap("idconfirmed.rescan")
	h.at(visit.ScanID)
	expect("scanning again", true, 2)
	h.Scan(cardOf)
	h.tap("idconfirmed.main")
	h.at(visit.Notice)
	expect("reading the notice", false, 2)
	h.home()
	h.Scan(cardOf)
	h.Scan("QR|066190000999|Y Blô")
	h.at(visit.ScanID)
	h.see("error.sides-differ")
	expect("after two cards", true, 2) // the second one may still lie there
	h.home()
	h.Scan("BADGE|clerk")
	h.counterAt(counter.PIN)
	expect("another badge may follow", true, 2)
}

// A code that came in part, or in letters that nobody can read, is not called
// somebody's wrong card; where no scan counts, nothing is said.
func TestUnreadCodes(t *testing.T) {
	h := newHouse(t)
	for _, code := range []dossier.Code{dossier.CodeScanPartial, dossier.CodeScanGarbled} {
		h.home()
		h.Unread(code)
		h.see("error." + string(code))
		h.tap("home.lookup")
		h.Unread(code)
		h.see("error." + string(code))
		h.home()
		h.Scan(cardOf)
		h.tap("idconfirmed.main")
		h.at(visit.Notice)
		h.Unread(code)
		if h.Visit.State().Problem != nil {
			t.Error("a scan that nobody waits for disturbs a visit")
		}
	}
	h.home()
	h.clerk()
	h.Unread(dossier.CodeScanPartial)
	h.see("error.scan-partial")
}
