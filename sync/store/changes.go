package store

import "sync"

// changes wakes whoever waits for something new without carrying what it is:
// the database is asked again, so a missed wake-up loses nothing.
type changes struct {
	mu   sync.Mutex
	next int
	ears map[int]chan struct{}
}

func newChanges() *changes { return &changes{ears: map[int]chan struct{}{}} }

func (c *changes) tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ear := range c.ears {
		select {
		case ear <- struct{}{}:
		default: // it has not looked since the last time: once is enough
		}
	}
}

// Changed returns a channel that gets a value some time after anything was
// committed, and a function that ends it.
func (s *Store) Changed() (<-chan struct{}, func()) {
	c := s.change
	c.mu.Lock()
	defer c.mu.Unlock()
	id := c.next
	c.next++
	ear := make(chan struct{}, 1)
	c.ears[id] = ear
	return ear, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.ears, id)
	}
}
