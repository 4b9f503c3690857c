package devices

import (
	"sync"

	"tramhoso/app/upkeep"
	"tramhoso/device/power"
)

// Supply is what is known of the power.
type Supply struct {
	mu    sync.Mutex
	state power.State
	cut   bool // the last that was known is that the mains are gone
}

// Init begins with nothing known.
func (p *Supply) Init() { p.state = power.State{Charge: -1, Runtime: -1, Why: power.WhyNotLooked} }

// Hear takes a report. A supply that falls silent on battery is still believed
// to be on battery: the cable to it does not bring the mains back.
func (p *Supply) Hear(s power.State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = s
	if s.Known {
		p.cut = s.OnBattery
	}
}

// Fact is the last report.
func (p *Supply) Fact() power.State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// OnBattery decides about new visits. A supply that has never answered is not
// held against the station.
func (p *Supply) OnBattery() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cut
}

// powerStates are the conditions in the words of upkeep.
var powerStates = map[power.Condition]upkeep.PowerState{
	power.Unknown: upkeep.PowerUnknown, power.Mains: upkeep.PowerMains, power.Battery: upkeep.PowerBattery, power.Low: upkeep.PowerLow,
}

// Tell says how the power is where there is a supply.
func (p *Supply) Tell(f *upkeep.Facts) {
	s := p.Fact()
	f.Power, f.Charge, f.Runtime = powerStates[s.Condition()], s.Charge, max(0, s.Runtime)
}
