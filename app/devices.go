package main

import (
	"context"
	"sync"

	"tramhoso/app/config"
	"tramhoso/app/paper"
	"tramhoso/app/ui/kit"
	"tramhoso/app/visit"
	"tramhoso/device/port"
	"tramhoso/device/printer"
	"tramhoso/device/scanner"
)

// devices is what is known of the printer and the scanner now.
type devices struct {
	mu      sync.Mutex
	printer port.State
	status  printer.Status
	heard   bool // the printer was looked at since its line opened
	scanner port.State
	want    bool             // a scan is waited for
	open    *printer.Printer // on the printer's line while it is open
}

func (d *devices) init() { d.printer, d.scanner = port.Absent, port.Absent }

func (d *devices) set(change func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change()
}

// printerFact is what decides about new visits. A silent printer may well print.
func (d *devices) printerFact() visit.PrinterFact {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.printer == port.Faulted:
		return visit.PrinterFaulted
	case d.printer != port.Ready:
		return visit.PrinterAbsent
	case !d.status.Known:
		return visit.PrinterUnknown
	case d.status.Paper == printer.PaperOut:
		return visit.PrinterOut
	case d.status.Cover == printer.CoverOpen:
		return visit.PrinterCover
	case d.status.Ready():
		return visit.PrinterReady
	}
	return visit.PrinterFaulted
}

// machine is the printer while its line is open, or nil.
func (d *devices) machine() *printer.Printer {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.open
}

// strip is the devices' part of the status line.
func (d *devices) strip(s *kit.Status) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.printer != port.Ready:
		s.Printer = kit.PrinterDown
	case !d.status.Known:
		s.Printer = kit.PrinterUnknown
	case d.status.Paper == printer.PaperOut:
		s.Printer = kit.PrinterOut
	case d.status.Cover == printer.CoverOpen:
		s.Printer = kit.PrinterCover
	case d.status.Trouble() != printer.ReasonNone:
		s.Printer = kit.PrinterDown
	case d.status.Paper == printer.PaperNearEnd:
		s.Printer = kit.PrinterLow
	default:
		s.Printer = kit.PrinterReady
	}
	switch {
	case d.scanner != port.Ready:
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

// runPrinter keeps the printer's line open and prints what is queued.
func (s *station) runPrinter(tell func()) {
	cfg := s.cfg.Printer
	if cfg.Path == "" || s.kept == nil {
		return
	}
	line := port.Config{Path: cfg.Path, Baud: cfg.Baud, Flow: port.Flow(cfg.Flow)}
	s.goes("printer", func(ctx context.Context) error {
		return port.Supervise(ctx, line, func(ctx context.Context, p port.Port) error {
			m, err := printer.New(p, cfg.Model())
			if err != nil {
				return err
			}
			s.devices.set(func() { s.devices.open = m })
			defer s.devices.set(func() { s.devices.open, s.devices.heard = nil, false })
			return s.press.Serve(ctx, m)
		}, func(state port.State) {
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

// runScanner keeps the scanner's line open and hands on what is read.
func (s *station) runScanner(tell func(), read func(scanner.Frame)) {
	cfg := s.cfg.Scanner
	if cfg.Path == "" {
		return
	}
	line := port.Config{Path: cfg.Path, Baud: cfg.Baud, DataBits7E1: cfg.Frame == "7e1"}
	s.goes("scanner", func(ctx context.Context) error {
		return port.Supervise(ctx, line, func(ctx context.Context, p port.Port) error {
			return scanner.Run(ctx, p, s.clock, read)
		}, func(state port.State) {
			s.devices.set(func() { s.devices.scanner = state })
			s.log.Info("scanner", "line", state.String())
			tell()
		})
	})
}

var _ paper.Machine = (*printer.Printer)(nil)
