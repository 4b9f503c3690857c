package sim

import (
	"context"
	"testing/synctest"
	"time"

	"tramhoso/sync/dossier"
)

// Limits of one seed.
const (
	leastSteps = 25
	mostSteps  = 60
	mostPoints = 14 // an armed machine dies within so many points, or lives
	healRounds = 40 // a province that is not at rest after so many never will be
)

// step is one thing that can happen in a world. It happens alone; do reports
// whether there was anything to do.
type step struct {
	weight int
	do     func(w *World) bool
	fault  bool
}

// swarm is what this seed's world is prone to: each seed leaves some troubles
// out and has others often, so that rare ones meet.
func (w *World) swarm() []step {
	steps := []step{
		{18, (*World).stepVisit, false}, {4, (*World).stepTapAgain, false}, {14, (*World).stepLetter, false},
		{22, (*World).stepSend, false}, {14, (*World).stepCarry, false}, {18, (*World).stepListen, false}, {24, (*World).stepOfficer, false},
		{2, (*World).stepPass, false}, {3, (*World).stepReplay, false},
		{8, (*World).stepLine, true}, {12, (*World).stepDie, true}, {5, (*World).stepHold, true}, {4, (*World).stepStuck, true},
		{6, (*World).stepExport, true}, {7, (*World).stepDeliver, true}, {7, (*World).stepBringBack, true}, {2, (*World).stepCopy, true},
		{4, (*World).stepBackUp, true}, {3, (*World).stepRestore, true}, {3, (*World).stepClock, true}, {2, (*World).stepTime, true},
		{8, (*World).stepPrint, false}, {3, (*World).stepRotate, true}, {6, (*World).stepMirror, true}, {4, (*World).stepLoose, true}, {3, (*World).stepLose, true},
		{4, (*World).stepReissue, false}, {10, (*World).stepRelay, true},
		{3, (*World).stepDisk, true}, {2, (*World).stepWithdraw, true}, {3, (*World).stepSweep, true},
	}
	for i := range steps {
		if steps[i].fault {
			steps[i].weight *= []int{0, 1, 1, 3}[w.draw(4)]
		}
	}
	return steps
}

// Play lets a world live for a while, heals it, and looks whether every promise
// was kept. The story says so.
func (w *World) Play() {
	defer w.stopHere()
	steps := w.swarm()
	for n := leastSteps + w.draw(mostSteps-leastSteps); n > 0; n-- {
		w.one(steps)
	}
	w.heal()
	w.check()
}

// stopHere ends Play where a promise was broken.
func (w *World) stopHere() {
	if v := recover(); v != nil {
		if _, ok := v.(stopped); !ok {
			panic(v)
		}
	}
}

// stopped ends a world in which a promise was broken: what follows would only
// follow from it.
type stopped struct{}

// one lets one thing happen.
func (w *World) one(steps []step) {
	total := 0
	for _, s := range steps {
		total += s.weight
	}
	for did, tries := false, 0; !did && tries < 10; tries++ {
		n := w.draw(total)
		for _, s := range steps {
			if n < s.weight {
				did = s.do(w)
				break
			}
			n -= s.weight
		}
	}
	w.settle()
	w.disarm()
	w.rest(w.between(time.Second, 2*time.Minute))
}

// rest lets true time pass.
func (w *World) rest(d time.Duration) { time.Sleep(d) }

// settle clears away what died, starts it again, and stops where a promise was
// broken.
func (w *World) settle() {
	synctest.Wait()
	w.thaw()
	for w.portal.next != "" {
		w.must(w.portal.bury())
		w.rest(w.between(time.Second, time.Minute))
		w.story.tell("the portal starts again")
		w.must(w.portal.start())
	}
	for _, s := range w.stations {
		for s.next != "" {
			w.must(s.bury())
			w.rest(w.between(time.Second, time.Minute))
			w.story.tell("%s starts again", s.code)
			w.must(s.start())
		}
	}
	synctest.Wait()
	if len(w.story.Broken()) > 0 {
		panic(stopped{})
	}
}

// must takes an error for a broken promise: every machine starts again.
func (w *World) must(err error) {
	if err != nil {
		w.story.wrong("%v", err)
		panic(stopped{})
	}
}

func (w *World) any() *stationSim {
	list := w.living()
	return list[w.draw(len(list))]
}

// sending is a station, mostly one that has something to send.
func (w *World) sending() *stationSim {
	s := w.any()
	for range 4 {
		if s.waiting().Packets > 0 {
			break
		}
		s = w.any()
	}
	return s
}

func (w *World) stepVisit() bool { w.come(w.any()); return true }

func (w *World) stepTapAgain() bool { return w.again(w.any()) }

func (w *World) stepLetter() bool { return w.letter(w.any()) }

func (w *World) stepOfficer() bool { return w.officer() }

func (w *World) stepSend() bool {
	s := w.sending()
	if s.waiting().Packets == 0 && w.chance(90) {
		return false
	}
	d := w.between(5*time.Second, 3*time.Minute)
	w.story.tell("%s sends for %s (%d wait)", s.code, d.Round(time.Second), s.waiting().Packets)
	s.send(d)
	w.honest(s)
	return true
}

// stepCarry lets attachments go.
func (w *World) stepCarry() bool {
	s := w.any()
	n, more := s.files()
	if !more {
		return false
	}
	d := w.between(5*time.Second, 2*time.Minute)
	w.story.tell("%s carries files for %s (%d wait)", s.code, d.Round(time.Second), n.Files)
	s.carry(d)
	return true
}

