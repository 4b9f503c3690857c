package devices

import (
	"errors"

	"tramhoso/app/upkeep"
	"tramhoso/device/port"
	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
	"tramhoso/device/scanner"
	"tramhoso/sync/dossier"
)

// PrinterState is how the receipt printer is. A path of "" means that none is
// set up; why is the error that keeps its line from being opened.
func PrinterState(path string, line port.State, why error, st printer.Status) upkeep.PrinterState {
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

// Unread is what a person is told of a fault: what came in part can be shown
// again, wrong letters come again every time.
func Unread(f scanner.Fault) dossier.Code {
	switch f {
	case scanner.FaultPartial, scanner.FaultTooLong, scanner.FaultControl, scanner.FaultFlood:
		return dossier.CodeScanPartial
	}
	return dossier.CodeScanGarbled
}

// ProfileName is what the printer's model is called; nothing for the profiles
// that stand for no model.
func ProfileName(p printer.Profile) string {
	if p.Name == models.Common || p.Name == models.Silent {
		return ""
	}
	return p.Name
}

// PaperMM is the width of the paper that the printer takes.
func PaperMM(p printer.Profile) int {
	if p.Paper().WidthDots <= printer.Width58mm {
		return 58
	}
	return 80
}
