package portal

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/demo"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/token"
	"tramhoso/sync/wire"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/klauspost/compress/zstd.(*blockDec).startDecoder"))
}

// start is a Tuesday morning.
var start = time.Date(2026, 7, 14, 9, 24, 0, 0, time.FixedZone("+07", 7*3600))

const slipHost = "TRAMHOSO.EXAMPLE"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fixture is a portal with what its tests look at.
type fixture struct {
	*Portal
	dir    string
	backup BackupTo
	clock  *clock.Fake
	log    *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{dir: t.TempDir(), clock: clock.NewFake(start), log: &lockedBuffer{}, backup: BackupTo{SameDisk: true}}
	f.open(t)
	t.Cleanup(func() { must(t, f.Close()) })
	return f
}

func (f *fixture) open(t testing.TB) {
	t.Helper()
	p, err := Open(context.Background(), Options{
		Dir: f.dir, Backup: f.backup, Clock: f.clock, SlipHost: slipHost, Catalogue: demo.Snapshot(),
		Log:         slog.New(slog.NewJSONHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Office:      "Bộ phận Một cửa",
		AgencyCodes: map[string]string{"ubnd-xa": "H15.30"},
	})
	must(t, err)
	f.Portal = p
}

// reopen is a crash and a restart: nothing is said goodbye to but the files.
func (f *fixture) reopen(t testing.TB) {
	t.Helper()
	must(t, f.Close())
	f.open(t)
}

// station is a station as the protocol sees it.
type station struct {
	code   string
	keys   *seal.Keys
	to     seal.Recipient
	seq    uint64
	clock  *clock.Fake
	answer wire.EnrolAnswer
	client *http.Client
	url    string
}

// enrolHandler enrols through the handler, without a network.
func (f *fixture) enrolStation(t testing.TB, code string) *station {
	t.Helper()
	s := newStation(t, f, code)
	tok, err := f.IssueToken(t.Context(), ledger.Station{Code: code, Name: "Điểm Bưu điện – Văn hoá xã Hoà Phú", Address: "Xã Hoà Phú"}, "https://127.0.0.1:1")
	must(t, err)
	rec := f.do(t, nil, "POST", wire.PathEnrol, s.enrolRequest(t, tok.Secret))
	if rec.Code != http.StatusOK {
		t.Fatalf("enrol: %d %s", rec.Code, rec.Body)
	}
	must(t, json.Unmarshal(rec.Body.Bytes(), &s.answer))
	return s
}

func newStation(t testing.TB, f *fixture, code string) *station {
	t.Helper()
	keys, err := seal.OpenKeys(t.TempDir() + "/keys")
	must(t, err)
	return &station{code: code, keys: keys, to: f.keys().recipient, clock: f.clock}
}

func (s *station) enrolRequest(t testing.TB, secret string) []byte {
	t.Helper()
	csr, err := s.keys.CSR()
	must(t, err)
	der, err := x509.MarshalPKIXPublicKey(s.keys.PacketSigner().PublicKey())
	must(t, err)
	pub := s.keys.Public()
	data, err := json.Marshal(wire.EnrolRequest{Secret: secret,
		CSR:  string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr})),
		Keys: wire.StationKeys{Packet: der, Slip: pub.Slip, Audit: pub.Audit, Event: pub.Events}})
	must(t, err)
	return data
}

// certificate is the station's TLS identity.
func (s *station) certificate(t testing.TB) tls.Certificate {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(s.keys.TLSKey())
	must(t, err)
	c, err := tls.X509KeyPair([]byte(s.answer.Certificate), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	must(t, err)
	return c
}

// state is what a TLS server knows after the station's handshake.
func (s *station) state(t testing.TB) *tls.ConnectionState {
	t.Helper()
	block, _ := pem.Decode([]byte(s.answer.Certificate))
	c, err := x509.ParseCertificate(block.Bytes)
	must(t, err)
	return &tls.ConnectionState{PeerCertificates: []*x509.Certificate{c}, VerifiedChains: [][]*x509.Certificate{{c}}}
}

// do calls the portal's handler as the station, or as nobody.
func (f *fixture) do(t testing.TB, as *station, method, path string, body []byte) *httptest.ResponseRecorder {
	t.Helper()
	return f.doAs(t, as, method, path, "", body)
}

func (f *fixture) doAs(t testing.TB, as *station, method, path, media string, body []byte) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewReader(body))
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	r.TLS = &tls.ConnectionState{}
	if as != nil {
		r.TLS = as.state(t)
	}
	rec := httptest.NewRecorder()
	f.Handler().ServeHTTP(rec, r)
	if rec.Header().Get(wire.Header) != wire.HeaderValue {
		t.Errorf("%s %s: no %s header", method, path, wire.Header)
	}
	return rec
}

// desk calls the desk.
func (f *fixture) desk(t testing.TB, method, path, body string, v any) int {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://127.0.0.1"+path, strings.NewReader(body))
	rec := httptest.NewRecorder()
	f.Desk().ServeHTTP(rec, r)
	if rec.Code == http.StatusOK && v != nil {
		must(t, json.Unmarshal(rec.Body.Bytes(), v))
	} else if rec.Code != http.StatusOK {
		t.Logf("desk %s: %d %s", path, rec.Code, rec.Body)
	}
	return rec.Code
}

