package portal

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/staff"
	"tramhoso/sync/wire"
)

func TestEnrolGivesAnIdentity(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	if s.answer.Station.Code != "DL27" || s.answer.SlipHost != slipHost || s.answer.Station.Address == "" {
		t.Errorf("%+v", s.answer.Station)
	}
	var signed seal.SignedTrust
	must(t, json.Unmarshal(s.answer.TrustBundle, &signed))
	trust, err := seal.VerifyBundle(signed, f.RootSHA256(), f.now())
	must(t, err)
	if _, err := staff.Open(s.answer.Staff, trust.KeysFor(seal.UseStaff, f.now())); err != nil {
		t.Errorf("staff list: %v", err)
	}
	rec := f.do(t, s, "GET", wire.PathCatalogue, nil)
	fr, err := wire.DecodePacket(rec.Body, wire.CatalogueLimits)
	must(t, err)
	snap, err := catalogue.OpenSnapshot(catalogue.Signed{Head: string(fr.JWS), Body: fr.Body}, trust.KeysFor(seal.UseCatalogue, f.now()))
	must(t, err)
	key, ok := catalogue.New(*snap).SlipKey("DL27")
	if !ok || !key.Equal(s.keys.SlipKey().Public()) {
		t.Error("the catalogue does not know the station's slip key")
	}
	if etag := rec.Header().Get("ETag"); len(etag) < 10 {
		t.Errorf("etag %s", etag)
	}
}

func TestEnrolTokenWorksOnce(t *testing.T) {
	f := newFixture(t)
	s := newStation(t, f, "DL27")
	tok, err := f.IssueToken(t.Context(), ledger.Station{Code: "DL27", Name: "Điểm"}, "https://127.0.0.1:1")
	must(t, err)
	req := s.enrolRequest(t, tok.Secret)
	first := f.do(t, nil, "POST", wire.PathEnrol, req)
	if first.Code != http.StatusOK {
		t.Fatalf("%d %s", first.Code, first.Body)
	}
	again := f.do(t, nil, "POST", wire.PathEnrol, req)
	if again.Code != http.StatusOK || again.Body.String() != first.Body.String() {
		t.Errorf("the same machine asking again, because the answer was lost, gets %d", again.Code)
	}
	if v := f.catalogue.Load().Version(); v != 2 {
		t.Errorf("asking again made catalogue %d", v)
	}
	other := newStation(t, f, "DL27")
	rec := f.do(t, nil, "POST", wire.PathEnrol, other.enrolRequest(t, tok.Secret))
	if p := problem(t, rec); p.Code != wire.CodeTokenRefused || p.Status != http.StatusForbidden {
		t.Errorf("a replayed token: %+v", p)
	}
	fresh, err := f.IssueToken(t.Context(), ledger.Station{Code: "DL27", Name: "Điểm"}, "https://127.0.0.1:1")
	must(t, err)
	if p := problem(t, f.do(t, nil, "POST", wire.PathEnrol, other.enrolRequest(t, fresh.Secret))); p.Code != dossier.CodeConflict {
		t.Errorf("other keys under a code that is taken: %+v", p)
	}
	must(t, json.Unmarshal(first.Body.Bytes(), &s.answer))
	old := *s
	rec = f.do(t, nil, "POST", wire.PathEnrol, s.enrolRequest(t, fresh.Secret))
	if rec.Code != http.StatusOK {
		t.Fatalf("the same keys with a new token: %d %s", rec.Code, rec.Body)
	}
	must(t, json.Unmarshal(rec.Body.Bytes(), &s.answer))
	if rec := f.do(t, s, "GET", wire.PathStaff, nil); rec.Code != http.StatusOK {
		t.Errorf("the new certificate: %d", rec.Code)
	}
	if p := problem(t, f.do(t, &old, "GET", wire.PathStaff, nil)); p.Code != dossier.CodeNotEnrolled {
		t.Errorf("the replaced certificate: %+v", p)
	}
}

