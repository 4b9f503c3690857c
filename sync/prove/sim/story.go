package sim

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// Story is what happened, one numbered sentence an event. Names in it are made
// of the station's own numbers, so that the same seed tells the same story.
type Story struct {
	Seed uint64

	mu     sync.Mutex
	now    func() time.Time
	plain  func(string) string // takes what differs between two runs out of a sentence
	lines  []string
	broken []string
}

// told is how many lines one seed may tell.
const told = 5000

func (s *Story) tell(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.lines) < told {
		s.lines = append(s.lines, fmt.Sprintf("%4d  %s  ", len(s.lines)+1, s.now().Format("02 Jan 15:04:05.000"))+s.plain(fmt.Sprintf(format, args...)))
	}
}

// wrong notes a promise that was broken.
func (s *Story) wrong(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	s.tell("BROKEN: %s", text)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = append(s.broken, text)
}

// Broken lists the promises that did not hold.
func (s *Story) Broken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.broken...)
}

// String tells the story with the command that plays it again.
func (s *Story) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n") + fmt.Sprintf("\n\nAgain: go test ./sync/prove/sim -run TestSeeds -seed=%d -v\n", s.Seed)
}
