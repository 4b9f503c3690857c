// Package twin simulates the station's serial devices: each twin owns a real
// pseudo terminal, so the program under test opens it with the same code, and
// meets the same traps, as a cable to a real device.
//
// It promises: bytes are interpreted as the manuals say, faults happen when
// they are asked for and never by themselves, and every goroutine ends with
// Close. It refuses to be linked into anything but tests, tours and demos by
// convention of its users. It must not import sync, app or Fyne.
package twin
