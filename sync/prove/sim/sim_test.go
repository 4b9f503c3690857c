package sim

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/prove/seeds"
)

const (
	workers   = 2   // worlds that live at once
	mostBad   = 3   // broken seeds of a worker: more would say the same
	tellEvery = 500 // seeds, for somebody who waits for a night's
)

var province = sync.OnceValues(func() (*Template, error) {
	dir, err := os.MkdirTemp(memory(), "sim-province-")
	if err != nil {
		return nil, err
	}
	return NewTemplate(ctx, dir)
})

// in lets f do something to a world of its own.
func in(t *testing.T, seed uint64, stations int, rough bool, f func(w *World)) *World {
	t.Helper()
	tpl, err := province()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(memory(), "sim-seed-")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	}()
	var w *World
	synctest.Test(t, func(t *testing.T) {
		var err error
		if w, err = NewWorld(t.Context(), tpl, dir, seed, stations, rough); err != nil {
			t.Fatal(err)
		}
		f(w)
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// play plays one seed.
func play(t *testing.T, seed uint64) *Story {
	t.Helper()
	return in(t, seed, 1+int(seed%3), true, (*World).Play).story
}

func TestSeeds(t *testing.T) {
	if seed, asked := seeds.One(); asked {
		story := play(t, seed)
		t.Log("\n" + story.String())
		if len(story.Broken()) > 0 {
			t.Error("a promise was broken")
		}
		return
	}
	if _, err := province(); err != nil {
		t.Fatal(err)
	}
	all := seeds.Count(usual)
	for n := range workers {
		t.Run(fmt.Sprintf("worker %d", n+1), func(t *testing.T) {
			t.Parallel()
			bad := 0
			for seed := n + 1; seed <= all && bad < mostBad; seed += workers {
				if story := play(t, uint64(seed)); len(story.Broken()) > 0 {
					t.Errorf("seed %d:\n%s", seed, story)
					bad++
				}
				if seed/tellEvery != (seed+workers)/tellEvery {
					t.Logf("%d seeds", seed)
				}
			}
		})
	}
}

// The same seed tells the same story, byte for byte.
func TestSameSeedSameStory(t *testing.T) {
	for seed := range uint64(max(1, seeds.Count(160)/20/every)) {
		seed += 1_000_000 // none that is played elsewhere
		first, second := play(t, seed).String(), play(t, seed).String()
		if first != second {
			t.Errorf("seed %d told two stories:\n%s", seed, cmp.Diff(strings.Split(first, "\n"), strings.Split(second, "\n")))
		}
	}
}

// Every named point that the tour passes kills its machine once, at its first and
// at its last passing.
func TestDieAtEveryPoint(t *testing.T) {
	const seed, stations = 1, 2
	calm := in(t, seed, stations, false, func(w *World) {
		w.record = true
		w.Tour("", 0)
	})
	if b := calm.story.Broken(); len(b) > 0 {
		t.Fatalf("without a death:\n%s", calm.story)
	}
	type spot struct {
		machine string
		at      int
		point   string
	}
	first, last, count := map[string]spot{}, map[string]spot{}, map[string]int{}
	var order []string
	for _, p := range calm.passed {
		count[p.machine]++
		s := spot{p.machine, count[p.machine], p.point}
		if _, ok := first[p.point]; !ok {
			first[p.point] = s
			order = append(order, p.point)
		}
		last[p.point] = s
	}
	if len(order) < 40 {
		t.Errorf("the tour passes only %d named points: %v", len(order), order)
	}
	var spots []spot
	for _, p := range order {
		spots = append(spots, first[p])
		if last[p] != first[p] {
			spots = append(spots, last[p])
		}
	}
	for n := range workers {
		t.Run(fmt.Sprintf("worker %d", n+1), func(t *testing.T) {
			t.Parallel()
			for i := n * every; i < len(spots); i += workers * every {
				s := spots[i]
				story := in(t, seed, stations, false, func(w *World) { w.Tour(s.machine, s.at) }).story.String()
				if !strings.Contains(story, s.machine+" dies "+s.point) || strings.Contains(story, "BROKEN") {
					t.Errorf("%s at its passing %d of %q:\n%s", s.machine, s.at, s.point, story)
				}
			}
		})
	}
}
