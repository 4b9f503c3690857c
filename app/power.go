package main

import (
	"context"
	"fmt"
	"os/exec"
	"sync/atomic"
	"time"

	"tramhoso/app/devices"
	"tramhoso/app/ui/kit"
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

// supply is what is known of the power, and what the station does about it.
type supply struct {
	devices.Supply
	off   atomic.Bool   // the battery is low and the program ends because of it
	every time.Duration // between two questions; 0: as usual
}

// strip is the power's part of the status line: nothing while all is well.
func (p *supply) strip(st *kit.Status) {
	switch {
	case p.Fact().Condition() == power.Low:
		st.Power = kit.PowerLow
	case p.OnBattery():
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
			before := s.power.Fact().Condition()
			s.power.Hear(now)
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
		s.power.off.Store(true)
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
	if !s.power.off.Load() || len(s.cfg.Power.Shutdown) == 0 {
		return
	}
	ctx, done := context.WithTimeout(context.Background(), lastWait)
	defer done()
	argv := s.cfg.Power.Shutdown
	if out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).CombinedOutput(); err != nil {
		s.log.Error("failed to switch off", "err", fmt.Errorf("%s: %w: %s", argv[0], err, out[:min(len(out), 500)]))
	}
}
