package portal

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/demo"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

// What is published takes effect; what no station could offer changes nothing.
func TestPublish(t *testing.T) {
	f := newFixture(t)
	f.enrolStation(t, "DL27")
	was := f.catalogue.Load().Version()
	next := demo.Snapshot()
	next.Procedures[0].Version++
	next.Procedures[0].Name = dossier.Text{"vi": "Tên mới"}
	v, err := f.Publish(t.Context(), next)
	must(t, err)
	got := f.catalogue.Load()
	if p, err := got.Procedure(next.Procedures[0].Code); err != nil || p.Name["vi"] != "Tên mới" || v != was+1 {
		t.Errorf("version %d: %v, %v", v, p.Name, err)
	}
	if _, ok := got.Station("DL27"); !ok || len(got.Snapshot().Hosts) == 0 {
		t.Error("publishing lost the stations or the hosts")
	}
	for name, edit := range map[string]func(*catalogue.Snapshot){
		"one code twice":            func(s *catalogue.Snapshot) { s.Procedures = append(s.Procedures, s.Procedures[0]) },
		"no such agency":            func(s *catalogue.Snapshot) { s.Procedures[0].Agency = "nobody" },
		"no such topic":             func(s *catalogue.Snapshot) { s.Procedures[0].Topics = []string{"nothing"} },
		"a form that is no JSON":    func(s *catalogue.Snapshot) { s.Procedures[0].Form = []byte("{"); s.Procedures[0].Version++ },
		"other words, same version": func(s *catalogue.Snapshot) { s.Procedures[0].Name = dossier.Text{"vi": "Khác"} },
		"an older version":          func(s *catalogue.Snapshot) { s.Procedures[0].Version-- },
		"no version": func(s *catalogue.Snapshot) {
			s.Procedures[len(s.Procedures)-1].Code, s.Procedures[len(s.Procedures)-1].Version = "9.9", 0
		},
	} {
		bad := got.Snapshot()
		bad.Procedures = append(bad.Procedures[:0:0], bad.Procedures...)
		edit(&bad)
		if _, err := f.Publish(t.Context(), bad); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if f.catalogue.Load().Version() != v {
		t.Error("a refused catalogue was published")
	}
}

// A portal serves what another process published into its ledger, and goes on
// from there.
func TestPublishedBeside(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	running := f.Portal
	f.open(t)
	v, err := f.Withdraw(t.Context(), "1.004873")
	must(t, err)
	must(t, f.Close())
	f.Portal = running
	if _, a := f.poll(t, s, wire.Cursor{}); a.Hints.Catalogue != v {
		t.Errorf("hints at %d, published is %d", a.Hints.Catalogue, v)
	}
	if next, err := f.Withdraw(t.Context(), "1.000656"); err != nil || next != v+1 {
		t.Errorf("the next version is %d, %v", next, err)
	}
}

// A portal that was set back, twice to the same copy, never gives one version to
// two catalogues, and knows the procedures of the versions before.
func TestSetBackCatalogueJumpsAhead(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	path, err := f.Backup(t.Context())
	must(t, err)
	backup, err := os.ReadFile(path)
	must(t, err)
	first := f.catalogue.Load()
	for range 2 {
		f.clock.Add(time.Minute)
		lost, err := f.Withdraw(t.Context(), "1.004873")
		must(t, err)
		must(t, f.Close())
		for _, name := range []string{"ledger.db-wal", "ledger.db-shm"} {
			_ = os.Remove(filepath.Join(f.dir, name))
		}
		must(t, os.WriteFile(filepath.Join(f.dir, "ledger.db"), backup, 0o600))
		f.open(t)
		now := f.catalogue.Load()
		if now.Version() <= lost {
			t.Fatalf("version %d after the lost %d", now.Version(), lost)
		}
		if p := problem(t, f.do(t, s, "GET", wire.PathDelta+"?from="+strconv.Itoa(lost), nil)); p.Code != wire.CodeNoDelta {
			t.Errorf("a delta from a lost version: %+v", p)
		}
		f.reopen(t)
		if again := f.catalogue.Load().Version(); again != now.Version() {
			t.Errorf("and again at every start: %d", again)
		}
		_, err = f.Withdraw(t.Context(), "1.000656")
		must(t, err)
		must(t, f.store.View(t.Context(), func(r ledger.Reader) error {
			_, err := r.Catalogue(first.Version())
			return err
		}))
	}
}

// The versions before a jump are kept for as long as others, and found in order.
func TestJump(t *testing.T) {
	j := jump{From: 40, To: 5000}
	for _, c := range []struct{ version, before, oldest int }{
		{5000, 40, 40 - keptVersions},
		{5001, 5000, 41 - keptVersions},
		{5000 + keptVersions - 1, 5000 + keptVersions - 2, 39},
		{5000 + keptVersions, 4999 + keptVersions, 5000},
		{9000, 8999, 9000 - keptVersions},
		{40, 39, 40 - keptVersions}, // the portal was set back once more, to before it jumped
	} {
		if got := j.before(c.version); got != c.before {
			t.Errorf("before %d comes %d, want %d", c.version, got, c.before)
		}
		if got := j.oldest(c.version); got != c.oldest {
			t.Errorf("with %d the oldest is %d, want %d", c.version, got, c.oldest)
		}
	}
	made := time.Date(2026, 7, 14, 1, 0, 0, 0, time.UTC)
	if got := jumpFrom(5, made, made.Add(time.Minute)); got != (jump{5, 1065}) {
		t.Errorf("%+v", got)
	}
	if got := jumpFrom(5, made, made.Add(-time.Hour)); got != (jump{5, 1005}) {
		t.Errorf("under a clock that went back: %+v", got)
	}
}
