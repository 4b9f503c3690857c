package portal

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/gate"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

// told is how long an answer asks to wait.
func told(t testing.TB, rec *httptest.ResponseRecorder, code dossier.Code) time.Duration {
	t.Helper()
	p := problem(t, rec)
	s, err := strconv.Atoi(rec.Header().Get("Retry-After"))
	if p.Code != code || err != nil || s < 1 {
		t.Errorf("%+v, Retry-After %q", p, rec.Header().Get("Retry-After"))
	}
	return time.Duration(s) * time.Second
}

// Strangers, stations, polls, attachments and the desk each have their own places:
// none keeps another out.
func TestTooManyCallsAreToldToComeBack(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	id, pp := begun(t, f, s, 1000, 1000)
	for _, tc := range []struct {
		name  string
		slots chan struct{}
		call  func() *httptest.ResponseRecorder
		fine  int
	}{
		{"strangers", f.opens, func() *httptest.ResponseRecorder { return f.do(t, nil, "POST", wire.PathTime, []byte("x")) }, http.StatusBadRequest},
		{"stations", f.requests, func() *httptest.ResponseRecorder { return f.do(t, s, "GET", wire.PathTrust, nil) }, http.StatusOK},
		{"polls", f.Portal.polls, func() *httptest.ResponseRecorder { return f.do(t, s, "GET", wire.PathEvents, nil) }, http.StatusOK},
		{"files", f.fileCalls, func() *httptest.ResponseRecorder { return f.headOf(t, s, s.name(id, pp)) }, http.StatusOK},
		{"desk", f.desks, func() *httptest.ResponseRecorder {
			rec := httptest.NewRecorder()
			f.Desk().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), "GET", "http://127.0.0.1/desk/count", nil))
			return rec
		}, http.StatusOK},
	} {
		for _, full := range []chan struct{}{f.opens, f.requests, f.Portal.polls, f.fileCalls, f.desks} {
			for range cap(full) {
				full <- struct{}{}
			}
			rec := tc.call()
			if full == tc.slots {
				told(t, rec, wire.CodeBusy)
			} else if rec.Code != tc.fine {
				t.Errorf("%s while others are busy: %d %s", tc.name, rec.Code, rec.Body)
			}
			for range cap(full) {
				<-full
			}
		}
		if len(tc.slots) != 0 {
			t.Errorf("%s: %d slots were not given back", tc.name, len(tc.slots))
		}
	}
}

