package config

import (
	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
)

// Measured is the profile that the self-test saved in the storage folder; until
// there is one, the common one.
const Measured = "measured"

// Profiles lists what printer.profile may be.
func Profiles() []string { return append([]string{Measured}, models.Names()...) }

// Base is the model that stands in the configuration; the common one where it
// is to be measured.
func (p Printer) Base() models.Model {
	m, ok := models.Get(p.Profile)
	if !ok {
		m, _ = models.Get(models.Common)
	}
	return m
}

// Over puts what the configuration sets over what is known of the printer.
func (p Printer) Over(m models.Model) models.Model {
	if p.Baud != 0 {
		m.Profile.Baud = p.Baud
	}
	if p.Flow != "" {
		m.Profile.Flow = printer.Flow(p.Flow)
	}
	if p.WidthDots != 0 {
		m.Profile.WidthDots = p.WidthDots
	}
	return m
}

// Model is what is known of the printer before it has been asked anything.
func (p Printer) Model() printer.Profile { return p.Over(p.Base()).Profile }
