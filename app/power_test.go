package main

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/app/upkeep"
	"tramhoso/app/visit"
	"tramhoso/device/power"
)

// mains is a NUT server with one supply.
type mains struct {
	net.Listener
	mu     sync.Mutex
	status string // "": it does not answer
	work   sync.WaitGroup
}

func openMains(t *testing.T, status string) *mains {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	m := &mains{Listener: ln, status: status}
	m.work.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			m.work.Go(func() { m.serve(c) })
		}
	})
	t.Cleanup(func() { must(t, ln.Close()); m.work.Wait() })
	return m
}

func (m *mains) set(status string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.status = status
}

func (m *mains) serve(c net.Conn) {
	defer c.Close()
	for in := bufio.NewScanner(c); in.Scan(); {
		m.mu.Lock()
		status := m.status
		m.mu.Unlock()
		if status == "" {
			return
		}
		if _, err := fmt.Fprintf(c, "BEGIN LIST VAR u\nVAR u ups.status \"%s\"\nVAR u battery.charge \"40\"\nEND LIST VAR u\n", status); err != nil {
			return
		}
	}
}

// On battery no visit begins, and the screen says why; a low battery ends the
// program, and the machine is switched off once everything is closed.
func TestPowerCut(t *testing.T) {
	supply := openMains(t, "OL")
	off := filepath.Join(t.TempDir(), "off")
	cfg := quiet(t, t.TempDir())
	cfg.Power.UPS, cfg.Power.Shutdown = "u@"+supply.Addr().String(), []string{"sh", "-c", `echo "$1" >"$0"`, off, "now"}
	must(t, cfg.Validate())
	b := openBooth(t, cfg, func(s *station) { s.power.every = 5 * time.Millisecond })
	state := func(want upkeep.PowerState) func() bool { return func() bool { return b.upkeepFacts().Power == want } }

	b.until("mains", state(upkeep.PowerMains))
	if f := b.facts(); f.OnBattery || b.upkeepFacts().Charge != 40 {
		t.Errorf("on the mains: %+v", f)
	}
	supply.set("OB DISCHRG")
	b.until("battery", state(upkeep.PowerBattery))
	b.see(words("vi").T("status.power-battery"))
	if !slices.Contains(visit.CanStart(b.facts()), visit.ReasonPower) {
		t.Errorf("a visit may begin: %v", visit.CanStart(b.facts()))
	}
	// The supply falls silent: that does not bring the mains back.
	supply.set("")
	b.until("silence", state(upkeep.PowerUnknown))
	if !b.facts().OnBattery {
		t.Error("silence was taken for mains")
	}
	supply.set("OL")
	b.until("mains", func() bool { return !b.facts().OnBattery })
	b.powerOff()
	if _, err := os.Stat(off); err == nil {
		t.Fatal("switched off on the mains")
	}
	supply.set("OB LB")
	select {
	case <-b.ctx.Done():
	case <-time.After(patience):
		t.Fatal("the program goes on with an empty battery")
	}
	b.powerOff()
	if said, err := os.ReadFile(off); err != nil || strings.TrimSpace(string(said)) != "now" {
		t.Errorf("switched off: %q, %v", said, err)
	}
}

// When a low battery ends the program: after the visit, at the latest after half
// of what is left, never once the mains are back.
func TestLowBatteryWaitsForTheVisit(t *testing.T) {
	low := power.State{Known: true, OnBattery: true, Low: true, Charge: 9, Runtime: -1}
	short := low
	short.Runtime = time.Minute
	on := power.State{Known: true, OnLine: true}
	type moment struct {
		at   time.Duration
		what any // a state, or whether nobody is in a visit
	}
	for _, tt := range []struct {
		name string
		tell []moment
		want time.Duration // 0: never
	}{
		{"nobody there", []moment{{0, true}, {0, low}}, time.Millisecond},
		{"a visit that ends", []moment{{0, low}, {40 * time.Second, true}}, 41 * time.Second},
		{"a visit that does not", []moment{{0, low}}, lowWait},
		{"a battery for a minute", []moment{{0, short}}, 30 * time.Second},
		{"the mains come back", []moment{{0, low}, {20 * time.Second, on}, {30 * time.Second, true}}, 0},
		{"silence after low", []moment{{0, low}, {20 * time.Second, power.State{}}, {30 * time.Second, true}}, 31 * time.Second},
		{"battery, not low", []moment{{0, power.State{Known: true, OnBattery: true}}, {0, true}}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				s := &station{log: slog.New(slog.DiscardHandler), quit: cancel}
				states := make(chan power.State, 1)
				var mu sync.Mutex
				rest := false
				began, ended := time.Now(), make(chan time.Duration, 1)
				go func() {
					err := s.followLow(ctx, states, func(context.Context) bool { mu.Lock(); defer mu.Unlock(); return rest })
					if err == nil {
						ended <- time.Since(began)
					}
					close(ended)
				}()
				for _, m := range tt.tell {
					time.Sleep(time.Until(began.Add(m.at))) // of the bubble's clock
					synctest.Wait()
					switch what := m.what.(type) {
					case power.State:
						states <- what
					case bool:
						mu.Lock()
						rest = what
						mu.Unlock()
					}
					synctest.Wait()
				}
				time.Sleep(time.Until(began.Add(10 * time.Minute)))
				synctest.Wait()
				if (ctx.Err() != nil) != (tt.want != 0) || s.power.off.Load() != (tt.want != 0) {
					t.Errorf("it ended: %v", ctx.Err())
				}
				cancel()
				if at := <-ended; tt.want == 0 && at != 0 || at > tt.want || tt.want > time.Second && at < tt.want-time.Second {
					t.Errorf("it ended after %s, not %s", at, tt.want)
				}
			})
		})
	}
}
