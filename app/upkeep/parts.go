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
	Page      Part = "page"  // the A4 printer
	Power     Part = "power" // the supply with a battery
	Network   Part = "network"
	Storage   Part = "storage"
	Mirror    Part = "mirror" // the stick that stays in the counter
	Clock     Part = "clock"
	Enrolment Part = "enrolment"
)

// Parts lists them; Devices are those that `tramhoso devices` speaks of.
var (
	Parts   = []Part{Printer, Scanner, Page, Power, Network, Storage, Mirror, Clock, Enrolment}
	Devices = []Part{Printer, Scanner, Page, Power}
)

// Health is how a part is.
type Health string

// What nobody has told is unknown; what a person of the staff stopped on purpose is
// held: it is said, and nothing has to be mended.
const (
	Well    Health = "well"
	Held    Health = "held"
	Fix     Health = "fix"
	Unknown Health = "unknown"
)

// Line is one part as it is shown. Word is the key of how it is, in a few
// words, and Note that of a sentence: what to do, or what else is known; both
// with their name, value pairs. Write them with Words.
type Line struct {
	Part     Part
	Health   Health
	Word     string
	Note     string // may be ""
	Args     []any
	CanTest  bool
	Found    bool // of the storage: there are findings to look at
	Testing  bool
	TestedAt time.Time // zero: not since the program started
	TestOK   bool
	Code     dossier.Code // of a test that failed
	Why      string       // the key of a phrase that says why it failed; "" when nobody knows
}

// told is how a state is worded: its health and what to say besides the state's
// own advice.
type told struct {
	health Health
	note   string
}

var printerTold = map[PrinterState]told{
	PrinterUnknown: {Unknown, "part.printer-unknown-note"}, PrinterReady: {Well, "part.printer-profile"}, PrinterLow: {Fix, "part.printer-low-note"},
	PrinterOut: {Fix, "part.printer-out-note"}, PrinterCover: {Fix, "part.printer-cover-note"}, PrinterCutter: {Fix, "part.printer-cutter-note"},
	PrinterHot: {Fix, "part.printer-hot-note"}, PrinterHardware: {Fix, "part.printer-hardware-note"}, PrinterError: {Fix, "part.printer-error-note"},
	PrinterAbsent: {Fix, "part.printer-absent-note"}, PrinterFault: {Fix, "part.fault-note"}, PrinterTaken: {Unknown, ""},
	PrinterShared: {Fix, "part.shared-note"}, PrinterNone: {Fix, "part.printer-none-note"},
}

var scannerTold = map[ScannerState]told{
	ScannerNone: {Fix, "part.scanner-none-note"}, ScannerReady: {Well, ""}, ScannerAbsent: {Fix, "part.scanner-absent-note"},
	ScannerFault: {Fix, "part.fault-note"}, ScannerTaken: {Unknown, ""}, ScannerShared: {Fix, "part.shared-note"},
}

var pageTold = map[PageState]told{
	PageUnknown: {Unknown, "part.page-unknown-note"}, PageReady: {Well, "part.page-name"}, PageLow: {Fix, "part.page-low-note"},
	PageOut: {Fix, "part.page-out-note"}, PageJam: {Fix, "part.page-jam-note"}, PageCover: {Fix, "part.page-cover-note"},
	PageInk: {Fix, "part.page-ink-note"}, PageStopped: {Fix, "part.page-stopped-note"}, PageAbsent: {Fix, "part.page-absent-note"},
}

var powerTold = map[PowerState]told{
	PowerUnknown: {Unknown, "part.power-unknown-note"}, PowerMains: {Well, "part.power-charge"}, PowerBattery: {Fix, "part.power-battery-note"},
	PowerLow: {Fix, "part.power-low-note"},
}

