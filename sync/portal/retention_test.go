package portal

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

func (f *fixture) packet(t testing.TB, id string) (pk ledger.Packet) {
	t.Helper()
	must(t, f.store.View(t.Context(), func(r ledger.Reader) (err error) { pk, err = r.Packet(id); return err }))
	return pk
}

// Content is destroyed when its time is over and not a moment before; what came
// years ago is still answered as it was the first time.
func TestSweep(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	sweep := func() Swept {
		t.Helper()
		done, err := f.Sweep(t.Context())
		must(t, err)
		return done
	}
	pp := s.paper(t, 1000, 9)
	ended := s.dossier(t, naming(pp))
	f.send(t, s, ended)
	if rec := f.post(t, s, ended.Head.ID, pp); rec.Code != http.StatusCreated {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if rec := f.patch(t, s, ended.Head.ID, pp, 0, pp.sealed); rec.Code != http.StatusNoContent {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	message := s.packet(t, dossier.KindMessage, ended.Head.ID, map[string]string{"text": canaryText})
	f.send(t, s, message)
	open := s.dossier(t)
	rating := s.packet(t, dossier.KindRating, "", map[string]string{})
	odd := s.packet(t, dossier.KindHandover, "", dossier.Handover{}) // a person has to look
	for _, p := range []dossier.Packet{open, rating, odd} {
		f.send(t, s, p)
	}
	if c := f.desk(t, "POST", "/desk/dossiers/"+ended.Head.ID+"/refuse", `{"text":"`+canaryText+`"}`, nil); c != http.StatusOK {
		t.Fatal(c)
	}
	receipt := f.put(t, s, ended).Body.String()
	f.clock.Add(year)
	if got := sweep(); got != (Swept{Tokens: 0}) {
		t.Errorf("a year after: %+v", got)
	}
	f.clock.Add(keepContent - year)
	if got := sweep(); got.Packets != 0 || got.Files != 0 {
		t.Errorf("on the last day: %+v", got)
	}
	_, err := f.Backup(t.Context()) // with everything in it
	must(t, err)
	f.clock.Add(time.Microsecond)
	if got := sweep(); got.Packets != 3 || got.Files != 1 {
		t.Errorf("when the time is over: %+v", got)
	}
	if got := sweep(); got != (Swept{}) {
		t.Errorf("again: %+v", got)
	}
	for _, p := range []dossier.Packet{ended, message, rating} {
		if pk := f.packet(t, p.Head.ID); len(pk.Body) != 0 || pk.DestroyedAt.IsZero() {
			t.Errorf("%s: %d bytes are left", pk.Kind, len(pk.Body))
		}
	}
	for _, p := range []dossier.Packet{open, odd} {
		if pk := f.packet(t, p.Head.ID); len(pk.Body) == 0 {
			t.Errorf("%s of which somebody still has need is destroyed", pk.Kind)
		}
	}
	if _, err := f.files.Open(t.Context(), ended.Head.ID, pp.SHA256); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("the attachment: %v", err)
	}
	must(t, f.store.View(t.Context(), func(r ledger.Reader) error {
		steps, err := r.Steps(ended.Head.ID)
		for _, step := range steps {
			if len(step.Sealed) > 0 {
				t.Errorf("the words of %q are left", step.Action)
			}
		}
		if len(steps) < 3 {
			t.Errorf("%d steps are left", len(steps))
		}
		return err
	}))

	f.clock.Add(4 * year)
	again := f.put(t, s, ended)
	if again.Code != http.StatusUnauthorized { // its certificate ended long ago
		t.Errorf("%d", again.Code)
	}
	fr := wire.Framed{JWS: ended.JWS, Body: ended.Body} // but a stick may bring it
	pk, status, err := f.Receive(t.Context(), fr)
	if err != nil || status != http.StatusOK || pk.Receipt != receipt {
		t.Errorf("a replay after nine years: %d, identical %v, %v", status, pk.Receipt == receipt, err)
	}
	forged := s.dossier(t, func(h *dossier.Head) { h.ID = ended.Head.ID })
	if _, _, err := f.Receive(t.Context(), wire.Framed{JWS: forged.JWS, Body: forged.Body}); dossier.CodeOf(err) != dossier.CodeConflict {
		t.Errorf("other content under its id: %v", err)
	}
	var d DeskDossier
	if c := f.desk(t, "GET", "/desk/dossiers/"+ended.Head.ID, "", &d); c != http.StatusOK || d.Content != nil || d.Unreadable == "" || d.Files[0].Here {
		t.Errorf("%d %+v", c, d)
	}
	if c := f.desk(t, "GET", "/desk/packets/"+ended.Head.ID+"/files/"+pp.SHA256, "", nil); c != http.StatusNotFound {
		t.Errorf("%d", c)
	}
	_, err = f.Backup(t.Context()) // what was destroyed is not missed
	must(t, err)
}

// Uploads, tokens and events at the edge of their time.
func TestSweepForgets(t *testing.T) {
	f := newFixture(t)
	s, gone := f.enrolStation(t, "DL27"), f.enrolStation(t, "DL28")
	id, pp := begun(t, f, s, 1000, 400)
	for _, from := range []*station{s, gone} {
		f.send(t, from, from.dossier(t))
		f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil)
	}
	must(t, f.Revoke(t.Context(), gone.code))
	for _, step := range []struct {
		at   time.Duration // since the beginning
		want Swept
	}{
		{uploadLife, Swept{}},
		{uploadLife + time.Microsecond, Swept{Uploads: 1}},
		{uploadLife + keepUploadRows, Swept{}},
		{uploadLife + keepUploadRows + time.Microsecond, Swept{Uploads: 1}},
		{keepEvents, Swept{}},
		{keepEvents + time.Microsecond, Swept{Events: 1}},
		{tokenLife + keepTokens, Swept{}},
		{tokenLife + keepTokens + time.Microsecond, Swept{Tokens: 2}},
	} {
		f.clock.Set(start.Add(step.at))
		got, err := f.Sweep(t.Context())
		must(t, err)
		if got != step.want {
			t.Errorf("after %v: %+v, want %+v", step.at, got, step.want)
		}
	}
	if evs, _ := f.poll(t, s, wire.Cursor{}); len(evs) != 1 {
		t.Errorf("%d events of a station that is believed", len(evs))
	}
	if n := f.here(t, id, pp); n != 0 {
		t.Errorf("%d bytes of an upload that was given up", n)
	}
}