func TestEnrolRefuses(t *testing.T) {
	f := newFixture(t)
	s := newStation(t, f, "DL27")
	tok, err := f.IssueToken(t.Context(), ledger.Station{Code: "DL27", Name: "Điểm"}, "https://127.0.0.1:1")
	must(t, err)
	good := s.enrolRequest(t, tok.Secret)
	edit := func(fn func(*wire.EnrolRequest)) []byte {
		var q wire.EnrolRequest
		must(t, json.Unmarshal(good, &q))
		fn(&q)
		data, err := json.Marshal(q)
		must(t, err)
		return data
	}
	for name, tc := range map[string]struct {
		body []byte
		code dossier.Code
	}{
		"not JSON":     {[]byte("hello"), dossier.CodeInvalid},
		"too long":     {[]byte(`"` + strings.Repeat("x", maxEnrolBytes)), wire.CodeTooLarge},
		"no CSR":       {edit(func(q *wire.EnrolRequest) { q.CSR = "" }), dossier.CodeInvalid},
		"no slip key":  {edit(func(q *wire.EnrolRequest) { q.Keys.Slip = q.Keys.Slip[:31] }), dossier.CodeInvalid},
		"no event key": {edit(func(q *wire.EnrolRequest) { q.Keys.Event = "age1x" }), dossier.CodeInvalid},
		"packet key":   {edit(func(q *wire.EnrolRequest) { q.Keys.Packet = q.Keys.Slip }), dossier.CodeInvalid},
		"wrong secret": {edit(func(q *wire.EnrolRequest) { q.Secret += "A" }), wire.CodeTokenRefused},
	} {
		rec := f.do(t, nil, "POST", wire.PathEnrol, tc.body)
		if p := problem(t, rec); p.Code != tc.code {
			t.Errorf("%s: %+v", name, p)
		}
	}
	f.clock.Add(tokenLife + time.Hour)
	if p := problem(t, f.do(t, nil, "POST", wire.PathEnrol, good)); p.Code != wire.CodeTokenRefused {
		t.Errorf("an old token: %+v", p)
	}
}

func TestCallsNeedACertificate(t *testing.T) {
	f := newFixture(t)
	for _, rt := range f.routes() {
		if rt.mtls == nil {
			continue
		}
		method, path, _ := strings.Cut(rt.pattern, " ")
		if p := problem(t, f.do(t, nil, method, path, nil)); p.Status != http.StatusUnauthorized {
			t.Errorf("%s: %+v", rt.pattern, p)
		}
	}
	if p := problem(t, f.do(t, nil, "DELETE", "/v1/elsewhere", nil)); p.Status != http.StatusNotFound {
		t.Errorf("%+v", p)
	}
}

func TestTimeIsSignedOverTheNonce(t *testing.T) {
	f := newFixture(t)
	n := nonce(t)
	body, err := json.Marshal(wire.TimeRequest{Nonce: n})
	must(t, err)
	rec := f.do(t, nil, "POST", wire.PathTime, body)
	var claim wire.TimeClaim
	must(t, seal.VerifyJSONAny(rec.Body.String(), wire.TypTime, f.keys().trust.KeysFor(seal.UseTime, f.now()), &claim))
	if string(claim.Nonce) != string(n) || !claim.Time.Equal(start) {
		t.Errorf("%+v", claim)
	}
	for _, bad := range []string{`{"nonce":"AAAA"}`, `{}`, `x`} {
		if p := problem(t, f.do(t, nil, "POST", wire.PathTime, []byte(bad))); p.Code != dossier.CodeInvalid {
			t.Errorf("%s: %+v", bad, p)
		}
	}
}

func TestTheRootMayBeTakenAway(t *testing.T) {
	f := newFixture(t)
	before := f.RootSHA256()
	must(t, removeFile(f.dir+"/keys/"+fileRootKey))
	f.reopen(t)
	if f.RootSHA256() != before {
		t.Error("another root")
	}
	f.enrolStation(t, "DL27")
}
