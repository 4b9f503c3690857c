package main

import (
	"errors"

	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/app/visit"
	"tramhoso/device/port"
	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
	"tramhoso/device/scanner"
	"tramhoso/sync/dossier"
)

// What a line and the device on it say, in the words of upkeep. The status
// line, the question whether a visit can begin, the technician's screen and
// `tramhoso devices` all begin here.

// printerState is how the receipt printer is. A path of "" means that none is
// set up; why is the error that keeps its line from being opened.
func printerState(path string, line port.State, why error, st printer.Status) upkeep.PrinterState {
	switch {
	case path == "":
		return upkeep.PrinterNone
	case line == port.Faulted && errors.Is(why, port.ErrBusy):
		return upkeep.PrinterTaken
	case line == port.Faulted && errors.Is(why, port.ErrShared):
		return upkeep.PrinterShared
	case line == port.Faulted:
		return upkeep.PrinterFault
	case line != port.Ready:
		return upkeep.PrinterAbsent
	case !st.Known:
		return upkeep.PrinterUnknown
	}
	switch st.Trouble() {
	case printer.ReasonNone:
	case printer.ReasonPaperOut:
		return upkeep.PrinterOut
	case printer.ReasonCoverOpen:
		return upkeep.PrinterCover
	case printer.ReasonCutter:
		return upkeep.PrinterCutter
	case printer.ReasonHot:
		return upkeep.PrinterHot
	case printer.ReasonHardware:
		return upkeep.PrinterHardware
	default:
		return upkeep.PrinterError
	}
	if st.Paper == printer.PaperNearEnd {
		return upkeep.PrinterLow
	}
	return upkeep.PrinterReady
}

// scannerState is how the scanner's line is.
func scannerState(path string, line port.State, why error) upkeep.ScannerState {
	switch {
	case path == "":
		return upkeep.ScannerNone
	case line == port.Faulted && errors.Is(why, port.ErrBusy):
		return upkeep.ScannerTaken
	case line == port.Faulted && errors.Is(why, port.ErrShared):
		return upkeep.ScannerShared
	case line == port.Faulted:
		return upkeep.ScannerFault
	case line != port.Ready:
		return upkeep.ScannerAbsent
	}
	return upkeep.ScannerReady
}

// printerOnStrip is what everybody reads in the status line; what is not there
// stands still for the person who waits.
var printerOnStrip = map[upkeep.PrinterState]kit.PrinterState{
	upkeep.PrinterReady: kit.PrinterReady, upkeep.PrinterLow: kit.PrinterLow, upkeep.PrinterOut: kit.PrinterOut,
	upkeep.PrinterCover: kit.PrinterCover, upkeep.PrinterUnknown: kit.PrinterUnknown,
	upkeep.PrinterCutter: kit.PrinterFault, upkeep.PrinterHot: kit.PrinterFault, upkeep.PrinterHardware: kit.PrinterFault, upkeep.PrinterError: kit.PrinterFault,
	upkeep.PrinterAbsent: kit.PrinterDown, upkeep.PrinterFault: kit.PrinterDown, upkeep.PrinterTaken: kit.PrinterDown, upkeep.PrinterShared: kit.PrinterDown, upkeep.PrinterNone: kit.PrinterDown,
}

// printerForVisit is what decides about new visits. A silent printer may well
// print.
var printerForVisit = map[upkeep.PrinterState]visit.PrinterFact{
	upkeep.PrinterReady: visit.PrinterReady, upkeep.PrinterLow: visit.PrinterReady, upkeep.PrinterOut: visit.PrinterOut,
	upkeep.PrinterCover: visit.PrinterCover, upkeep.PrinterUnknown: visit.PrinterUnknown,
	upkeep.PrinterCutter: visit.PrinterFaulted, upkeep.PrinterHot: visit.PrinterFaulted, upkeep.PrinterHardware: visit.PrinterFaulted, upkeep.PrinterError: visit.PrinterFaulted,
	upkeep.PrinterAbsent: visit.PrinterAbsent, upkeep.PrinterFault: visit.PrinterFaulted, upkeep.PrinterTaken: visit.PrinterFaulted, upkeep.PrinterShared: visit.PrinterFaulted, upkeep.PrinterNone: visit.PrinterAbsent,
}

// tell adds what is known of the printer and the scanner.
func (d *devices) tell(f *upkeep.Facts) {
	f.Printer, f.Scanner = d.facts()
	if f.Printer == upkeep.PrinterTaken { // looks at every process: not with the lock held
		f.PrinterBy = port.Holder(d.paths.printer)
	}
	if f.Scanner == upkeep.ScannerTaken {
		f.ScannerBy = port.Holder(d.paths.scanner)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	f.LastScan, f.Keyboard = d.lastScan, d.keyboard()
	if unread(d.lastFault) == dossier.CodeScanGarbled && d.lastFault != scanner.FaultNone {
		f.Garbled = string(d.lastFault)
	}
	f.OtherPrinter, f.Scan = d.otherPrinter, testScan(d.step)
}

// profileName is what the printer's model is called; nothing for the profiles
// that stand for no model.
func profileName(p printer.Profile) string {
	if p.Name == models.Common || p.Name == models.Silent {
		return ""
	}
	return p.Name
}

// paperMM is the width of the paper that the printer takes.
func paperMM(p printer.Profile) int {
	if p.Paper().WidthDots <= printer.Width58mm {
		return 58
	}
	return 80
}
