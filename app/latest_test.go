package main

import (
	"slices"
	"testing"
)

// What a noisy line sends while the screen draws is drawn once, and the last of
// it is what a person reads; what was read in between keeps its place.
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
	show(17)
	l.settle()
	queue = append(queue, func() { drawn = append(drawn, -1) }) // a code that was read
	show(18)
	show(19)
	run()
	if want := []int{15, 16, 17, -1, 19}; !slices.Equal(drawn, want) {
		t.Errorf("drawn %v, not %v", drawn, want)
	}
}
