package main

import (
	"context"
	"errors"

	"tramhoso/app/config"
	"tramhoso/device/port"
	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
	"tramhoso/device/printer/probe"
)

// defaultBaud is the rate of a line of which nothing is known.
const defaultBaud = 9600

// expectedPrinter is what is known of the printer before its line is open, and
// the saved profile that this comes from, if any; why says why a profile that
// was to be measured is not used.
func expectedPrinter(c config.Config) (m models.Model, saved *models.File, why error) {
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

// expected is the same for this station, which logs what it does not use.
func (s *station) expected() (models.Model, *models.File) {
	m, saved, why := expectedPrinter(s.cfg)
	if why != nil && !errors.Is(why, models.ErrNone) {
		s.log.Warn("the printer is taken for a common one", "why", why)
	}
	return m, saved
}

// printerLine is the printer's line as its profile has it.
func (s *station) printerLine() port.Config {
	m, _ := s.expected()
	s.devices.set(func() { s.devices.model = &m })
	return printerLine(s.cfg.Printer.Path, m.Profile)
}

func printerLine(path string, p printer.Profile) port.Config {
	if p.Baud == 0 {
		p.Baud = defaultBaud
	}
	if p.Flow == "" {
		p.Flow = printer.FlowNone
	}
	return port.Config{Path: path, Baud: p.Baud, Flow: port.Flow(p.Flow)}
}

// meet decides which profile is used on the line that has just opened: the saved
// one only for the printer that it was measured on.
func (s *station) meet(ctx context.Context, p port.Port) (models.Model, error) {
	model, saved := s.expected()
	other := false
	if saved != nil {
		err := probe.Meet(ctx, p, *saved, s.cfg.Printer.Path)
		switch {
		case errors.Is(err, models.ErrOtherPrinter):
			s.log.Warn("the printer is taken for a common one", "why", err)
			model, other = s.cfg.Printer.Over(s.cfg.Printer.Base()), true
		case err != nil:
			return model, err
		}
	}
	s.devices.set(func() {
		s.devices.model, s.devices.otherPrinter, s.devices.measured = &model, other, saved != nil && !other
	})
	return model, nil
}

// printerModel is the profile in use, or the one that is expected to be.
func (s *station) printerModel() models.Model {
	var m *models.Model
	s.devices.set(func() { m = s.devices.model })
	if m != nil {
		return *m
	}
	return s.cfg.Printer.Over(s.cfg.Printer.Base())
}

// servePrinter prints what is queued until the line is gone, and begins anew when
// the printer has been measured.
func (s *station) servePrinter(ctx context.Context, p port.Port) error {
	for {
		model, err := s.meet(ctx, p)
		if err != nil {
			return err
		}
		m, err := printer.New(p, model.Profile)
		if err != nil {
			return err
		}
		m.Log(s.log)
		turn, again := context.WithCancelCause(ctx)
		var unfinished bool
		s.devices.set(func() {
			s.devices.open, s.devices.again = m, func() { again(errMeasured) }
			unfinished = s.devices.unfinished
		})
		if unfinished {
			if err := m.Interrupted(turn); err != nil {
				again(nil)
				return err
			}
		}
		err = s.press.Serve(turn, m)
		measured := errors.Is(context.Cause(turn), errMeasured)
		again(nil)
		s.devices.set(func() {
			s.devices.open, s.devices.again, s.devices.heard = nil, nil, false
			s.devices.unfinished = m.Unfinished()
		})
		if !measured || ctx.Err() != nil {
			return err
		}
	}
}

// errMeasured ends the use of a profile that another has taken the place of.
var errMeasured = errors.New("the printer has been measured")
