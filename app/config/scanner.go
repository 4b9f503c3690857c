package config

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"tramhoso/device/scanner"
)

// Device is what the program needs to talk with the scanner: its make, and what
// the file says otherwise.
func (s Scanner) Device() scanner.Config {
	c, _ := scanner.Model(s.Model)
	switch s.Frame {
	case "7e1":
		c.SevenBits = true
	case "8n1":
		c.SevenBits = false
	}
	if s.TriggerOn != "" {
		c.On, _ = hex.DecodeString(s.TriggerOn)
	}
	if s.TriggerOff != "" {
		c.Off, _ = hex.DecodeString(s.TriggerOff)
	}
	return c
}

// mistakes tells what is wrong in the section, a sentence each.
func (s Scanner) mistakes() (bad []error) {
	no := func(wrong bool, format string, args ...any) {
		if wrong {
			bad = append(bad, fmt.Errorf(format, args...))
		}
	}
	_, known := scanner.Model(s.Model)
	no(!known, "scanner.model must be one of %s, not %q", strings.Join(scanner.Models(), ", "), s.Model)
	no(!slices.Contains(frames, s.Frame), "scanner.frame must be \"8n1\", \"7e1\" or \"\", not %q", s.Frame)
	_, errOn := hex.DecodeString(s.TriggerOn)
	_, errOff := hex.DecodeString(s.TriggerOff)
	no(errOn != nil || errOff != nil, "scanner.trigger_on and trigger_off must be bytes in hexadecimal, two digits each, as in \"1b31\"")
	if len(bad) == 0 {
		if err := s.Device().Validate(); err != nil {
			bad = append(bad, fmt.Errorf("scanner: %w", err))
		}
	}
	return bad
}
