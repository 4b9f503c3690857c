package client_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The queue asks errors whose trouble they are.
var _ outbox.Trouble = (*client.Error)(nil)
var _ outbox.Sender = (*client.Client)(nil)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// rig is a station and whatever answers at its portal's address.
type rig struct {
	province *prove.Province
	keys     *seal.Keys
	server   *httptest.Server
	handle   http.HandlerFunc
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{handle: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }}
	var err error
	r.province, err = prove.NewProvince(time.Now())
	must(t, err)
	r.keys, err = seal.OpenKeys(filepath.Join(t.TempDir(), "keys"))
	must(t, err)
	return r
}

// listen starts a portal of the province.
func (r *rig) listen(t *testing.T, change func(*tls.Config)) {
	t.Helper()
	conf, err := r.province.ServerTLS(time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	must(t, err)
	if change != nil {
		change(conf)
	}
	r.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { r.handle(w, q) }))
	r.server.TLS = conf
	r.server.EnableHTTP2 = true
	r.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	r.server.StartTLS()
	t.Cleanup(r.server.Close)
}

func (r *rig) client(t *testing.T, url string) *client.Client {
	t.Helper()
	e, err := r.province.Enrol(r.keys, url, time.Now())
	must(t, err)
	c, err := client.New(client.Config{URL: url, Station: prove.StationCode, Certificate: e.Enrolment.Certificate,
		Key: r.keys.TLSKey(), Root: r.province.Fingerprint, Trust: func() *seal.Trust { return r.province.Trust }})
	must(t, err)
	t.Cleanup(c.Close)
	return c
}

func (r *rig) packet(t *testing.T, seq uint64) dossier.Packet {
	t.Helper()
	p, err := seal.Freeze(dossier.Head{ID: fmt.Sprintf("019f6a1e-0000-7000-8000-%012d", seq), Kind: dossier.KindHealth,
		Station: prove.StationCode, Seq: seq}, []byte("{}"), r.province.Trust.Recipients[0], r.keys.PacketSigner())
	must(t, err)
	return p
}

// as answers like a portal.
func as(status int, media string, body []byte, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(wire.Header, wire.HeaderValue)
		w.Header().Set("Content-Type", media)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}
}

func problem(t *testing.T, code dossier.Code) []byte {
	t.Helper()
	b, err := json.Marshal(wire.ProblemOf(dossier.E(code, nil)))
	must(t, err)
	return b
}

func TestPut(t *testing.T) {
	r := newRig(t)
	r.listen(t, nil)
	c, p := r.client(t, r.server.URL), r.packet(t, 1)
	want, compact, err := r.province.Receipt(p, 7, time.Now().UTC())
	must(t, err)
	for _, status := range []int{http.StatusCreated, http.StatusOK} {
		r.handle = func(w http.ResponseWriter, q *http.Request) {
			f, err := wire.DecodePacket(q.Body, wire.PacketLimits)
			if err != nil || string(f.JWS) != string(p.JWS) || string(f.Body) != string(p.Body) {
				t.Errorf("the portal read %v", err)
			}
			if q.Method != http.MethodPut || q.URL.Path != wire.PathPackets+p.Head.ID || q.Header.Get("Content-Type") != wire.TypePacket ||
				len(q.TLS.PeerCertificates) == 0 || q.TLS.PeerCertificates[0].Subject.CommonName != prove.StationCode {
				t.Errorf("%s %s, %v", q.Method, q.URL.Path, q.Header)
			}
			as(status, wire.TypeJWS, []byte(compact))(w, q)
		}
		got, raw, err := c.Put(t.Context(), p)
		must(t, err)
		if got.Counter != want.Counter || got.Digest != want.Digest || raw != compact {
			t.Errorf("%d: %+v", status, got)
		}
	}
}

