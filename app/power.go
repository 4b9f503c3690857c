package main

import (
	"context"
	"fmt"
	"os/exec"
	"sync"
	"time"

	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/device/power"
)

const (
	// lowWait bounds how long the end of a visit is waited for once the battery
	// is low: supplies say so with two to five minutes left.
	lowWait = 2 * time.Minute
	// lowLook is how often the station looks whether the visit is over.
	lowLook = time.Second
	// lastWait bounds the command that switches the machine off.
	lastWait = 30 * time.Second
)

// supply is what is known of the power.
type supply struct {
	mu    sync.Mutex
	state power.State
	cut   bool          // the last that was known is that the mains are gone
	off   bool          // the battery is low and the program ends because of it
	every time.Duration // between two questions; 0: as usual
}

func (p *supply) init() { p.state = power.State{Charge: -1, Runtime: -1, Why: power.WhyNotLooked} }

// hear takes a report. A supply that falls silent on battery is still believed
// to be on battery: the cable to it does not bring the mains back.
func (p *supply) hear(s power.State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = s
	if s.Known {
		p.cut = s.OnBattery
	}
}

// fact is the last report.
func (p *supply) fact() power.State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// onBattery decides about new visits. A supply that has never answered is not
// held against the station.
func (p *supply) onBattery() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cut
}

func (p *supply) ending(set bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.off = p.off || set
	return p.off
}

// powerStates are the conditions in the words of upkeep.
var powerStates = map[power.Condition]upkeep.PowerState{
	power.Unknown: upkeep.PowerUnknown, power.Mains: upkeep.PowerMains, power.Battery: upkeep.PowerBattery, power.Low: upkeep.PowerLow,
}

// tell says how the power is where there is a supply.
func (p *supply) tell(f *upkeep.Facts) {
	s := p.fact()
	f.Power, f.Charge, f.Runtime = powerStates[s.Condition()], s.Charge, max(0, s.Runtime)
}

// strip is the power's part of the status line: nothing while all is well.
func (p *supply) strip(st *kit.Status) {
	switch {
	case p.fact().Condition() == power.Low:
		st.Power = kit.PowerLow
	case p.onBattery():
		st.Power = kit.PowerBattery
	}
}

// runPower follows the supply; atRest says whether no visit is under way.
func (s *station) runPower(changed func(), atRest func(context.Context) bool) {
	if s.cfg.Power.UPS == "" {
		return
	}
	cfg, err := power.Parse(s.cfg.Power.UPS)
	if err != nil {
		s.log.Error("the supply", "err", err) // the configuration was examined
		return
	}
	cfg.Every = s.power.every
	states := make(chan power.State, 1)
	s.goes("power", func(ctx context.Context) error {
		defer close(states)
		return power.Watch(ctx, cfg, func(now power.State) {
			before := s.power.fact().Condition()
			s.power.hear(now)
			if c := now.Condition(); c != before {
				s.log.Info("power", "condition", c, "charge", now.Charge, "why", now.Why)
				s.record(didPower, string(c))
			}
			changed()
			select { // only the newest counts
			case <-states:
			default:
			}
			states <- now
		})
	})
	s.goes("low battery", func(ctx context.Context) error { return s.followLow(ctx, states, atRest) })
}

// followLow ends the program in order when the battery is low and the visit is
// over, or its time is up. Mains that come back in between undo it.
func (s *station) followLow(ctx context.Context, states <-chan power.State, atRest func(context.Context) bool) error {
	var until time.Time // zero: not low
	look := time.NewTicker(lowLook)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case now, ok := <-states:
			if !ok {
				return ctx.Err()
			}
			switch now.Condition() {
			case power.Low:
				if until.IsZero() {
					until = time.Now().Add(patienceOf(now))
				}
			case power.Mains, power.Battery:
				until = time.Time{}
			case power.Unknown: // a low battery does not charge by falling silent
			}
		case <-look.C:
		}
		if until.IsZero() || time.Now().Before(until) && !atRest(ctx) {
			continue
		}
		s.power.ending(true)
		s.log.Warn("the battery is low: the station ends")
		s.record(didPowerOff, s.code())
		s.quit()
		return nil
	}
}

// patienceOf is how long a visit may go on: half of what the battery holds, for
// closing and switching off need the rest.
func patienceOf(now power.State) time.Duration {
	if now.Runtime < 0 {
		return lowWait
	}
	return min(lowWait, now.Runtime/2)
}

// powerOff runs what switches the machine off, if the battery is why the program
// ends. It is called once the storage is closed.
func (s *station) powerOff() {
	if !s.power.ending(false) || len(s.cfg.Power.Shutdown) == 0 {
		return
	}
	ctx, done := context.WithTimeout(context.Background(), lastWait)
	defer done()
	argv := s.cfg.Power.Shutdown
	if out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).CombinedOutput(); err != nil {
		s.log.Error("failed to switch off", "err", fmt.Errorf("%s: %w: %s", argv[0], err, out[:min(len(out), 500)]))
	}
}
