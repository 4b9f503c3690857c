package devices

import (
	"sync"
	"time"

	"tramhoso/app/config"
	"tramhoso/app/upkeep"
	"tramhoso/device/port"
	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
	"tramhoso/device/scanner"
	"tramhoso/sync/dossier"
)

// Serial is what is known of the printer and the scanner now. Its fields are
// read and changed within Set.
type Serial struct {
	mu sync.Mutex

	PrinterPath, ScannerPath string // as configured
	Printer                  port.State
	PrinterWhy               error // that its line cannot be opened
	Status                   printer.Status
	Heard                    bool // the printer was looked at since its line opened
	Scanner                  port.State
	ScannerWhy               error
	LastScan                 time.Time
	LastFault                scanner.Fault // of that scan
	Wedge                    string        // a scanner among the keyboards, "" for none
	Typed                    bool          // one was caught typing
	Model                    *models.Model // in use on the printer; nil: nobody knows yet
	OtherPrinter             bool          // the saved profile belongs to another one
}

// Init begins with nothing known.
func (d *Serial) Init(cfg config.Config) {
	d.PrinterPath, d.ScannerPath = cfg.Printer.Path, cfg.Scanner.Path
	d.Printer, d.Scanner = port.Absent, port.Absent
}

// Set reads or changes fields. Nothing that takes time belongs into it.
func (d *Serial) Set(change func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change()
}

// States is how the printer and the scanner are.
func (d *Serial) States() (upkeep.PrinterState, upkeep.ScannerState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return PrinterState(d.PrinterPath, d.Printer, d.PrinterWhy, d.Status), scannerState(d.ScannerPath, d.Scanner, d.ScannerWhy)
}

// Ready reports that every configured line is open and the printer was asked.
func (d *Serial) Ready(cfg config.Config) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return (cfg.Printer.Path == "" || d.Printer == port.Ready && d.Heard) && (cfg.Scanner.Path == "" || d.Scanner == port.Ready)
}

// Keyboard is what the scanner in keyboard mode is called, "" for none. It is
// called within Set.
func (d *Serial) Keyboard() string {
	if d.Wedge == "" && d.Typed {
		return unnamedWedge
	}
	return d.Wedge
}

// Tell adds what is known of the printer and the scanner.
func (d *Serial) Tell(f *upkeep.Facts) {
	f.Printer, f.Scanner = d.States()
	if f.Printer == upkeep.PrinterTaken { // looks at every process: not with the lock held
		f.PrinterBy = port.Holder(d.PrinterPath)
	}
	if f.Scanner == upkeep.ScannerTaken {
		f.ScannerBy = port.Holder(d.ScannerPath)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	f.LastScan, f.Keyboard = d.LastScan, d.Keyboard()
	if Unread(d.LastFault) == dossier.CodeScanGarbled && d.LastFault != scanner.FaultNone {
		f.Garbled = string(d.LastFault)
	}
	f.OtherPrinter = d.OtherPrinter
}
