package client_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

func TestEvents(t *testing.T) {
	r := newRig(t)
	r.listen(t, nil)
	c := r.client(t, r.server.URL)
	mark := wire.Watermark{Station: prove.StationCode, Epoch: "e", Counter: 4, Durable: 3, At: time.Now()}
	answer := func(m wire.Watermark, by seal.Signer) []byte {
		s, err := seal.SignJSON(m, wire.TypWatermark, by)
		must(t, err)
		b, err := json.Marshal(wire.EventsAnswer{Epoch: "e", Events: []wire.SealedEvent{{N: 8, Sealed: []byte("s")}},
			Hints: wire.Hints{Catalogue: 2, Staff: "tag"}, Watermark: s})
		must(t, err)
		return b
	}
	ask := wire.EventsQuery{After: wire.Cursor{Epoch: "e", N: 7}, Known: wire.Hints{Catalogue: 1, Staff: "old"}}
	r.handle = func(w http.ResponseWriter, q *http.Request) {
		got, err := wire.ParseEventsQuery(q.URL.Query())
		if err != nil || got != ask {
			t.Errorf("the portal was asked %+v, %v", got, err)
		}
		as(200, wire.TypeJSON, answer(mark, r.province.Receipts))(w, q)
	}
	a, m, err := c.Events(t.Context(), ask)
	must(t, err)
	if len(a.Events) != 1 || a.Events[0].N != 8 || a.Hints.Catalogue != 2 || m.Counter != 4 || m.Durable != 3 {
		t.Errorf("%+v, %+v", a, m)
	}
	foreign, elsewhere := mark, mark
	foreign.Station = "DL99"
	elsewhere.Epoch = "f"
	for name, body := range map[string][]byte{"another station's": answer(foreign, r.province.Receipts),
		"another epoch's": answer(elsewhere, r.province.Receipts), "another key's": answer(mark, r.province.Times), "none": []byte(`{"epoch":"e"}`)} {
		r.handle = as(200, wire.TypeJSON, body)
		_, _, err := c.Events(t.Context(), ask)
		var e *client.Error
		if !errors.As(err, &e) || !e.Lane() {
			t.Errorf("%s watermark: %v", name, err)
		}
	}
}

func TestFetch(t *testing.T) {
	r := newRig(t)
	r.listen(t, nil)
	c := r.client(t, r.server.URL)
	r.handle = func(w http.ResponseWriter, q *http.Request) {
		if q.Header.Get("If-None-Match") == `"two"` {
			as(http.StatusNotModified, "", nil)(w, q)
			return
		}
		as(200, wire.TypeCatalogue, []byte(q.URL.Path), "ETag", `"two"`)(w, q)
	}
	for path, get := range map[string]func(tag string) (client.Fetched, error){
		wire.PathCatalogue: func(tag string) (client.Fetched, error) { return c.Catalogue(t.Context(), tag, client.Fetched{}) },
		wire.PathStaff:     func(tag string) (client.Fetched, error) { return c.Staff(t.Context(), tag) },
		wire.PathTrust:     func(tag string) (client.Fetched, error) { return c.Trust(t.Context(), tag) },
	} {
		f, err := get("one")
		must(t, err)
		if !f.Fresh || f.Tag != "two" || string(f.Body) != path {
			t.Errorf("%s: %+v", path, f)
		}
		f, err = get(f.Tag)
		must(t, err)
		if f.Fresh || f.Tag != "two" || f.Body != nil {
			t.Errorf("%s again: %+v", path, f)
		}
	}
}

