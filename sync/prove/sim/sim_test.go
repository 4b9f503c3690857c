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

// workers is how many worlds live at once.
const workers = 2

var province = sync.OnceValues(func() (*Template, error) {
	dir, err := os.MkdirTemp(memory(), "sim-province-")
	if err != nil {
		return nil, err
	}
	return NewTemplate(ctx, dir)
})

// play plays one seed.
func play(t *testing.T, seed uint64) *Story {
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
	var story *Story
	synctest.Test(t, func(t *testing.T) {
		w, err := NewWorld(t.Context(), tpl, dir, seed, 1+int(seed%3))
		if err != nil {
			t.Fatal(err)
		}
		story = w.story
		if err := w.Play(); err != nil {
			t.Error(err)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return story
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
			for seed := n + 1; seed <= all && !t.Failed(); seed += workers {
				if story := play(t, uint64(seed)); len(story.Broken()) > 0 {
					t.Errorf("seed %d:\n%s", seed, story)
				}
			}
		})
	}
}

// The same seed tells the same story, byte for byte.
func TestSameSeedSameStory(t *testing.T) {
	for seed := uint64(1000); seed < 1008; seed++ {
		first, second := play(t, seed).String(), play(t, seed).String()
		if first != second {
			t.Errorf("seed %d told two stories:\n%s", seed, cmp.Diff(strings.Split(first, "\n"), strings.Split(second, "\n")))
		}
	}
}
