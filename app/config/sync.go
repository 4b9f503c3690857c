package config

import (
	"fmt"
	"strconv"
	"strings"

	"tramhoso/sync/outbox"
)

// Sync is what the station may ask of its network. Nothing tells a station that
// its network is metered: whoever sets it up says so here.
type Sync struct {
	Metered string `toml:"metered"`
	Window  string `toml:"window"`
	Rate    string `toml:"rate"`
}

// The values of sync.metered.
const (
	MeteredNo      = "no"
	MeteredPackets = "packets-only"
)

// The limits of sync.rate, in bits per second.
const (
	MinRate = 16_000 // below it not even an answer comes in time
	MaxRate = 1_000_000_000
)

var rateUnits = []struct {
	name string
	bits float64
}{{" kbit/s", 1e3}, {" Mbit/s", 1e6}}

// Bits is the rate in bits per second; 0: as fast as the network goes.
func (s Sync) Bits() (int, error) {
	if s.Rate == "" {
		return 0, nil
	}
	for _, u := range rateUnits {
		text, ok := strings.CutSuffix(s.Rate, u.name)
		if !ok {
			continue
		}
		if n, err := strconv.ParseFloat(text, 64); err == nil && n*u.bits >= MinRate && n*u.bits <= MaxRate {
			return int(n * u.bits), nil
		}
	}
	return 0, fmt.Errorf("sync.rate must be like \"128 kbit/s\" or \"2 Mbit/s\", from 16 kbit/s to 1000 Mbit/s, or \"\", not %q", s.Rate)
}

// Rules are what attachments keep to, but for the clock.
func (s Sync) Rules() (outbox.Rules, error) {
	w, err := outbox.ParseWindow(s.Window)
	if err != nil {
		return outbox.Rules{}, fmt.Errorf("sync.window: %w", err)
	}
	return outbox.Rules{Metered: s.Metered == MeteredPackets, Window: w}, nil
}

func (s Sync) validate(no func(bool, string, ...any)) {
	no(s.Metered != MeteredNo && s.Metered != MeteredPackets, "sync.metered must be \"no\" or \"packets-only\", not %q", s.Metered)
	_, err := s.Rules()
	no(err != nil, "%w", err)
	_, err = s.Bits()
	no(err != nil, "%w", err)
}
