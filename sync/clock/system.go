package clock

import (
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"tramhoso/sync/dossier"
)

// signedFor is how long a signed answer makes the time "signed"; after that the
// time is still carried on from it but is called the system's own.
const signedFor = 24 * time.Hour

// Options of System.
type Options struct {
	// Floor is the latest signed time that was stored.
	Floor time.Time
	// Sure is what Sure said when it was last stored, if that is later.
	Sure time.Time
	// OnFloor is called with every new floor, so that it can be stored; may be nil.
	OnFloor func(time.Time)
	// Wall, Mono and Boot replace the machine's own for tests; nil and "" mean
	// the machine's.
	Wall func() time.Time
	Mono func() time.Duration
	Boot string
}

// System is the machine's clock above the trusted floor. It is safe for
// concurrent use.
type System struct {
	wall    func() time.Time
	mono    func() time.Duration
	boot    string
	onFloor func(time.Time)

	mu     sync.Mutex
	floor  time.Time
	base   time.Time     // a corrected time …
	baseAt time.Duration // … and the boot counter when it held
	sure   time.Time     // a time that had come for certain …
	sureAt time.Duration // … and the boot counter then
	source dossier.TimeSource
}

// NewSystem reads the boot id and starts from the stored floor.
func NewSystem(o Options) *System {
	s := &System{wall: o.Wall, mono: o.Mono, boot: o.Boot, onFloor: o.OnFloor, floor: o.Floor.Round(0), source: dossier.TimeSystem}
	if s.wall == nil {
		s.wall = time.Now
	}
	if s.mono == nil {
		s.mono = sinceBoot
	}
	if s.boot == "" {
		s.boot = bootID()
	}
	s.sure, s.sureAt = s.floor, s.mono()
	if o.Sure.After(s.sure) {
		s.sure = o.Sure.Round(0)
	}
	return s
}

// Now implements Clock.
func (s *System) Now() time.Time { return s.Stamp().Wall }

// Stamp implements Clock.
func (s *System) Stamp() dossier.Stamp {
	s.mu.Lock()
	defer s.mu.Unlock()
	mono := s.mono()
	st := dossier.Stamp{Source: s.source, Boot: s.boot, MonoMs: mono.Milliseconds()}
	if s.base.IsZero() {
		st.Wall = s.wall().Round(0)
	} else {
		st.Wall = s.base.Add(mono - s.baseAt)
		if s.source == dossier.TimeSigned && mono-s.baseAt >= signedFor {
			st.Source = dossier.TimeSystem
		}
	}
	if st.Wall.Before(s.floor) {
		st.Wall, st.Source = s.floor, dossier.TimeFloored
	}
	return st
}

// Signed takes over a time that the portal signed in answer to a fresh nonce.
// It corrects the clock and lifts the floor; a signed time before the floor is
// a replay and is refused.
func (s *System) Signed(t time.Time) error {
	t = t.Round(0)
	s.mu.Lock()
	if t.Before(s.floor) {
		s.mu.Unlock()
		return dossier.Errorf(dossier.CodeInvalid, "signed time lies before the trusted floor")
	}
	s.base, s.baseAt, s.source = t, s.mono(), dossier.TimeSigned
	s.mu.Unlock()
	s.Floor(t)
	return nil
}

// Floor lifts the trusted floor to the time of any signed statement (a receipt,
// a catalogue); it never lowers it.
func (s *System) Floor(signed time.Time) {
	s.mu.Lock()
	lifted := signed.After(s.floor)
	if lifted {
		s.floor = signed.Round(0)
		if mono := s.mono(); s.floor.After(s.sureNow(mono)) {
			s.sure, s.sureAt = s.floor, mono
		}
	}
	s.mu.Unlock()
	if lifted && s.onFloor != nil {
		s.onFloor(signed.Round(0))
	}
}

// Sure is the latest time that has come for certain: a signed time and what the
// boot counter, which nobody can set, has counted since. No machine's clock and
// nobody's word moves it. It lies behind by as long as the machine was off since the
// last signed time, and is zero before the first. exact says that the portal signed
// the time lately, so that it is not behind either.
func (s *System) Sure() (at time.Time, exact bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	mono := s.mono()
	return s.sureNow(mono), s.source == dossier.TimeSigned && mono-s.baseAt < signedFor
}

func (s *System) sureNow(mono time.Duration) time.Time {
	if s.sure.IsZero() {
		return s.sure
	}
	return s.sure.Add(mono - s.sureAt)
}

// TrustedFloor is the latest signed time seen.
func (s *System) TrustedFloor() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.floor
}

// Tell takes over a time that a member of staff stated. It is refused before
// the trusted floor; the next signed answer replaces it.
func (s *System) Tell(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.Before(s.floor) {
		return dossier.Errorf(dossier.CodeInvalid, "stated time lies before the trusted floor")
	}
	s.base, s.baseAt, s.source = t.Round(0), s.mono(), dossier.TimeStaff
	return nil
}

// sinceBoot counts through suspend, unlike Go's monotonic clock.
func sinceBoot() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return time.Since(started)
	}
	return time.Duration(ts.Nano())
}

var started = time.Now()

// bootID is the kernel's, or a random one for this process where there is none.
func bootID() string {
	if b, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		if id := strings.TrimSpace(string(b)); id != "" {
			return id
		}
	}
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return fmt.Sprintf("process-%x", b)
}
