package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What a start found is still told after the next ones, until somebody has looked.
func TestFindingsOutliveAStart(t *testing.T) {
	dir := used(t)
	at := time.Date(2026, 7, 14, 9, 0, 0, 0, time.UTC)
	open := func() *Store {
		at = at.Add(time.Hour)
		s, err := Open(t.Context(), dir, Options{Now: func() time.Time { return at }})
		must(t, err)
		return s
	}
	spoil(t, dir, root(t, dir, "drafts"))
	s := open()
	first := s.Findings()
	if len(first) != 2 || first[0].Kind != FoundRows && first[1].Kind != FoundRows || !first[0].At.Equal(at) {
		t.Fatalf("found %+v", first)
	}
	must(t, s.Close())

	s = open()
	if d := cmp.Diff(first, s.Findings()); d != "" {
		t.Errorf("after another start:\n%s", d)
	}
	s.Find(t.Context(), false, "the kept catalogue cannot be read")
	must(t, s.Close())

	spoil(t, dir, root(t, dir, "sqlite_autoindex_packets_1")) // the database is written anew, findings and all
	s = open()
	all := s.Findings()
	if len(all) != 3 || all[0].Kind != FoundAnew || all[0].Times != 2 || !all[0].At.Equal(at) || all[1].Kind != FoundDocument {
		t.Fatalf("after damage again: %+v", all)
	}
	// What is found while a person reads is not ended with what was read.
	s.Find(t.Context(), true, "the kept staff list cannot be read")
	must(t, s.SeeFindings(t.Context(), all))
	if left := s.Findings(); len(left) != 1 || !left[0].Lost {
		t.Errorf("left: %+v", left)
	}
	must(t, s.Close())
	s = open()
	if left := s.Findings(); len(left) != 1 || !strings.Contains(left[0].What, "staff") {
		t.Errorf("left after a start: %+v", left)
	}
	must(t, s.SeeFindings(t.Context(), s.Findings()))
	must(t, s.Close())
	s = open()
	if left := s.Findings(); len(left) != 0 {
		t.Errorf("seen, and told again: %+v", left)
	}
	must(t, s.Close())
}

// A card that dies finds something at every start: the list stays short, and what is
// gone for good is the last to leave it.
func TestFindingsAreBounded(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "store"), Options{})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	s.Find(t.Context(), true, "lost")
	for i := range 3 * mostFindings {
		s.Find(t.Context(), false, "the document %d", i)
		s.Find(t.Context(), false, "again and again")
	}
	list := s.Findings()
	lost, again := 0, 0
	for _, f := range list {
		if f.Lost {
			lost++
		}
		if f.What == "again and again" {
			again = f.Times
		}
	}
	if len(list) != mostFindings || lost != 1 || again != 3*mostFindings {
		t.Errorf("%d findings, %d lost, one %d times", len(list), lost, again)
	}
	if newest := fmt.Sprintf("the document %d", 3*mostFindings-1); list[0].What != newest && list[1].What != newest {
		t.Errorf("the newest are %+v", list[:2])
	}
}

// A list that cannot be read is itself found, once.
func TestFindingsThatCannotBeRead(t *testing.T) {
	dir := used(t)
	for range 2 {
		s, err := Open(t.Context(), dir, Options{})
		must(t, err)
		if list := s.Findings(); len(list) > 1 {
			t.Errorf("found %+v", list)
		}
		must(t, s.PutDocument(t.Context(), DocFindings, "", []byte("{")))
		must(t, s.Close())
	}
	s, err := Open(t.Context(), dir, Options{})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	if list := s.Findings(); len(list) != 1 || !list[0].Lost || list[0].Kind != FoundDocument {
		t.Errorf("found %+v", list)
	}
}

// What every start finds again is told once, and again when it is more.
func TestFindingsOfWhatIsGone(t *testing.T) {
	dir := used(t)
	open := func(want int) *Store {
		t.Helper()
		s, err := Open(t.Context(), dir, Options{})
		must(t, err)
		n := 0
		for _, f := range s.Findings() {
			if f.Kind == FoundBodies {
				n++
			}
		}
		if n != want {
			t.Errorf("%d findings of bodies, not %d: %+v", n, want, s.Findings())
		}
		return s
	}
	alter(t, dir, `UPDATE packets SET body = NULL WHERE seq = 5`)
	s := open(1)
	must(t, s.Close())
	s = open(1)
	must(t, s.SeeFindings(t.Context(), s.Findings()))
	if left := s.Findings(); len(left) != 0 {
		t.Errorf("seen, and shown: %+v", left)
	}
	must(t, s.Close())
	must(t, open(0).Close())
	alter(t, dir, `UPDATE packets SET body = NULL WHERE seq = 6`)
	must(t, open(1).Close())
}

// What was mended is written where the mended is: whatever ends the start after it,
// the next one tells of it.
func TestFindingsOfAStartThatFailed(t *testing.T) {
	dir := used(t)
	spoil(t, dir, root(t, dir, "drafts"))
	alter(t, dir, `UPDATE counters SET value = value + 1 WHERE name = 'seq'`) // the check after the mending refuses this
	if _, err := Open(t.Context(), dir, Options{}); !errors.Is(err, ErrDamaged) {
		t.Fatalf("opened: %v", err)
	}
	alter(t, dir, `UPDATE counters SET value = value - 1 WHERE name = 'seq'`)
	s, err := Open(t.Context(), dir, Options{})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	kinds := map[FoundKind]int{}
	for _, f := range s.Findings() {
		kinds[f.Kind] += f.Times
	}
	if kinds[FoundRows] != 1 || kinds[FoundAnew] != 1 {
		t.Errorf("told: %+v", s.Findings())
	}
}
