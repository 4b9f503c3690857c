package clock

import (
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tramhoso/sync/dossier"
)

var noon = time.Date(2026, 7, 14, 12, 0, 0, 0, time.UTC)

// machine is a wall clock that can be set and a boot counter that cannot.
type machine struct {
	wall  time.Time
	since time.Duration
}

func (m *machine) pass(d time.Duration) { m.wall, m.since = m.wall.Add(d), m.since+d }

func newSystem(floor time.Time) (*System, *machine, *[]time.Time) {
	m := &machine{wall: noon}
	var floors []time.Time
	s := NewSystem(Options{
		Floor: floor, OnFloor: func(t time.Time) { floors = append(floors, t) },
		Wall: func() time.Time { return m.wall }, Mono: func() time.Duration { return m.since }, Boot: "boot-1",
	})
	return s, m, &floors
}

func want(t *testing.T, s dossier.Stamp, wall time.Time, source dossier.TimeSource) {
	t.Helper()
	if !s.Wall.Equal(wall) || s.Source != source {
		t.Fatalf("stamp is %s %s, want %s %s", s.Wall, s.Source, wall, source)
	}
}

func TestSystemTime(t *testing.T) {
	s, m, _ := newSystem(noon.Add(-time.Hour))
	want(t, s.Stamp(), noon, dossier.TimeSystem)
	m.pass(90 * time.Second)
	st := s.Stamp()
	want(t, st, noon.Add(90*time.Second), dossier.TimeSystem)
	if st.Boot != "boot-1" || st.MonoMs != 90_000 {
		t.Errorf("stamp is %+v", st)
	}
}

// A dead battery sets the machine's clock to 1970: the floor holds.
func TestFloor(t *testing.T) {
	s, m, floors := newSystem(noon)
	m.wall = time.Unix(0, 0)
	want(t, s.Stamp(), noon, dossier.TimeFloored)
	s.Floor(noon.Add(-time.Minute))
	if len(*floors) != 0 || !s.TrustedFloor().Equal(noon) {
		t.Fatal("the floor was lowered")
	}
	s.Floor(noon.Add(time.Minute))
	want(t, s.Stamp(), noon.Add(time.Minute), dossier.TimeFloored)
	if len(*floors) != 1 || !(*floors)[0].Equal(noon.Add(time.Minute)) {
		t.Fatalf("floors handed on: %v", *floors)
	}
}

func TestSignedTimeCorrects(t *testing.T) {
	s, m, floors := newSystem(noon)
	m.wall = noon.Add(-40 * 24 * time.Hour)
	signed := noon.Add(3 * time.Hour)
	if err := s.Signed(signed); err != nil {
		t.Fatal(err)
	}
	want(t, s.Stamp(), signed, dossier.TimeSigned)
	if len(*floors) != 1 {
		t.Fatalf("floors handed on: %v", *floors)
	}
	// Somebody sets the machine's clock: the boot counter carries the time on.
	m.wall = time.Unix(0, 0)
	m.pass(time.Hour)
	want(t, s.Stamp(), signed.Add(time.Hour), dossier.TimeSigned)
	m.pass(23 * time.Hour)
	want(t, s.Stamp(), signed.Add(24*time.Hour), dossier.TimeSystem)
	if err := s.Signed(noon); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Fatalf("a replayed signed time: %v", err)
	}
	want(t, s.Stamp(), signed.Add(24*time.Hour), dossier.TimeSystem)
}

func TestStaffTellsTheTime(t *testing.T) {
	s, m, _ := newSystem(noon)
	m.wall = time.Unix(0, 0)
	if err := s.Tell(noon.Add(-time.Second)); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Fatalf("a time before the floor: %v", err)
	}
	if err := s.Tell(noon.Add(2 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	m.pass(25 * time.Hour)
	want(t, s.Stamp(), noon.Add(27*time.Hour), dossier.TimeStaff)
	if err := s.Signed(noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	want(t, s.Stamp(), noon.Add(time.Hour), dossier.TimeSigned)
}

func TestNeverBeforeTheFloor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, m, _ := newSystem(noon)
		floor := noon
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			at := noon.Add(time.Duration(rapid.Int64Range(-1e6, 1e6).Draw(t, "at")) * time.Second)
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				m.wall = at
			case 1:
				m.pass(time.Duration(rapid.Int64Range(0, 1e5).Draw(t, "pass")) * time.Second)
			case 2:
				s.Floor(at)
				if at.After(floor) {
					floor = at
				}
			case 3:
				if s.Signed(at) == nil {
					floor = at
				}
			case 4:
				_ = s.Tell(at) // refused or not, the floor must hold
			}
			if s.Now().Before(floor) {
				t.Fatalf("time %s lies before the floor %s", s.Now(), floor)
			}
		}
	})
}