func (w *World) stepListen() bool {
	s := w.any()
	d := w.between(5*time.Second, 2*time.Minute)
	w.story.tell("%s listens for %s", s.code, d.Round(time.Second))
	s.listen(d)
	return true
}

// stepLine changes how a station's line is.
func (w *World) stepLine() bool {
	s := w.any()
	names := []string{"is rough", "is rough", "is rough", "holds", "is down", "goes nowhere", "leads to a log-in page"}
	n := w.draw(len(names))
	s.line, s.rough = []line{up, up, up, up, down, silent, captive}[n], n < 3
	s.hangUp()
	w.story.tell("%s's line %s", s.code, names[n])
	return true
}

// stepDie arms a machine; what happens next may kill it.
func (w *World) stepDie() bool {
	points := 1 + w.draw(mostPoints)
	if w.chance(40) {
		w.arm(w.portal, points)
		one := []func(*World) bool{(*World).stepSend, (*World).stepSend, (*World).stepListen, (*World).stepOfficer, (*World).stepOfficer,
			(*World).stepCarry, (*World).stepCarry, (*World).stepDeliver, (*World).stepRelay, (*World).stepBackUp}
		return one[w.draw(len(one))](w)
	}
	s := w.sending()
	w.arm(s, points)
	switch w.draw(15) {
	case 8, 9, 10:
		w.print(s, false)
	case 11:
		if s.medium == nil {
			w.newMedium(s)
		}
		w.mirror(s)
	case 12, 13:
		if v, ok := some(w, w.shown(s)); ok {
			w.reissue(v)
		}
	case 14:
		if k, ok := w.aFull(); ok { // others' or not: it may die while it looks
			w.relay(s, k, w.between(5*time.Second, time.Minute))
		}
	case 6, 7:
		s.carry(w.between(5*time.Second, time.Minute))
	case 0:
		w.come(s)
	case 1:
		w.letter(s)
	case 2, 3:
		s.send(w.between(5*time.Second, 3*time.Minute))
	case 4:
		s.listen(w.between(5*time.Second, time.Minute))
	default:
		w.bringBack(s)
	}
	return true
}

// stepPass lets hours pass.
func (w *World) stepPass() bool {
	d := w.between(time.Hour, 20*time.Hour)
	w.story.tell("%s pass", d.Round(time.Minute))
	w.rest(d)
	return true
}

// stepStuck lets a request arrive that was stuck on its way.
func (w *World) stepStuck() bool {
	w.mu.Lock()
	var l letter
	ok := len(w.stuck) > 0
	if ok {
		i := w.rng.IntN(len(w.stuck))
		l = w.stuck[i]
		w.stuck = append(w.stuck[:i], w.stuck[i+1:]...)
	}
	w.mu.Unlock()
	if !ok {
		return false
	}
	w.story.tell("%s's %s arrives after all", l.from.code, l.what)
	ctx, cancel := context.WithTimeout(w.ctx, time.Second) // nobody waits for the answer any more
	defer cancel()
	l.req = l.req.Clone(ctx)
	run := w.portal.running
	w.deliver(run, run.Handler(), l, false)
	return true
}

// stepReplay offers a packet again that the portal may hold already.
func (w *World) stepReplay() bool {
	s := w.any()
	v, ok := some(w, w.shown(s))
	if !ok || s.line != up || s.rough {
		return false
	}
	pk, err := s.run.Store.Packet(w.ctx, v.got.Packet)
	if dossier.CodeOf(err) == dossier.CodeNotFound {
		return false // purged
	}
	w.must(err)
	_, _, err = s.run.Link.Put(w.ctx, pk)
	w.story.tell("%s offers %s again: %s", s.code, w.nameOf(v.got.Packet), outcome(err))
	return true
}

func outcome(err error) string {
	if err == nil {
		return "a receipt"
	}
	return codeOf(err)
}

// honest compares what the queue tells a screen with what the store holds.
func (w *World) honest(s *stationSim) {
	if !s.alive() {
		return
	}
	st, n := s.run.Queue.State(), s.waiting()
	if st.Waiting != n.Packets || st.Refused != n.Refused || !st.Oldest.Equal(n.Oldest) {
		w.story.wrong("%s's queue says %d wait and %d were refused; the store says %d and %d", s.code, st.Waiting, st.Refused, n.Packets, n.Refused)
	}
	if n.Packets == 0 && st.Why != "" {
		w.story.wrong("%s's queue is empty and says why it waits: %s", s.code, st.Why)
	}
}

// heal mends everything and lets the province come to rest.
func (w *World) heal() {
	w.story.tell("everything is mended")
	w.disarm()
	w.mu.Lock()
	w.stuck = nil
	w.mu.Unlock()
	w.portal.full = false
	for _, s := range w.living() {
		s.line, s.rough, s.full, s.skew = up, false, false, 0
		s.hangUp()
	}
	for _, s := range w.stations {
		if s.lost == nil {
			w.finishWishes(s)
			w.printAll(s)
		} else if s.lost.medium != nil {
			w.loose(s.lost.medium)
		}
	}
	for range healRounds {
		for _, s := range w.living() {
			s.listen(30 * time.Second)
			s.send(2 * time.Minute)
			w.honest(s)
			if _, more := s.files(); more {
				s.carry(2 * time.Minute)
			}
			s.listen(30 * time.Second)
		}
		w.settle()
		if w.atRest() && !w.redo() {
			w.story.tell("the province is at rest")
			w.hearOfKeys()
			return
		}
		w.rest(time.Hour)
	}
	w.story.wrong("the province does not come to rest: %s", w.restless())
	panic(stopped{})
}
