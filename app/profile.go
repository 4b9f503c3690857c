package main

import (
	"context"
	"errors"

	"tramhoso/app/devices"
	"tramhoso/device/port"
	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
)

// expected is what is known of the printer before its line is open; the log
// says what is not used.
func (s *station) expected() (models.Model, *models.File) {
	m, saved, why := devices.Expected(s.cfg)
	if why != nil && !errors.Is(why, models.ErrNone) {
		s.log.Warn("the printer is taken for a common one", "why", why)
	}
	return m, saved
}

// printerLine is the printer's line as its profile has it.
func (s *station) printerLine() port.Config {
	m, _ := s.expected()
	s.devices.Set(func() { s.devices.Model = &m })
	return devices.PrinterLine(s.cfg.Printer.Path, m.Profile)
}

// meet decides which profile is used on the line that has just opened.
func (s *station) meet(ctx context.Context, p port.Port) (models.Model, error) {
	model, saved := s.expected()
	model, err := devices.Meet(ctx, p, s.cfg.Printer, model, saved)
	other := errors.Is(err, models.ErrOtherPrinter)
	if other {
		s.log.Warn("the printer is taken for a common one", "why", err)
	} else if err != nil {
		return model, err
	}
	s.devices.Set(func() {
		s.devices.Model, s.devices.OtherPrinter, s.devices.measured = &model, other, saved != nil && !other
	})
	return model, nil
}

// printerModel is the profile in use, or the one that is expected to be.
func (s *station) printerModel() models.Model {
	var m *models.Model
	s.devices.Set(func() { m = s.devices.Model })
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
		s.devices.Set(func() {
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
		s.devices.Set(func() {
			s.devices.open, s.devices.again, s.devices.Heard = nil, nil, false
			s.devices.unfinished = m.Unfinished()
		})
		if !measured || ctx.Err() != nil {
			return err
		}
	}
}

// errMeasured ends the use of a profile that another has taken the place of.
var errMeasured = errors.New("the printer has been measured")
