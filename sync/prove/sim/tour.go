package sim

import (
	"slices"
	"time"

	"tramhoso/sync/portal"
	"tramhoso/sync/portal/ledger"
)

// Tour is a fixed way through everything that a station and a portal do to each
// other, during which one machine may die at one named point.
func (w *World) Tour(dies string, at int) {
	defer w.stopHere()
	for _, m := range w.machines() {
		if m.name() == dies {
			w.arm(m, at)
		}
	}
	s, other := w.stations[0], w.stations[len(w.stations)-1]
	send := func(s *stationSim) { s.send(20 * time.Second) }
	carry := func(s *stationSim) { s.carry(20 * time.Second) }
	listen := func(s *stationSim) { s.listen(10 * time.Second) }
	act := func(seq uint64, a portal.Action) func() {
		return func() {
			if d, ok := w.bySeq(s, seq); ok {
				w.act(d, a)
			}
		}
	}
	for _, do := range []func(){
		func() { w.come(s) }, func() { w.comeWith(s, 2) }, func() { send(s) }, func() { carry(s) }, func() { listen(s) },
		act(1, portal.ActAccept), act(2, portal.ActSupplement), act(1, portal.ActReady), func() { listen(s) },
		func() { w.sayAll(s) }, func() { send(s) }, func() { listen(s) },
		func() { w.stepBackUp() }, func() { listen(s) }, func() { w.sweep(s) },
		func() { w.come(s) }, func() { w.come(other) },
		func() { w.exportTo(s, w.aStick()) }, func() { w.stepDeliver() }, func() { w.bringBack(s) },
		func() { w.lose(s) }, func() { w.lose(s) }, func() { w.comeWith(s, 1) },
		func() { w.exportTo(s, w.aStick()) }, func() { w.neighbour(other) }, func() { w.bringBack(s) },
		func() { w.stepWithdraw() }, func() { listen(s) }, func() { send(other) },
		act(3, portal.ActAccept),
		func() { send(s) }, act(3, portal.ActReady), func() { listen(s) }, func() { w.sayAll(s) }, func() { send(s) },
		func() { w.stepRestore() }, func() { w.come(s) }, func() { send(s) }, func() { listen(s) }, func() { send(s) },
	} {
		do()
		w.settle()
		w.rest(time.Minute + time.Duration(len(w.story.lines)))
	}
	w.record = false
	w.heal()
	w.check()
}

func (w *World) machines() []machine {
	list := []machine{w.portal}
	for _, s := range w.stations {
		list = append(list, s)
	}
	return list
}

// sayAll lets people say what can be said about each dossier of a station.
func (w *World) sayAll(s *stationSim) {
	for _, v := range w.shown(s) {
		if s.alive() {
			w.about(v)
		}
	}
}

// lose lets the last visitor of a station lose their slip.
func (w *World) lose(s *stationSim) {
	if list := w.shown(s); len(list) > 0 {
		w.reissue(list[len(list)-1])
	}
}

// neighbour takes a stick that something lies on to the portal from s.
func (w *World) neighbour(s *stationSim) {
	if k, ok := w.aFull(); ok {
		w.relay(s, k, time.Minute)
	}
}

// bySeq is the dossier that the portal made of a station's packet.
func (w *World) bySeq(s *stationSim, seq uint64) (d ledger.Dossier, ok bool) {
	var list []ledger.Dossier
	w.must(w.portal.running.led.Store.View(w.ctx, func(r ledger.Reader) (err error) {
		list, err = r.Dossiers(ledger.Filter{Station: s.code})
		return err
	}))
	slices.Reverse(list) // the newest come first
	if seq > uint64(len(list)) {
		return d, false
	}
	return list[seq-1], true
}
