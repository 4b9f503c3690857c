package upkeep

import (
	"time"

	"tramhoso/sync/dossier"
)

// Facts is what the program knows of the parts. The technician's screen and
// `tramhoso devices` word the same facts.
type Facts struct {
	Printer PrinterState
	Profile string // of the printer, as people call the model; "" when nobody knows
	PaperMM int    // the paper's width
	// OtherPrinter: what was measured belongs to another printer than this one.
	OtherPrinter bool
	// Scan is what a test of the printer waits for; its zero value is nothing.
	Scan      TestScan
	PrinterBy string // with PrinterTaken the program that holds its line; "" when nobody knows

	Scanner   ScannerState
	ScannerBy string // likewise
	LastScan  time.Time
	Garbled   string // how the letters of the last scan came: one of Garblings; "" when they came well
	Keyboard  string // a scanner that types like a keyboard, by its name; "" when there is none

	Page     PageState
	PageName string

	Power   PowerState
	Charge  int           // of the battery, percent; -1: not told
	Runtime time.Duration // on battery; 0: not told

	Reach      Reach
	LastHeard  time.Time // from the portal
	Sending    Sending
	ReadOnly   bool   // the storage
	Damaged    bool   // likewise
	InUse      bool   // likewise, by another program
	Newer      bool   // likewise, written by a newer program
	Closed     bool   // likewise: it could not be opened, and what lies in it is not known
	KeysLost   bool   // they are wrapped, and there is no TPM that opens them
	KeysPlain  bool   // the station's keys lie in files, no TPM guards them
	KeysClosed bool   // with KeysPlain: there is a TPM that the program may not open
	VisitsLeft int    // -1: not counted yet
	Found      int    // things that the storage's check at the start found and mended
	FoundLost  int    // of these, what is gone for good
	FoundLast  string // the store's word for the newest of them, of those that are gone if any are
	Mirror     MirrorState
	Behind     int       // packets that are not on the second medium
	Mirrored   time.Time // when one was last written to it; zero: never
	Time       dossier.Stamp
	Enrolled   bool
	Station    string
}

// TestScan is what a technician is asked to scan, or told about a scan.
type TestScan struct {
	Key   string // of the words, below upkeep
	N, Of int    // the code's part of the paper
}

// Program is what this station's own program is called.
const Program = "tramhoso"

// PrinterState is what is known of the receipt printer, a word each.
type PrinterState string

// The receipt printer's states. PrinterUnknown is a printer that says nothing:
// it may well print.
const (
	PrinterUnknown  PrinterState = ""
	PrinterReady    PrinterState = "ready"
	PrinterLow      PrinterState = "low"
	PrinterOut      PrinterState = "out"
	PrinterCover    PrinterState = "cover"
	PrinterCutter   PrinterState = "cutter"
	PrinterHot      PrinterState = "hot"
	PrinterHardware PrinterState = "hardware"
	PrinterError    PrinterState = "error"  // it stands still and does not say why
	PrinterAbsent   PrinterState = "absent" // nothing at its line
	PrinterFault    PrinterState = "fault"  // something is there and cannot be opened
	PrinterTaken    PrinterState = "taken"  // another program holds its line
	PrinterShared   PrinterState = "shared" // its line's name is that of two devices
	PrinterNone     PrinterState = "none"   // none is set up
)

// ScannerState is what is known of the scanner's line; a scanner itself says
// nothing until it scans.
type ScannerState string

// The scanner's states.
const (
	ScannerNone   ScannerState = "" // none is set up
	ScannerReady  ScannerState = "ready"
	ScannerAbsent ScannerState = "absent"
	ScannerFault  ScannerState = "fault"
	ScannerTaken  ScannerState = "taken"
	ScannerShared ScannerState = "shared"
)

// Garblings are the ways in which a scanner's letters come wrong, by their names
// in device/scanner.
var Garblings = []string{"utf-16", "cp1258", "gbk", "utf-8-twice", "not-utf-8", "not-nfc", "seven-bits"}

// PageState is what is known of the A4 printer.
type PageState string

// The A4 printer's states. A station without one has no line for it.
const (
	PageNone    PageState = ""
	PageUnknown PageState = "unknown"
	PageReady   PageState = "ready"
	PageLow     PageState = "low"
	PageOut     PageState = "out"
	PageJam     PageState = "jam"
	PageCover   PageState = "cover"
	PageInk     PageState = "ink"
	PageStopped PageState = "stopped"
	PageAbsent  PageState = "absent"
)

// PowerState is what the power supply tells.
type PowerState string

// The states of the power. A station without a supply that speaks has no line
// for it.
const (
	PowerNone    PowerState = ""
	PowerUnknown PowerState = "unknown"
	PowerMains   PowerState = "mains"
	PowerBattery PowerState = "battery"
	PowerLow     PowerState = "low"
)

// MirrorState is what is known of the second medium. A station without one has no
// line for it.
type MirrorState string

// The second medium's states, by the outbox's words.
const (
	MirrorNone     MirrorState = ""
	MirrorUnknown  MirrorState = "unknown"
	MirrorWell     MirrorState = "well"
	MirrorCopying  MirrorState = "copying"
	MirrorSlow     MirrorState = "slow"
	MirrorAbsent   MirrorState = "absent"
	MirrorOther    MirrorState = "other"
	MirrorForeign  MirrorState = "foreign"
	MirrorSetBack  MirrorState = "set-back"
	MirrorFull     MirrorState = "full"
	MirrorReadOnly MirrorState = "read-only"
	MirrorFailing  MirrorState = "failing"
)

// Reach is what is known of the way to the portal.
type Reach string

// The states of the network.
const (
	ReachUnknown Reach = ""
	ReachOn      Reach = "on"
	ReachOff     Reach = "off"     // nothing answers
	ReachClosed  Reach = "closed"  // a log-in page answers
	ReachRefused Reach = "refused" // there is a network, and the portal takes nothing from this station
)
