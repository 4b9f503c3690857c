package main

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// A mistake of the program's own (a panic) ends the station as closing its window
// does: devices are left, the storage is closed, and the program says so and fails,
// for whoever watches over it to start it again. Nothing is kept going: what a
// mistake has left behind in memory cannot be trusted.

// closeMost is how long closing may take after a mistake, which may have left
// something locked: a paper's last bytes and an order to the scanner take less. What
// is not closed then survives as it would a power cut.
const closeMost = 15 * time.Second

// errMistake is the program's own fault.
var errMistake = errors.New("the program made a mistake and ended; the log says where")

// mistakes keeps the first one.
type mistakes struct {
	mu    sync.Mutex
	first error
}

func (m *mistakes) keep(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.first == nil {
		m.first = err
	}
}

func (m *mistakes) err() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.first
}

// guard runs f. A mistake in it ends the program in order.
func (s *station) guard(what string, f func()) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		s.log.Error("the program's own mistake", "in", what, "what", fmt.Sprint(r), "stack", string(debug.Stack()))
		s.mistakes.keep(fmt.Errorf("%w: %s: %v", errMistake, what, r))
		s.quit()
	}()
	f()
}

// beside runs f while the screen goes on; close waits for it.
func (s *station) beside(what string, f func()) {
	s.work.Go(func() { s.guard(what, f) })
}

// end closes the station and tells of its mistake, if there was one; then closing
// takes no longer than most.
func (s *station) end(most time.Duration) error {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		s.guard("closing", s.close)
	}()
	if s.mistakes.err() == nil {
		<-closed
		return s.mistakes.err() // closing itself may have made one
	}
	select {
	case <-closed:
	case <-time.After(most):
		s.log.Error("the station could not be closed", "after", most)
	}
	return s.mistakes.err()
}
