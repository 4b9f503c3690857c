// Package devices is what is known of a station's printers, scanner and power,
// in the words of upkeep. The status line, the question whether a visit can
// begin, the technician's screen and `tramhoso devices` all begin here.
//
// It promises: unknown is told as unknown; a profile that was measured is used
// for the printer that it was measured on, and for no other. It opens no line,
// keeps no goroutine, and forgets what a code said.
//
// It must not import Fyne, SQL, the station's stores or its clients.
package devices