// A receipt counts only for these very bytes, from these very keys.
func TestPutBelievesNoOtherReceipt(t *testing.T) {
	r := newRig(t)
	r.listen(t, nil)
	c, p := r.client(t, r.server.URL), r.packet(t, 1)
	other, err := prove.NewProvince(time.Now())
	must(t, err)
	_, foreign, err := other.Receipt(p, 1, time.Now())
	must(t, err)
	_, elsewhere, err := r.province.Receipt(r.packet(t, 2), 1, time.Now())
	must(t, err)
	changed := p
	changed.Body = append([]byte{0}, p.Body...)
	_, digest, err := r.province.Receipt(changed, 1, time.Now())
	must(t, err)
	_, early, err := r.province.Receipt(p, 1, time.Now().AddDate(-5, 0, 0))
	must(t, err)
	_, compact, err := r.province.Receipt(p, 1, time.Now())
	must(t, err)
	for name, receipt := range map[string]string{"another province's": foreign, "another packet's": elsewhere,
		"other bytes'": digest, "from before the key": early, "cut": compact[:len(compact)-2], "none": "",
		"a watermark in its place": mustSign(t, r.province, wire.TypWatermark, map[string]any{"packet": p.Head.ID})} {
		r.handle = as(http.StatusOK, wire.TypeJWS, []byte(receipt))
		_, _, err := c.Put(t.Context(), p)
		var e *client.Error
		if !errors.As(err, &e) || !e.Lane() || e.Refused() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func mustSign(t *testing.T, p *prove.Province, typ string, v any) string {
	t.Helper()
	s, err := seal.SignJSON(v, typ, p.Receipts)
	must(t, err)
	return s
}

func TestPortalsTrouble(t *testing.T) {
	r := newRig(t)
	r.listen(t, nil)
	c, p := r.client(t, r.server.URL), r.packet(t, 1)
	tests := []struct {
		status              int
		code                dossier.Code
		header              []string
		lane, refused, full bool
		wait                time.Duration
	}{
		{400, dossier.CodeInvalid, nil, false, true, false, 0},
		{401, dossier.CodeNotEnrolled, nil, true, false, false, 0},
		{403, wire.CodeNotYours, nil, true, false, false, 0},
		{409, dossier.CodeConflict, nil, false, true, false, 0},
		{413, wire.CodeTooLarge, nil, false, true, false, 0},
		{429, wire.CodeBusy, []string{"Retry-After", "7"}, false, false, false, 7 * time.Second},
		{500, wire.CodeInternal, nil, false, false, false, 0},
		{503, wire.CodeBusy, []string{"Retry-After", "nonsense"}, false, false, false, 0},
		{503, wire.CodeBusy, []string{"Retry-After", "-5"}, false, false, false, 0},
		{503, wire.CodeBusy, []string{"Retry-After", "999999999"}, false, false, false, 24 * time.Hour},
		{507, wire.CodeNoRoom, nil, true, false, true, 0},
	}
	for _, tt := range tests {
		pr, err := json.Marshal(wire.Problem{Type: "x", Title: "x", Status: tt.status, Code: tt.code})
		must(t, err)
		r.handle = as(tt.status, wire.TypeProblem, pr, tt.header...)
		_, _, err = c.Put(t.Context(), p)
		var e *client.Error
		if !errors.As(err, &e) {
			t.Errorf("%d: %v", tt.status, err)
			continue
		}
		if e.Lane() != tt.lane || e.Refused() != tt.refused || e.Full() != tt.full || e.Wait() != tt.wait || dossier.CodeOf(err) != tt.code {
			t.Errorf("%d: lane %v, refused %v, full %v, wait %v, code %q", tt.status, e.Lane(), e.Refused(), e.Full(), e.Wait(), dossier.CodeOf(err))
		}
	}
	r.handle = as(503, wire.TypeProblem, problem(t, wire.CodeBusy), "Retry-After", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat))
	_, _, err := c.Put(t.Context(), p)
	var e *client.Error
	if !errors.As(err, &e) || e.Wait() < 55*time.Second || e.Wait() > time.Minute {
		t.Errorf("a date: %v", err)
	}
	r.handle = as(502, "text/html", []byte("<h1>Bad gateway</h1>"))
	if _, _, err = c.Put(t.Context(), p); !errors.As(err, &e) || e.Lane() || e.Refused() {
		t.Errorf("a portal's front that sulks: %v", err)
	}
}

// What is not the portal is told apart from nothing at all.
func TestNotThePortal(t *testing.T) {
	login := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<h1>Đăng nhập WiFi</h1>") }
	redirect := func(w http.ResponseWriter, q *http.Request) {
		http.Redirect(w, q, "https://wifi.example/login", http.StatusFound)
	}
	tests := map[string]struct {
		code  dossier.Code
		start func(t *testing.T, r *rig) (url string)
	}{
		"a log-in page with a good certificate": {dossier.CodeNotThePortal, func(t *testing.T, r *rig) string {
			r.listen(t, nil)
			r.handle = login
			return r.server.URL
		}},
		"a redirect to a log-in page": {dossier.CodeNotThePortal, func(t *testing.T, r *rig) string {
			r.listen(t, nil)
			r.handle = redirect
			return r.server.URL
		}},
		"a log-in page with a certificate of its own": {dossier.CodeNotThePortal, func(t *testing.T, _ *rig) string {
			s := httptest.NewUnstartedServer(http.HandlerFunc(login))
			s.Config.ErrorLog = log.New(io.Discard, "", 0)
			s.StartTLS()
			t.Cleanup(s.Close)
			return s.URL
		}},
		"another province": {dossier.CodeNotThePortal, func(t *testing.T, r *rig) string {
			other := &rig{handle: login}
			var err error
			other.province, err = prove.NewProvince(time.Now())
			must(t, err)
			other.listen(t, nil)
			return other.server.URL
		}},
		"a log-in page in plain HTTP": {dossier.CodeNotThePortal, func(t *testing.T, _ *rig) string {
			s := httptest.NewServer(http.HandlerFunc(login))
			t.Cleanup(s.Close)
			return "https://" + s.Listener.Addr().String()
		}},
		"something that is not even TLS": {dossier.CodeNotThePortal, func(t *testing.T, _ *rig) string {
			return talk(t, func(c net.Conn) { _, _ = io.WriteString(c, "220 mail ready\r\n") })
		}},
		"a line that breaks at once": {dossier.CodeNoNetwork, func(t *testing.T, _ *rig) string {
			return talk(t, func(net.Conn) {})
		}},
		"nobody": {dossier.CodeNoNetwork, func(t *testing.T, _ *rig) string {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			must(t, err)
			must(t, l.Close())
			return "https://" + l.Addr().String()
		}},
		"no such name": {dossier.CodeNoNetwork, func(*testing.T, *rig) string { return "https://portal.invalid" }},
		"an answer that breaks off": {dossier.CodeNoNetwork, func(t *testing.T, r *rig) string {
			r.listen(t, nil)
			r.handle = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set(wire.Header, wire.HeaderValue)
				w.Header().Set("Content-Length", "1000")
				_, _ = io.WriteString(w, "half")
				panic(http.ErrAbortHandler)
			}
			return r.server.URL
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			c := r.client(t, tt.start(t, r))
			_, _, err := c.Put(t.Context(), r.packet(t, 1))
			if got := dossier.CodeOf(err); got != tt.code {
				t.Errorf("code %q, want %q: %v", got, tt.code, err)
			}
			var e *client.Error
			if errors.As(err, &e) {
				t.Errorf("taken for the portal's own trouble: %v", err)
			}
		})
	}
}

