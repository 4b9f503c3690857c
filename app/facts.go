package main

import (
	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/app/visit"
)

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
