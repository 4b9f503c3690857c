// Package upkeep is a technician's work at a station: how each part is, a test
// of each, and the first broken link to the portal.
//
// It promises: unknown is shown as unknown, never as well; a doctor stops at the
// first broken link, because what lies behind it says nothing; no probe hangs.
//
// It must not import Fyne, SQL, a serial port or a device: the program hands the
// facts in and binds the probes. Upkeep is used from one goroutine; Examine and
// the tests may run elsewhere.
package upkeep
