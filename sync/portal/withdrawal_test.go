package portal

import (
	"net/http"
	"testing"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

func asked(s *station, slip string) dossier.Withdrawal {
	return dossier.Withdrawal{Slip: slip, At: s.clock.Now(), Basis: dossier.BasisSlip}
}

// What a citizen asked back before anybody accepted it is not accepted; an officer
// agrees, and the station hears both.
func TestAskedBackBeforeAcceptance(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	p := s.dossier(t)
	w := s.packet(t, dossier.KindWithdrawal, p.Head.ID, asked(s, "DL27-000001-X"))
	if r := f.send(t, s, w); r.Quarantined { // it came first: shelved
		t.Errorf("%+v", r)
	}
	f.send(t, s, p)
	first := f.put(t, s, w)
	if first.Code != http.StatusOK {
		t.Errorf("replay: %d", first.Code)
	}
	var d DeskDossier
	f.desk(t, "GET", "/desk/dossiers/"+p.Head.ID, "", &d)
	if d.Status != dossier.StatusWithdrawalRequested || len(d.Steps) != 2 || d.Steps[1].Action != string(dossier.KindWithdrawal) {
		t.Errorf("%+v", d)
	}
	if c := f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil); c != http.StatusConflict {
		t.Errorf("accepted what was asked back: %d", c)
	}
	if c := f.desk(t, "POST", "/desk/dossiers/last/stop", `{"text":"Đã rút theo yêu cầu"}`, &d); c != http.StatusOK || d.Status != dossier.StatusStopped {
		t.Errorf("%d %+v", c, d)
	}
	again := s.packet(t, dossier.KindWithdrawal, p.Head.ID, asked(s, "DL27-000001-X"))
	if r := f.send(t, s, again); r.Quarantined {
		t.Errorf("a second request: %+v", r)
	}
	evs, _ := f.poll(t, s, wire.Cursor{})
	if len(evs) != 2 || evs[0].Status != dossier.StatusWithdrawalRequested || evs[1].Status != dossier.StatusStopped || evs[0].Packet != p.Head.ID {
		t.Errorf("%+v", evs)
	}
}

// Once it is accepted the citizen asks and the agency decides.
func TestAskedBackAfterAcceptance(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	p := s.dossier(t)
	f.send(t, s, p)
	f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil)
	f.send(t, s, s.packet(t, dossier.KindWithdrawal, p.Head.ID, asked(s, "")))
	var d DeskDossier
	if c := f.desk(t, "POST", "/desk/dossiers/last/start", "", &d); c != http.StatusOK || d.Status != dossier.StatusInProgress {
		t.Errorf("the agency goes on: %d %+v", c, d)
	}
	f.desk(t, "POST", "/desk/dossiers/last/finish", "", nil)
	f.send(t, s, s.packet(t, dossier.KindWithdrawal, p.Head.ID, asked(s, "")))
	if f.desk(t, "GET", "/desk/dossiers/"+p.Head.ID, "", &d); d.Status != dossier.StatusProcessed {
		t.Errorf("too late: status %d", d.Status)
	}
	if r := f.send(t, s, s.packet(t, dossier.KindHandover, p.Head.ID, dossier.Handover{})); r.Quarantined {
		t.Errorf("the result is collected all the same: %+v", r)
	}
}

func TestAnotherStationAsksBack(t *testing.T) {
	f := newFixture(t)
	s, other := f.enrolStation(t, "DL27"), f.enrolStation(t, "DL28")
	p := s.dossier(t)
	f.send(t, s, p)
	if r := f.send(t, other, other.packet(t, dossier.KindWithdrawal, p.Head.ID, asked(other, ""))); r.Why != dossier.AsideElsewhere || !r.Quarantined {
		t.Errorf("%+v", r)
	}
	var d DeskDossier
	if f.desk(t, "GET", "/desk/dossiers/"+p.Head.ID, "", &d); d.Status != dossier.StatusRegistered {
		t.Errorf("status %d", d.Status)
	}
}

// A station learns why a packet was set aside, from its receipt or, where that
// could not know, from an event, and that it was released.
func TestStationHearsWhatIsSetAside(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	old := s.dossier(t, func(h *dossier.Head) { h.Procedure = &dossier.ProcedureRef{Code: h.Procedure.Code, Version: 99} })
	answer := f.put(t, s, old).Body.String()
	r := f.receipt(t, answer)
	if !r.Quarantined || r.Why != dossier.AsideVersion {
		t.Errorf("%+v", r)
	}
	p := s.dossier(t)
	earlyAnswer := f.put(t, s, s.packet(t, dossier.KindHandover, p.Head.ID, dossier.Handover{})).Body.String()
	early := f.receipt(t, earlyAnswer)
	f.send(t, s, p) // nothing is ready yet: the hand-over cannot follow
	if c := f.desk(t, "POST", "/desk/dossiers/"+old.Head.ID+"/release", "", nil); c != http.StatusOK {
		t.Errorf("release: %d", c)
	}
	evs, _ := f.poll(t, s, wire.Cursor{})
	want := []dossier.Aside{{Why: dossier.AsideStatus, Receipt: dossier.ReceiptMark(earlyAnswer)}, {Receipt: dossier.ReceiptMark(answer)}}
	if len(evs) != len(want) {
		t.Fatalf("%+v", evs)
	}
	for i, ev := range evs {
		if ev.Kind != dossier.EventAside || ev.Aside == nil || *ev.Aside != want[i] {
			t.Errorf("%+v, %+v", ev, ev.Aside)
		}
	}
	if evs[0].Packet != early.Packet || evs[1].Packet != old.Head.ID {
		t.Errorf("about %s, %s", evs[0].Packet, evs[1].Packet)
	}
	for _, what := range []dossier.Status{dossier.StatusAccepted, dossier.StatusProcessed} {
		act := map[dossier.Status]string{dossier.StatusAccepted: "accept", dossier.StatusProcessed: "ready"}[what]
		f.desk(t, "POST", "/desk/dossiers/"+p.Head.ID+"/"+act, "", nil)
	}
	if c := f.desk(t, "POST", "/desk/packets/"+early.Packet+"/release", "", nil); c != http.StatusOK {
		t.Errorf("release of the hand-over: %d", c)
	}
	evs, _ = f.poll(t, s, wire.Cursor{})
	released := false
	for _, ev := range evs {
		released = released || ev.Packet == early.Packet && ev.Aside != nil && *ev.Aside == dossier.Aside{Receipt: dossier.ReceiptMark(earlyAnswer)}
	}
	if !released {
		t.Errorf("%+v", evs)
	}
}
