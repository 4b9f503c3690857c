package main

import "sync"

// latest hands the newest of its values to a screen that may be busy drawing:
// those that came meanwhile are out of date, and each would cost a drawing. The
// zero value is ready for use.
type latest[T any] struct {
	mu      sync.Mutex
	waiting *T // for the screen; nil: nothing that may still change
}

// show has post call draw with v, or with what came after it.
func (l *latest[T]) show(v T, post func(func()), draw func(T)) {
	l.mu.Lock()
	if l.waiting != nil {
		*l.waiting = v
		l.mu.Unlock()
		return
	}
	at := &v
	l.waiting = at
	l.mu.Unlock()
	post(func() {
		l.mu.Lock()
		if l.waiting == at {
			l.waiting = nil
		}
		v := *at
		l.mu.Unlock()
		draw(v)
	})
}

// settle lets what waits for the screen be: something else is posted now, and
// what comes next must come after it.
func (l *latest[T]) settle() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = nil
}
