package main

import (
	"fmt"
	"testing"

	"tramhoso/app/devices"
	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/app/visit"
	"tramhoso/device/port"
	"tramhoso/device/printer"
)

// What everybody is told of a printer begins at one place.
func TestPrinterState(t *testing.T) {
	busy := fmt.Errorf("failed to open: %w", port.ErrBusy)
	fine := printer.Status{Known: true, Online: true, Paper: printer.PaperOK, Cover: printer.CoverClosed}
	with := func(change func(*printer.Status)) printer.Status {
		s := fine
		change(&s)
		return s
	}
	for _, tt := range []struct {
		path  string
		line  port.State
		why   error
		st    printer.Status
		want  upkeep.PrinterState
		strip kit.PrinterState
		visit visit.PrinterFact
	}{
		{"", port.Absent, nil, fine, upkeep.PrinterNone, kit.PrinterDown, visit.PrinterAbsent},
		{"p", port.Absent, nil, fine, upkeep.PrinterAbsent, kit.PrinterDown, visit.PrinterAbsent},
		{"p", port.Opening, nil, fine, upkeep.PrinterAbsent, kit.PrinterDown, visit.PrinterAbsent},
		{"p", port.Faulted, busy, fine, upkeep.PrinterTaken, kit.PrinterDown, visit.PrinterFaulted},
		{"p", port.Faulted, fmt.Errorf("x: %w", port.ErrShared), fine, upkeep.PrinterShared, kit.PrinterDown, visit.PrinterFaulted},
		{"p", port.Faulted, port.ErrNotAPort, fine, upkeep.PrinterFault, kit.PrinterDown, visit.PrinterFaulted},
		{"p", port.Ready, busy, printer.Status{}, upkeep.PrinterUnknown, kit.PrinterUnknown, visit.PrinterUnknown},
		{"p", port.Ready, nil, fine, upkeep.PrinterReady, kit.PrinterReady, visit.PrinterReady},
		{"p", port.Ready, nil, with(func(s *printer.Status) { s.Paper = printer.PaperNearEnd }), upkeep.PrinterLow, kit.PrinterLow, visit.PrinterReady},
		{"p", port.Ready, nil, with(func(s *printer.Status) { s.Paper = printer.PaperOut }), upkeep.PrinterOut, kit.PrinterOut, visit.PrinterOut},
		{"p", port.Ready, nil, with(func(s *printer.Status) { s.Cover = printer.CoverOpen }), upkeep.PrinterCover, kit.PrinterCover, visit.PrinterCover},
		{"p", port.Ready, nil, with(func(s *printer.Status) { s.Fault = printer.FaultCutter }), upkeep.PrinterCutter, kit.PrinterFault, visit.PrinterFaulted},
		{"p", port.Ready, nil, with(func(s *printer.Status) { s.Fault = printer.FaultHot }), upkeep.PrinterHot, kit.PrinterFault, visit.PrinterFaulted},
		{"p", port.Ready, nil, with(func(s *printer.Status) { s.Fault = printer.FaultHardware }), upkeep.PrinterHardware, kit.PrinterFault, visit.PrinterFaulted},
		{"p", port.Ready, nil, with(func(s *printer.Status) { s.Fault = printer.FaultOther }), upkeep.PrinterError, kit.PrinterFault, visit.PrinterFaulted},
		{"p", port.Ready, nil, with(func(s *printer.Status) { s.Online = false }), upkeep.PrinterError, kit.PrinterFault, visit.PrinterFaulted},
	} {
		got := devices.PrinterState(tt.path, tt.line, tt.why, tt.st)
		if got != tt.want {
			t.Errorf("%+v: %q", tt, got)
		}
		if s, known := printerOnStrip[got]; s != tt.strip || !known {
			t.Errorf("%q stands in the status line as %v", got, s)
		}
		if v, known := printerForVisit[got]; v != tt.visit || !known {
			t.Errorf("%q decides about visits as %v", got, v)
		}
	}
}
