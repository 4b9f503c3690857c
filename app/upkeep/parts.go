package upkeep

import (
	"slices"
	"time"

	"tramhoso/sync/dossier"
)

// Part is something of the station that can be well or not.
type Part string

// The parts, in the order in which they are shown.
const (
	Printer   Part = "printer"
	Scanner   Part = "scanner"
	Network   Part = "network"
	Storage   Part = "storage"
	Clock     Part = "clock"
	Enrolment Part = "enrolment"
)

// Parts lists them.
var Parts = []Part{Printer, Scanner, Network, Storage, Clock, Enrolment}

// Health is how a part is.
type Health string

// What nobody has told is unknown.
const (
	Well    Health = "well"
	Fix     Health = "fix"
	Unknown Health = "unknown"
)

// PrinterState is what is known of the printer, a word each.
type PrinterState string

// The printer's states.
const (
	PrinterUnknown PrinterState = ""
	PrinterReady   PrinterState = "ready"
	PrinterLow     PrinterState = "low"
	PrinterOut     PrinterState = "out"
	PrinterCover   PrinterState = "cover"
	PrinterDown    PrinterState = "down" // absent, faulted or in error
)

// Reach is what is known of the way to the portal.
type Reach string

// The states of the network.
const (
	ReachUnknown Reach = ""
	ReachOn      Reach = "on"
	ReachOff     Reach = "off"    // nothing answers
	ReachClosed  Reach = "closed" // a log-in page answers
)

// Facts is what the program knows of the parts.
type Facts struct {
	Printer      PrinterState
	ScannerKnown bool
	ScannerReady bool
	LastScan     time.Time
	Reach        Reach
	LastHeard    time.Time // from the portal
	ReadOnly     bool
	VisitsLeft   int // -1: not counted yet
	Time         dossier.Stamp
	Enrolled     bool
	Station      string
}

// Line is one part as it is shown. Word is a key of the translations with its
// name, value pairs; a time.Time among them is a time of day.
type Line struct {
	Part     Part
	Health   Health
	Word     string
	Args     []any
	CanTest  bool
	Testing  bool
	TestedAt time.Time // zero: not since the program started
	TestOK   bool
	Code     dossier.Code // of a test that failed
}

// Words lists the word keys that Lines, the doctor and the enrolment use.
var Words = []string{"status.printer-ready", "status.printer-low", "status.printer-out", "status.printer-cover", "status.printer-down",
	"status.printer-unknown", "status.scanner-ready", "status.scanner-down", "status.net-on", "status.net-off", "upkeep.unknown",
	"upkeep.visits-left", "devices.last-scan", "devices.closed", "devices.read-only", "devices.full", "devices.clock-signed",
	"devices.clock-system", "devices.clock-staff", "devices.clock-floored", "devices.enrolled", "devices.not-enrolled",
	"devices.token", "doctor.cable", "doctor.dns", "doctor.login", "doctor.clock", "doctor.portal", "doctor.fix-cable", "doctor.fix-dns",
	"doctor.fix-login", "doctor.fix-clock", "doctor.fix-portal", "doctor.well"}

// lines words the facts.
func lines(f Facts) []Line {
	out := make([]Line, 0, len(Parts))
	add := func(p Part, h Health, word string, args ...any) {
		out = append(out, Line{Part: p, Health: h, Word: word, Args: args, CanTest: p != Enrolment})
	}
	switch f.Printer {
	case PrinterReady:
		add(Printer, Well, "status.printer-ready")
	case PrinterLow, PrinterOut, PrinterCover, PrinterDown:
		add(Printer, Fix, "status.printer-"+string(f.Printer))
	default:
		add(Printer, Unknown, "status.printer-unknown")
	}
	switch {
	case !f.ScannerKnown:
		add(Scanner, Unknown, "upkeep.unknown")
	case !f.ScannerReady:
		add(Scanner, Fix, "status.scanner-down")
	case f.LastScan.IsZero():
		add(Scanner, Well, "status.scanner-ready")
	default:
		add(Scanner, Well, "devices.last-scan", "clock", f.LastScan)
	}
	switch f.Reach {
	case ReachOn:
		add(Network, Well, "status.net-on")
	case ReachOff:
		add(Network, Fix, "status.net-off")
	case ReachClosed:
		add(Network, Fix, "devices.closed")
	default:
		add(Network, Unknown, "upkeep.unknown")
	}
	switch {
	case f.ReadOnly:
		add(Storage, Fix, "devices.read-only")
	case f.VisitsLeft < 0:
		add(Storage, Unknown, "upkeep.unknown")
	case f.VisitsLeft == 0:
		add(Storage, Fix, "devices.full")
	default:
		add(Storage, Well, "upkeep.visits-left", "n", f.VisitsLeft)
	}
	switch f.Time.Source {
	case dossier.TimeSigned, dossier.TimeSystem:
		add(Clock, Well, "devices.clock-"+string(f.Time.Source), "clock", f.Time.Wall)
	case dossier.TimeStaff, dossier.TimeFloored:
		add(Clock, Fix, "devices.clock-"+string(f.Time.Source), "clock", f.Time.Wall)
	default:
		add(Clock, Unknown, "upkeep.unknown")
	}
	if f.Enrolled {
		add(Enrolment, Well, "devices.enrolled", "station", f.Station)
	} else {
		add(Enrolment, Fix, "devices.not-enrolled")
	}
	return out
}

// toFix counts the lines that need a hand.
func toFix(ls []Line) int {
	n := 0
	for _, l := range ls {
		if l.Health == Fix || !l.TestedAt.IsZero() && !l.TestOK {
			n++
		}
	}
	return n
}

func known(p Part) bool { return slices.Contains(Parts, p) && p != Enrolment }
