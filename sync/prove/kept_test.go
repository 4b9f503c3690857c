package prove

import (
	"testing"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
)

// A station whose trust bundle rotted has nothing to know the portal by but the
// root that it was enrolled with. It is enough to have all of it again, and to send
// what waits.
func TestALostTrustBundle(t *testing.T) {
	w := newWorld(t)
	w.enrol()
	w.run(w.station.Link)
	w.until("the catalogue", func() bool { _, err := w.station.Province.Catalogue(); return err == nil })
	w.stop()
	w.stop = nil
	waits, _ := w.submit("before")
	doc, err := w.station.Store.Document(t.Context(), store.DocTrust)
	must(t, err)
	must(t, w.station.Store.PutDocument(t.Context(), store.DocTrust, doc.Tag, doc.Content[:len(doc.Content)/2]))
	w.crash()
	w.open()
	if got := dossier.CodeOf(w.station.Province.CanSeal()); got != dossier.CodeNoKey {
		t.Errorf("a visit may begin: %q", got)
	}
	if len(w.station.Store.Findings()) != 1 {
		t.Errorf("found: %+v", w.station.Store.Findings())
	}
	w.run(w.station.Link)
	w.until("the trust bundle", func() bool { return w.station.Province.CanSeal() == nil })
	w.until("the receipt", w.held(waits.Packet))
}
