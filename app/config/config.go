// Package config reads station.toml.
//
// It promises: every default is the one documented in the file that `tramhoso
// config` prints, because the defaults are read from that very text; and every
// mistake is told as a sentence that names the key.
//
// It refuses unknown keys and values out of range. It must not import Fyne, a
// store or a serial port.
package config

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"tramhoso/assets"
	"tramhoso/device/printer"
)

//go:embed station.toml
var documented string

// MaxBytes bounds a configuration: anything larger is not one.
const MaxBytes = 64 << 10

// Config is station.toml.
type Config struct {
	Storage  string  `toml:"storage"`
	Mirror   string  `toml:"mirror"`
	Sticks   string  `toml:"sticks"`
	TPM      string  `toml:"tpm"`
	Language string  `toml:"language"`
	Portal   Portal  `toml:"portal"`
	Sync     Sync    `toml:"sync"`
	Printer  Printer `toml:"printer"`
	Scanner  Scanner `toml:"scanner"`
	Page     Page    `toml:"page"`
	Power    Power   `toml:"power"`
	Screen   Screen  `toml:"screen"`
	Service  Service `toml:"service"`
	Log      Log     `toml:"log"`
}

// Portal is how the station comes to its province.
type Portal struct {
	TokenFile string `toml:"token_file"`
}

// Printer is the receipt printer. Baud, Flow and WidthDots are "as the profile
// says" where they are zero.
type Printer struct {
	Path      string `toml:"path"`
	Baud      int    `toml:"baud"`
	Flow      string `toml:"flow"`
	Profile   string `toml:"profile"`
	WidthDots int    `toml:"width_dots"`
}

// Scanner is the card and code scanner.
type Scanner struct {
	Path       string `toml:"path"`
	Baud       int    `toml:"baud"`
	Model      string `toml:"model"`
	Frame      string `toml:"frame"`
	TriggerOn  string `toml:"trigger_on"`
	TriggerOff string `toml:"trigger_off"`
}

// Screen is the window and how it begins.
type Screen struct {
	Width     int     `toml:"width"`
	Height    int     `toml:"height"`
	Kiosk     bool    `toml:"kiosk"`
	Scale     float64 `toml:"scale"`
	Contrast  bool    `toml:"contrast"`
	LargeText bool    `toml:"large_text"`
	Reach     bool    `toml:"reach"`
}

// Service is what the post takes.
type Service struct {
	Price int64 `toml:"price"` // đồng
}

// Log is how much is written.
type Log struct {
	Level string `toml:"level"`
}

// Documented is the default file with its explanations.
func Documented() string { return documented }

// Default returns the documented defaults.
func Default() Config {
	var c Config
	if err := toml.Unmarshal([]byte(documented), &c); err != nil {
		panic("the embedded station.toml: " + err.Error())
	}
	return c
}

// Load reads a file over the defaults. A file that is missing is an error; who
// wants the defaults asks for them.
func Load(path string) (Config, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, fmt.Errorf("there is no configuration at %s; `tramhoso config` prints one to begin with", path)
	}
	if err != nil {
		return Config{}, fmt.Errorf("failed to read the configuration: %w", err)
	}
	if info.Size() > MaxBytes {
		return Config{}, fmt.Errorf("%s is larger than %d bytes and no configuration", path, MaxBytes)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("failed to read the configuration: %w", err)
	}
	c, err := Parse(raw)
	if err != nil {
		return Config{}, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// Parse reads TOML over the defaults and examines it.
func Parse(raw []byte) (Config, error) {
	c := Default()
	d := toml.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return Config{}, sentence(err)
	}
	return c, c.Validate()
}

// sentence turns what the TOML library says into one line per mistake.
func sentence(err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) {
		var out []error
		for _, e := range strict.Errors {
			line, _ := e.Position()
			out = append(out, fmt.Errorf("line %d: there is no key %q", line, strings.Join(e.Key(), ".")))
		}
		return errors.Join(out...)
	}
	var d *toml.DecodeError
	if errors.As(err, &d) {
		line, _ := d.Position()
		return fmt.Errorf("line %d: %s", line, strings.TrimPrefix(d.Error(), "toml: "))
	}
	return err
}

