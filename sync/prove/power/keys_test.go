package power

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire/stick"
)

// public is everything that a station tells the province about its keys.
func public(t *testing.T, k *seal.Keys) string {
	t.Helper()
	b, err := json.Marshal(k.Public())
	must(t, err)
	return string(b)
}

// Keys that were given out are there again; a cut before leaves a folder that
// opens.
func TestKeys(t *testing.T) {
	open := func(dir string) (*seal.Keys, error) { return seal.OpenKeys(filepath.Join(dir, "station", "keys")) }
	cuts[string]{
		base: newDisk(t), end: func(string) {}, again: true,
		open: func(_ *testing.T, dir string) string { return dir },
		act: func(dir string) (any, error) {
			k, err := open(dir)
			if err != nil {
				return nil, err
			}
			return public(t, k), nil
		},
		check: func(t *testing.T, dir string, said any) {
			k, err := open(dir)
			if err != nil {
				t.Fatalf("the keys do not open: %v", err)
			}
			now := public(t, k)
			if said != nil && now != said {
				t.Error("keys that were given out are lost")
			}
			again, err := open(dir)
			if err != nil || public(t, again) != now {
				t.Errorf("other keys the next time; %v", err)
			}
		},
	}.everywhere(t)
}

// The first start of a station up to its enrolment: its schema comes whole, and
// an enrolment that was confirmed stays.
func TestFirstStart(t *testing.T) {
	prov, err := prove.NewProvince(begin)
	must(t, err)
	var s station
	up := func(dir string) (err error) {
		s = station{}
		s.Station, err = prove.OpenStation(t.Context(), dir, clock.NewFake(begin), quiet)
		return err
	}
	enrol := func() error {
		e, err := prov.Enrol(s.Keys, "https://127.0.0.1", begin)
		if err != nil {
			return err
		}
		return s.Province.Enrolled(t.Context(), e)
	}
	cuts[string]{
		base: newDisk(t), stride: 23, again: true,
		open: func(_ *testing.T, dir string) string { return filepath.Join(dir, "station") },
		act: func(dir string) (any, error) {
			if err := up(dir); err != nil {
				return nil, err
			}
			return public(t, s.Keys), enrol()
		},
		end: func(string) {
			if s.Station != nil {
				s.end()
			}
		},
		check: func(t *testing.T, dir string, said any) {
			if err := up(filepath.Join(dir, "station")); err != nil {
				t.Fatalf("the station does not open: %v", err)
			}
			defer s.end()
			st, err := s.Province.Station()
			if said != nil && (err != nil || public(t, s.Keys) != said) {
				t.Errorf("a confirmed enrolment is lost: %v", err)
			}
			if dossier.CodeOf(err) == dossier.CodeNotEnrolled {
				must(t, enrol())
				st, err = s.Province.Station()
			}
			if err != nil || st.Code != prove.StationCode {
				t.Errorf("%+v, %v", st, err)
			}
			if got, err := s.submit(t, "tap"); err != nil || got.Seq != 1 {
				t.Errorf("the first dossier: %+v, %v", got, err)
			}
		},
	}.everywhere(t)
}

// A bundle that was said to be on the stick is there and whole; another is not
// there, or is recognised as unfinished.
func TestStick(t *testing.T) {
	k := newDesk(t)
	first := newDisk(t) // the station's own disk keeps its power
	s := boot(t, first.Path())
	e, err := k.prov.Enrol(s.Keys, "https://127.0.0.1", begin)
	must(t, err)
	must(t, s.Province.Enrolled(t.Context(), e))
	_, err = s.submit(t, "tap")
	must(t, err)
	defer s.end()
	cuts[string]{
		base: newDisk(t), end: func(string) {},
		open: func(_ *testing.T, dir string) string { return dir },
		act: func(dir string) (any, error) {
			done, err := s.Courier.Export(t.Context(), dir, nil)
			return done.Name, err
		},
		check: func(t *testing.T, dir string, said any) {
			f, err := stick.Open(dir)
			must(t, err)
			defer func() { must(t, f.Close()) }()
			list, _, err := f.Files(stick.Up)
			must(t, err)
			whole := map[string]bool{}
			for _, one := range list {
				if _, err := f.Read(one, 1<<20, nil); err == nil {
					whole[one.Name] = true
				} else if dossier.CodeOf(err) != dossier.CodeInvalid {
					t.Errorf("%s: %v", one.Name, err)
				}
			}
			if said != nil && !whole[said.(string)] {
				t.Errorf("%s is not whole on the stick: %v", said, list)
			}
			if _, err := s.Courier.Export(t.Context(), dir, nil); err != nil {
				t.Errorf("the next export: %v", err)
			}
		},
	}.everywhere(t)
}
