package sim

import (
	"time"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/staff"
	"tramhoso/sync/wire"
)

// mostRotations is how often a province changes a key in one world.
const mostRotations = 3

// stepRotate lets the province take a new key: for what is sealed to it, or for
// something that it signs. Stations hear of it within a day; until then, and on
// sticks for longer, the old one is used. One that leaked is replaced at once.
func (w *World) stepRotate() bool {
	if w.rotations >= mostRotations {
		return false
	}
	n := w.draw(len(portal.Uses) + 2) // the recipient twice as often
	lead := portal.Lead
	if w.chance(25) {
		lead = 0
	}
	w.must(w.portal.stop())
	if n >= len(portal.Uses) {
		_, err := portal.Rotate(w.portal.dir, "", w.now())
		w.must(err)
		w.story.tell("the province seals to another key from now on")
	} else {
		_, err := portal.RotateSigner(w.portal.dir, "", portal.Uses[n], w.now(), lead)
		w.must(err)
		w.newest = later(w.newest, w.now().Add(lead))
		w.story.tell("the province signs each %s with another key %s from now", portal.Uses[n], lead)
	}
	w.rotations++
	w.must(w.portal.start())
	return true
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// hearOfKeys lets the time pass in which every station looks at the trust bundle
// and the newest key comes to hold; then everybody says something under it.
func (w *World) hearOfKeys() {
	if w.rotations == 0 {
		return
	}
	w.rest(25*time.Hour + max(0, w.newest.Sub(w.now())))
	w.must(w.portal.stop())
	w.must(w.portal.start()) // as its daily round would, it signs anew what another key signs
	for _, s := range w.living() {
		s.listen(time.Minute)
		w.comeWith(s, 0)
		s.send(time.Minute)
		w.printAll(s)
		s.listen(time.Minute) // what its clock, which was wrong, had it believe is fetched again
		w.settle()
	}
}

// checkKeys wants every station to seal to the newest key, to believe what the
// newest ones sign, and to show a certificate that the portal knows and that does
// not end soon.
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
	var newest ledger.Catalogue
	w.must(w.portal.running.led.Store.View(w.ctx, func(r ledger.Reader) (err error) {
		got, err := r.EnrolmentByCert(seal.Fingerprint(leaf.Raw))
		if err != nil || got.Station != s.code {
			w.story.wrong("the portal does not know the certificate of %s: %v", s.code, err)
		}
		newest, err = r.LatestCatalogue()
		return err
	}))
	if w.rotations > 0 {
		w.checkSigned(s, newest)
	}
}

// checkSigned wants what a station works with to be signed by keys that hold now.
func (w *World) checkSigned(s *stationSim, newest ledger.Catalogue) {
	trust := s.run.Province.Trust()
	if _, err := catalogue.OpenSnapshot(catalogue.Signed{Head: string(newest.JWS), Body: newest.Body}, trust.KeysFor(seal.UseCatalogue, w.now())); err != nil {
		w.story.wrong("%s does not believe the portal's catalogue: %v", s.code, err)
	}
	if got, err := s.run.Province.Catalogue(); err != nil || got.Version() != newest.Version {
		w.story.wrong("%s works with another catalogue than the portal's, which is version %d: %v", s.code, newest.Version, err)
	}
	list, err := s.run.Province.Staff()
	w.must(err)
	if _, err := staff.Login(list, w.template.badge, prove.ClerkPIN, w.now()); err != nil {
		w.story.wrong("a clerk's badge does not open %s: %v", s.code, err)
	}
	if at, err := s.run.Link.Time(w.ctx); err != nil || !at.Equal(w.now().Truncate(time.Second)) && at.Sub(w.now()).Abs() > time.Second {
		w.story.wrong("%s is told the time %v: %v", s.code, at, err)
	}
	rows, err := s.rows(w.ctx)
	w.must(err)
	for _, r := range rows {
		if r.Receipt == "" {
			continue
		}
		var said dossier.Receipt
		if err := trust.Verify(seal.UseReceipt, r.Receipt, wire.TypReceipt, &said, func() time.Time { return said.At }); err != nil {
			w.story.wrong("%s does not believe the receipt of its packet %d any more: %v", s.code, r.Seq, err)
		}
	}
}
