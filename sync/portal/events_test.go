package portal

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/sync/clock"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// longPoll asks in the background; the answer comes over the channel.
func (f *fixture) longPoll(t *testing.T, ctx context.Context, s *station, q wire.EventsQuery) <-chan *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, "GET", wire.PathEvents+"?"+q.Values().Encode(), nil)
	r.TLS = s.state(t)
	r.Header.Set("Accept-Encoding", wire.CodingZstd)
	out := make(chan *httptest.ResponseRecorder, 1)
	go func() {
		rec := httptest.NewRecorder()
		f.Handler().ServeHTTP(rec, r)
		out <- rec
	}()
	return out
}

func answerOf(t *testing.T, rec *httptest.ResponseRecorder) (a wire.EventsAnswer) {
	t.Helper()
	must(t, json.Unmarshal(plain(t, rec), &a))
	return a
}

// In a bubble, 25 seconds take no time and "nothing happens" can be seen.
func TestLongPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fixture{dir: t.TempDir(), clock: clock.NewFake(start), log: &lockedBuffer{}}
		f.open(t)
		defer func() { must(t, f.Close()) }()
		s := f.enrolStation(t, "DL27")
		other := f.enrolStation(t, "DL28")
		p := s.dossier(t)
		f.send(t, s, p)
		_, a := f.poll(t, s, wire.Cursor{})
		q := wire.EventsQuery{After: wire.Cursor{Epoch: a.Epoch}, Wait: wire.MaxWait, Known: a.Hints}

		began := time.Now()
		if a := answerOf(t, <-f.longPoll(t, t.Context(), s, q)); len(a.Events) != 0 || time.Since(began) != wire.MaxWait {
			t.Errorf("quiet: %d events after %s", len(a.Events), time.Since(began))
		}

		mine, theirs := f.longPoll(t, t.Context(), s, q), f.longPoll(t, t.Context(), other, q)
		synctest.Wait()
		select {
		case <-mine:
			t.Fatal("answered without news")
		default:
		}
		began = time.Now()
		f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil)
		woken := <-mine
		if woken.Header().Get("Content-Encoding") != wire.CodingZstd {
			t.Errorf("news go as they are: %v", woken.Header())
		}
		if a := answerOf(t, woken); len(a.Events) != 1 || a.Events[0].N != 1 || time.Since(began) != 0 {
			t.Errorf("woken: %+v after %s", a, time.Since(began))
		}
		synctest.Wait()
		select {
		case <-theirs:
			t.Error("another station was woken")
		default:
		}
		if _, err := f.Withdraw(t.Context(), "1.000656"); err != nil {
			t.Fatal(err)
		}
		if a := answerOf(t, <-theirs); a.Hints.Catalogue != q.Known.Catalogue+1 || len(a.Events) != 0 {
			t.Errorf("a new catalogue: %+v", a)
		}
		if a := answerOf(t, <-f.longPoll(t, t.Context(), other, q)); a.Hints.Catalogue == q.Known.Catalogue {
			t.Errorf("an old hint was not answered at once: %+v", a)
		}

		ctx, cancel := context.WithCancel(t.Context())
		q.After.N = 1
		q.Known = wire.Hints{}
		gone := f.longPoll(t, ctx, s, q)
		synctest.Wait()
		cancel()
		if rec := <-gone; rec.Body.Len() != 0 {
			t.Errorf("answered nobody: %s", rec.Body)
		}

		last := f.longPoll(t, t.Context(), s, q)
		synctest.Wait()
		began = time.Now()
		f.Stop()
		if a := answerOf(t, <-last); len(a.Events) != 0 || time.Since(began) != 0 {
			t.Errorf("a stop: %+v after %s", a, time.Since(began))
		}
	})
}

// A cursor of another epoch starts over.
func TestEventsOfAnotherEpoch(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	f.send(t, s, s.dossier(t))
	f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil)
	if evs, a := f.poll(t, s, wire.Cursor{Epoch: "elsewhere", N: 40}); len(evs) != 1 || a.Events[0].N != 1 {
		t.Errorf("%+v", a)
	}
	if rec := f.do(t, s, "GET", wire.PathEvents+"?after=x", nil); rec.Code != http.StatusBadRequest {
		t.Errorf("%d", rec.Code)
	}
}

