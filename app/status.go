package main

import (
	"sync"
	"time"

	"tramhoso/app/ui/kit"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
)

// status is the status line as things are now.
func (s *station) status() kit.Status {
	var st kit.Status
	s.devices.strip(&st)
	s.power.strip(&st)
	st.Net = kit.NetUnknown
	if s.kept == nil {
		st.NoQueue = true
		return st
	}
	q := s.queue.State()
	st.Waiting, st.Dossiers = q.Waiting, q.Dossiers
	switch _, online, why := s.inbox.Contact(); {
	case online:
		st.Net = kit.NetOn
	case why == dossier.CodeNotThePortal, q.Why == outbox.WhyNotThePortal:
		st.Net = kit.NetLogin
	case why == dossier.CodeNotEnrolled: // a station that is nobody asks nobody
	case why != "":
		st.Net = kit.NetOff
	}
	return st
}

// calls remembers who asked for a clerk until one looks.
type calls struct {
	mu sync.Mutex
	at time.Time
}

func (c *calls) ring(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t
}

// last is when somebody called; zero: nobody waits.
func (c *calls) last() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *calls) answered() { c.ring(time.Time{}) }