func TestTime(t *testing.T) {
	r := newRig(t)
	r.listen(t, nil)
	signed := time.Now().Add(42 * time.Minute).UTC().Round(time.Second)
	var heard time.Time
	e, err := r.province.Enrol(r.keys, r.server.URL, time.Now())
	must(t, err)
	c, err := client.New(client.Config{URL: r.server.URL, Station: prove.StationCode, Certificate: e.Enrolment.Certificate,
		Key: r.keys.TLSKey(), Trust: func() *seal.Trust { return r.province.Trust }, Signed: func(t time.Time) { heard = t }})
	must(t, err)
	t.Cleanup(c.Close)
	spoil, by := 0, r.province.Times
	r.handle = func(w http.ResponseWriter, q *http.Request) {
		var ask wire.TimeRequest
		must(t, wire.DecodeJSON(q.Body, &ask))
		ask.Nonce[0] ^= byte(spoil)
		s, err := seal.SignJSON(wire.TimeClaim{Nonce: ask.Nonce, Time: signed}, wire.TypTime, by)
		must(t, err)
		as(200, wire.TypeJWS, []byte(s))(w, q)
	}
	got, err := c.Time(t.Context())
	must(t, err)
	if !got.Equal(signed) || !heard.Equal(signed) {
		t.Errorf("%v, heard %v", got, heard)
	}
	spoil = 1
	if _, err := c.Time(t.Context()); err == nil {
		t.Error("an answer to another question")
	}
	spoil, by = 0, r.province.Receipts
	if _, err := c.Time(t.Context()); err == nil {
		t.Error("a time signed with the receipts' key")
	}
}

func TestEnrol(t *testing.T) {
	r := newRig(t)
	r.listen(t, nil)
	tok := seal.Token{URL: r.server.URL, Secret: "one-time-secret-of-a-station", RootSHA256: r.province.Fingerprint}
	made, err := r.province.Enrol(r.keys, r.server.URL, time.Now())
	must(t, err)
	answer := wire.EnrolAnswer{Station: made.Enrolment.Station, Certificate: made.Enrolment.Certificate,
		TrustBundle: made.TrustBundle, Staff: made.Staff, SlipHost: made.Enrolment.SlipHost}
	reply := func(a wire.EnrolAnswer) {
		b, err := json.Marshal(a)
		must(t, err)
		r.handle = func(w http.ResponseWriter, q *http.Request) {
			var ask wire.EnrolRequest
			must(t, wire.DecodeJSON(q.Body, &ask))
			if ask.Secret != tok.Secret || ask.Keys.Event != r.keys.EventRecipient() || len(ask.Keys.Slip) != 32 || len(ask.Keys.Audit) != 32 || ask.CSR == "" {
				t.Errorf("the portal was asked %+v", ask)
			}
			as(200, wire.TypeJSON, b)(w, q)
		}
	}
	reply(answer)
	e, err := client.Enrol(t.Context(), tok, r.keys, time.Now)
	must(t, err)
	if e.Enrolment.Station.Code != prove.StationCode || e.Enrolment.Root != r.province.Fingerprint || e.Trust == nil || e.Staff == "" {
		t.Errorf("%+v", e.Enrolment)
	}

	other, err := prove.NewProvince(time.Now())
	must(t, err)
	wrong := tok
	wrong.RootSHA256 = other.Fingerprint
	if _, err := client.Enrol(t.Context(), wrong, r.keys, nil); dossier.CodeOf(err) != dossier.CodeNotThePortal {
		t.Errorf("a server of another province: %v", err)
	}
	foreign := answer
	foreign.TrustBundle = other.Bundle
	reply(foreign)
	if _, err := client.Enrol(t.Context(), tok, r.keys, nil); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("a trust bundle of another root: %v", err)
	}
	unfinished := answer
	unfinished.SlipHost = ""
	reply(unfinished)
	if _, err := client.Enrol(t.Context(), tok, r.keys, nil); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("an unfinished identity: %v", err)
	}
	r.handle = as(403, wire.TypeProblem, problem(t, wire.CodeTokenRefused))
	if _, err := client.Enrol(t.Context(), tok, r.keys, nil); dossier.CodeOf(err) != wire.CodeTokenRefused {
		t.Errorf("a used token: %v", err)
	}
	r.handle = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) }
	if _, err := client.Enrol(t.Context(), tok, r.keys, nil); dossier.CodeOf(err) != dossier.CodeNotThePortal {
		t.Errorf("a log-in page: %v", err)
	}
	tok.URL = "http://127.0.0.1"
	if _, err := client.Enrol(t.Context(), tok, r.keys, nil); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("without TLS: %v", err)
	}
}
