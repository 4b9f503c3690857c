package sim

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"tramhoso/sync/portal/ledger"
)

// A station burns down that had sent some of its packets and mirrored all of them,
// and two of those that it had not sent cannot be read on its medium any more: the
// portal names these two and no others.
func TestTheLostAreNamed(t *testing.T) {
	w := in(t, 1, 2, false, func(w *World) {
		defer w.stopHere()
		s := w.stations[0]
		w.comeWith(s, 0)
		s.send(20 * time.Second)
		for range 5 {
			w.comeWith(s, 0)
		}
		w.newMedium(s)
		w.mirror(s)
		list, err := s.rows(w.ctx)
		w.must(err)
		for _, gone := range []int{3, 5} {
			found, err := filepath.Glob(filepath.Join(s.medium.dir, "*"+list[gone-1].ID+".packet"))
			w.must(err)
			if len(found) != 1 {
				t.Fatalf("packet %d is %d times on the medium", gone, len(found))
			}
			w.must(os.Remove(found[0]))
		}
		w.burn(s)
		w.loose(s.lost.medium)
		w.heal()
		w.check()
		g, err := w.gaps(s)
		w.must(err)
		if want := []ledger.Run{{From: 3, To: 3}, {From: 5, To: 5}}; !reflect.DeepEqual(g.Gaps, want) || g.Last != 6 {
			t.Errorf("the portal names %v up to %d, want %v up to 6", g.Gaps, g.Last, want)
		}
	})
	if b := w.story.Broken(); len(b) > 0 {
		t.Errorf("%s", w.story)
	}
}