func newID(t testing.TB) string {
	t.Helper()
	id, err := uuid.NewV7()
	must(t, err)
	return id.String()
}

// The personal data that must never be seen.
const (
	canaryName   = "Y Bhăm Kđoh Canary"
	canaryNumber = "066099001234"
	canaryPhone  = "0912345678"
	canaryText   = "Bổ sung giấy của Y Bhăm"
)

func (s *station) content(slip string) dossier.Dossier {
	return dossier.Dossier{
		Slip: slip, Procedure: dossier.ProcedureRef{Code: "1.004873", Version: 1}, Title: "Cấp giấy xác nhận tình trạng hôn nhân", Agency: "ubnd-xa",
		Applicant: dossier.Applicant{Person: dossier.Person{Number: canaryNumber, Name: canaryName, Address: "Buôn Tah, xã Hoà Phú", Trust: dossier.TrustConsistent, Source: "qr"}, Phone: canaryPhone},
		Answers:   json.RawMessage(`{"purpose":"marriage"}`),
		Papers:    []dossier.GivenPaper{{Paper: "declaration", Name: "Tờ khai", Way: dossier.WayForm}, {Paper: "id", Name: "Căn cước", Way: dossier.WayShown}, {Paper: "old", Name: "Giấy cũ", Way: dossier.WayOriginal}},
		Return:    dossier.ReturnHere, Channel: dossier.ChannelPostal, Language: "vi", NoticeAt: start, SignedAt: start,
	}
}

// packet freezes a packet of the station with its next sequence number.
func (s *station) packet(t testing.TB, kind dossier.PacketKind, parent string, body any, edit ...func(*dossier.Head)) dossier.Packet {
	t.Helper()
	s.seq++
	h := dossier.Head{ID: newID(t), Kind: kind, Station: s.code, Seq: s.seq, Parent: parent, Time: s.clock.Stamp()}
	if d, ok := body.(dossier.Dossier); ok {
		h.Procedure = &d.Procedure
	}
	for _, e := range edit {
		e(&h)
	}
	data, err := json.Marshal(body)
	must(t, err)
	p, err := seal.Freeze(h, data, s.to, s.keys.PacketSigner())
	must(t, err)
	return p
}

func (s *station) dossier(t testing.TB, edit ...func(*dossier.Head)) dossier.Packet {
	t.Helper()
	return s.packet(t, dossier.KindDossier, "", s.content(token.SlipNumber(s.code, s.seq+1)), edit...)
}

func (f *fixture) put(t testing.TB, s *station, p dossier.Packet) *httptest.ResponseRecorder {
	t.Helper()
	return f.do(t, s, "PUT", wire.PathPackets+p.Head.ID, wire.EncodePacket(p))
}

// send puts a packet that must be taken in.
func (f *fixture) send(t testing.TB, s *station, p dossier.Packet) dossier.Receipt {
	t.Helper()
	rec := f.put(t, s, p)
	if rec.Code != http.StatusCreated {
		t.Fatalf("put: %d %s", rec.Code, rec.Body)
	}
	return f.receipt(t, rec.Body.String())
}

func (f *fixture) receipt(t testing.TB, compact string) dossier.Receipt {
	t.Helper()
	var r dossier.Receipt
	must(t, seal.VerifyJSONAny(compact, wire.TypReceipt, f.keys().trust.KeysFor(seal.UseReceipt, f.now()), &r))
	return r
}

// poll asks for the station's events and opens them.
func (f *fixture) poll(t testing.TB, s *station, c wire.Cursor) ([]dossier.Event, wire.EventsAnswer) {
	t.Helper()
	rec := f.do(t, s, "GET", wire.PathEvents+"?"+wire.EventsQuery{After: c}.Values().Encode(), nil)
	if rec.Code != http.StatusOK {
		t.Fatalf("events: %d %s", rec.Code, rec.Body)
	}
	var a wire.EventsAnswer
	must(t, json.Unmarshal(rec.Body.Bytes(), &a))
	var out []dossier.Event
	for i, e := range a.Events {
		if want := c.N + uint64(i) + 1; c.Epoch == a.Epoch && e.N != want {
			t.Errorf("event %d, want %d", e.N, want)
		}
		data, err := seal.OpenWith(e.Sealed, s.keys.EventIdentity())
		must(t, err)
		var ev dossier.Event
		must(t, json.Unmarshal(data, &ev))
		out = append(out, ev)
	}
	return out, a
}

func problem(t testing.TB, rec *httptest.ResponseRecorder) wire.Problem {
	t.Helper()
	if got := rec.Header().Get("Content-Type"); got != wire.TypeProblem {
		t.Errorf("content type %s", got)
	}
	p, err := wire.ReadProblem(rec.Body)
	must(t, err)
	if p.Status != rec.Code {
		t.Errorf("problem says %d, answer says %d", p.Status, rec.Code)
	}
	return p
}

func nonce(t testing.TB) []byte {
	t.Helper()
	b := make([]byte, wire.MinNonceBytes)
	_, err := rand.Read(b)
	must(t, err)
	return b
}
