package power

import (
	"context"
	"errors"
	"testing"
	"time"

	"tramhoso/device/power/powertest"
)

// A real server and NUT's simulated supply: every condition, the driver gone and
// the server gone.
func TestFollowsANUTServer(t *testing.T) {
	t.Parallel()
	supply := powertest.Start(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	states, done := make(chan State, 64), make(chan error, 1)
	go func() {
		done <- Watch(ctx, Config{Addr: supply.Addr, UPS: powertest.Name, Every: 20 * time.Millisecond}, func(s State) { states <- s })
	}()
	until := func(what string, want State) {
		t.Helper()
		for {
			select {
			case s := <-states:
				if s == want {
					return
				}
			case <-ctx.Done():
				t.Fatalf("never: %s", what)
			}
		}
	}
	mains := State{Known: true, OnLine: true, Charge: 100, Runtime: time.Hour}
	until("mains", mains)
	if s := Ask(ctx, Config{Addr: supply.Addr, UPS: "another"}); s != unknown(WhyNoSupply) {
		t.Errorf("a supply that is not there: %+v", s)
	}
	if s := Ask(ctx, Config{Addr: supply.Addr, UPS: powertest.Name, User: "reader", Password: "secret"}); s != mains {
		t.Errorf("with a name and a password: %+v", s)
	}
	supply.Set("OB DISCHRG", 64, 900)
	until("battery", State{Known: true, OnBattery: true, Charge: 64, Runtime: 15 * time.Minute})
	supply.Set("OB DISCHRG LB", 9, 60)
	until("low", State{Known: true, OnBattery: true, Low: true, Charge: 9, Runtime: time.Minute})
	supply.DriverOff()
	until("no driver", unknown(WhyNoDriver))
	supply.Off()
	until("no server", unknown(WhyNoServer))

	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
}
