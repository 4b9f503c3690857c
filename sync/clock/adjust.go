package clock

import (
	"sync"
	"time"

	"tramhoso/sync/dossier"
)

// Adjustable moves another clock forward, wall and boot counter alike: tours
// use it to let time pass.
type Adjustable struct {
	under Clock

	mu     sync.Mutex
	offset time.Duration
}

// NewAdjustable starts without an offset.
func NewAdjustable(under Clock) *Adjustable { return &Adjustable{under: under} }

// Add moves the clock by d; time does not run backwards, so a negative d moves
// nothing.
func (a *Adjustable) Add(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.offset += max(d, 0)
}

// Offset is the sum of what was added.
func (a *Adjustable) Offset() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.offset
}

// Now implements Clock.
func (a *Adjustable) Now() time.Time { return a.under.Now().Add(a.Offset()) }

// Stamp implements Clock.
func (a *Adjustable) Stamp() dossier.Stamp {
	s, d := a.under.Stamp(), a.Offset()
	s.Wall = s.Wall.Add(d)
	s.MonoMs += d.Milliseconds()
	return s
}

// Fake is a clock that stands still until it is told to move. The zero value
// is not ready: use NewFake.
type Fake struct {
	mu    sync.Mutex
	stamp dossier.Stamp
}

// NewFake stands at t, source "system", boot "fake".
func NewFake(t time.Time) *Fake {
	t = t.Round(0)
	return &Fake{stamp: dossier.Stamp{Wall: t, Source: dossier.TimeSystem, Boot: "fake"}}
}

// Now implements Clock.
func (f *Fake) Now() time.Time { return f.Stamp().Wall }

// Stamp implements Clock.
func (f *Fake) Stamp() dossier.Stamp {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stamp
}

// Add moves wall and boot counter.
func (f *Fake) Add(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stamp.Wall = f.stamp.Wall.Add(d)
	f.stamp.MonoMs += d.Milliseconds()
}

// Set moves the wall only, as a person at the machine's clock would.
func (f *Fake) Set(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stamp.Wall = t.Round(0)
}

// SetSource changes where the time is said to come from.
func (f *Fake) SetSource(s dossier.TimeSource) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stamp.Source = s
}

// Reboot starts a new boot: another id, the counter at 0.
func (f *Fake) Reboot(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stamp.Boot, f.stamp.MonoMs = id, 0
}
