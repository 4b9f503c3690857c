package main

import "sync"

// latest hands the newest of its values to a screen that may be busy drawing:
// those that came meanwhile are out of date, and each would cost a drawing. The
// zero value is ready for use.
type latest[T any] struct {
	mu      sync.Mutex
	value   T
	waiting bool // for the screen
}

// show has post call draw with v, or with what came after it.
func (l *latest[T]) show(v T, post func(func()), draw func(T)) {
	l.mu.Lock()
	before := l.waiting
	l.value, l.waiting = v, true
	l.mu.Unlock()
	if before {
		return
	}
	post(func() {
		l.mu.Lock()
		v := l.value
		l.waiting = false
		l.mu.Unlock()
		draw(v)
	})
}
