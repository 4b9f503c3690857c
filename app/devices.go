package main

import (
	"context"
	"log/slog"

	"tramhoso/app/config"
	"tramhoso/app/devices"
	"tramhoso/app/paper"
	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/device/port"
	"tramhoso/device/printer"
	"tramhoso/device/printer/probe"
	"tramhoso/device/scanner"
)

// serial is what is known of the printer and the scanner, and how they are used.
type serial struct {
	devices.Serial

	typing     scanner.Typing   // used where the screen is drawn
	want       bool             // a scan is waited for
	open       *printer.Printer // on the printer's line while it is open
	unfinished bool             // a paper broke off there: its rest hangs in the printer
	measured   bool             // the saved profile is in use
	step       probe.Step       // of the test that runs
	steps      func()           // called when step has changed
	again      func()           // makes the line be used with a new profile
	probing    *probing         // a test that scans go to
}

// tell adds what is known of the printer and the scanner, and of their test.
func (d *serial) tell(f *upkeep.Facts) {
	d.Tell(f)
	d.Set(func() { f.Scan = testScan(d.step) })
}

// machine is the printer while its line is open, or nil.
func (d *serial) machine() (m *printer.Printer) {
	d.Set(func() { m = d.open })
	return m
}

// strip is the devices' part of the status line.
func (d *serial) strip(s *kit.Status) {
	p, sc := d.States()
	want := false
	d.Set(func() { want = d.want })
	s.Printer = printerOnStrip[p]
	switch {
	case sc != upkeep.ScannerReady:
		s.Scanner = kit.ScannerDown
	case want:
		s.Scanner = kit.ScannerOn
	default:
		s.Scanner = kit.ScannerReady
	}
}

// runPrinter keeps the printer's line open and prints what is queued.
func (s *station) runPrinter(tell func()) {
	cfg := s.cfg.Printer
	if cfg.Path == "" || s.kept == nil {
		return
	}
	keeper := &port.Supervisor{Config: s.printerLine(), Fault: func(err error) { s.devices.Set(func() { s.devices.PrinterWhy = err }) }}
	s.goes("printer", func(ctx context.Context) error {
		return keeper.Run(ctx, s.servePrinter, func(state port.State) {
			s.devices.Set(func() { s.devices.Printer = state })
			s.log.Info("printer", "line", state.String())
			tell()
		})
	})
}

// heardPrinter takes a look at the printer.
func (s *station) heardPrinter(st printer.Status) (changed bool) {
	s.devices.Set(func() {
		changed = st != s.devices.Status || !s.devices.Heard
		s.devices.Status = st
		s.devices.Heard = s.devices.Printer == port.Ready
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

// runScanner keeps the scanner's line open and hands on what is read.
func (s *station) runScanner(tell func(), read func(scanner.Frame)) {
	cfg := s.cfg.Scanner
	if cfg.Path == "" {
		return
	}
	keeper := &port.Supervisor{Config: devices.ScannerLine(cfg), Fault: func(err error) { s.devices.Set(func() { s.devices.ScannerWhy = err }) }}
	s.goes("scanner", func(ctx context.Context) error {
		return keeper.Run(ctx, func(ctx context.Context, p port.Port) error {
			return s.scan.Run(ctx, p, func(f scanner.Frame) {
				s.devices.Set(func() { s.devices.LastScan, s.devices.LastFault = s.clock.Now(), f.Fault })
				if !s.devices.forTest(f) {
					read(f)
				}
			})
		}, func(state port.State) {
			s.devices.Set(func() { s.devices.Scanner = state })
			s.log.Info("scanner", "line", state.String())
			tell()
		})
	})
}

var _ paper.Machine = (*printer.Printer)(nil)
