package sim

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/prove/seeds"
)

const (
	mostBad   = 6   // broken seeds: more would say the same
	tellEvery = 500 // seeds, for somebody who waits for a night's
)

// workers is how many worlds live at once.
var workers = max(2, runtime.GOMAXPROCS(0))

var province = sync.OnceValues(func() (*Template, error) {
	dir, err := os.MkdirTemp(scratch, "province-")
	if err != nil {
		return nil, err
	}
	return NewTemplate(ctx, dir)
})

// shared lets all workers take the numbers below n between them, one after another,
// each with its own t, until f says that it was enough.
func shared(t *testing.T, n int, f func(t *testing.T, i int) (enough bool)) {
	var next atomic.Int64
	for worker := range workers {
		t.Run(fmt.Sprintf("worker %d", worker+1), func(t *testing.T) {
			t.Parallel()
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				if f(t, int(i)) {
					next.Store(int64(n))
				}
			}
		})
	}
}

// in lets f do something to a world of its own.
func in(t *testing.T, seed uint64, stations int, rough bool, f func(w *World)) *World {
	t.Helper()
	tpl, err := province()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(scratch, "seed-")
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
	all, first := seeds.Count(usual), seeds.First()
	var bad atomic.Int64
	shared(t, all, func(t *testing.T, i int) bool {
		seed := first + uint64(i)
		if story := play(t, seed); len(story.Broken()) > 0 {
			t.Errorf("seed %d:\n%s", seed, story)
			bad.Add(1)
		}
		if (i+1)%tellEvery == 0 {
			t.Logf("%d seeds", i+1)
		}
		return bad.Load() >= mostBad
	})
}

// The same seed tells the same story, byte for byte.
func TestSameSeedSameStory(t *testing.T) {
	if _, err := province(); err != nil {
		t.Fatal(err)
	}
	first := 1_000_000 + seeds.First()/20 // none that is played elsewhere
	shared(t, max(1, seeds.Count(160)/20/every), func(t *testing.T, i int) bool {
		seed := first + uint64(i)
		one, other := play(t, seed).String(), play(t, seed).String()
		if one != other {
			t.Errorf("seed %d told two stories:\n%s", seed, cmp.Diff(strings.Split(one, "\n"), strings.Split(other, "\n")))
		}
		return t.Failed()
	})
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
	shared(t, (len(spots)+every-1)/every, func(t *testing.T, i int) bool {
		s := spots[i*every]
		story := in(t, seed, stations, false, func(w *World) { w.Tour(s.machine, s.at) }).story.String()
		if !strings.Contains(story, s.machine+" dies "+s.point) || strings.Contains(story, "BROKEN") {
			t.Errorf("%s at its passing %d of %q:\n%s", s.machine, s.at, s.point, story)
		}
		return false
	})
}