// The values that can be chosen.
var (
	bauds  = []int{9600, 19200, 38400, 57600, 115200}
	flows  = []string{"none", "xonxoff", "rtscts"}
	frames = []string{"", "8n1", "7e1"}
	levels = []string{"debug", "info", "warn", "error"}
)

// The limits of the numbers.
const (
	MinSide, MaxSide   = 480, 7680 // of the window
	MinScale, MaxScale = 0.5, 4.0
	MaxPrice           = 10_000_000 // đồng; more is a misplaced digit
)

// Validate tells every mistake, a sentence each.
func (c Config) Validate() error {
	var bad []error
	no := func(wrong bool, format string, args ...any) {
		if wrong {
			bad = append(bad, fmt.Errorf(format, args...))
		}
	}
	no(c.Storage == "", "storage must name a folder")
	no(c.Sticks != "" && !filepath.IsAbs(c.Sticks), "sticks must be a whole path or \"\", not %q", c.Sticks)
	no(c.Mirror != "" && filepath.Clean(c.Mirror) == filepath.Clean(c.Storage), "mirror must lie on a second medium, not in the storage folder")
	no(!slices.Contains(assets.Languages, c.Language), "language must be one of %s, not %q", strings.Join(assets.Languages, ", "), c.Language)
	no(c.Printer.Baud != 0 && !slices.Contains(bauds, c.Printer.Baud), "printer.baud must be one of %v, or 0 for the profile's, not %d", bauds, c.Printer.Baud)
	no(c.Printer.Flow != "" && !slices.Contains(flows, c.Printer.Flow), "printer.flow must be one of %s, or \"\" for the profile's, not %q", strings.Join(flows, ", "), c.Printer.Flow)
	no(!slices.Contains(Profiles(), c.Printer.Profile), "printer.profile must be one of %s, not %q", strings.Join(Profiles(), ", "), c.Printer.Profile)
	w := c.Printer.WidthDots
	no(w != 0 && (w < printer.MinWidthDots || w > printer.MaxWidthDots || w%8 != 0),
		"printer.width_dots must be a multiple of 8 from %d to %d, or 0 for the profile's, not %d", printer.MinWidthDots, printer.MaxWidthDots, w)
	no(!slices.Contains(bauds, c.Scanner.Baud), "scanner.baud must be one of %v, not %d", bauds, c.Scanner.Baud)
	bad = append(bad, c.Scanner.mistakes()...)
	bad = append(bad, byNumber("printer.path", c.Printer.Path), byNumber("scanner.path", c.Scanner.Path))
	no(c.Printer.Path != "" && c.Printer.Path == c.Scanner.Path, "printer.path and scanner.path name the same line")
	c.Page.validate(no)
	c.Power.validate(no)
	c.Sync.validate(no)
	for _, side := range []struct {
		key string
		n   int
	}{{"width", c.Screen.Width}, {"height", c.Screen.Height}} {
		no(side.n < MinSide || side.n > MaxSide, "screen.%s must be %d to %d, not %d", side.key, MinSide, MaxSide, side.n)
	}
	no(!(c.Screen.Scale >= MinScale && c.Screen.Scale <= MaxScale), "screen.scale must be %.1f to %.1f, not %v", MinScale, MaxScale, c.Screen.Scale)
	no(c.Service.Price < 0 || c.Service.Price > MaxPrice, "service.price must be 0 to %d đồng, not %d", MaxPrice, c.Service.Price)
	no(!slices.Contains(levels, c.Log.Level), "log.level must be one of %s, not %q", strings.Join(levels, ", "), c.Log.Level)
	return errors.Join(bad...)
}

// Slog is the log level as slog knows it.
func (l Log) Slog() slog.Level {
	var out slog.Level
	if out.UnmarshalText([]byte(l.Level)) != nil {
		return slog.LevelInfo
	}
	return out
}