// talk accepts connections, reads a little and answers with f.
func talk(t *testing.T, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 16))
			f(c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { must(t, l.Close()); <-done })
	return "https://" + l.Addr().String()
}

// Trouble with certificates of the province's own is neither a missing network
// nor a log-in page.
func TestTLSTrouble(t *testing.T) {
	other, err := prove.NewProvince(time.Now())
	must(t, err)
	for name, change := range map[string]func(r *rig) func(*tls.Config){
		"the portal's certificate has ended": func(r *rig) func(*tls.Config) {
			return func(c *tls.Config) {
				old, err := r.province.ServerTLS(time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour))
				must(t, err)
				c.Certificates = old.Certificates
			}
		},
		"the portal's certificate has not begun": func(r *rig) func(*tls.Config) {
			return func(c *tls.Config) {
				next, err := r.province.ServerTLS(time.Now().Add(2*time.Hour), time.Now().Add(3*time.Hour))
				must(t, err)
				c.Certificates = next.Certificates
			}
		},
		"the portal does not know this station": func(*rig) func(*tls.Config) {
			return func(c *tls.Config) {
				foreign, err := other.ServerTLS(time.Now(), time.Now())
				must(t, err)
				c.ClientCAs, c.ClientAuth = foreign.ClientCAs, tls.RequireAndVerifyClientCert
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.listen(t, change(r))
			_, _, err := r.client(t, r.server.URL).Put(t.Context(), r.packet(t, 1))
			var e *client.Error
			if !errors.As(err, &e) || !e.Lane() || e.Refused() {
				t.Fatalf("%v", err)
			}
			if early, late := e.Day(); early != strings.Contains(name, "not begun") || late != strings.Contains(name, "ended") {
				t.Errorf("early %v, late %v: %v", early, late, err)
			}
		})
	}
}

func TestCancelIsNoNetworkTrouble(t *testing.T) {
	r := newRig(t)
	r.listen(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	r.handle = func(_ http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body) // only then does the server notice a hang-up
		cancel()
		<-q.Context().Done()
	}
	_, _, err := r.client(t, r.server.URL).Put(ctx, r.packet(t, 1))
	if !errors.Is(err, context.Canceled) || dossier.CodeOf(err) != "" {
		t.Errorf("%v", err)
	}
}

