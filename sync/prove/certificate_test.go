package prove

import (
	"testing"
	"time"

	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/wire"
)

func (w *world) certificate() string {
	w.t.Helper()
	e, err := w.station.Province.Enrolment()
	must(w.t, err)
	return e.Certificate
}

// A station trades its certificate for a later one by itself, in time, keeps it
// over a restart, and goes on sending.
func TestStationRenewsItself(t *testing.T) {
	w := newWorld(t)
	w.enrol()
	first := w.certificate()
	w.run(w.station.Link)
	w.until("the catalogue", func() bool { _, err := w.station.Province.Catalogue(); return err == nil })
	due, err := w.station.Province.RenewAt()
	must(t, err)
	leaf, err := client.Leaf(first)
	must(t, err)
	life := leaf.NotAfter.Sub(begin)
	if after := due.Sub(begin); after < life/3*2 || after > life/4*3+time.Second {
		t.Errorf("renews after %v of %v", after, life)
	}
	w.crash()
	if w.open(); w.certificate() != first {
		t.Fatal("renewed before its time")
	}
	w.crash()

	w.clock.Set(due.Add(time.Minute))
	w.open()
	w.run(w.station.Link)
	w.until("the renewal", func() bool { return w.certificate() != first })
	s, _ := w.submit("tap")
	w.until("the receipt", w.held(s.Packet))
	second := w.certificate()
	w.crash()
	w.open()
	if w.certificate() != second {
		t.Error("the restart lost the new certificate")
	}
	if next, err := w.station.Province.RenewAt(); err != nil || !next.After(due.AddDate(1, 0, 0)) {
		t.Errorf("renews again at %v, %v", next, err)
	}
	if _, err := w.station.Link.Time(t.Context()); err != nil {
		t.Errorf("after the restart: %v", err)
	}
}

// A station whose clock runs far ahead renews early, which harms nobody; one
// whose clock is set back is told by the portal when it is too late.
func TestRenewUnderAWrongClock(t *testing.T) {
	w := newWorld(t)
	w.enrol()
	first := w.certificate()
	due, err := w.station.Province.RenewAt()
	must(t, err)
	must(t, w.station.Link.Renew(t.Context())) // as a clock that runs ahead would
	if w.certificate() == first {
		t.Fatal("not renewed")
	}
	w.clock.Set(due)
	if _, err := w.station.Link.Time(t.Context()); err != nil {
		t.Error(err)
	}
	if _, _, err := w.station.Link.Events(t.Context(), wire.EventsQuery{}); err != nil {
		t.Errorf("with the early certificate: %v", err)
	}
}

// A revoked station hears it, pauses, and keeps what waits.
func TestRevokedStation(t *testing.T) {
	w := newWorld(t)
	w.enrol()
	w.run(w.station.Link)
	w.until("the catalogue", func() bool { _, err := w.station.Province.Catalogue(); return err == nil })
	must(t, w.portal.Revoke(t.Context(), StationCode))
	s, _ := w.submit("tap")
	w.until("the pause", func() bool { return w.station.Queue.State().Why == outbox.WhyIdentity })
	w.until("the word", func() bool { _, _, why := w.station.Inbox.Contact(); return why == wire.CodeRevoked })
	if st := w.station.Queue.State(); st.Waiting != 1 || st.Refused != 0 {
		t.Errorf("%+v", st)
	}
	if w.held(s.Packet)() {
		t.Error("a receipt for a revoked station")
	}
	if err := w.station.Link.Renew(t.Context()); dossier.CodeOf(err) != wire.CodeRevoked {
		t.Errorf("renewing: %v", err)
	}
}
