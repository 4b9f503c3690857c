package config

import (
	"path/filepath"
	"slices"
	"strings"

	"tramhoso/device/page"
	"tramhoso/device/power"
)

// Page is the printer for A4 and A5 pages.
type Page struct {
	Printer string `toml:"printer"`
	Socket  string `toml:"socket"`
	Media   string `toml:"media"`
}

// Power is the uninterruptible supply.
type Power struct {
	UPS      string   `toml:"ups"`
	Shutdown []string `toml:"shutdown"`
}

var pageSizes = []string{"", "a4", "a5"}

func (p Page) validate(no func(bool, string, ...any)) {
	if p.Printer != "" {
		_, err := page.New(page.Config{URI: p.Printer})
		no(err != nil, "page.printer: %w", err)
	}
	no(p.Socket != "" && !filepath.IsAbs(p.Socket), "page.socket must be a whole path, not %q", p.Socket)
	no(!slices.Contains(pageSizes, p.Media), "page.media must be \"a4\", \"a5\" or \"\", not %q", p.Media)
}

func (p Power) validate(no func(bool, string, ...any)) {
	if p.UPS != "" {
		_, err := power.Parse(p.UPS)
		no(err != nil, "power.ups: %w", err)
	}
	no(len(p.Shutdown) > 0 && strings.TrimSpace(p.Shutdown[0]) == "", "power.shutdown must begin with a program")
}
