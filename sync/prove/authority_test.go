package prove

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal"
)

// issuedBy counts the authorities of the bundle up to the one that issued the
// station's certificate.
func (w *turning) issuedBy() int {
	w.t.Helper()
	e, err := w.station.Province.Enrolment()
	must(w.t, err)
	leaf, err := client.Leaf(e.Certificate)
	must(w.t, err)
	for i, der := range w.station.Province.Trust().TLSRoots {
		root, err := x509.ParseCertificate(der)
		must(w.t, err)
		if leaf.CheckSignatureFrom(root) == nil {
			return i + 1
		}
	}
	return 0
}

func (w *turning) replace(lead time.Duration) {
	w.t.Helper()
	_, _, err := portal.RotateAuthority(w.dir, "", w.clock.Now(), lead)
	must(w.t, err)
	_, err = w.portal.TakeKeys(w.t.Context())
	must(w.t, err)
}

func (w *turning) arrives(what string) {
	w.t.Helper()
	s, _ := w.submit(what)
	w.until("the receipt "+what, w.held(s.Packet))
}

// The authority is replaced under a portal and a station that work. The station
// believes both until the old one ends, has its certificate renewed by the new one,
// and works on when the old one's key is gone.
func TestRotateTheAuthority(t *testing.T) {
	w := newTurning(t)
	w.enrol()
	w.run(w.station.Link)
	w.arrives("before")
	w.replace(portal.Lead)
	w.arrives("by who has not heard of it")
	w.again()
	w.until("the new bundle", func() bool { return len(w.station.Province.Trust().TLSRoots) == 2 })
	w.arrives("while the old one still signs")
	w.clock.Add(portal.Lead + time.Hour)
	w.again() // its next connection meets the new one
	w.arrives("after the new one signs")
	if n := w.issuedBy(); n != 1 {
		t.Errorf("renewed early, by authority %d", n)
	}
	w.clock.Add(61 * 24 * time.Hour)
	w.again()
	w.until("a certificate of the new authority", func() bool { return w.issuedBy() == 2 })
	w.arrives("with it")
	w.clock.Add(60 * 24 * time.Hour)
	done, err := w.portal.Sweep(t.Context())
	must(t, err)
	if _, err := os.Stat(filepath.Join(w.dir, "keys", "authority.pem")); done.Keys != 1 || err == nil {
		t.Errorf("%d keys destroyed, %v", done.Keys, err)
	}
	w.again()
	w.arrives("when the old one has ended")
	w.end()
	w.serve()
	w.again()
	w.arrives("after a restart")
}

// A leaked authority is replaced at once. A station that was shut meanwhile meets a
// portal whose certificate it cannot believe, asks by the root and works on; what the
// old authority vouches for is nothing to it.
func TestALeakedAuthority(t *testing.T) {
	w := newTurning(t)
	w.enrol()
	w.run(w.station.Link)
	w.arrives("before")
	w.crash()
	leaked := t.TempDir()
	must(t, os.CopyFS(filepath.Join(leaked, "keys"), os.DirFS(filepath.Join(w.dir, "keys"))))
	for _, name := range names(t, filepath.Join(leaked, "keys")) {
		must(t, os.Chmod(filepath.Join(leaked, "keys", name), 0o600))
	}
	w.clock.Add(time.Hour)
	w.replace(0)
	w.open()
	w.run(w.station.Link)
	w.arrives("by who has not heard of it")
	w.until("a certificate of the new authority", func() bool { return w.issuedBy() == 2 })
	if trust := w.station.Province.Trust(); trust.Version != 2 {
		t.Errorf("version %d", trust.Version)
	}
	w.end()
	w.end = func() {}
	w.dir = leaked
	w.serve() // by whoever has the keys from before
	w.line.cut()
	w.line.mend()
	if _, err := w.station.Link.Time(t.Context()); dossier.CauseOf(err) != client.CauseIntercepted {
		t.Errorf("with the authority that leaked: %v", err)
	}
}

// A station that has no network hears of the new authority by stick, and meets it on
// its first connection afterwards without asking by the root.
func TestTheAuthorityComesByStick(t *testing.T) {
	w, dir := newTurning(t), t.TempDir()
	w.enrol()
	w.line.cut()
	w.submit("by stick")
	w.export(dir)
	w.replace(0)
	w.atPortal(dir)
	if got := w.bring(dir); got.Receipts != 1 {
		t.Errorf("%+v", got)
	}
	if roots := w.station.Province.Trust().TLSRoots; len(roots) != 2 {
		t.Fatalf("%d authorities are known", len(roots))
	}
	w.line.mend()
	if _, err := w.station.Link.Time(t.Context()); err != nil {
		t.Errorf("the new authority's portal: %v", err)
	}
	w.run(w.station.Link)
	w.arrives("by network")
}
