package sim

import (
	"path/filepath"
	"slices"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
)

// stepBackUp lets the portal back itself up.
func (w *World) stepBackUp() bool {
	_, err := w.portal.running.Backup(w.ctx)
	switch {
	case w.portal.next != "":
		w.story.tell("the portal was backing up")
	case err != nil && !w.portal.full:
		w.story.wrong("the portal cannot back up: %v", err)
	default:
		w.story.tell("the portal backs up: %s", done(err))
	}
	return true
}

func done(err error) string {
	if err == nil {
		return "done"
	}
	return codeOf(err)
}

// stepRestore sets the portal up from its last backup: its ledger was lost.
func (w *World) stepRestore() bool {
	list, err := filepath.Glob(filepath.Join(w.portal.dir, "backup", "ledger-*.db"))
	w.must(err)
	if len(list) == 0 || w.portal.history >= 2 {
		return false
	}
	slices.Sort(list)
	if w.chance(60) { // they do so every few hours, and so had just done it
		for _, s := range w.living() {
			w.sweep(s)
		}
	}
	filesToo := w.chance(50)
	w.story.tell("the portal's %s lost; it is set up from backup %d", map[bool]string{true: "disk is", false: "ledger is"}[filesToo], len(list))
	w.must(w.portal.restore(list[len(list)-1], filesToo))
	return true
}

// stepClock lets a station's clock chip be wrong.
func (w *World) stepClock() bool {
	s := w.any()
	switch w.draw(4) {
	case 0:
		s.skew = 0
		w.story.tell("%s's clock is set right", s.code)
	case 1:
		s.skew = -w.between(time.Minute, 60*24*time.Hour)
		w.story.tell("%s's clock goes back by %s", s.code, -s.skew.Round(time.Minute))
	case 2:
		s.skew = w.between(time.Minute, 20*24*time.Hour)
		w.story.tell("%s's clock jumps ahead by %s", s.code, s.skew.Round(time.Minute))
	case 3:
		w.story.tell("%s loses its clock and starts again", s.code)
		w.must(s.stop())
		s.skew = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Sub(w.now())
		w.must(s.start())
	}
	return true
}

// stepTime lets a station ask for the signed time.
func (w *World) stepTime() bool {
	s := w.any()
	t, err := s.run.Link.Time(w.ctx)
	if err == nil {
		err = s.run.clock.Signed(t)
	}
	if s.alive() {
		w.story.tell("%s asks for the time: %s", s.code, done(err))
	}
	return true
}

// stepDisk fills a disk or makes room on it.
func (w *World) stepDisk() bool {
	full, who := &w.portal.full, "the portal"
	for _, s := range w.living() {
		if !*full && (s.full || w.chance(40)) {
			full, who = &s.full, s.code
		}
	}
	*full = !*full
	w.story.tell("%s's disk %s", who, map[bool]string{true: "is full", false: "has room again"}[*full])
	return true
}

// stepWithdraw lets the province withdraw a procedure: a new catalogue.
func (w *World) stepWithdraw() bool {
	code := procedures[2+w.draw(len(procedures)-2)]
	v, err := w.portal.running.Withdraw(w.ctx, code)
	if w.portal.next == "" {
		w.story.tell("the province withdraws %s: %s", code, done(err))
		if err == nil && v < 2 {
			w.story.wrong("the catalogue has version %d", v)
		}
	}
	return true
}

// stepSweep lets a station destroy what has served its time.
func (w *World) stepSweep() bool { return w.sweep(w.any()) }

func (w *World) sweep(s *stationSim) bool {
	got, err := s.run.Store.Sweep(w.ctx)
	if !s.alive() {
		return true
	}
	w.story.tell("%s sweeps: %d bodies, %d papers (%s)", s.code, got.Bodies, got.PrintKeys, done(err))
	if err != nil && dossier.CodeOf(err) != dossier.CodeStorageFull {
		w.story.wrong("%s cannot sweep: %v", s.code, err)
	}
	return true
}

// redo lets officers decide again what was lost with the portal's ledger, and
// look at what was quarantined since. It reports whether there was anything.
func (w *World) redo() (any bool) {
	var all []ledger.Dossier
	var quarantined []string
	w.must(w.portal.running.led.Store.View(w.ctx, func(r ledger.Reader) (err error) {
		if all, err = r.Dossiers(ledger.Filter{}); err != nil {
			return err
		}
		quarantined, err = r.Quarantined(100)
		return err
	}))
	for _, d := range all {
		if d.Quarantine == "recipient-unknown" || d.Quarantine == "clone-alarm" {
			w.story.wrong("the portal puts %s aside: %s", w.nameOf(d.Packet), d.Quarantine)
		}
		if d.Quarantine != "" || w.portal.history > 0 && w.stale(d) {
			w.decide(d)
			any = true
		}
	}
	for _, id := range quarantined {
		if err := w.portal.running.ReleasePacket(w.ctx, id); err == nil {
			w.story.tell("the officer releases %s", w.nameOf(id))
			any = true
		}
	}
	return any
}

// stale reports whether a station shows a status that the portal has forgotten. A
// slip counts that nobody was handed, too, if it can be printed yet.
func (w *World) stale(d ledger.Dossier) bool {
	i := slices.IndexFunc(w.stations, func(s *stationSim) bool { return s.code == d.Station })
	if i < 0 || w.stations[i].lost != nil {
		return false
	}
	s := w.stations[i]
	list, err := s.rows(w.ctx)
	w.must(err)
	at := slices.IndexFunc(list, func(r row) bool { return r.ID == d.Packet })
	if at < 0 {
		return false
	}
	slip, ok := w.slipOf(s, list[at])
	if !ok {
		return false
	}
	card, err := s.run.Inbox.BySlip(w.ctx, slip)
	return err == nil && card.Status() != 0 && card.Status() != d.Status
}
