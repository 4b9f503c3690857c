package devices

import (
	"context"
	"errors"
	"time"

	"tramhoso/app/config"
	"tramhoso/device/port"
	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
	"tramhoso/device/printer/probe"
)

// defaultBaud is the rate of a line of which nothing is known.
const defaultBaud = 9600

// Expected is what is known of the printer before its line is open, and
// the saved profile that this comes from, if any; why says why a profile that
// was to be measured is not used.
func Expected(c config.Config) (m models.Model, saved *models.File, why error) {
	cfg := c.Printer
	if cfg.Profile != config.Measured {
		return cfg.Over(cfg.Base()), nil, nil
	}
	found, err := models.Load(c.Storage)
	if err == nil && found.Device.Path != cfg.Path {
		err = models.ErrOtherPrinter
	}
	if err != nil {
		return cfg.Over(cfg.Base()), nil, err
	}
	return cfg.Over(found.Model), &found, nil
}

// Meet decides which profile is used on the line that has just opened: the saved
// one only for the printer that it was measured on. Its error is
// models.ErrOtherPrinter, with the profile that is used instead, or the line's.
func Meet(ctx context.Context, p port.Port, cfg config.Printer, expected models.Model, saved *models.File) (models.Model, error) {
	if saved == nil {
		return expected, nil
	}
	err := probe.Meet(ctx, p, *saved, cfg.Path)
	if errors.Is(err, models.ErrOtherPrinter) {
		expected = cfg.Over(cfg.Base())
	}
	return expected, err
}

// PrinterLine is a printer's line as its profile has it.
func PrinterLine(path string, p printer.Profile) port.Config {
	if p.Baud == 0 {
		p.Baud = defaultBaud
	}
	if p.Flow == "" {
		p.Flow = printer.FlowNone
	}
	return port.Config{Path: path, Baud: p.Baud, Flow: port.Flow(p.Flow)}
}

// ScannerLine is how the configured line is opened.
func ScannerLine(s config.Scanner) port.Config {
	return port.Config{Path: s.Path, Baud: s.Baud, DataBits7E1: s.Device().SevenBits}
}

// ScanTime is how long a technician may take for one code of a test.
const ScanTime = 90 * time.Second
