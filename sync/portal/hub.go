package portal

import "sync"

// everyone is the hub's name for all stations at once.
const everyone = 0

// hub wakes long polls. A waiter takes its channel before it looks, so that
// nothing falls between the look and the wait.
type hub struct {
	mu    sync.Mutex
	chans map[int64]chan struct{}
}

// wait returns channels that close when the enrolment, or everyone, has news.
func (h *hub) wait(enrolment int64) (own, all <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.channel(enrolment), h.channel(everyone)
}

func (h *hub) channel(id int64) chan struct{} {
	if h.chans == nil {
		h.chans = make(map[int64]chan struct{})
	}
	c, ok := h.chans[id]
	if !ok {
		c = make(chan struct{})
		h.chans[id] = c
	}
	return c
}

// wake wakes whoever waits for one of ids.
func (h *hub) wake(ids ...int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range ids {
		if c, ok := h.chans[id]; ok {
			close(c)
			delete(h.chans, id)
		}
	}
}
