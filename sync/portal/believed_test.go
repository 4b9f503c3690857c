package portal

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/gate"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

// looked counts looks into a ledger.
type looked struct {
	ledger.Store
	times int
}

func (l *looked) View(ctx context.Context, fn func(ledger.Reader) error) error {
	l.times++
	return l.Store.View(ctx, fn)
}

// selfMade is the TLS state of somebody who gave himself a station's name.
func selfMade(t testing.TB, code string) *tls.ConnectionState {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: code}, NotBefore: start.Add(-time.Hour), NotAfter: start.AddDate(9, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return &tls.ConnectionState{PeerCertificates: []*x509.Certificate{cert}}
}

// Whoever is refused for who he is, with a certificate of his own or with none, is
// told to wait after a time, without another look into the ledger. Stations behind
// the same address go on: those that called before, those that enrol or renew now,
// and after the portal started anew all of them.
func TestRefusedCallersAreMeasuredByAddress(t *testing.T) {
	f := newFixture(t)
	s, quiet, gone := f.enrolStation(t, "DL27"), f.enrolStation(t, "DL28"), f.enrolStation(t, "DL29")
	f.reopen(t)
	f.meters.unknown = gate.NewMeter[netip.Prefix](gate.Rate{PerSecond: 1, Burst: 3}, maxAddresses, f.monotonic)
	store := &looked{Store: f.store}
	f.store = store
	call := func(state *tls.ConnectionState, from string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), "GET", wire.PathTrust, nil)
		r.TLS, r.RemoteAddr = state, from
		rec := httptest.NewRecorder()
		f.Handler().ServeHTTP(rec, r)
		return rec
	}
	const here, elsewhere = "192.0.2.1:1234", "192.0.2.2:1234"
	forged := selfMade(t, "DL27")
	for i, state := range []*tls.ConnectionState{forged, nil, forged} {
		if p := problem(t, call(state, here)); p.Code != dossier.CodeNotEnrolled {
			t.Errorf("%d: %+v", i, p)
		}
	}
	before := store.times
	var wait time.Duration
	for _, state := range []*tls.ConnectionState{forged, nil, selfMade(t, "DL28")} {
		wait = told(t, call(state, here), wire.CodeTooMany)
	}
	if store.times != before {
		t.Errorf("%d looks into the ledger for who was told to wait", store.times-before)
	}
	if p := problem(t, call(forged, elsewhere)); p.Code != dossier.CodeNotEnrolled {
		t.Errorf("another address: %+v", p)
	}
	for _, s := range []*station{s, quiet} {
		for range 5 { // the good take nothing
			if rec := call(s.state(t), here); rec.Code != http.StatusOK {
				t.Fatalf("%s: %d %s", s.code, rec.Code, rec.Body)
			}
		}
	}
	fresh := f.enrolStation(t, "DL30")
	if rec := call(fresh.state(t), here); rec.Code != http.StatusOK {
		t.Errorf("a station that has just enrolled: %d %s", rec.Code, rec.Body)
	}
	renewed := s.as(f.renewed(t, s, s.keys.TLSKey())).state(t)
	if rec := call(renewed, here); rec.Code != http.StatusOK {
		t.Errorf("a certificate that was just renewed: %d %s", rec.Code, rec.Body)
	}

	// A station that was revoked is a stranger from its next call on.
	must(t, f.Revoke(t.Context(), "DL29"))
	if p := problem(t, call(gone.state(t), here)); p.Code != wire.CodeRevoked {
		t.Errorf("%+v", p)
	}
	told(t, call(gone.state(t), here), wire.CodeTooMany)

	// The ledger's own trouble is nobody's refusal.
	f.clock.Add(time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 5 {
		r := httptest.NewRequestWithContext(ctx, "GET", wire.PathTrust, nil)
		r.TLS, r.RemoteAddr = forged, here
		f.Handler().ServeHTTP(httptest.NewRecorder(), r)
	}
	if p := problem(t, call(forged, here)); p.Code != dossier.CodeNotEnrolled || wait <= 0 {
		t.Errorf("after the time that was told: %+v", p)
	}
}

func BenchmarkSelfMadeCertificate(b *testing.B) {
	f := newFixture(b)
	f.enrolStation(b, "DL27")
	r := httptest.NewRequestWithContext(b.Context(), "GET", wire.PathTrust, nil)
	r.TLS = selfMade(b, "DL27")
	for b.Loop() {
		if _, err := f.identify(r, false); err == nil {
			b.Fatal("believed")
		}
	}
}
