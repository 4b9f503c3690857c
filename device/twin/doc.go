// Package twin simulates the station's serial devices: each twin owns a real
// pseudo terminal, so the program under test opens it with the same code, and
// meets the same traps, as a cable to a real device.
//
// A printer is an engine (bytes in, paper and answers out, time a number), which
// a Printer drives by a pty or by a Wire in memory, and Simulate by nothing but
// arithmetic. Without a Baud and RowsPerSecond it takes no time at all. Faults
// come at once, at a moment (a row, a byte, a cut), or from a script.
//
// It promises: bytes are interpreted as the manuals say, the same ones draw the
// same however they were cut, faults happen when they are asked for and never
// by themselves, and every goroutine ends with Close. It refuses to be linked into anything but tests, tours and demos by
// convention of its users. It must not import sync, app or Fyne.
package twin