// Lines words the facts, a line per part; a part that the station was never
// meant to have has none.
func Lines(f Facts) []Line {
	out := make([]Line, 0, len(Parts))
	add := func(p Part, t told, word string, args ...any) {
		out = append(out, Line{Part: p, Health: t.health, Word: word, Note: t.note, Args: args, CanTest: known(p)})
	}
	printer(f, add)
	scanner(f, add)
	if f.Page != PageNone {
		t := pageTold[f.Page]
		if t.note == "part.page-name" && f.PageName == "" {
			t.note = ""
		}
		add(Page, t, "part.page-"+string(f.Page), "name", f.PageName)
	}
	if f.Power != PowerNone {
		power(f, add)
	}
	switch {
	case f.Sending.Paused() && (f.Reach == ReachOn || f.Reach == ReachUnknown):
		add(Network, told{Held, "part.net-paused-note"}, "part.net-paused")
	case f.Reach == ReachOn:
		t := told{Well, "part.net-on-note"}
		if f.LastHeard.IsZero() {
			t.note = ""
		}
		add(Network, t, "part.net-on", "clock", f.LastHeard)
	case f.Reach == ReachOff:
		add(Network, told{Fix, "part.net-off-note"}, "part.net-off")
	case f.Reach == ReachRefused:
		add(Network, told{Fix, "part.net-refused-note"}, "part.net-refused")
	case f.Reach == ReachClosed:
		add(Network, told{Fix, "part.net-closed-note"}, "part.net-closed")
	default:
		add(Network, told{health: Unknown}, "upkeep.unknown")
	}
	switch {
	case f.KeysLost:
		add(Storage, told{Fix, "part.keys-lost-note"}, "part.keys-lost")
	case f.InUse:
		add(Storage, told{Fix, "part.storage-in-use-note"}, "part.storage-in-use")
	case f.Newer:
		add(Storage, told{Fix, "part.storage-newer-note"}, "part.storage-newer")
	case f.Damaged:
		add(Storage, told{Fix, "part.storage-damaged-note"}, "part.storage-damaged")
	case f.ReadOnly:
		add(Storage, told{Fix, "part.storage-read-only-note"}, "part.storage-read-only")
	case f.VisitsLeft == 0:
		add(Storage, told{Fix, "part.storage-full-note"}, "part.storage-full")
	case f.FoundLost > 0:
		add(Storage, told{Fix, "part.storage-lost-note"}, "part.storage-lost", "n", f.FoundLost, "what", Key("part.found-"+f.FoundLast))
		out[len(out)-1].Found = true
	case f.Found > 0:
		add(Storage, told{Fix, "part.storage-mended-note"}, "part.storage-mended", "n", f.Found, "what", Key("part.found-"+f.FoundLast))
		out[len(out)-1].Found = true
	case f.VisitsLeft < 0:
		add(Storage, told{health: Unknown}, "upkeep.unknown")
	default:
		add(Storage, told{Well, "upkeep.visits-left"}, "part.storage-free", "n", f.VisitsLeft)
	}
	if f.Mirror != MirrorNone {
		mirror(f, add)
	}
	switch f.Time.Source {
	case dossier.TimeSigned, dossier.TimeSystem:
		add(Clock, told{Well, "part.clock-" + string(f.Time.Source)}, "upkeep.ready", "clock", f.Time.Wall)
	case dossier.TimeStaff, dossier.TimeFloored:
		add(Clock, told{Fix, "part.clock-" + string(f.Time.Source)}, "upkeep.fix", "clock", f.Time.Wall)
	default:
		add(Clock, told{health: Unknown}, "upkeep.unknown")
	}
	if f.Closed {
		add(Enrolment, told{health: Unknown}, "upkeep.unknown")
	} else if f.Enrolled && f.KeysClosed {
		add(Enrolment, told{Fix, "part.keys-closed-note"}, "part.keys-plain", "station", f.Station)
	} else if f.Enrolled && f.KeysPlain {
		add(Enrolment, told{Fix, "part.keys-plain-note"}, "part.keys-plain", "station", f.Station)
	} else if f.Enrolled {
		add(Enrolment, told{Well, "part.enrolled-note"}, "part.enrolled", "station", f.Station)
	} else {
		add(Enrolment, told{Fix, "part.not-enrolled-note"}, "part.not-enrolled")
	}
	return out
}