func TestBatch(t *testing.T) {
	r := newRig(t)
	r.listen(t, nil)
	c := r.client(t, r.server.URL)
	ps := []dossier.Packet{r.packet(t, 1), r.packet(t, 2), r.packet(t, 3)}
	_, one, err := r.province.Receipt(ps[0], 1, time.Now())
	must(t, err)
	_, three, err := r.province.Receipt(ps[2], 2, time.Now())
	must(t, err)
	bad := wire.ProblemOf(dossier.E(dossier.CodeConflict, nil))
	body, err := json.Marshal(wire.BatchAnswer{Results: []wire.BatchResult{
		{ID: ps[0].Head.ID, Status: 201, Receipt: one},
		{ID: ps[1].Head.ID, Status: 409, Problem: &bad},
		{ID: ps[2].Head.ID, Status: 200, Receipt: three},
	}})
	must(t, err)
	r.handle = func(w http.ResponseWriter, q *http.Request) {
		br := wire.NewBatchReader(q.Body, wire.PacketLimits)
		for i := range ps {
			if f, err := br.Next(); err != nil || string(f.JWS) != string(ps[i].JWS) {
				t.Errorf("packet %d: %v", i, err)
			}
		}
		as(200, wire.TypeJSON, body)(w, q)
	}
	var got []string
	away := 0
	must(t, c.Batch(t.Context(), ps, func() { away++ }, func(i int, rec dossier.Receipt, compact string, err error) {
		var e *client.Error
		switch {
		case err == nil:
			got = append(got, fmt.Sprintf("%d held as %d", i, rec.Counter))
		case errors.As(err, &e) && e.Refused():
			got = append(got, fmt.Sprintf("%d refused: %s", i, dossier.CodeOf(err)))
		default:
			t.Error(err)
		}
	}))
	if want := "[0 held as 1 1 refused: conflict 2 held as 2]"; fmt.Sprint(got) != want {
		t.Errorf("%v", got)
	}
	if away != 1 {
		t.Errorf("the batch was on the line %d times", away)
	}
	r.handle = as(200, wire.TypeJSON, []byte(`{"results":[]}`))
	err = c.Batch(t.Context(), ps, func() {}, func(int, dossier.Receipt, string, error) { t.Error("called for nothing") })
	var e *client.Error
	if !errors.As(err, &e) || e.Lane() || e.Refused() {
		t.Errorf("too few results: %v", err)
	}
}

// A portal that says so gets its batches packed; one that turns out not to
// understand them gets them plain at once, and nothing is said about a packet
// that nobody read.
func TestBatchIsPackedForWhoTakesIt(t *testing.T) {
	r := newRig(t)
	r.listen(t, nil)
	c := r.client(t, r.server.URL)
	ps := []dossier.Packet{r.packet(t, 1), r.packet(t, 2)}
	var good wire.BatchAnswer
	for i, p := range ps {
		_, compact, err := r.province.Receipt(p, uint64(i+1), time.Now())
		must(t, err)
		good.Results = append(good.Results, wire.BatchResult{ID: p.Head.ID, Status: 201, Receipt: compact})
	}
	held, err := json.Marshal(good)
	must(t, err)
	older := as(400, wire.TypeProblem, []byte(`{"status":400,"code":"invalid"}`))
	lucky, err := json.Marshal(wire.BatchAnswer{Results: []wire.BatchResult{{Status: 400}, {Status: 400}}})
	must(t, err)
	var got []string
	packed := as(200, wire.TypeJSON, held)
	says := true
	r.handle = func(w http.ResponseWriter, q *http.Request) {
		var b interface{ Next() (wire.Framed, error) }
		switch q.Header.Get("Content-Type") {
		case wire.TypePacked:
			got, b = append(got, "packed"), wire.NewPackedReader(q.Body, wire.PacketLimits)
		case wire.TypeBatch:
			got, b = append(got, "plain"), wire.NewBatchReader(q.Body, wire.PacketLimits)
		}
		for i := range ps {
			if f, err := b.Next(); err != nil || string(f.JWS) != string(ps[i].JWS) || string(f.Body) != string(ps[i].Body) {
				t.Errorf("packet %d: %v", i, err)
			}
		}
		if q.Header.Get("Content-Type") == wire.TypePacked {
			packed(w, q)
			return
		}
		if says {
			w.Header().Set("Accept-Post", wire.AcceptPost)
		}
		as(200, wire.TypeJSON, held)(w, q)
	}
	send := func(want ...string) {
		t.Helper()
		got = nil
		receipts, away := 0, 0
		must(t, c.Batch(t.Context(), ps, func() { away++ }, func(_ int, _ dossier.Receipt, _ string, err error) {
			if err == nil {
				receipts++
			}
		}))
		if fmt.Sprint(got) != fmt.Sprint(want) || receipts != len(ps) || away != 1 {
			t.Errorf("sent %v, not %v: %d receipts, away %d times", got, want, receipts, away)
		}
	}
	send("plain")
	packed = func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Accept-Post", wire.AcceptPost)
		as(200, wire.TypeJSON, held)(w, q)
	}
	send("packed")
	send("packed")
	packed = older // the province went back to an earlier program
	send("packed", "plain")
	packed = as(200, wire.TypeJSON, lucky) // which read our bytes as something else
	send("packed", "plain")
	packed, says = as(200, wire.TypeJSON, []byte(`{"results":[]}`)), false
	send("packed", "plain")
	send("plain")
	send("plain")
}
