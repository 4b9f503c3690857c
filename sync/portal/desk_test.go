package portal

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

func TestAcceptSendsCodeDateAndForm01(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	p := s.dossier(t)
	f.send(t, s, p)
	var d DeskDossier
	if c := f.desk(t, "POST", "/desk/dossiers/last/accept", `{"text":"Hẹn gặp lại"}`, &d); c != http.StatusOK {
		t.Fatal(c)
	}
	due := time.Date(2026, 7, 17, 17, 0, 0, 0, f.o.Calendar.Zone()) // three working days after Tuesday
	if d.Code != "H15.30-260714-0001" || d.Status != dossier.StatusAccepted || !d.Due.Equal(due) {
		t.Errorf("%+v", d)
	}
	evs, a := f.poll(t, s, wire.Cursor{})
	if len(evs) != 1 {
		t.Fatalf("%d events", len(evs))
	}
	ev := evs[0]
	want := dossier.Event{Kind: dossier.EventStatus, Packet: p.Head.ID, Status: dossier.StatusAccepted, At: start.UTC(), Code: d.Code, Due: due.UTC(),
		Text: "Hẹn gặp lại", Office: "Bộ phận Một cửa", Officer: "Cán bộ một cửa", Form01: ev.Form01}
	if diff := cmp.Diff(want, ev, cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
		t.Error(diff)
	}
	form := ev.Form01
	if form == nil {
		t.Fatal("no Form 01")
	}
	if form.Applicant != canaryName || form.Last4 != "1234" || form.Phone != canaryPhone || form.Code != d.Code || form.Number != "0001" ||
		!form.Return.Equal(due) || !form.Received.Equal(start) || form.Days != "03 ngày làm việc" || !strings.Contains(form.Collect, "Hoà Phú") {
		t.Errorf("%+v", form)
	}
	if diff := cmp.Diff([]dossier.Form01Item{{Name: "Tờ khai", Copy: dossier.CopyElectronic, Quantity: 1}, {Name: "Giấy cũ", Copy: dossier.CopyOriginal, Quantity: 1}}, form.Papers); diff != "" {
		t.Error(diff)
	}
	var mark wire.Watermark
	must(t, seal.VerifyJSONAny(a.Watermark, wire.TypWatermark, f.keys().trust.KeysFor(seal.UseReceipt, f.now()), &mark))
	if mark.Station != "DL27" || mark.Counter != 1 || mark.Durable != 0 || mark.Epoch != a.Epoch {
		t.Errorf("%+v", mark)
	}
	if _, err := f.Backup(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, a = f.poll(t, s, wire.Cursor{Epoch: a.Epoch, N: 1})
	must(t, seal.VerifyJSONAny(a.Watermark, wire.TypWatermark, f.keys().trust.KeysFor(seal.UseReceipt, f.now()), &mark))
	if mark.Durable != 1 {
		t.Errorf("after a backup: %+v", mark)
	}
	f.send(t, s, s.dossier(t))
	var second DeskDossier
	f.desk(t, "POST", "/desk/dossiers/last/accept", "", &second)
	if second.Code != "H15.30-260714-0002" {
		t.Errorf("second code %s", second.Code)
	}
}

func TestOrganisationIsTheApplicant(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	c := s.content("DL27-000001-X")
	c.Applicant.Organisation = &dossier.Organisation{Name: "Hợp tác xã (mẫu)", TaxCode: "0100000000", Address: "Thôn 1"}
	c.Return, c.Address = dossier.ReturnPost, "Thôn 9"
	f.send(t, s, s.packet(t, dossier.KindDossier, "", c))
	f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil)
	evs, _ := f.poll(t, s, wire.Cursor{})
	if form := evs[0].Form01; form.Applicant != "Hợp tác xã (mẫu)" || form.Address != "Thôn 1" || !strings.Contains(form.Collect, "Thôn 9") {
		t.Errorf("%+v", form)
	}
}