// The machine's own sources.
func TestRealMachine(t *testing.T) {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		t.Fatal(err)
	}
	s := NewSystem(Options{})
	a := s.Stamp()
	if a.Boot != strings.TrimSpace(string(id)) || a.MonoMs <= 0 || a.Source != dossier.TimeSystem {
		t.Errorf("stamp is %+v", a)
	}
	if b := s.Stamp(); b.MonoMs < a.MonoMs {
		t.Error("the boot counter ran backwards")
	}
	if d := time.Since(a.Wall); d < 0 || d > time.Minute {
		t.Errorf("wall time is %s away", d)
	}
}

func TestAdjustable(t *testing.T) {
	f := NewFake(noon)
	a := NewAdjustable(f)
	before := a.Stamp()
	a.Add(90 * time.Second)
	a.Add(-time.Hour)
	want(t, a.Stamp(), noon.Add(90*time.Second), dossier.TimeSystem)
	if d := Since(a, before); d != 90*time.Second {
		t.Errorf("%s passed", d)
	}
	f.Set(noon.Add(-time.Hour))
	f.Add(time.Second)
	if d := Since(a, before); d != 91*time.Second {
		t.Errorf("%s passed after the wall was set back", d)
	}
}

func TestBetween(t *testing.T) {
	f := NewFake(noon)
	a := f.Stamp()
	f.Add(time.Minute)
	f.Reboot("again")
	f.Add(time.Minute)
	if d := Since(f, a); d != 2*time.Minute {
		t.Errorf("across a boot %s passed", d)
	}
	f.Set(noon.Add(-time.Hour))
	if d := Since(f, a); d != 0 {
		t.Errorf("a clock set back: %s passed", d)
	}
	f.SetSource(dossier.TimeStaff)
	want(t, f.Stamp(), noon.Add(-time.Hour), dossier.TimeStaff)
	if !f.Now().Equal(noon.Add(-time.Hour)) {
		t.Error("Now and Stamp differ")
	}
}

// What is certain moves with signed times and the boot counter, never with a clock
// that somebody can set; a restart goes on from what was stored.
func TestSure(t *testing.T) {
	s, m, _ := newSystem(time.Time{})
	want := func(s *System, at time.Time, exact bool) {
		t.Helper()
		if got, e := s.Sure(); !got.Equal(at) || e != exact {
			t.Errorf("certain is %v, exact %v; want %v, %v", got, e, at, exact)
		}
	}
	m.pass(time.Hour)
	want(s, time.Time{}, false)
	s.Floor(noon)
	m.pass(time.Hour)
	want(s, noon.Add(time.Hour), false)
	m.wall = noon.AddDate(64, 0, 0)
	want(s, noon.Add(time.Hour), false)
	if err := s.Tell(noon.AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	want(s, noon.Add(time.Hour), false)
	s.Floor(noon.Add(30 * time.Minute)) // signed while the hour passed
	want(s, noon.Add(time.Hour), false)
	if err := s.Signed(noon.Add(48 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	want(s, noon.Add(48*time.Hour), true)
	m.pass(signedFor)
	want(s, noon.Add(72*time.Hour), false)

	stored := noon.Add(72 * time.Hour)
	again := NewSystem(Options{Floor: noon, Sure: stored, Wall: func() time.Time { return time.Unix(0, 0) }, Mono: func() time.Duration { return m.since }, Boot: "boot-2"})
	want(again, stored, false)
	m.pass(time.Minute)
	want(again, stored.Add(time.Minute), false)
}
