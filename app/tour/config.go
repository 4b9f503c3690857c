//go:build tour

package tour

import (
	"fmt"
	"os"

	"github.com/pelletier/go-toml/v2"

	"tramhoso/app/config"
)

// tourBaud keeps a slip from taking a minute; twins heed no rate.
const tourBaud = 115_200

// scales are how large the screens are drawn that the grid knows.
var scales = map[string]float64{"1280x800": 1.0, "1920x1080": 1.3, "1080x1920": 1.2}

// writeConfig sets the station up for this scene: its folders, its lines and the
// token by which it enrols.
func (s *scene) writeConfig() error {
	token, err := s.enrolToken()
	if err != nil {
		return err
	}
	c := config.Default()
	c.Storage, c.Mirror, c.Language = s.path(dataName), s.path(stickName), s.opts.Lang
	c.Sticks = s.pocket.station.sticks()
	c.Portal.TokenFile = s.path(tokenName)
	c.Printer.Path, c.Printer.Baud, c.Printer.WidthDots = s.path(printerName), tourBaud, paperDots
	c.Scanner.Path = s.path(scannerName)
	c.TPM = "off"          // a rehearsal is the same on every machine, and guards nothing
	c.Screen.Kiosk = false // no window manager gives the screen away
	if _, err := fmt.Sscanf(s.opts.Size, "%dx%d", &c.Screen.Width, &c.Screen.Height); err != nil {
		return fmt.Errorf("%q is no size of a screen: 1280x800 is", s.opts.Size)
	}
	if scale, ok := scales[s.opts.Size]; ok {
		c.Screen.Scale = scale
	}
	if err := c.Validate(); err != nil {
		return fmt.Errorf("failed to set the station up: %w", err)
	}
	text, err := toml.Marshal(c)
	if err != nil {
		return fmt.Errorf("failed to set the station up: %w", err)
	}
	for name, content := range map[string][]byte{configName: text, tokenName: []byte(token + "\n")} {
		if err := os.WriteFile(s.path(name), content, 0o600); err != nil {
			return fmt.Errorf("failed to set the station up: %w", err)
		}
	}
	return nil
}