// From intake to hand-over: each step recorded, each told to the station.
func TestWholeWay(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	far := f.enrolStation(t, "DL28")
	p := s.dossier(t)
	f.send(t, s, p)
	act := func(path, body string, want int) {
		t.Helper()
		if c := f.desk(t, "POST", "/desk/dossiers/"+path, body, nil); c != want {
			t.Errorf("%s: %d, want %d", path, c, want)
		}
	}
	act("last/ready", "", http.StatusConflict)
	act(p.Head.ID+"/supplement", `{"text":"Thiếu giấy"}`, http.StatusOK)
	act("last/supplement", "", http.StatusConflict)
	f.send(t, s, s.packet(t, dossier.KindSupplement, p.Head.ID, map[string]string{}))
	act("last/accept", "", http.StatusOK)
	act("last/pay", "", http.StatusBadRequest) // the province's council sets this fee
	act("last/pay", `{"amount":16000}`, http.StatusOK)
	f.send(t, s, s.packet(t, dossier.KindPayment, p.Head.ID, map[string]int{"amount": 16000}))
	act("last/ready", "", http.StatusOK)
	act("last/ready", `{"text":"vẫn còn ở đây"}`, http.StatusOK)
	act("last/finish", "", http.StatusConflict)
	f.send(t, far, far.packet(t, dossier.KindHandover, p.Head.ID, dossier.Handover{})) // collected elsewhere
	act("last/accept", "", http.StatusConflict)
	act("last/unheard-of", "", http.StatusNotFound)
	act(newID(t)+"/accept", "", http.StatusNotFound)

	evs, _ := f.poll(t, s, wire.Cursor{})
	var told []dossier.Status
	for _, e := range evs {
		told = append(told, e.Status)
	}
	if diff := cmp.Diff([]dossier.Status{5, 1, 2, 6, 2, 9, 9, 10}, told); diff != "" {
		t.Error(diff)
	}
	if evs[5].Kind != dossier.EventResult || evs[2].FeeDue != nil || amount(evs[3].FeeDue) != 16000 || amount(evs[4].FeeDue) != 0 || amount(evs[7].FeeDue) != 0 {
		t.Errorf("%+v", evs)
	}
	if evs, _ := f.poll(t, far, wire.Cursor{}); len(evs) != 0 {
		t.Errorf("another station was told: %+v", evs)
	}
	var d DeskDossier
	f.desk(t, "GET", "/desk/dossiers/last", "", &d)
	var way []string
	for _, st := range d.Steps {
		way = append(way, st.Action+">"+st.To.String())
		if st.Office == "" || st.From.Valid() && st.From != st.To && st.From.To(st.To) != nil {
			t.Errorf("step %+v", st)
		}
	}
	want := "dossier>registered supplement>supplement requested supplement>registered accept>accepted pay>payment required payment>accepted " +
		"start>in progress ready>processed ready>processed handover>returned"
	if got := strings.Join(way, " "); got != want {
		t.Errorf("steps\n%s\nwant\n%s", got, want)
	}
}

func TestHandoverBeforeTheResultIsLookedAt(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	p := s.dossier(t)
	f.send(t, s, p)
	h := s.packet(t, dossier.KindHandover, p.Head.ID, dossier.Handover{})
	if r := f.send(t, s, h); !r.Quarantined {
		t.Error("not quarantined")
	}
	if c := f.desk(t, "POST", "/desk/packets/"+h.Head.ID+"/release", "", nil); c != http.StatusConflict {
		t.Errorf("released too early: %d", c)
	}
	f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil)
	f.desk(t, "POST", "/desk/dossiers/last/ready", "", nil)
	if c := f.desk(t, "POST", "/desk/packets/"+h.Head.ID+"/release", "", nil); c != http.StatusOK {
		t.Errorf("release: %d", c)
	}
	var n map[string]int
	if f.desk(t, "GET", "/desk/count?status=10&station=DL27", "", &n); n["count"] != 1 {
		t.Errorf("%v", n)
	}
}

func TestSupplementRestartsTheClock(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	p := s.dossier(t)
	f.send(t, s, p)
	f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil)
	f.desk(t, "POST", "/desk/dossiers/last/start", "", nil)
	f.desk(t, "POST", "/desk/dossiers/last/supplement", "", nil)
	f.clock.Add(7 * 24 * time.Hour)
	f.send(t, s, s.packet(t, dossier.KindSupplement, p.Head.ID, map[string]string{}))
	var d DeskDossier
	f.desk(t, "GET", "/desk/dossiers/last", "", &d)
	if want := time.Date(2026, 7, 24, 17, 0, 0, 0, f.o.Calendar.Zone()); d.Status != dossier.StatusInProgress || !d.Due.Equal(want) {
		t.Errorf("%s due %s", d.Status, d.Due)
	}
	evs, _ := f.poll(t, s, wire.Cursor{})
	if e := evs[len(evs)-1]; !e.Due.Equal(d.Due) {
		t.Errorf("told %s", e.Due)
	}
}