// A station that runs wild is slowed down, by who it is: another one behind the
// same address is not, and its own packets are not by its attachments.
func TestOneStationDoesNotSlowAnother(t *testing.T) {
	f := newFixture(t)
	wild, calm := f.enrolStation(t, "DL27"), f.enrolStation(t, "DL28")
	l := DefaultLimits
	l.Calls = gate.Rate{PerSecond: 0.2, Burst: 5}
	l.FileCalls = gate.Rate{PerSecond: 0.2, Burst: 3}
	l.Bytes = gate.Rate{PerSecond: 1000, Burst: 1 << 20}
	f.meters = newMeters(l, f.monotonic)

	p := wild.dossier(t)
	f.send(t, wild, p)
	none := wire.FileName{Station: wild.code, Packet: p.Head.ID, SHA256: strings.Repeat("0", 64)}
	for range 3 {
		if rec := f.headOf(t, wild, none); rec.Code == http.StatusTooManyRequests {
			t.Fatal("attachments are slowed down too early")
		}
	}
	told(t, f.headOf(t, wild, none), wire.CodeTooMany)
	for range 4 {
		if rec := f.put(t, wild, p); rec.Code != http.StatusOK { // its attachments hold up nothing
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	wait := told(t, f.put(t, wild, p), wire.CodeTooMany)
	if wait != 5*time.Second {
		t.Errorf("told to wait %v", wait)
	}
	if rec := f.do(t, calm, "GET", wire.PathTrust, nil); rec.Code != http.StatusOK {
		t.Errorf("the other station: %d %s", rec.Code, rec.Body)
	}
	f.clock.Add(wait - time.Millisecond)
	told(t, f.put(t, wild, p), wire.CodeTooMany)
	f.clock.Add(time.Millisecond)
	if rec := f.put(t, wild, p); rec.Code != http.StatusOK {
		t.Errorf("after the time that it was told: %d %s", rec.Code, rec.Body)
	}

	// A courier's files count as attachments: a flood of them holds up no packet.
	f.clock.Add(15 * time.Second)
	bundle := wire.BundleName{SHA256: strings.Repeat("0", 64)}
	for _, call := range []func() *httptest.ResponseRecorder{
		func() *httptest.ResponseRecorder { return f.tus(t, wild, "HEAD", bundle.Path(), nil) },
		func() *httptest.ResponseRecorder { return f.do(t, wild, "POST", bundle.Path(), nil) },
		func() *httptest.ResponseRecorder { return f.tus(t, wild, "DELETE", bundle.Path(), nil) },
	} {
		if rec := call(); rec.Code == http.StatusTooManyRequests {
			t.Error("couriers' files are slowed down too early")
		}
	}
	for _, call := range [][2]string{{"HEAD", bundle.Path()}, {"POST", wire.PathBundles}, {"PATCH", bundle.Path()}, {"POST", bundle.Path()}, {"DELETE", bundle.Path()}} {
		if rec := f.do(t, wild, call[0], call[1], nil); rec.Code != http.StatusTooManyRequests || rec.Header().Get("Retry-After") == "" {
			t.Errorf("%s is not slowed down: %d %s", call, rec.Code, rec.Body)
		}
	}
	if rec := f.put(t, wild, p); rec.Code != http.StatusOK {
		t.Errorf("a packet behind couriers' files: %d %s", rec.Code, rec.Body)
	}

	// Bytes are counted both ways, once they were carried.
	f.clock.Add(time.Hour)
	f.meters.bytes.Take(f.enrolment(t, wild), 1<<20-100)
	if rec := f.do(t, wild, "GET", wire.PathTrust, nil); rec.Code != http.StatusOK {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	told(t, f.do(t, wild, "GET", wire.PathTrust, nil), wire.CodeTooMany)
	if rec := f.do(t, calm, "GET", wire.PathTrust, nil); rec.Code != http.StatusOK {
		t.Errorf("the other station: %d %s", rec.Code, rec.Body)
	}
}

// headOf asks how far an upload is.
func (f *fixture) headOf(t testing.TB, as *station, name wire.FileName) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "HEAD", name.Path(), nil)
	r.TLS = as.state(t)
	r.Header.Set(wire.HeaderTusResumable, wire.TusVersion)
	rec := httptest.NewRecorder()
	f.Handler().ServeHTTP(rec, r)
	return rec
}

func (f *fixture) enrolment(t testing.TB, s *station) (id int64) {
	t.Helper()
	must(t, f.store.View(t.Context(), func(r ledger.Reader) error {
		st, err := r.Station(s.code)
		id = st.Current
		return err
	}))
	return id
}

func TestOneStationDoesNotTakeEveryPlace(t *testing.T) {
	f := newFixture(t)
	s, other := f.enrolStation(t, "DL27"), f.enrolStation(t, "DL28")
	var leave []func()
	for range maxStationCalls {
		out, ok := f.meters.crowd.Enter(f.enrolment(t, s))
		if !ok {
			t.Fatal("too early")
		}
		leave = append(leave, out)
	}
	told(t, f.do(t, s, "GET", wire.PathTrust, nil), wire.CodeTooMany)
	if rec := f.do(t, other, "GET", wire.PathTrust, nil); rec.Code != http.StatusOK {
		t.Errorf("%d", rec.Code)
	}
	for _, out := range leave {
		out()
	}
	if rec := f.do(t, s, "GET", wire.PathTrust, nil); rec.Code != http.StatusOK {
		t.Errorf("%d", rec.Code)
	}
	out, _ := f.meters.bundles.Enter(f.enrolment(t, s))
	answer := wire.BundleName{SHA256: strings.Repeat("0", 64)}.Path()
	told(t, f.do(t, s, "POST", answer, nil), wire.CodeTooMany)
	if rec := f.do(t, other, "POST", answer, nil); rec.Code != http.StatusNotFound {
		t.Errorf("%d", rec.Code)
	}
	out()
}

// Tokens cannot be tried without end from one address; a good one is taken from
// another, and soon from the same.
func TestEnrolmentsThatAreRefused(t *testing.T) {
	f := newFixture(t)
	s := newStation(t, f, "DL27")
	tok, err := f.IssueToken(t.Context(), ledger.Station{Code: "DL27", Name: "Điểm"}, "https://127.0.0.1:1")
	must(t, err)
	bad, good := s.enrolRequest(t, "no such secret"), s.enrolRequest(t, tok.Secret)
	f.meters.refused = gate.NewMeter[netip.Prefix](gate.Rate{PerSecond: 1, Burst: 2}, maxAddresses, f.monotonic)
	for range 2 {
		if p := problem(t, f.do(t, nil, "POST", wire.PathEnrol, bad)); p.Code != wire.CodeTokenRefused {
			t.Errorf("%+v", p)
		}
	}
	wait := told(t, f.do(t, nil, "POST", wire.PathEnrol, good), wire.CodeTooMany)
	f.clock.Add(wait)
	if rec := f.do(t, nil, "POST", wire.PathEnrol, good); rec.Code != http.StatusOK {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestStrangersAreMeasuredByAddress(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.7:443":            "192.0.2.7/32",
		"[::ffff:192.0.2.7]:80":    "192.0.2.7/32",
		"[2001:db8:1:2:3:4:5:6]:1": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:1":         "fe80::/64",
	} {
		if got := addressOf(&http.Request{RemoteAddr: in}).String(); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	f := newFixture(t)
	f.meters.open = gate.NewMeter[netip.Prefix](gate.Rate{PerSecond: 1, Burst: 2}, maxAddresses, f.monotonic)
	ask := func(from string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), "GET", wire.PathSlip+"nothing", nil)
		r.RemoteAddr = from
		rec := httptest.NewRecorder()
		f.Handler().ServeHTTP(rec, r)
		return rec
	}
	for i := range 2 {
		if rec := ask(fmt.Sprintf("192.0.2.7:%d", i+1)); rec.Code != http.StatusNotFound {
			t.Errorf("%d", rec.Code)
		}
	}
	told(t, ask("192.0.2.7:9"), wire.CodeTooMany)
	if rec := ask("192.0.2.8:9"); rec.Code != http.StatusNotFound {
		t.Errorf("another address: %d", rec.Code)
	}
}

// A station whose line broke leaves polls behind that nobody listens to: they end
// when newer ones come, with the answer that they would have had.
func TestTheNewestPollStays(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	_, a := f.poll(t, s, wire.Cursor{})
	q := wire.PathEvents + "?" + wire.EventsQuery{After: wire.Cursor{Epoch: a.Epoch}, Wait: wire.MaxWait}.Values().Encode()
	first := make(chan *httptest.ResponseRecorder)
	go func() { first <- f.do(t, s, "GET", q, nil) }()
	me := f.enrolment(t, s)
	for {
		select {
		case rec := <-first:
			if rec.Code != http.StatusOK {
				t.Errorf("%d", rec.Code)
			}
			return
		default:
		}
		var leave []func()
		for range maxStationPolls {
			_, out := f.meters.polls.Join(me)
			leave = append(leave, out)
		}
		for _, out := range leave {
			out()
		}
		runtime.Gosched()
	}
}
