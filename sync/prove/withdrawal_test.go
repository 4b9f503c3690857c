package prove

import (
	"testing"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/portal"
	"tramhoso/sync/token"
)

func (w *world) card(slip token.Slip) dossier.CitizenCard {
	w.t.Helper()
	card, err := w.station.Inbox.BySlip(w.t.Context(), slip)
	must(w.t, err)
	return card
}

func (w *world) withdraw(submitToken string, s outbox.Submitted) (outbox.Submitted, error) {
	return w.station.Outbox.Withdraw(w.t.Context(), submitToken, s.Packet, dossier.Withdrawal{Slip: s.Slip, At: begin, Basis: dossier.BasisSlip})
}

// A dossier is asked back before it was sent: the portal sees both, and nothing
// is said to be done before an officer has done it.
func TestWithdrawBeforeSending(t *testing.T) {
	w := newWorld(t)
	w.enrol()
	w.run(w.station.Link)
	w.until("the catalogue", func() bool { _, err := w.station.Province.Catalogue(); return err == nil })
	w.line.cut()
	s, slip := w.submit("tap")
	asked, err := w.withdraw("back", s)
	must(t, err)
	if again, err := w.withdraw("back", s); err != nil || !again.Again || again.Packet != asked.Packet {
		t.Errorf("a double tap: %+v, %v", again, err)
	}
	if _, err := w.withdraw("another", s); dossier.CodeOf(err) != dossier.CodeWithdrawn {
		t.Errorf("a second time: %v", err)
	}
	if c := w.card(slip); !c.Withdrawn.Stands() || c.Withdrawn.State != dossier.WithdrawalAsked || c.Status() != 0 {
		t.Errorf("%+v", c)
	}
	w.crash()
	w.open()
	if c := w.card(slip); !c.Withdrawn.Stands() {
		t.Errorf("after the crash: %+v", c)
	}
	w.line.mend()
	w.run(w.station.Link)
	w.until("the agency's knowledge", w.status(slip, dossier.StatusWithdrawalRequested))
	w.until("the receipts", func() bool { return w.held(s.Packet)() && w.held(asked.Packet)() }) // the news may overtake them
	if c := w.card(slip); c.Withdrawn.State != dossier.WithdrawalHeard || c.Withdrawn.Sent.IsZero() || c.Sent.IsZero() {
		t.Errorf("%+v", c)
	}
	w.act(s.Packet, portal.ActStop)
	w.until("the agency's word", w.status(slip, dossier.StatusStopped))
	if c := w.card(slip); c.Withdrawn.State != dossier.WithdrawalAgreed {
		t.Errorf("%+v", c)
	}
	if _, err := w.station.Outbox.HandOver(t.Context(), "h", s.Packet, dossier.Handover{}); dossier.CodeOf(err) != dossier.CodeWithdrawn {
		t.Errorf("handed over: %v", err)
	}
	w.canaries(slip)
}

// A corrected dossier goes in the other's place, in one commit.
func TestCorrectBeforeSending(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.enrol()
	w.run(w.station.Link)
	w.until("the catalogue", func() bool { _, err := w.station.Province.Catalogue(); return err == nil })
	w.line.cut()
	s, slip := w.submit("tap")
	d := Dossier(begin)
	d.Replaces = s.Slip
	correct := func(tap string) (outbox.Submitted, error) {
		return w.station.Outbox.Correct(ctx, tap, s.Packet, dossier.Withdrawal{Slip: s.Slip, At: begin, Basis: dossier.BasisSlip}, d, "UBND xã Ea Thử",
			func(f outbox.Facts) ([]byte, error) { return []byte(f.Number), nil })
	}
	c, err := correct("better")
	must(t, err)
	if again, err := correct("better"); err != nil || !again.Again || again.Slip != c.Slip {
		t.Errorf("a double tap: %+v, %v", again, err)
	}
	if _, err := correct("another"); dossier.CodeOf(err) != dossier.CodeWithdrawn {
		t.Errorf("corrected twice: %v", err)
	}
	if old := w.card(slip); old.Withdrawn.Successor != c.Slip {
		t.Errorf("%+v", old.Withdrawn)
	}
	w.line.mend()
	w.until("the agency's knowledge", w.status(slip, dossier.StatusWithdrawalRequested))
	w.until("the new one", w.held(c.Packet))
	if n := w.count(); n != 2 {
		t.Errorf("%d dossiers at the portal", n)
	}
	next, err := token.ReadSlip(c.QR)
	must(t, err)
	w.act(c.Packet, portal.ActAccept)
	w.until("the acceptance", w.status(next, dossier.StatusAccepted))
	if got := w.card(next); got.Withdrawn.Stands() {
		t.Errorf("%+v", got)
	}
	w.canaries(slip)
}

// What the portal set aside is known at the counter by its slip number, with the
// reason, until the portal releases it.
func TestSetAsideIsSeenAtTheCounter(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.enrol()
	w.run(w.station.Link)
	w.until("the catalogue", func() bool { _, err := w.station.Province.Catalogue(); return err == nil })
	w.line.cut()
	s, slip := w.submit("tap")
	_, err := w.portal.Withdraw(ctx, Dossier(begin).Procedure.Code)
	must(t, err)
	w.line.mend()
	w.until("the receipt", w.held(s.Packet))
	list, err := w.station.Store.Attention(ctx)
	must(t, err)
	if len(list) != 1 || list[0].Slip != s.Slip || list[0].Why != dossier.AsideWithdrawn || list[0].Packet != s.Packet {
		t.Fatalf("%+v", list)
	}
	w.act(s.Packet, portal.ActRelease)
	w.until("the release", func() bool {
		list, err := w.station.Store.Attention(ctx)
		must(t, err)
		return len(list) == 0
	})
	w.canaries(slip)
}
