package visit

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestChooseWithdrawnUnknownAndInfoOnly(t *testing.T) {
	h := newHouse(t)
	h.Start(GoalSubmit)
	h.HandleFrame(qr)
	h.next(t, Notice)
	h.next(t, Search)
	if err := h.Choose("9.999999"); err == nil {
		t.Fatal("a withdrawn procedure was chosen")
	}
	h.problem(t, "error.procedure-withdrawn")
	if err := h.Choose("0.0"); err == nil {
		t.Fatal("an unknown procedure was chosen")
	}
	h.problem(t, "error.procedure-unknown")
	h.ShowTopics()
	h.SetTopic("family")
	if got := h.State(); len(got.Hits) != 2 || len(got.Topics) != 1 {
		t.Fatalf("%+v", got.Hits)
	}
	if err := h.Choose("1.001193"); err != nil || h.State().CanBegin {
		t.Fatal("a procedure without a form can be looked at, not begun", err)
	}
	if h.Next() == nil {
		t.Fatal("begun without a form")
	}
	h.problem(t, "visit.not-here")
	h.Back()
	h.at(t, Topics)
	h.Back()
	h.at(t, Search)
}

// closedBy are the facts of a storage that could not be opened: nothing is known
// of what lies in it.
func closedBy(why func(*Facts)) Facts {
	f := Facts{Enrolled: true, StorageClosed: true, Time: good().Time, Printer: PrinterReady}
	why(&f)
	return f
}

// While the storage is closed every way in ends at the reason, scans too; once it
// is open again they lead on.
func TestStorageClosed(t *testing.T) {
	h := newHouse(t)
	well := h.facts
	h.facts = closedBy(func(f *Facts) { f.StorageInUse = true })
	for _, g := range []Goal{GoalSubmit, GoalTrack, GoalCollect, GoalBrowse} {
		h.Start(g)
		h.at(t, CannotStart)
		if got := h.State().Reasons; len(got) != 1 || got[0] != ReasonStorageUsed {
			t.Errorf("%s: %v", g, got)
		}
		for _, code := range []string{qr, "SLIP|DL27-000318-K"} {
			if got := h.HandleFrame(code); got != ScanIgnored {
				t.Errorf("%s: a scan led on: %s", g, got)
			}
		}
		h.at(t, CannotStart)
		h.Back()
		h.at(t, Home)
	}
	for _, code := range []string{qr, "SLIP|DL27-000318-K"} {
		if got := h.HandleFrame(code); got != ScanIgnored || h.Step() != CannotStart {
			t.Errorf("%q at the start screen: %s at %s", code, got, h.Step())
		}
		h.Wipe()
	}
	h.facts = well
	h.Start(GoalTrack)
	h.at(t, TrackScan)
}

func TestCannotStart(t *testing.T) {
	tests := []struct {
		name string
		set  func(*Facts)
		want []Reason
	}{
		{"all is well", func(*Facts) {}, nil},
		{"unknown printer", func(f *Facts) { f.Printer = PrinterUnknown }, nil},
		{"not enrolled", func(f *Facts) { f.Enrolled = false }, []Reason{ReasonNotEnrolled}},
		{"no key", func(f *Facts) { f.NoKey = true }, []Reason{ReasonNoKey}},
		{"neither identity nor key", func(f *Facts) { f.Enrolled, f.NoKey = false, true }, []Reason{ReasonNotEnrolled}},
		{"read-only", func(f *Facts) { f.StorageReadOnly, f.VisitsLeft = true, 0 }, []Reason{ReasonStorageRead}},
		{"in use", func(f *Facts) { *f = closedBy(func(f *Facts) { f.StorageInUse = true }) }, []Reason{ReasonStorageUsed}},
		{"written by a newer program", func(f *Facts) { *f = closedBy(func(f *Facts) { f.StorageNewer = true }) }, []Reason{ReasonStorageNewer}},
		{"full when it was opened", func(f *Facts) { *f = closedBy(func(*Facts) {}) }, []Reason{ReasonStorageFull}},
		{"full", func(f *Facts) { f.VisitsLeft = 0 }, []Reason{ReasonStorageFull}},
		{"the last visit", func(f *Facts) { f.VisitsLeft = 1 }, nil},
		{"no catalogue", func(f *Facts) { f.CatalogueVersion = 0 }, []Reason{ReasonNoCatalogue}},
		{"old catalogue", func(f *Facts) { f.CatalogueAge = MaxCatalogueAge + time.Hour }, []Reason{ReasonCatalogueOld}},
		{"clock", func(f *Facts) { f.Time = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC) }, []Reason{ReasonClock}},
		{"paper", func(f *Facts) { f.Printer = PrinterOut }, []Reason{ReasonPaperOut}},
		{"cover", func(f *Facts) { f.Printer = PrinterCover }, []Reason{ReasonPrinter}},
		{"absent", func(f *Facts) { f.Printer = PrinterAbsent }, []Reason{ReasonPrinter}},
		{"clerk's slips", func(f *Facts) { f.Printer, f.ClerkSlips = PrinterAbsent, true }, nil},
		{"battery", func(f *Facts) { f.OnBattery = true }, []Reason{ReasonPower}},
		{"two", func(f *Facts) { f.OnBattery, f.Enrolled = true, false }, []Reason{ReasonNotEnrolled, ReasonPower}},
	}
	for _, tt := range tests {
		f := good()
		tt.set(&f)
		if d := cmp.Diff(tt.want, CanStart(f)); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
	h := newHouse(t)
	h.facts.Enrolled = false
	h.Start(GoalSubmit)
	h.at(t, CannotStart)
	h.Back()
	h.at(t, Home)
	if got := h.HandleFrame(qr); got != ScanIgnored || h.Step() != CannotStart || h.State().Identified {
		t.Errorf("a card got round it: %s at %s", got, h.Step())
	}
	h.Wipe()
	h.Start(GoalTrack)
	h.at(t, TrackScan)
}
