package visit

import (
	"time"

	"tramhoso/sync/dossier"
)

// The limits of starting a visit.
const (
	// MinVisitsLeft is how many more visits the disk budget must hold: this one.
	// The budget keeps its own reserve below that.
	MinVisitsLeft = 1
	// MaxCatalogueAge is how old the catalogue may be: law and fees change, and
	// after a quarter nobody should fill in a form that may have been replaced.
	MaxCatalogueAge = 90 * 24 * time.Hour
)

// EarliestTime is before any station was built: a clock behind it has lost its battery.
var EarliestTime = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// PrinterFact is what is known of the printer.
type PrinterFact string

// What is unknown is not held against the printer: many never answer.
const (
	PrinterReady   PrinterFact = "ready"
	PrinterUnknown PrinterFact = "unknown"
	PrinterOut     PrinterFact = "paper-out"
	PrinterCover   PrinterFact = "cover-open"
	PrinterAbsent  PrinterFact = "absent"
	PrinterFaulted PrinterFact = "faulted"
)

// Facts is what decides whether a visit that starts can finish.
type Facts struct {
	Enrolled         bool
	NoKey            bool // none of the province's keys holds that a dossier could be sealed to
	StorageClosed    bool // it could not be opened: nobody knows what lies in it
	StorageReadOnly  bool
	StorageDamaged   bool
	StorageInUse     bool // by another program
	StorageNewer     bool // a newer program wrote it
	VisitsLeft       int
	CatalogueVersion int           // 0: never synced
	CatalogueAge     time.Duration // since it was last confirmed by the portal
	Time             time.Time
	Printer          PrinterFact
	ClerkSlips       bool // a clerk goes on with numbered pre-printed slips
	OnBattery        bool
}

// Reason is why a visit cannot start; its sentence is "visit.reason-<reason>".
type Reason string

// The reasons, in the order in which they are told.
const (
	ReasonNotEnrolled  Reason = "not-enrolled"
	ReasonNoKey        Reason = "no-key"
	ReasonStorageRead  Reason = "storage-read-only"
	ReasonStorageHurt  Reason = "storage-damaged"
	ReasonStorageFull  Reason = "storage-full"
	ReasonStorageUsed  Reason = "storage-in-use"
	ReasonStorageNewer Reason = "storage-newer"
	ReasonNoCatalogue  Reason = "no-catalogue"
	ReasonCatalogueOld Reason = "catalogue-old"
	ReasonClock        Reason = "clock"
	ReasonPaperOut     Reason = "paper-out"
	ReasonPrinter      Reason = "printer"
	ReasonPower        Reason = "power"
)

// Reasons lists every reason.
var Reasons = []Reason{ReasonNotEnrolled, ReasonNoKey, ReasonStorageUsed, ReasonStorageNewer, ReasonStorageRead, ReasonStorageHurt, ReasonStorageFull,
	ReasonNoCatalogue, ReasonCatalogueOld, ReasonClock, ReasonPaperOut, ReasonPrinter, ReasonPower}

// Word is the key of the sentence for a person.
func (r Reason) Word() string { return "visit.reason-" + string(r) }

// Code is the code for the log, where one exists.
func (r Reason) Code() dossier.Code {
	switch r {
	case ReasonNotEnrolled:
		return dossier.CodeNotEnrolled
	case ReasonNoKey:
		return dossier.CodeNoKey
	case ReasonStorageUsed:
		return dossier.CodeStorageInUse
	case ReasonStorageNewer:
		return dossier.CodeStorageNewer
	case ReasonStorageRead:
		return dossier.CodeStorageReadOnly
	case ReasonStorageHurt:
		return dossier.CodeStorageDamaged
	case ReasonStorageFull:
		return dossier.CodeStorageFull
	case ReasonNoCatalogue:
		return dossier.CodeNoCatalogue
	case ReasonPaperOut, ReasonPrinter:
		return dossier.CodePrinterDown
	}
	return ""
}

// CanStart returns why a visit cannot start, or nothing. A missing network is
// never a reason.
func CanStart(f Facts) []Reason {
	var out []Reason
	add := func(is bool, r Reason) {
		if is {
			out = append(out, r)
		}
	}
	add(!f.Enrolled, ReasonNotEnrolled)
	add(f.Enrolled && f.NoKey, ReasonNoKey)
	add(f.StorageInUse, ReasonStorageUsed)
	add(f.StorageNewer, ReasonStorageNewer)
	add(f.StorageReadOnly, ReasonStorageRead)
	add(f.StorageDamaged, ReasonStorageHurt)
	trouble := f.StorageInUse || f.StorageNewer || f.StorageReadOnly || f.StorageDamaged
	add(!trouble && f.VisitsLeft < MinVisitsLeft, ReasonStorageFull)
	add(!f.StorageClosed && f.CatalogueVersion == 0, ReasonNoCatalogue)
	add(f.CatalogueVersion != 0 && f.CatalogueAge > MaxCatalogueAge, ReasonCatalogueOld)
	add(f.Time.Before(EarliestTime), ReasonClock)
	if !f.ClerkSlips {
		add(f.Printer == PrinterOut, ReasonPaperOut)
		add(f.Printer == PrinterCover || f.Printer == PrinterAbsent || f.Printer == PrinterFaulted, ReasonPrinter)
	}
	add(f.OnBattery, ReasonPower)
	return out
}