func printer(f Facts, add func(Part, told, string, ...any)) {
	t := printerTold[f.Printer]
	switch {
	case f.Printer == PrinterReady && f.OtherPrinter:
		add(Printer, told{Fix, "part.printer-other-note"}, "part.printer-other")
		return
	case f.Printer == PrinterReady && f.Profile == "":
		t.note = ""
	case f.Printer == PrinterTaken:
		t.note = taken(f.PrinterBy)
	}
	add(Printer, t, word("printer", string(f.Printer)), "name", f.Profile, "mm", f.PaperMM, "who", f.PrinterBy)
}

func scanner(f Facts, add func(Part, told, string, ...any)) {
	t, w := scannerTold[f.Scanner], word("scanner", string(f.Scanner))
	switch {
	case f.Keyboard != "" && f.Scanner != ScannerReady:
		// What it scans would be typed into the screen: nobody's card may be.
		t, w = told{Fix, "part.scanner-keyboard-note"}, "part.scanner-keyboard"
	case f.Scanner == ScannerReady && slices.Contains(Garblings, f.Garbled):
		t, w = told{Fix, "part.scanner-" + f.Garbled + "-note"}, "part.scanner-garbled"
	case f.Scanner == ScannerReady && !f.LastScan.IsZero():
		t.note = "part.last-scan"
	case f.Scanner == ScannerTaken:
		t.note = taken(f.ScannerBy)
	}
	add(Scanner, t, w, "clock", f.LastScan, "name", f.Keyboard, "who", f.ScannerBy)
}

// taken says who holds a line.
func taken(by string) string {
	switch by {
	case "":
		return "part.taken-unknown-note"
	case Program:
		return "part.taken-station-note"
	}
	return "part.taken-note"
}

func power(f Facts, add func(Part, told, string, ...any)) {
	t := powerTold[f.Power]
	switch {
	case f.Power == PowerMains && f.Charge < 0:
		t.note = ""
	case f.Power == PowerBattery && f.Runtime == 0:
		t.note = "part.power-battery-unknown-note"
	}
	add(Power, t, word("power", string(f.Power)), "n", f.Charge, "min", int(f.Runtime.Minutes()))
}

// mirror words what is on the second medium, and what is not.
func mirror(f Facts, add func(Part, told, string, ...any)) {
	t := told{Fix, "part.mirror-" + string(f.Mirror) + "-note"}
	ago := Ago{At: f.Mirrored, Now: f.Time.Wall, Sure: f.Time.Source == dossier.TimeSigned || f.Time.Source == dossier.TimeSystem}
	switch {
	case f.Mirror == MirrorUnknown:
		t = told{health: Unknown}
	case f.Mirror == MirrorCopying:
		t.health = Unknown
	case f.Mirror == MirrorWell && f.Mirrored.IsZero():
		t = told{health: Well}
	case f.Mirror == MirrorWell:
		t.health = Well
	case f.Behind > 0 && f.Mirrored.IsZero():
		t.note = "part.mirror-behind-never"
	case f.Behind > 0:
		t.note = "part.mirror-behind"
	}
	add(Mirror, t, "part.mirror-"+string(f.Mirror), "n", f.Behind, "when", ago, "do", Key("part.mirror-"+string(f.Mirror)+"-note"))
}

// word is the key of a state; the empty one is the state's unknown or none.
func word(part, state string) string {
	if state == "" {
		state = map[string]string{"printer": "unknown", "scanner": "none"}[part]
	}
	return "part." + part + "-" + state
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

// known reports whether a part can be tested: enrolment cannot, and the second
// medium is looked at all the time.
func known(p Part) bool { return slices.Contains(Parts, p) && p != Enrolment && p != Mirror }
