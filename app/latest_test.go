package main

import (
	"slices"
	"testing"
)

// What a noisy line sends while the screen draws is drawn once, and the last of
// it is what a person reads.
func TestLatest(t *testing.T) {
	var l latest[int]
	var queue []func()
	var drawn []int
	show := func(v int) {
		l.show(v, func(f func()) { queue = append(queue, f) }, func(v int) { drawn = append(drawn, v) })
	}
	run := func() {
		for len(queue) > 0 {
			f := queue[0]
			queue = queue[1:]
			f()
		}
	}
	for v := range 16 {
		show(v)
	}
	run()
	show(16)
	run()
	if want := []int{15, 16}; !slices.Equal(drawn, want) {
		t.Errorf("drawn %v, not %v", drawn, want)
	}
}
