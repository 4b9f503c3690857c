package portal

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/gate"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/contract"
)

// full is a place for files without room.
type full struct{ ledger.Files }

func (full) Free() (int64, error) { return 0, nil }

// Every call of the description is answered as it says, with every problem that it
// names, and the mux serves nothing else.
func TestContract(t *testing.T) {
	f := newFixture(t)
	h, err := contract.New(f.Handler())
	must(t, err)
	ask := func(as *station, method, path, media string, body []byte, want int, headers ...string) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewReader(body))
		if as != nil {
			r.TLS = as.state(t)
		}
		if media != "" {
			r.Header.Set("Content-Type", media)
		}
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if rec.Code != want {
			t.Errorf("%s %s: %d %s, want %d", method, path, rec.Code, rec.Body, want)
		}
		return rec
	}

	// Enrolment.
	enrol := func(code string) *station {
		s := newStation(t, f, code)
		tok, err := f.IssueToken(t.Context(), ledger.Station{Code: code, Name: "Điểm", Address: "Xã", Phone: "0262"}, "https://127.0.0.1:1")
		must(t, err)
		must(t, json.Unmarshal(ask(nil, "POST", wire.PathEnrol, wire.TypeJSON, s.enrolRequest(t, tok.Secret), 200).Body.Bytes(), &s.answer))
		return s
	}
	s, other, gone := enrol("DL27"), enrol("DL28"), enrol("DL29")
	ask(nil, "POST", wire.PathEnrol, wire.TypeJSON, s.enrolRequest(t, "unknown"), 403)
	ask(nil, "POST", wire.PathEnrol, wire.TypeJSON, []byte(`{}`), 400)
	csr, err := s.keys.CSR()
	must(t, err)
	renew, err := json.Marshal(wire.RenewRequest{CSR: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr}))})
	must(t, err)
	ask(other, "POST", wire.PathRenew, wire.TypeJSON, renew, 200)
	ask(other, "POST", wire.PathRenew, wire.TypeJSON, []byte(`{"csr":"x"}`), 400)
	ask(nil, "POST", wire.PathRenew, wire.TypeJSON, renew, 401)
	must(t, f.Revoke(t.Context(), gone.code))
	ask(gone, "GET", wire.PathStaff, "", nil, 403)
	nonceJSON, err := json.Marshal(wire.TimeRequest{Nonce: nonce(t)})
	must(t, err)
	ask(nil, "POST", wire.PathTime, wire.TypeJSON, nonceJSON, 200)
	ask(nil, "POST", wire.PathTime, wire.TypeJSON, []byte(`{"nonce":"QQ=="}`), 400)

	// Packets.
	pp := s.paper(t, 1000, 9)
	d := s.dossier(t, naming(pp))
	path := wire.PathPackets + d.Head.ID
	ask(s, "PUT", path, wire.TypePacket, wire.EncodePacket(d), 201)
	ask(s, "PUT", path, wire.TypePacket, wire.EncodePacket(d), 200)
	ask(s, "PUT", path, wire.TypePacket, wire.EncodePacket(s.dossier(t, func(h *dossier.Head) { h.ID = d.Head.ID })), 409)
	ask(s, "PUT", path, wire.TypePacket, []byte("junk"), 400)
	ask(s, "PUT", path, wire.TypePacket, wire.AppendFrame(wire.AppendFrame(nil, d.JWS), make([]byte, wire.MaxBodyBytes+1)), 413)
	ask(s, "GET", path, "", nil, 200)
	ask(other, "GET", path, "", nil, 403)
	ask(s, "GET", wire.PathPackets+newID(t), "", nil, 404)
	ask(s, "POST", wire.PathBatch, wire.TypeBatch, wire.AppendBatch(wire.AppendBatch(nil, d), s.dossier(t)), 200)
	ask(s, "POST", wire.PathBatch, wire.TypeBatch, []byte{0x7f}, 400)
	packed, _, err := wire.EncodePacked([]dossier.Packet{d, s.dossier(t)})
	must(t, err)
	ask(s, "POST", wire.PathBatch, wire.TypePacked, packed, 200)
	var many []byte
	for range 3 {
		many = wire.AppendBatch(many, s.dossier(t))
	}
	if rec := ask(s, "POST", wire.PathBatch, wire.TypeBatch, many, 200, "Accept-Encoding", "gzip, zstd"); rec.Header().Get("Content-Encoding") != wire.CodingZstd {
		t.Errorf("receipts go as they are: %v", rec.Header())
	}
	f.desk(t, "POST", "/desk/dossiers/"+d.Head.ID+"/supplement", `{"text":"Bổ sung"}`, nil)

	// Files.
	one := s.name(d.Head.ID, pp).Path()
	tus := func(as *station, method, path string, body []byte, want int, headers ...string) {
		t.Helper()
		media := ""
		if body != nil {
			media = wire.TypeChunk
		}
		ask(as, method, path, media, body, want, append([]string{wire.HeaderTusResumable, wire.TusVersion}, headers...)...)
	}
	post := []string{wire.HeaderUploadLength, strconv.FormatInt(pp.Size, 10), wire.HeaderUploadMetadata, s.name(d.Head.ID, pp).Metadata()}
	at := func(n int) []string { return []string{wire.HeaderUploadOffset, strconv.Itoa(n)} }
	ask(nil, "OPTIONS", wire.PathFiles, "", nil, 204)
	tus(s, "HEAD", one, nil, 404)
	tus(s, "POST", wire.PathFiles, nil, 201, post...)
	tus(other, "PATCH", one, pp.sealed, 403, at(0)...)
	tus(s, "PATCH", one, pp.sealed[:100], 204, at(0)...)
	tus(s, "PATCH", one, pp.sealed[:100], 409, at(50)...)
	tus(s, "PATCH", one, pp.sealed[100:200], 460, append(at(100), wire.HeaderUploadChecksum, "sha256 "+strings.Repeat("A", 43)+"=")...)
	ask(s, "PATCH", one, wire.TypeJSON, []byte("{}"), 415, append(at(100), wire.HeaderTusResumable, wire.TusVersion)...)
	ask(s, "PATCH", one, wire.TypeChunk, pp.sealed[100:], 412, append(at(100), wire.HeaderTusResumable, "0.2.2")...)
	tus(s, "HEAD", one, nil, 200)
	tus(s, "POST", one, pp.sealed[100:200], 204, append(at(100), wire.HeaderMethodOverride, "PATCH")...)
	tus(s, "DELETE", one, nil, 204)
	tus(s, "DELETE", one, nil, 404)
	elsewhere := wire.FileName{Packet: newID(t), SHA256: pp.SHA256}
	tus(s, "POST", wire.PathFiles, nil, 409, append(post[:3:3], elsewhere.Metadata())...)
	inner := f.files
	f.files = full{inner}
	tus(s, "POST", wire.PathFiles, nil, 507, post...)
	f.files = inner
	tus(s, "POST", wire.PathFiles, nil, 201, post...)
	f.clock.Add(uploadLife + time.Millisecond)
	tus(s, "PATCH", one, pp.sealed, 410, at(0)...)

	// What comes down.
	events := wire.PathEvents + "?" + wire.EventsQuery{}.Values().Encode()
	ask(s, "GET", events, "", nil, 200)
	if rec := ask(s, "GET", events, "", nil, 200, "Accept-Encoding", wire.CodingZstd); rec.Header().Get("Content-Encoding") != wire.CodingZstd {
		t.Errorf("events go as they are: %v", rec.Header())
	}
	ask(s, "GET", wire.PathEvents+"?after=x", "", nil, 400)
	for _, doc := range []string{wire.PathCatalogue, wire.PathStaff, wire.PathTrust} {
		tag := ask(s, "GET", doc, "", nil, 200).Header().Get("ETag")
		ask(s, "GET", doc, "", nil, 304, "If-None-Match", tag)
	}
	ask(s, "GET", wire.PathCatalogue, "", nil, 206, "Range", "bytes=0-9")
	v := f.catalogue.Load().Version()
	ask(s, "GET", wire.PathDelta+"?from="+strconv.Itoa(v), "", nil, 204)
	ask(s, "GET", wire.PathDelta+"?from="+strconv.Itoa(v-1), "", nil, 200)
	ask(s, "GET", wire.PathDelta+"?from=7777", "", nil, 404)
	ask(nil, "GET", wire.PathSlip+"nothing", "", nil, 404)

	// A courier's file.
	_, file := s.bundle(t, wire.BundleClaim{}, s.dossier(t))
	sum := sha256.Sum256(file)
	bundle := wire.BundleName{SHA256: hex.EncodeToString(sum[:])}
	begin := []string{wire.HeaderUploadLength, strconv.Itoa(len(file)), wire.HeaderUploadMetadata, bundle.Metadata()}
	tus(other, "HEAD", bundle.Path(), nil, 404)
	tus(other, "POST", wire.PathBundles, file[:100], 201, begin...)
	tus(other, "POST", wire.PathBundles, nil, 400, begin[:2]...)
	tus(other, "HEAD", bundle.Path(), nil, 200)
	ask(other, "POST", bundle.Path(), "", nil, 409)
	tus(other, "PATCH", bundle.Path(), file[100:], 204, at(100)...)
	ask(other, "POST", bundle.Path(), "", nil, 200)
	tus(other, "DELETE", bundle.Path(), nil, 204)
	ask(other, "POST", bundle.Path(), "", nil, 404)

	// What no description knows is refused as it says, too.
	for _, call := range []string{"GET /v1/elsewhere", "GET /", "DELETE /v1/events", "PUT /v1/packets/", "POST /v1/files", "GET /v1//events",
		"GET /v1/../v1/events", "PATCH /v1/files/", "GET /v1/packets:batch", "BREW /v1/time", "GET /v1/files/a/b", "POST /desk/backup"} {
		method, path, _ := strings.Cut(call, " ")
		r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
		r.TLS = s.state(t)
		rec := httptest.NewRecorder()
		f.Handler().ServeHTTP(rec, r)
		if err := h.Refusal(rec.Code, rec.Header(), rec.Body.Bytes()); err != nil || rec.Code != http.StatusNotFound {
			t.Errorf("%s: %d %v", call, rec.Code, err)
		}
	}
	ask(s, "PUT", wire.PathPackets+"no-packet", wire.TypePacket, []byte("junk"), 400)
	var items wire.BatchAnswer
	must(t, json.Unmarshal(ask(s, "POST", wire.PathBatch, wire.TypeBatch, wire.AppendFrame(nil, wire.AppendFrame(wire.AppendFrame(nil, []byte("junk")), nil)), 200).Body.Bytes(), &items))
	if len(items.Results) != 1 || items.Results[0].Problem == nil {
		t.Errorf("junk in a batch: %+v", items)
	}

	// Trouble.
	for range cap(f.requests) {
		f.requests <- struct{}{}
	}
	ask(s, "GET", wire.PathTrust, "", nil, 503)
	for range cap(f.requests) {
		<-f.requests
	}
	l := DefaultLimits
	l.Calls = gate.Rate{PerSecond: 1, Burst: 1}
	f.meters = newMeters(l, f.monotonic)
	ask(s, "GET", wire.PathTrust, "", nil, 200)
	ask(s, "GET", wire.PathTrust, "", nil, 429)
	f.meters = newMeters(DefaultLimits, f.monotonic)
	store := f.store
	f.store = &failingStore{Store: store, on: true}
	another := s.dossier(t)
	ask(s, "PUT", wire.PathPackets+another.Head.ID, wire.TypePacket, wire.EncodePacket(another), 500)
	f.store = store
	block, _ := pem.Decode([]byte(s.answer.Certificate))
	cert, err := x509.ParseCertificate(block.Bytes)
	must(t, err)
	f.clock.Set(cert.NotAfter.Add(time.Millisecond))
	ask(s, "GET", wire.PathTrust, "", nil, 401)

	for _, err := range h.Wrong() {
		t.Error(err)
	}
	if calls, codes := h.Unasked(); len(calls) > 0 || len(codes) > 0 {
		t.Errorf("nobody made %q, nobody was answered %q", calls, codes)
	}
	served := map[string]bool{}
	for _, rt := range f.routes() {
		served[rt.pattern] = true
	}
	if n := h.Calls(); n != len(served) {
		t.Errorf("%d calls are described, %d served", n, len(served))
	}

	// The contract itself can fail.
	refusing := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(wire.Header, wire.HeaderValue)
			w.Header().Set(wire.HeaderProblem, "invalid")
			w.Header().Set("Content-Type", wire.TypeProblem)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	const fine = `"type":"urn:tramhoso:problem:invalid","title":"invalid","detail":"x","code":"invalid"`
	for name, bad := range map[string]http.HandlerFunc{
		"a call that is not described": func(w http.ResponseWriter, _ *http.Request) {},
		"a status that is not":         func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) },
		"a refusal without words":      refusing(400, `{}`),
		"a refusal in prose":           refusing(400, `no`),
		"an unknown code":              refusing(400, `{"type":"urn:tramhoso:problem:bad","title":"bad","status":400,"detail":"x","code":"bad"}`),
		"another status inside":        refusing(400, `{"status":401,`+fine+`}`),
		"a code of another status":     refusing(403, `{"status":403,`+fine+`}`),
		"more than is described":       refusing(400, `{"status":400,"name":"somebody",`+fine+`}`),
		"another code in the header": func(w http.ResponseWriter, r *http.Request) {
			refusing(400, `{"status":400,`+fine+`}`)(w, r)
			w.Header().Set(wire.HeaderProblem, "too-many")
		},
		"no code in the header": func(w http.ResponseWriter, r *http.Request) {
			refusing(400, `{"status":400,`+fine+`}`)(w, r)
			w.Header().Del(wire.HeaderProblem)
		},
		"without our header": func(w http.ResponseWriter, r *http.Request) {
			refusing(400, `{"status":400,`+fine+`}`)(w, r)
			w.Header().Del(wire.Header)
		},
		"a coding that was not asked for": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(wire.Header, wire.HeaderValue)
			w.Header().Set("Content-Encoding", wire.CodingZstd)
			w.WriteHeader(http.StatusNotModified)
		},
	} {
		c, err := contract.New(bad)
		must(t, err)
		path := wire.PathTrust
		if strings.Contains(name, "call") {
			path = "/v1/elsewhere"
		}
		c.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
		if errors.Join(c.Wrong()...) == nil {
			t.Errorf("%s goes unnoticed", name)
		}
	}
	good, err := contract.New(refusing(400, `{"status":400,`+fine+`}`))
	must(t, err)
	good.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", wire.PathTrust, nil))
	if err := errors.Join(good.Wrong()...); err != nil {
		t.Error(err)
	}
}
