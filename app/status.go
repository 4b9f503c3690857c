package main

import (
	"sync"
	"time"

	"tramhoso/app/ui/kit"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
)

// status is the status line as things are now.
func (s *station) status() kit.Status {
	var st kit.Status
	s.devices.strip(&st)
	s.power.strip(&st)
	st.Net = s.network()
	if s.kept == nil {
		st.NoQueue = true
		return st
	}
	// Without a network dossiers are taken in only where a visit could begin.
	closed := map[kit.Net]kit.Net{kit.NetOff: kit.NetClosed, kit.NetLogin: kit.NetClosed, kit.NetPortal: kit.NetShut}
	if to, promises := closed[st.Net]; promises && len(visit.CanStart(s.facts())) > 0 {
		st.Net = to
	}
	q := s.queue.State()
	st.Waiting, st.Dossiers = q.Waiting, q.Dossiers
	return st
}

// network is whether the portal is heard.
func (s *station) network() kit.Net {
	if s.kept == nil {
		return kit.NetUnknown
	}
	switch _, online, why := s.inbox.Contact(); {
	case online:
		return kit.NetOn
	case why == dossier.CodeNotThePortal, s.queue.State().Why == outbox.WhyNotThePortal:
		return kit.NetLogin
	case why == "", s.code() == "": // a station that is nobody asks nobody
		return kit.NetUnknown
	case why != dossier.CodeNoNetwork: // it answered, or its certificate or ours does not hold
		return kit.NetPortal
	}
	return kit.NetOff
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
