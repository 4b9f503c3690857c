// Package stick is how a station's system mounts the memory sticks that clerks
// carry to the province: a udev rule, units and the helper that they run. Its
// test runs the helper on a real file system and has systemd read the units.
//
// Of Go it holds the helper's text alone, for scripted visits: they mount sticks
// as the system does. It imports nothing of ours.
package stick

import _ "embed"

// Helper is the shell script of that name.
//
//go:embed stick
var Helper []byte
