package portal

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/wire"
)

func (f *fixture) states() map[string]KeyState {
	m := map[string]KeyState{}
	for _, k := range f.KeyAges() {
		m[k.Kind] = k.State
	}
	return m
}

// A portal whose keys nobody replaced is loud half a year ahead, opens after they
// have ended, and goes on with what one command makes: what was sealed to the key
// that ended opens as before.
func TestAPortalThatNobodyRotated(t *testing.T) {
	for _, years := range []int{3, 11} { // past the keys; past the authority as well
		f := newFixture(t)
		s := f.enrolStation(t, "DL27")
		old := s.dossier(t)
		f.put(t, s, old)
		at := func(when time.Time) { f.clock.Add(when.Sub(f.clock.Now())) }
		at(start.AddDate(2, 4, 0))
		if f.warnOfKeys(); strings.Contains(f.log.String(), "rotate due") {
			t.Error("warned of keys that last")
		}
		at(start.AddDate(2, 7, 0))
		f.warnOfKeys()
		if s := f.log.String(); strings.Count(s, "a key of the province ends") != 5 || strings.Contains(s, "has ended") {
			t.Errorf("%v", f.states())
		}
		var desk struct{ Keys []KeyAge }
		f.desk(t, "GET", "/desk/keys", "", &desk)
		if got := f.states(); len(desk.Keys) != 7 || got["recipient"] != KeyDue || got["authority"] != KeyHolds {
			t.Errorf("%+v, %v", desk, got)
		}
		at(start.AddDate(years, 1, 0))
		f.reopen(t)
		f.warnOfKeys()
		if got := f.states(); got["receipt"] != KeyEnded || !strings.Contains(f.log.String(), "has ended") || got["root"] != KeyHolds {
			t.Errorf("%v", got)
		}
		if got := f.states()["authority"]; (got == KeyEnded) != (years == 11) {
			t.Errorf("the authority %s after %d years", got, years)
		}
		kinds, err := RotateDue(f.dir, "", f.clock.Now())
		must(t, err)
		if want := map[int]int{3: 5, 11: 6}[years]; len(kinds) != want {
			t.Errorf("rotated %q", kinds)
		}
		f.take(t, true)
		for kind, state := range f.states() {
			if state != KeyHolds {
				t.Errorf("%s %s", kind, state)
			}
		}
		if again, err := RotateDue(f.dir, "", f.clock.Now()); err != nil || len(again) != 0 {
			t.Errorf("again: %q, %v", again, err)
		}
		fresh := f.enrolStation(t, "DL28")
		d := fresh.dossier(t)
		if rec := f.do(t, fresh, "PUT", wire.PathPackets+d.Head.ID, wire.EncodePacket(d)); rec.Code != http.StatusCreated {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
		for _, id := range []string{old.Head.ID, d.Head.ID} {
			if _, err := f.Act(t.Context(), id, ActAccept, DeskRequest{}); err != nil {
				t.Errorf("%d years: %v", years, err)
			}
		}
	}
}
