package main

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"tramhoso/app/devices"
	"tramhoso/app/ui/kit"
	"tramhoso/device/scanner"
)

// wedgeEvery is how often the keyboards are listed: a scanner that was plugged
// in is named before somebody has tried it often.
const wedgeEvery = 15 * time.Second

// runWedges looks for scanners among the keyboards.
func (s *station) runWedges(ctx context.Context, path string, every time.Duration, tell func()) error {
	silent := false
	for {
		name, err := devices.ListWedge(path)
		if err != nil && !silent && !errors.Is(err, fs.ErrNotExist) {
			s.log.Warn("the keyboards are not known", "err", err)
			silent = true
		}
		changed := false
		s.devices.Set(func() {
			changed = name != s.devices.Wedge
			if changed && name == "" { // it was pulled, or its mode was changed
				s.devices.Typed = false
			}
			s.devices.Wedge = name
		})
		if changed {
			if name != "" {
				s.log.Warn("a scanner is in keyboard mode: scan the code for USB serial (CDC) in its manual", "name", name)
			}
			tell()
		}
		if err := wait(ctx, every); err != nil {
			return err
		}
	}
}

// typed says whose a key is, and calls caught for each code that a scanner
// types. It is called where the screen is drawn.
func (s *station) typed(at func() time.Time, caught func()) func(rune) kit.Keystroke {
	goesOn := false
	return func(r rune) kit.Keystroke {
		typing := &s.devices.typing
		s.devices.Set(func() { typing.Wedge = s.devices.Keyboard() != "" })
		switch typing.Key(r, at()) {
		case scanner.KeyFirst:
			goesOn = false
			return kit.KeyBegins
		case scanner.KeyMore:
			return kit.KeyGoesOn
		}
		first := false
		s.devices.Set(func() { first, s.devices.Typed = !s.devices.Typed, true })
		if first {
			s.log.Warn("keys came faster than a person types: a scanner is in keyboard mode")
		}
		if !goesOn {
			goesOn = true
			caught()
		}
		return kit.KeyMachine
	}
}
