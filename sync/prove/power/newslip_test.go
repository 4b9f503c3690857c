package power

import (
	"testing"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/token"
)

// A new slip in place of a lost one with the power cut at each of its operations:
// either the lost one opens the card or the new one does, never both and never
// none; what was acknowledged is the new one; and its paper can be printed.
func TestNewSlip(t *testing.T) {
	k := newDesk(t)
	lost, err := token.ReadSlip(k.first.QR)
	must(t, err)
	give := func(t *testing.T, s station) (outbox.Submitted, error) {
		return s.Reissue(t.Context(), clock.NewFake(begin), k.prov.Counter, "lost", k.first.Packet)
	}
	opens := func(t *testing.T, s station, slip token.Slip) bool {
		t.Helper()
		c, err := s.Inbox.BySlip(t.Context(), slip)
		if err == nil && c.Applicant == prove.CanaryName {
			return true
		}
		if dossier.CodeOf(err) != dossier.CodeSlipVoid {
			t.Errorf("a slip opens %q, %v", c.Slip, err)
		}
		return false
	}
	cuts[station]{
		base: k.disk, open: boot, end: station.end, again: true, stride: 2,
		act: func(s station) (any, error) {
			got, err := give(t, s)
			return got, err
		},
		check: func(t *testing.T, dir string, said any) {
			s := boot(t, dir)
			defer func() { must(t, s.Close()) }()
			old := opens(t, s, lost)
			if said != nil && old {
				t.Error("an acknowledged slip is lost: the old one opens the card")
			}
			given, err := s.Store.Reissues(t.Context(), k.first.Packet)
			must(t, err)
			if records, err := s.Store.Audit().Size(); err != nil || int(records) != given || (given == 0) != old {
				t.Errorf("the old one opens: %v, with %d new slips and %d records; %v", old, given, records, err)
			}
			again, err := give(t, s) // the clerk taps again
			must(t, err)
			if said != nil && (!again.Again || again != first(said)) {
				t.Errorf("acknowledged %+v, then %+v", said, again)
			}
			slip, err := token.ReadSlip(again.QR)
			must(t, err)
			if opens(t, s, lost) || !opens(t, s, slip) {
				t.Error("after the second tap it is not the new slip alone that opens the card")
			}
			p, err := s.Outbox.Paper(t.Context(), again.PrintJob)
			if err != nil || p.QR != again.QR || p.Packet != k.first.Packet {
				t.Errorf("the paper: %+v, %v", p, err)
			}
			if _, err := s.Outbox.Paper(t.Context(), k.first.PrintJob); dossier.CodeOf(err) != dossier.CodeNotFound {
				t.Errorf("the lost slip can be printed: %v", err)
			}
			s.waiting(t, k.waiting+1)
		},
	}.everywhere(t)
}
