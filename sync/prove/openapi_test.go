package prove

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal"
	"tramhoso/sync/wire"
)

// contract holds what goes over a portal's handler to openapi.yaml.
type contract struct {
	router routers.Router
	inner  http.Handler

	mu   sync.Mutex
	seen map[string]bool
	bad  []string
}

func newContract(t *testing.T, inner http.Handler) (*contract, *openapi3.T) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(wire.OpenAPI)
	must(t, err)
	must(t, doc.Validate(t.Context()))
	doc.Servers = nil
	router, err := gorillamux.NewRouter(doc)
	must(t, err)
	for _, media := range []string{wire.TypePacket, wire.TypeBatch, wire.TypePacked, wire.TypeBundle, wire.TypeCatalogue, wire.TypeJWS, "text/html", "application/offset+octet-stream"} {
		openapi3filter.RegisterBodyDecoder(media, openapi3filter.FileBodyDecoder)
		t.Cleanup(func() { openapi3filter.UnregisterBodyDecoder(media) })
	}
	return &contract{router: router, inner: inner, seen: map[string]bool{}}, doc
}

func (c *contract) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	rec := httptest.NewRecorder()
	c.inner.ServeHTTP(rec, r)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if r.Context().Err() == nil || rec.Header().Get("Content-Type") != "" { // else nobody is there to answer
		c.check(r, rec.Result())
	}
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

func (c *contract) check(r *http.Request, res *http.Response) {
	answer, _ := io.ReadAll(res.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		c.bad = append(c.bad, r.Method+" "+r.URL.Path+": "+err.Error())
		return
	}
	op := r.Method + " " + route.Path
	c.seen[op] = true
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}}
	if res.StatusCode < 300 { // what is refused may be anything
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			c.bad = append(c.bad, op+" asked: "+err.Error())
		}
	}
	if err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{RequestValidationInput: in,
		Status: res.StatusCode, Header: res.Header, Body: io.NopCloser(bytes.NewReader(answer)), Options: in.Options}); err != nil {
		c.bad = append(c.bad, op+" answered: "+err.Error())
	}
}

// notAsked are the calls that no client of ours makes; strangers' do.
var notAsked = []string{"OPTIONS /v1/files/", "POST /v1/files/{station}/{packet}/{sha256}", "DELETE /v1/files/{station}/{packet}/{sha256}",
	"HEAD /v1/files/{station}/{packet}/{sha256}", "PATCH /v1/files/{station}/{packet}/{sha256}", "POST /v1/files/", "POST /v1/bundles", "POST /v1/bundles/{sha256}", "HEAD /v1/bundles/{sha256}",
	"PATCH /v1/bundles/{sha256}", "DELETE /v1/bundles/{sha256}"}

// Every question of a station and every answer of the portal is as the
// description says, and every call but the files' and the couriers' is made.
func TestBothEndsKeepTheContract(t *testing.T) {
	w := newWorld(t)
	c, doc := newContract(t, w.portal.Handler())
	conf, err := w.portal.TLSConfig()
	must(t, err)
	srv := httptest.NewUnstartedServer(c)
	srv.TLS = conf
	srv.StartTLS()
	t.Cleanup(srv.Close)
	w.line.reroute(strings.TrimPrefix(srv.URL, "https://"))
	w.enrol()
	way := &counting{Portal: w.station.Link}
	w.runOver(way)
	w.until("the catalogue", func() bool { _, err := w.station.Province.Catalogue(); return err == nil })
	s, slip := w.submit("one")
	w.until("the receipt", w.held(s.Packet))
	w.act(s.Packet, portal.ActAccept)
	w.until("the acceptance", w.status(slip, dossier.StatusAccepted))
	v, err := w.portal.Withdraw(t.Context(), "1.000656")
	must(t, err)
	w.until("the delta", w.version(v))
	must(t, w.station.Link.Renew(t.Context()))
	_, err = w.station.Link.Time(t.Context())
	must(t, err)
	a, _ := w.submit("two")
	w.until("another receipt", w.held(a.Packet))
	w.crash()
	w.open()
	e, err := w.station.Province.Enrolment()
	must(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(w.station.Keys.TLSKey())
	must(t, err)
	cert, err := tls.X509KeyPair([]byte(e.Certificate), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	must(t, err)
	raw := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{cert}}}}
	defer raw.CloseIdleConnections()
	ask := func(method, path, media string, body []byte, want int) {
		t.Helper()
		q, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, bytes.NewReader(body))
		must(t, err)
		q.Header.Set("Content-Type", media)
		res, err := raw.Do(q)
		must(t, err)
		must(t, res.Body.Close())
		if res.StatusCode != want {
			t.Errorf("%s %s: %d", method, path, res.StatusCode)
		}
	}
	ask("GET", wire.PathPackets+s.Packet, "", nil, 200)
	ask("GET", wire.PathPackets+"019f6a1e-0000-7000-8000-000000000001", "", nil, 404)
	pk, err := w.station.Store.Packet(t.Context(), s.Packet)
	must(t, err)
	ask("POST", wire.PathBatch, wire.TypeBatch, wire.AppendBatch(wire.AppendBatch(nil, pk), pk), 200)
	packed, _, err := wire.EncodePacked([]dossier.Packet{pk, pk})
	must(t, err)
	ask("POST", wire.PathBatch, wire.TypePacked, packed, 200)
	ask("POST", wire.PathBatch, wire.TypeBatch, []byte{0xff}, 400)
	ask("PUT", wire.PathPackets+s.Packet, wire.TypePacket, []byte("junk"), 400)
	ask("GET", wire.PathDelta+"?from=7777", "", nil, 404)
	ask("GET", wire.PathSlip+"nothing", "", nil, 404)

	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range c.bad {
		t.Error(b)
	}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			if op := method + " " + path; !c.seen[op] && !slices.Contains(notAsked, op) {
				t.Errorf("nobody asked %s", op)
			}
		}
	}
}
