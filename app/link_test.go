package main

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
)

// An answer that a receipt overtook is asked for once more: a machine whose clock
// lost its day goes by the portal's time at once, and nobody reads of trouble.
func TestTimeThatWasOvertaken(t *testing.T) {
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	lost := func() time.Time { return time.Unix(0, 0) }
	l := &logbook{}
	s := &station{log: logTo(l), system: clock.NewSystem(clock.Options{Wall: lost, Mono: func() time.Duration { return 0 }})}
	asked := 0
	answer := func(context.Context) (time.Time, error) {
		at := now.Add(time.Duration(asked) * time.Second)
		if asked++; asked == 1 {
			s.system.Floor(at.Add(time.Millisecond)) // the receipt, meanwhile
		}
		return at, nil
	}
	if pause := s.setTime(t.Context(), answer); pause != timeEvery || asked != 2 {
		t.Errorf("asked %d times, again in %v", asked, pause)
	}
	if st := s.system.Stamp(); st.Source != dossier.TimeSigned || !st.Wall.Equal(now.Add(time.Second)) {
		t.Errorf("%+v", st)
	}
	if l.String() != "" {
		t.Error(l)
	}
}

// A portal whose own clock is behind is asked again soon, and is told of.
func TestTimeOfAPortalThatIsBehind(t *testing.T) {
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	l := &logbook{}
	s := &station{log: logTo(l), system: clock.NewSystem(clock.Options{Floor: now})}
	asked := 0
	behind := func(context.Context) (time.Time, error) { asked++; return now.AddDate(0, 0, -1), nil }
	if pause := s.setTime(t.Context(), behind); pause != timeRetry || asked != 2 {
		t.Errorf("asked %d times, again in %v", asked, pause)
	}
	if n := strings.Count(l.String(), "the portal's time was not taken"); n != 1 {
		t.Errorf("told %d times:\n%s", n, l)
	}
	for code, want := range map[dossier.Code]time.Duration{dossier.CodeNoNetwork: timeProbe, dossier.CodeNotThePortal: timeRetry, "": timeRetry} {
		if pause := s.setTime(t.Context(), func(context.Context) (time.Time, error) { return time.Time{}, dossier.E(code, errors.New("no")) }); pause != want {
			t.Errorf("%s: again in %v", code, pause)
		}
	}
}

// Without a network the status line promises to take dossiers in only while a visit
// could begin; the technician reads that there is no network all the same.
func TestNoNetworkAndNoVisit(t *testing.T) {
	o := openOffice(t)
	b := openBooth(t, quiet(t, t.TempDir()), func(s *station) {
		must(t, s.enrolWith(t.Context(), o.token(t)))
		s.link.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, syscall.ENETUNREACH }
	})
	b.until("no network", func() bool { return b.network() == kit.NetOff })
	if b.facts().CatalogueVersion != 0 {
		t.Fatal("there is a catalogue")
	}
	if st := b.status(); st.Net != kit.NetClosed {
		t.Errorf("the status line says %d", st.Net)
	}
	if f := b.upkeepFacts(); f.Reach != upkeep.ReachOff {
		t.Errorf("the technician reads %q", f.Reach)
	}
}

// A portal that answers and takes nothing is not called a dead network.
func TestNetworkOfARevokedStation(t *testing.T) {
	o := openOffice(t)
	b := openBooth(t, quiet(t, t.TempDir()), func(s *station) { must(t, s.enrolWith(t.Context(), o.token(t))) })
	b.until("the portal", func() bool { return b.network() == kit.NetOn })
	must(t, o.portal.Revoke(t.Context(), "DL27"))
	b.inbox.Wake()
	b.until("the portal's refusal", func() bool { return b.network() != kit.NetOn })
	if n := b.network(); n != kit.NetPortal {
		_, _, why := b.inbox.Contact()
		t.Errorf("the network is %d, by %s", n, why)
	}
	if st := b.status(); st.Net != kit.NetPortal && st.Net != kit.NetShut {
		t.Errorf("the status line says %d", st.Net)
	}
	if f := b.upkeepFacts(); f.Reach != upkeep.ReachRefused {
		t.Errorf("the technician reads %q", f.Reach)
	}
}
