package config

import (
	"slices"

	"tramhoso/device/printer"
)

// profiles are the printer models by name; a measured difference to "common" is
// a new entry here.
var profiles = map[string]printer.Profile{
	"common": {},
	"silent": {NoProcessID: true, NoAutoStatus: true},
}

// Profiles lists the names.
func Profiles() []string {
	var out []string
	for name := range profiles {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Model is the printer's profile at this line rate and paper width.
func (p Printer) Model() printer.Profile {
	m := profiles[p.Profile]
	m.Baud, m.WidthDots = p.Baud, p.WidthDots
	return m
}
