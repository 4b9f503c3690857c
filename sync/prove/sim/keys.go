package sim

import (
	"time"

	"tramhoso/sync/client"
	"tramhoso/sync/portal"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
)

// mostRotations is how often a province changes its key in one world.
const mostRotations = 2

// stepRotate lets the province take a new key for what is sealed to it. Stations
// hear of it within a day; until then, and on sticks for longer, the old one is
// used.
func (w *World) stepRotate() bool {
	if w.rotations >= mostRotations {
		return false
	}
	w.must(w.portal.stop())
	_, err := portal.Rotate(w.portal.dir, "", w.now())
	w.must(err)
	w.must(w.portal.start())
	w.rotations++
	w.story.tell("the province seals to key %d from now on", w.rotations+1)
	return true
}

// hearOfKeys lets a day pass in which every station looks at the trust bundle.
func (w *World) hearOfKeys() {
	if w.rotations == 0 {
		return
	}
	w.rest(25 * time.Hour)
	for _, s := range w.living() {
		s.listen(time.Minute)
	}
}

// checkKeys wants every station to seal to the newest key and to show a
// certificate that the portal knows and that does not end soon.
func (w *World) checkKeys(s *stationSim) {
	if got, want := s.run.Province.Trust().Version, w.template.trust+w.rotations; got != want {
		w.story.wrong("%s believes trust bundle %d, the province signed %d", s.code, got, want)
	}
	e, err := s.run.Province.Enrolment()
	w.must(err)
	leaf, err := client.Leaf(e.Certificate)
	w.must(err)
	if left := leaf.NotAfter.Sub(w.now()); left < 300*24*time.Hour {
		w.story.wrong("%s shows a certificate that ends in %s", s.code, left.Round(time.Hour))
	}
	w.must(w.portal.running.led.Store.View(w.ctx, func(r ledger.Reader) error {
		got, err := r.EnrolmentByCert(seal.Fingerprint(leaf.Raw))
		if err != nil || got.Station != s.code {
			w.story.wrong("the portal does not know the certificate of %s: %v", s.code, err)
		}
		return nil
	}))
}
