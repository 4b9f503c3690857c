package sim

import (
	"sync"
	"testing/synctest"
	"time"
)

// stepHold lets things happen at a station while an answer to it is on its way:
// what one loop hears was said before what the other one did meanwhile.
func (w *World) stepHold() bool {
	s := w.sending()
	if s.line != up {
		return false
	}
	h := &hold{s: s, what: "question for events", holding: make(chan struct{}), release: make(chan struct{})}
	f := s.follows
	if w.chance(50) {
		h.what, f = "packet", s.sends
		if n := s.waiting().Packets; n == 0 {
			return false
		} else if n > 1 {
			h.what = "batch"
		}
	}
	w.mu.Lock()
	w.held = h
	w.mu.Unlock()
	l := s.begin(f)
	defer l.end()
	t := time.NewTimer(30 * time.Second)
	defer t.Stop()
	select {
	case <-h.holding:
	case <-t.C: // it met another fate
		w.mu.Lock()
		w.held = nil
		w.mu.Unlock()
		return true
	case <-s.dead:
		return true
	}
	release := sync.OnceFunc(func() {
		w.mu.Lock()
		w.holding = nil
		w.mu.Unlock()
		close(h.release)
	})
	defer release()
	for range 1 + w.draw(3) { // shorter than the station's patience, all together
		w.meanwhile(s, h)
		synctest.Wait()
		if !s.alive() {
			return true
		}
		time.Sleep(w.between(time.Millisecond, 3*time.Second))
	}
	more := w.between(time.Second, 30*time.Second)
	w.story.tell("%s gets the answer", s.code)
	release()
	l.last(more)
	return true
}

func (w *World) isHolding() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.holding != nil
}

// meanwhile lets one thing happen at s that does not go through the loop whose
// answer is held back.
func (w *World) meanwhile(s *stationSim, h *hold) {
	short := w.between(time.Second, 15*time.Second)
	switch w.draw(7) {
	case 0:
		w.come(s)
	case 1:
		w.letter(s)
	case 2:
		w.officer()
	case 3:
		w.bringBack(s)
	case 4:
		w.stepDeliver()
	default:
		if h.what == "question for events" {
			w.story.tell("%s sends for %s", s.code, short.Round(time.Second))
			s.send(short)
		} else {
			w.story.tell("%s listens for %s", s.code, short.Round(time.Second))
			s.listen(short)
		}
	}
}