func TestOfficerStatesWhatNobodyKnows(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	c := s.content("x")
	for _, proc := range f.catalogue.Load().Snapshot().Procedures {
		if proc.Deadline.Unit == "unknown" {
			c.Procedure = proc.Ref()
		}
	}
	f.send(t, s, s.packet(t, dossier.KindDossier, "", c))
	if code := f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil); code != http.StatusBadRequest {
		t.Errorf("a date was made up: %d", code)
	}
	var d DeskDossier
	if code := f.desk(t, "POST", "/desk/dossiers/last/accept", `{"due":"2026-08-01T17:00:00+07:00"}`, &d); code != http.StatusOK || d.Due.Day() != 1 {
		t.Errorf("%d %+v", code, d)
	}
}

func TestWithdrawMakesANewCatalogue(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	keys := f.catalogueKeys()
	was := f.catalogue.Load().Snapshot()
	if c := f.desk(t, "POST", "/desk/procedures/1.004873/withdraw", "", nil); c != http.StatusOK {
		t.Fatal(c)
	}
	rec := f.do(t, s, "GET", wire.PathDelta+"?from=2", nil)
	fr, err := wire.DecodePacket(rec.Body, wire.CatalogueLimits)
	must(t, err)
	delta, err := catalogue.OpenDelta(catalogue.Signed{Head: string(fr.JWS), Body: fr.Body}, keys)
	must(t, err)
	now, err := was.Apply(*delta)
	must(t, err)
	if _, err := catalogue.New(now).Procedure("1.004873"); dossier.CodeOf(err) != dossier.CodeProcedureWithdrawn || now.Version != 3 {
		t.Errorf("version %d, %v", now.Version, err)
	}
	if rec := f.do(t, s, "GET", wire.PathDelta+"?from=3", nil); rec.Code != http.StatusNoContent {
		t.Errorf("nothing new: %d", rec.Code)
	}
	if p := problem(t, f.do(t, s, "GET", wire.PathDelta+"?from=99", nil)); p.Code != wire.CodeNoDelta {
		t.Errorf("%+v", p)
	}
	f.desk(t, "POST", "/desk/procedures/9.999999/withdraw", "", nil)
	good := f.store
	f.store = neverCommits{good}
	f.desk(t, "POST", "/desk/procedures/1.000656/withdraw", "", nil)
	f.store = good
	if v := f.catalogue.Load().Version(); v != 3 {
		t.Errorf("a catalogue that was never kept is published: %d", v)
	}
	f.reopen(t)
	if v := f.catalogue.Load().Version(); v != 3 {
		t.Errorf("catalogue %d after a restart and a refused withdrawal", v)
	}
	tag := f.do(t, s, "GET", wire.PathCatalogue, nil).Header().Get("ETag")
	r := httptest.NewRequestWithContext(t.Context(), "GET", wire.PathCatalogue, nil)
	r.TLS = s.state(t)
	r.Header.Set("If-None-Match", tag)
	again := httptest.NewRecorder()
	f.Handler().ServeHTTP(again, r)
	if again.Code != http.StatusNotModified {
		t.Errorf("same version: %d", again.Code)
	}
}

// neverCommits loses the disk at the last moment.
type neverCommits struct{ ledger.Store }

func (s neverCommits) Update(ctx context.Context, fn func(ledger.Tx) error) error {
	return s.Store.Update(ctx, func(tx ledger.Tx) error { return errors.Join(fn(tx), errors.New("disk on fire")) })
}

func TestDeskRefusesPagesOfOtherSites(t *testing.T) {
	f := newFixture(t)
	for name, edit := range map[string]func(*http.Request){
		"origin":     func(r *http.Request) { r.Header.Set("Origin", "https://elsewhere.example") },
		"other host": func(r *http.Request) { r.Host = "elsewhere.example" },
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "http://127.0.0.1/desk/count", nil)
		edit(r)
		rec := httptest.NewRecorder()
		f.Desk().ServeHTTP(rec, r)
		if rec.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, rec.Code)
		}
	}
}

// Sealed content under another packet's head is shown as unreadable and cannot
// be accepted.
func TestBodyOfAnotherPacket(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	p := s.dossier(t)
	h := p.Head
	h.ID, h.Seq = newID(t), 2
	jws, err := seal.SignJSON(h, seal.TypPacket, s.keys.PacketSigner())
	must(t, err)
	f.send(t, s, dossier.Packet{Head: h, JWS: []byte(jws), Body: p.Body})
	var d DeskDossier
	f.desk(t, "GET", "/desk/dossiers/last", "", &d)
	if d.Content != nil || d.Unreadable == "" {
		t.Errorf("%+v", d)
	}
	if c := f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil); c == http.StatusOK {
		t.Error("accepted")
	}
	must(t, f.store.View(t.Context(), func(r ledger.Reader) error {
		d, err := r.Dossier(h.ID)
		if d.Status != dossier.StatusRegistered {
			t.Errorf("%+v", d)
		}
		return err
	}))
}
