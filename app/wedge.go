package main

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"tramhoso/app/ui/kit"
	"tramhoso/device/scanner"
)

// wedgeEvery is how often the keyboards are listed: a scanner that was plugged
// in is named before somebody has tried it often.
const wedgeEvery = 15 * time.Second

// unnamedWedge stands for a scanner that only its speed gives away.
const unnamedWedge = "USB HID"

// wedges is what is known of scanners that type like a keyboard.
type wedges struct {
	name   string         // of one that the system lists
	typing scanner.Typing // used where the screen is drawn
	typed  bool           // one was caught typing
}

// listWedge is the name of a scanner among the keyboards, "" for none.
func listWedge(path string) (string, error) {
	found, err := scanner.Wedges(path)
	if len(found) == 0 {
		return "", err
	}
	if found[0].Name == "" {
		return found[0].Maker, nil
	}
	return found[0].Name, nil
}

// keyboard is what the scanner in keyboard mode is called, "" for none. It must
// be called with the lock held.
func (d *devices) keyboard() string {
	if d.wedges.name == "" && d.wedges.typed {
		return unnamedWedge
	}
	return d.wedges.name
}

// runWedges looks for scanners among the keyboards.
func (s *station) runWedges(ctx context.Context, path string, every time.Duration, tell func()) error {
	silent := false
	for {
		name, err := listWedge(path)
		if err != nil && !silent && !errors.Is(err, fs.ErrNotExist) {
			s.log.Warn("the keyboards are not known", "err", err)
			silent = true
		}
		changed := false
		s.devices.set(func() {
			changed = name != s.devices.wedges.name
			if changed && name == "" { // it was pulled, or its mode was changed
				s.devices.wedges.typed = false
			}
			s.devices.wedges.name = name
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
		w := &s.devices.wedges
		s.devices.set(func() { w.typing.Wedge = s.devices.keyboard() != "" })
		switch w.typing.Key(r, at()) {
		case scanner.KeyFirst:
			goesOn = false
			return kit.KeyBegins
		case scanner.KeyMore:
			return kit.KeyGoesOn
		}
		first := false
		s.devices.set(func() { first, w.typed = !w.typed, true })
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
