package power

import (
	"testing"

	"tramhoso/sync/audit"
	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/inbox"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
)

// recall asks the desk's dossier back at the counter.
func (k *desk) recall(t *testing.T, s station) (outbox.Submitted, error) {
	fake := clock.NewFake(begin)
	return s.Inbox.Withdraw(t.Context(), inbox.Recall{Token: "back", Packet: k.first.Packet, IDNumber: prove.CanaryNumber, Card: dossier.CardScanned,
		Staff: "GDV-1", Login: k.prov.Counter, Outbox: s.Outbox, Journal: audit.New(s.Store.Audit(), audit.NewSigner("tramhoso", s.Keys.AuditKey()), fake),
		Print: func(outbox.Facts, dossier.CounterCard) ([]byte, error) { return []byte("note"), nil }})
}

// A withdrawal at the counter with the power cut at each of its operations: packet,
// withdrawal, note and audit record are all there or none is, what was acknowledged
// is there, and a second tap asks back once.
func TestWithdrawal(t *testing.T) {
	k := newDesk(t)
	cuts[station]{
		base: k.disk, open: boot, end: station.end, again: true,
		act: func(s station) (any, error) {
			got, err := k.recall(t, s)
			return got, err
		},
		check: func(t *testing.T, dir string, said any) {
			s := k.reboot(t, dir)
			w, err := s.Store.Withdrawal(t.Context(), k.first.Packet)
			must(t, err)
			records, err := s.Store.Audit().Size()
			must(t, err)
			jobs, err := s.Store.PrintJobs(t.Context(), k.first.Packet)
			must(t, err)
			kept := 0
			if !w.At.IsZero() {
				kept = 1
			}
			if int(records) != kept || len(jobs) != 1+kept || said != nil && kept == 0 {
				t.Errorf("withdrawn: %+v, with %d records and %d papers; acknowledged: %v", w, records, len(jobs), said != nil)
			}
			s.waiting(t, k.waiting+kept)
			again, err := k.recall(t, s) // the clerk taps again
			must(t, err)
			if again.Again != (kept == 1) || said != nil && again != first(said) {
				t.Errorf("acknowledged %+v, then %+v", said, again)
			}
			if p, err := s.Outbox.Paper(t.Context(), again.PrintJob); err != nil || p.Kind != outbox.PaperRecall || p.Packet != k.first.Packet {
				t.Errorf("the note: %+v, %v", p, err)
			}
			s.waiting(t, k.waiting+1)
		},
	}.everywhere(t)
}

// A correction with the power cut at each of its operations: the new dossier is here
// and the old one asked back, or neither.
func TestCorrection(t *testing.T) {
	k := newDesk(t)
	correct := func(t *testing.T, s station) (outbox.Submitted, error) {
		d := prove.Dossier(begin)
		d.Replaces = k.first.Slip
		return s.Outbox.Correct(t.Context(), "right", k.first.Packet, dossier.Withdrawal{Slip: k.first.Slip, At: begin, Basis: dossier.BasisSlip}, d, "UBND xã Ea Thử",
			func(f outbox.Facts) ([]byte, error) { return []byte("slip " + f.Number), nil })
	}
	cuts[station]{
		base: k.disk, open: boot, end: station.end, again: true,
		act: func(s station) (any, error) {
			got, err := correct(t, s)
			return got, err
		},
		check: func(t *testing.T, dir string, said any) {
			s := k.reboot(t, dir)
			w, err := s.Store.Withdrawal(t.Context(), k.first.Packet)
			must(t, err)
			all, err := s.Store.AllKept(t.Context())
			must(t, err)
			kept := 0
			if !w.At.IsZero() {
				kept = 1
			}
			if len(all) != 1+kept || said != nil && kept == 0 {
				t.Errorf("withdrawn: %+v, with %d dossiers; acknowledged: %v", w, len(all), said != nil)
			}
			s.waiting(t, k.waiting+2*kept)
			again, err := correct(t, s)
			must(t, err)
			if again.Again != (kept == 1) || said != nil && again != first(said) {
				t.Errorf("acknowledged %+v, then %+v", said, again)
			}
			if w, err = s.Store.Withdrawal(t.Context(), k.first.Packet); err != nil || !w.Stands() || w.Successor != again.Slip {
				t.Errorf("after the second tap: %+v for %s, %v", w, again.Slip, err)
			}
			s.whole(t, again, false)
			s.waiting(t, k.waiting+2)
		},
	}.everywhere(t)
}
