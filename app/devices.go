package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"tramhoso/app/config"
	"tramhoso/app/paper"
	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/device/port"
	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
	"tramhoso/device/printer/probe"
	"tramhoso/device/scanner"
	"tramhoso/sync/dossier"
)

// devices is what is known of the printer and the scanner now.
type devices struct {
	mu         sync.Mutex
	paths      struct{ printer, scanner string } // as configured
	printer    port.State
	printerWhy error // that its line cannot be opened
	status     printer.Status
	heard      bool // the printer was looked at since its line opened
	scanner    port.State
	scannerWhy error
	lastScan   time.Time
	lastFault  scanner.Fault // of that scan
	wedges     wedges
	want       bool             // a scan is waited for
	open       *printer.Printer // on the printer's line while it is open
	unfinished bool             // a paper broke off there: its rest hangs in the printer

	model        *models.Model // that is in use on it
	otherPrinter bool          // the saved profile belongs to another one
	measured     bool          // the saved profile is in use
	step         probe.Step    // of the test that runs
	steps        func()        // called when step has changed
	again        func()        // makes the line be used with a new profile
	probing      *probing      // a test that scans go to
}

func (d *devices) init(cfg config.Config) {
	d.paths.printer, d.paths.scanner = cfg.Printer.Path, cfg.Scanner.Path
	d.printer, d.scanner = port.Absent, port.Absent
}

func (d *devices) set(change func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change()
}

// facts is what is known of the printer and the scanner, worded.
func (d *devices) facts() (upkeep.PrinterState, upkeep.ScannerState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return printerState(d.paths.printer, d.printer, d.printerWhy, d.status), scannerState(d.paths.scanner, d.scanner, d.scannerWhy)
}

// machine is the printer while its line is open, or nil.
func (d *devices) machine() *printer.Printer {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.open
}

// strip is the devices' part of the status line.
func (d *devices) strip(s *kit.Status) {
	p, sc := d.facts()
	d.mu.Lock()
	defer d.mu.Unlock()
	s.Printer = printerOnStrip[p]
	switch {
	case sc != upkeep.ScannerReady:
		s.Scanner = kit.ScannerDown
	case d.want:
		s.Scanner = kit.ScannerOn
	default:
		s.Scanner = kit.ScannerReady
	}
}

// ready reports that every configured line is open and the printer was asked.
func (d *devices) ready(cfg config.Config) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return (cfg.Printer.Path == "" || d.printer == port.Ready && d.heard) && (cfg.Scanner.Path == "" || d.scanner == port.Ready)
}

// scannerLine is how the configured line is opened.
func scannerLine(s config.Scanner) port.Config {
	return port.Config{Path: s.Path, Baud: s.Baud, DataBits7E1: s.Device().SevenBits}
}

// runPrinter keeps the printer's line open and prints what is queued.
func (s *station) runPrinter(tell func()) {
	cfg := s.cfg.Printer
	if cfg.Path == "" || s.kept == nil {
		return
	}
	keeper := &port.Supervisor{Config: s.printerLine(), Fault: func(err error) { s.devices.set(func() { s.devices.printerWhy = err }) }}
	s.goes("printer", func(ctx context.Context) error {
		return keeper.Run(ctx, s.servePrinter, func(state port.State) {
			s.devices.set(func() { s.devices.printer = state })
			s.log.Info("printer", "line", state.String())
			tell()
		})
	})
}

// heardPrinter takes a look at the printer.
func (s *station) heardPrinter(st printer.Status) (changed bool) {
	s.devices.set(func() {
		changed = st != s.devices.status || !s.devices.heard
		s.devices.status = st
		s.devices.heard = s.devices.printer == port.Ready
	})
	return changed
}

// newScanner makes the scanner that the configuration names. Who leaves a mistake
// in it has been told by Validate; a plain one reads most makes.
func newScanner(cfg config.Scanner, clock scanner.Clock, log *slog.Logger) *scanner.Scanner {
	made, err := scanner.New(cfg.Device(), clock)
	if err != nil {
		log.Error("the scanner is taken for a plain one", "err", err)
		made, _ = scanner.New(scanner.Config{}, clock) // never fails
	}
	return made
}

// unread is what a person is told of a fault: what came in part can be shown
// again, wrong letters come again every time.
func unread(f scanner.Fault) dossier.Code {
	switch f {
	case scanner.FaultPartial, scanner.FaultTooLong, scanner.FaultControl, scanner.FaultFlood:
		return dossier.CodeScanPartial
	}
	return dossier.CodeScanGarbled
}

// runScanner keeps the scanner's line open and hands on what is read.
func (s *station) runScanner(tell func(), read func(scanner.Frame)) {
	cfg := s.cfg.Scanner
	if cfg.Path == "" {
		return
	}
	keeper := &port.Supervisor{Config: scannerLine(cfg), Fault: func(err error) { s.devices.set(func() { s.devices.scannerWhy = err }) }}
	s.goes("scanner", func(ctx context.Context) error {
		return keeper.Run(ctx, func(ctx context.Context, p port.Port) error {
			return s.scan.Run(ctx, p, func(f scanner.Frame) {
				s.devices.set(func() { s.devices.lastScan, s.devices.lastFault = s.clock.Now(), f.Fault })
				if !s.devices.forTest(f) {
					read(f)
				}
			})
		}, func(state port.State) {
			s.devices.set(func() { s.devices.scanner = state })
			s.log.Info("scanner", "line", state.String())
			tell()
		})
	})
}

var _ paper.Machine = (*printer.Printer)(nil)