// Over real loopback TLS: a station that knows the root's fingerprint enrols,
// then everything else needs its certificate; a stop ends a long poll.
func TestServeOverTLS(t *testing.T) {
	f := newFixture(t)
	srv, err := f.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()

	tok, err := f.IssueToken(t.Context(), ledger.Station{Code: "DL27", Name: "Điểm"}, srv.URL())
	must(t, err)
	conf := &tls.Config{
		InsecureSkipVerify: true, // the chain is checked against the pinned root below
		VerifyConnection: func(cs tls.ConnectionState) error {
			roots, middle := x509.NewCertPool(), x509.NewCertPool()
			for _, c := range cs.PeerCertificates[1:] {
				middle.AddCert(c)
				if seal.Fingerprint(c.Raw) == tok.RootSHA256 {
					roots.AddCert(c)
				}
			}
			_, err := cs.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: middle, DNSName: "127.0.0.1", CurrentTime: f.now()})
			return err
		},
	}
	s := newStation(t, f, "DL27")
	client := func() *http.Client {
		return &http.Client{Transport: &http.Transport{TLSClientConfig: conf.Clone(), ForceAttemptHTTP2: true}}
	}
	call := func(c *http.Client, method, path string, body []byte) (int, []byte) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, srv.URL()+path, bytes.NewReader(body))
		must(t, err)
		res, err := c.Do(req)
		must(t, err)
		data, err := io.ReadAll(res.Body)
		must(t, errors.Join(err, res.Body.Close()))
		if res.Header.Get(wire.Header) == "" {
			t.Errorf("%s: no header", path)
		}
		return res.StatusCode, data
	}
	c := client()
	code, data := call(c, "POST", wire.PathEnrol, s.enrolRequest(t, tok.Secret))
	if code != http.StatusOK {
		t.Fatalf("%d %s", code, data)
	}
	must(t, json.Unmarshal(data, &s.answer))
	if code, _ := call(c, "GET", wire.PathStaff, nil); code != http.StatusUnauthorized {
		t.Errorf("without a certificate: %d", code)
	}
	c.CloseIdleConnections()

	conf.InsecureSkipVerify, conf.VerifyConnection = false, nil
	conf.Time = f.now
	conf.RootCAs, err = f.keys().trust.Roots(f.now())
	must(t, err)
	conf.Certificates = []tls.Certificate{s.certificate(t)}
	c = client()
	p := s.dossier(t)
	for _, want := range []int{http.StatusCreated, http.StatusOK} {
		if code, data := call(c, "PUT", wire.PathPackets+p.Head.ID, wire.EncodePacket(p)); code != want {
			t.Errorf("%d %s", code, data)
		}
	}
	desk, err := http.Post(srv.DeskURL()+"/desk/dossiers/last/accept", wire.TypeJSON, nil)
	must(t, err)
	must(t, desk.Body.Close())
	if desk.StatusCode != http.StatusOK {
		t.Errorf("desk: %d", desk.StatusCode)
	}
	_, data = call(c, "GET", wire.PathEvents, nil)
	var a wire.EventsAnswer
	must(t, json.Unmarshal(data, &a))
	if len(a.Events) != 1 {
		t.Fatalf("%s", data)
	}
	polled := make(chan int, 1)
	go func() {
		code, _ := call(c, "GET", wire.PathEvents+"?"+wire.EventsQuery{After: wire.Cursor{Epoch: a.Epoch, N: 1}, Wait: wire.MaxWait}.Values().Encode(), nil)
		polled <- code
	}()
	for len(f.polls) == 0 {
		runtime.Gosched() // until the poll holds its slot
	}
	cancel()
	if code := <-polled; code != http.StatusOK {
		t.Errorf("poll during a stop: %d", code)
	}
	if err := <-done; err != nil {
		t.Errorf("stop: %v", err)
	}
	c.CloseIdleConnections()
	http.DefaultClient.CloseIdleConnections()
}

func TestDeskListensOnLoopbackOnly(t *testing.T) {
	f := newFixture(t)
	if _, err := f.Listen(t.Context(), "127.0.0.1:0", "0.0.0.0:0"); err == nil {
		t.Error("the desk is open to the world")
	}
}
