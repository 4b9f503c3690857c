package portal

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

func csrOf(t testing.TB, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	must(t, err)
	body, err := json.Marshal(wire.RenewRequest{CSR: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))})
	must(t, err)
	return body
}

func (f *fixture) renewed(t testing.TB, s *station, key *ecdsa.PrivateKey) string {
	t.Helper()
	rec := f.do(t, s, "POST", wire.PathRenew, csrOf(t, key))
	if rec.Code != http.StatusOK {
		t.Fatalf("renew: %d %s", rec.Code, rec.Body)
	}
	var a wire.RenewAnswer
	must(t, json.Unmarshal(rec.Body.Bytes(), &a))
	return a.Certificate
}

// as is the same station with another certificate.
func (s *station) as(chain string) *station {
	other := *s
	other.answer.Certificate = chain
	return &other
}

// Both certificates hold until the new one is shown; then only that one does.
func TestRenew(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	f.clock.Add(2 * 365 * 24 * time.Hour)
	chain := f.renewed(t, s, s.keys.TLSKey())
	if again := f.renewed(t, s, s.keys.TLSKey()); again != chain {
		t.Error("a replay made another certificate")
	}
	next, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	rotated := f.renewed(t, s, next) // and with another TLS key
	if rotated == chain {
		t.Error("another key got the same certificate")
	}
	if p := problem(t, f.do(t, s.as(chain), "GET", wire.PathTrust, nil)); p.Code != dossier.CodeNotEnrolled {
		t.Errorf("a renewal that another replaced: %+v", p)
	}
	for i, who := range []*station{s, s.as(rotated)} {
		if rec := f.do(t, who, "GET", wire.PathTrust, nil); rec.Code != http.StatusOK {
			t.Errorf("certificate %d: %d", i, rec.Code)
		}
	}
	if p := problem(t, f.do(t, s, "GET", wire.PathTrust, nil)); p.Code != dossier.CodeNotEnrolled {
		t.Errorf("the old one after the new was shown: %+v", p)
	}
	f.reopen(t)
	if rec := f.do(t, s.as(rotated), "GET", wire.PathTrust, nil); rec.Code != http.StatusOK {
		t.Errorf("after a restart: %d", rec.Code)
	}
	for name, body := range map[string]string{"no csr": `{"csr":""}`, "no json": `{`, "a csr of junk": `{"csr":"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----"}`} {
		if p := problem(t, f.do(t, s.as(rotated), "POST", wire.PathRenew, []byte(body))); p.Code != dossier.CodeInvalid {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// A portal that was set back has forgotten a renewal. It knows the certificate
// again by its own authority's word; one that was void before is not taken for it.
func TestAForgottenRenewalIsKnownAgain(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	first := s.answer.Certificate
	var before ledger.Enrolment
	see := func() (e ledger.Enrolment) {
		must(t, f.store.View(t.Context(), func(r ledger.Reader) error {
			st, err := r.Station(s.code)
			must(t, err)
			e, err = r.Enrolment(st.Current)
			return err
		}))
		return e
	}
	before = see()
	ask := func(chain string) int { return f.do(t, s.as(chain), "GET", wire.PathTrust, nil).Code }
	f.clock.Add(365 * 24 * time.Hour)
	second := f.renewed(t, s, s.keys.TLSKey())
	f.clock.Add(365 * 24 * time.Hour)
	if got := ask(second); got != http.StatusOK {
		t.Fatal(got)
	}
	third := f.renewed(t, s.as(second), s.keys.TLSKey())
	if got := ask(third); got != http.StatusOK {
		t.Fatal(got)
	}
	setBack := func() {
		must(t, f.store.Update(t.Context(), func(tx ledger.Tx) error {
			return tx.RenewEnrolment(before.ID, before.CertSHA256, before.KeySHA256, before.Certificate)
		}))
	}
	setBack()
	if got := ask(third); got != http.StatusOK || see().CertSHA256 == before.CertSHA256 {
		t.Errorf("the forgotten one: %d", got)
	}
	for name, chain := range map[string]string{"first": first, "second": second} {
		if p := problem(t, f.do(t, s.as(chain), "GET", wire.PathTrust, nil)); p.Code != dossier.CodeNotEnrolled {
			t.Errorf("the %s, which is void again: %+v", name, p)
		}
	}
	setBack()
	must(t, f.Revoke(t.Context(), s.code))
	if p := problem(t, f.do(t, s.as(third), "GET", wire.PathTrust, nil)); p.Code != dossier.CodeNotEnrolled {
		t.Errorf("of a revoked station: %+v", p)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	o := f.enrolStation(t, "DL28")
	f.clock.Add(time.Hour)
	_, strange, err := f.keys().stationCertificate(o.code, &other.PublicKey, f.now())
	must(t, err)
	if p := problem(t, f.do(t, o.as(strange), "GET", wire.PathTrust, nil)); p.Code != dossier.CodeNotEnrolled {
		t.Errorf("for another key than the enrolment's: %+v", p)
	}
}

// An expired certificate may renew for a while and do nothing else.
func TestExpiredCertificateOnlyRenews(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	end := s.state(t).PeerCertificates[0].NotAfter
	f.clock.Add(end.Sub(f.now()) + time.Hour)
	for _, rt := range f.routes() {
		method, path, _ := strings.Cut(rt.pattern, " ")
		if rt.mtls == nil || rt.late {
			continue
		}
		path = strings.NewReplacer("{id}", newID(t), "{station}", "DL27", "{packet}", newID(t), "{sha256}", strings.Repeat("0", 64)).Replace(path)
		rec := f.do(t, s, method, path, nil)
		if rec.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d", rt.pattern, rec.Code)
		} else if named := rec.Header().Get(wire.HeaderProblem); named != string(wire.CodeCertExpired) {
			t.Errorf("%s: names %q", rt.pattern, named)
		} else if method != "HEAD" {
			if p := problem(t, rec); p.Code != wire.CodeCertExpired {
				t.Errorf("%s: %+v", rt.pattern, p)
			}
		}
	}
	chain := f.renewed(t, s, s.keys.TLSKey())
	if rec := f.do(t, s.as(chain), "GET", wire.PathTrust, nil); rec.Code != http.StatusOK {
		t.Errorf("renewed: %d", rec.Code)
	}

	late := f.enrolStation(t, "DL28")
	end = late.state(t).PeerCertificates[0].NotAfter
	f.clock.Add(end.Sub(f.now()) + renewGrace + time.Hour)
	if p := problem(t, f.do(t, late, "POST", wire.PathRenew, csrOf(t, late.keys.TLSKey()))); p.Code != wire.CodeCertExpired {
		t.Errorf("past the grace: %+v", p)
	}
}

// A certificate that another authority made is nobody's, whatever it says.
func TestForeignCertificate(t *testing.T) {
	f, other := newFixture(t), newFixture(t)
	s, foreign := f.enrolStation(t, "DL27"), other.enrolStation(t, "DL27")
	for name, who := range map[string]*station{"another province's": foreign, "none": nil} {
		if p := problem(t, f.do(t, who, "GET", wire.PathTrust, nil)); p.Code != dossier.CodeNotEnrolled {
			t.Errorf("%s: %+v", name, p)
		}
	}
	// Even one that got into the ledger is not believed.
	fp := seal.Fingerprint(foreign.state(t).PeerCertificates[0].Raw)
	must(t, f.store.Update(t.Context(), func(tx ledger.Tx) error {
		st, err := tx.Station(s.code)
		must(t, err)
		return tx.RenewEnrolment(st.Current, fp, "k", foreign.answer.Certificate)
	}))
	if p := problem(t, f.do(t, foreign, "GET", wire.PathTrust, nil)); p.Code != dossier.CodeNotEnrolled {
		t.Errorf("of another authority: %+v", p)
	}
}

// A revoked station is told so; what was receipted stays, and what a stick still
// brings waits for a person.
func TestRevoke(t *testing.T) {
	f := newFixture(t)
	s, carrier := f.enrolStation(t, "DL27"), f.enrolStation(t, "DL28")
	before := s.dossier(t)
	receipt := f.send(t, s, before)
	poll := f.longPoll(t, t.Context(), s, wire.EventsQuery{After: wire.Cursor{Epoch: f.epoch(t)}, Wait: wire.MaxWait})
	must(t, f.Revoke(t.Context(), "DL27"))
	for _, rec := range []*httptest.ResponseRecorder{
		<-poll,
		f.put(t, s, s.dossier(t)), f.put(t, s, before), f.do(t, s, "GET", wire.PathEvents, nil), f.do(t, s, "POST", wire.PathRenew, csrOf(t, s.keys.TLSKey())),
	} {
		if p := problem(t, rec); p.Code != wire.CodeRevoked || p.Status != http.StatusForbidden {
			t.Errorf("%+v", p)
		}
	}
	old, status, err := f.Receive(t.Context(), wire.Framed{JWS: before.JWS, Body: before.Body})
	if err != nil || status != http.StatusOK || old.Counter != receipt.Counter || old.Quarantine != "" {
		t.Errorf("what was receipted before: %+v, %d, %v", old.Quarantine, status, err)
	}
	if r := f.send(t, carrier, s.dossier(t)); !r.Quarantined {
		t.Errorf("a packet of the revoked station by another's hand: %+v", r)
	}
	tok, err := f.IssueToken(t.Context(), ledger.Station{Code: "DL27", Name: "Điểm"}, "https://127.0.0.1:1")
	must(t, err)
	if p := problem(t, f.do(t, nil, "POST", wire.PathEnrol, s.enrolRequest(t, tok.Secret))); p.Code != wire.CodeRevoked {
		t.Errorf("the revoked keys enrol again: %+v", p)
	}
	if err := f.Revoke(t.Context(), "DL99"); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Errorf("nobody: %v", err)
	}
}

func (f *fixture) epoch(t testing.TB) (e string) {
	t.Helper()
	must(t, f.store.View(t.Context(), func(r ledger.Reader) (err error) { e, err = r.Epoch(); return err }))
	return e
}
