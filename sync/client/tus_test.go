package client_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/wire"
)

var _ outbox.Carrier = (*client.Client)(nil)

const aPacket = "019f6a1e-0000-7000-8000-000000000001"

// quay is a portal that keeps one file and can be told to answer otherwise.
type quay struct {
	t     *testing.T
	here  []byte
	begun bool
	calls []string // method and offset
	size  int
	lie   func(w http.ResponseWriter, q *http.Request) bool // answered
}

func (k *quay) path() string {
	return wire.FileName{Station: prove.StationCode, Packet: aPacket, SHA256: k.sum()}.Path()
}

func (k *quay) sum() string { return fileSum(k.size) }

func fileContent(n int) []byte { return bytes.Repeat([]byte("sealed!"), n/7+1)[:n] }

func fileSum(n int) string {
	sum := sha256.Sum256(fileContent(n))
	return hex.EncodeToString(sum[:])
}

func (k *quay) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	k.calls = append(k.calls, q.Method+" "+q.Header.Get(wire.HeaderUploadOffset))
	h := w.Header()
	h.Set(wire.Header, wire.HeaderValue)
	if q.Header.Get(wire.HeaderTusResumable) != wire.TusVersion {
		k.t.Errorf("%s without the version", q.Method)
	}
	if k.lie != nil && k.lie(w, q) {
		return
	}
	chunk, err := io.ReadAll(q.Body)
	if err != nil {
		k.t.Error(err)
	}
	if len(chunk) > 0 {
		sum, err := wire.ParseChecksum(q.Header.Get(wire.HeaderUploadChecksum))
		if err != nil {
			k.t.Error(err)
		}
		hash := sum.New()
		hash.Write(chunk)
		if !sum.Is(hash) || q.Header.Get("Content-Type") != wire.TypeChunk {
			k.t.Error("a chunk that is not what it says")
		}
	}
	status := http.StatusNoContent
	switch q.Method {
	case http.MethodHead:
		if !k.begun {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		status = http.StatusOK
		h.Set(wire.HeaderUploadLength, strconv.Itoa(k.size))
	case http.MethodPost:
		n, err := wire.ParseMetadata(q.Header.Get(wire.HeaderUploadMetadata))
		if err != nil || n.Packet != aPacket || q.Header.Get(wire.HeaderUploadLength) != strconv.Itoa(k.size) {
			k.t.Errorf("%+v, %v", n, err)
		}
		k.begun, status = true, http.StatusCreated
		k.here = append([]byte(nil), chunk...)
		h.Set("Location", k.path())
	case http.MethodPatch:
		if q.Header.Get(wire.HeaderUploadOffset) != strconv.Itoa(len(k.here)) {
			answerProblem(w, dossier.CodeConflict)
			return
		}
		k.here = append(k.here, chunk...)
	}
	h.Set(wire.HeaderUploadOffset, strconv.Itoa(len(k.here)))
	w.WriteHeader(status)
}

func answerProblem(w http.ResponseWriter, code dossier.Code, header ...string) {
	p := wire.ProblemOf(dossier.E(code, nil))
	for i := 0; i+1 < len(header); i += 2 {
		w.Header().Set(header[i], header[i+1])
	}
	w.Header().Set("Content-Type", wire.TypeProblem)
	w.WriteHeader(p.Status)
	_, _ = io.WriteString(w, `{"type":"urn:x","title":"x","status":`+strconv.Itoa(p.Status)+`,"code":"`+string(code)+`"}`)
}

func newQuay(t *testing.T, size int) (*quay, *client.Client, dossier.Attachment) {
	t.Helper()
	r := newRig(t)
	k := &quay{t: t, size: size}
	r.handle = k.ServeHTTP
	r.listen(t, nil)
	return k, r.client(t, r.server.URL), dossier.Attachment{SHA256: fileSum(size), Size: int64(size), Role: "plan"}
}

func (k *quay) carry(c *client.Client, a dossier.Attachment, from int64) (int64, error) {
	return c.Carry(k.t.Context(), aPacket, a, bytes.NewReader(fileContent(k.size)), from)
}

// Chunk by chunk, each call says how far the file is; the line here is quick, so
// that chunks are as large as they may be.
func TestCarry(t *testing.T) {
	k, c, a := newQuay(t, 600_000)
	at := int64(-1)
	for at < a.Size {
		next, err := k.carry(c, a, at)
		must(t, err)
		if next <= at {
			t.Fatalf("from %d to %d", at, next)
		}
		at = next
	}
	if !bytes.Equal(k.here, fileContent(k.size)) {
		t.Error("another file arrived")
	}
	if d := cmp.Diff([]string{"HEAD ", "POST ", "PATCH 65536", "PATCH 327680", "PATCH 589824"}, k.calls); d != "" {
		t.Error(d)
	}
	k.calls = nil
	if at, err := k.carry(c, a, -1); err != nil || at != a.Size || len(k.calls) != 1 {
		t.Errorf("whole already: %d, %v, %v", at, err, k.calls)
	}
}

// Whatever the portal has forgotten or gained meanwhile is asked for.
func TestCarryGoesOn(t *testing.T) {
	k, c, a := newQuay(t, 100_000)
	k.begun, k.here = true, fileContent(k.size)[:70_000]
	if at, err := k.carry(c, a, 10); err != nil || at != 70_000 {
		t.Errorf("an offset that was wrong: %d, %v", at, err)
	}
	for _, code := range []dossier.Code{wire.CodeExpired, dossier.CodeNotFound} {
		k.lie = func(w http.ResponseWriter, q *http.Request) bool {
			if q.Method != http.MethodPatch {
				return false
			}
			answerProblem(w, code)
			return true
		}
		if at, err := k.carry(c, a, 70_000); err != nil || at != int64(len(k.here)) || at < 65_536 {
			t.Errorf("%s: %d, %v", code, at, err)
		}
	}
	k.lie = func(w http.ResponseWriter, q *http.Request) bool {
		if q.Method != http.MethodHead {
			return false
		}
		w.WriteHeader(http.StatusGone)
		return true
	}
	if at, err := k.carry(c, a, -1); err != nil || at <= 0 {
		t.Errorf("expired before it was asked: %d, %v", at, err)
	}
}

func TestCarryTroubles(t *testing.T) {
	k, c, a := newQuay(t, 100_000)
	answer := func(method string, f func(w http.ResponseWriter)) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, q *http.Request) bool {
			if q.Method == method {
				f(w)
			}
			return q.Method == method
		}
	}
	say := func(method string, code dossier.Code) func(http.ResponseWriter, *http.Request) bool {
		return answer(method, func(w http.ResponseWriter) { answerProblem(w, code, "Retry-After", "7") })
	}
	created := func(location, offset string) func(http.ResponseWriter, *http.Request) bool {
		return answer(http.MethodPost, func(w http.ResponseWriter) {
			w.Header().Set("Location", location)
			w.Header().Set(wire.HeaderUploadOffset, offset)
			w.WriteHeader(http.StatusCreated)
		})
	}
	patched := func(offset string) func(http.ResponseWriter, *http.Request) bool {
		return answer(http.MethodPatch, func(w http.ResponseWriter) {
			w.Header().Set(wire.HeaderUploadOffset, offset)
			w.WriteHeader(http.StatusNoContent)
		})
	}
	head := func(offset, length string) func(http.ResponseWriter, *http.Request) bool {
		return answer(http.MethodHead, func(w http.ResponseWriter) {
			w.Header().Set(wire.HeaderUploadOffset, offset)
			w.Header().Set(wire.HeaderUploadLength, length)
		})
	}
	bare := func(code dossier.Code, after string) func(http.ResponseWriter, *http.Request) bool {
		return answer(http.MethodHead, func(w http.ResponseWriter) {
			w.Header().Set(wire.HeaderProblem, string(code))
			if after != "" {
				w.Header().Set("Retry-After", after)
			}
			w.WriteHeader(wire.StatusOf(code))
		})
	}
	type verdict struct {
		Lane, Refused, Full bool
		Wait                time.Duration
	}
	for what, tt := range map[string]struct {
		lie  func(http.ResponseWriter, *http.Request) bool
		from int64
		code dossier.Code
		want verdict
	}{
		"no packet, at the HEAD":            {answer(http.MethodHead, func(w http.ResponseWriter) { w.WriteHeader(409) }), -1, wire.CodePacketFirst, verdict{Refused: true}},
		"an ended certificate, at the HEAD": {bare(wire.CodeCertExpired, ""), -1, wire.CodeCertExpired, verdict{Lane: true}},
		"a revoked one, at the HEAD":        {bare(wire.CodeRevoked, ""), -1, wire.CodeRevoked, verdict{Lane: true}},
		"an unknown one, at the HEAD":       {bare(dossier.CodeNotEnrolled, ""), -1, dossier.CodeNotEnrolled, verdict{Lane: true}},
		"a busy portal, at the HEAD":        {bare(wire.CodeBusy, "7"), -1, wire.CodeBusy, verdict{Wait: 7 * time.Second}},
		"a HEAD that names nothing":         {answer(http.MethodHead, func(w http.ResponseWriter) { w.WriteHeader(401) }), -1, dossier.CodeNotEnrolled, verdict{Lane: true}},
		"a HEAD that names something else":  {answer(http.MethodHead, func(w http.ResponseWriter) { w.Header().Set(wire.HeaderProblem, "checksum"); w.WriteHeader(403) }), -1, wire.CodeInternal, verdict{Lane: true}},
		"no packet, at the creation":        {say(http.MethodPost, wire.CodePacketFirst), -1, wire.CodePacketFirst, verdict{Refused: true, Wait: 7 * time.Second}},
		"no packet, at a chunk":             {say(http.MethodPatch, wire.CodePacketFirst), 0, wire.CodePacketFirst, verdict{Refused: true, Wait: 7 * time.Second}},
		"a full disk":                       {say(http.MethodPatch, wire.CodeNoRoom), 0, wire.CodeNoRoom, verdict{Lane: true, Full: true, Wait: 7 * time.Second}},
		"too many":                          {say(http.MethodPost, wire.CodeTooMany), -1, wire.CodeTooMany, verdict{Wait: 7 * time.Second}},
		"a checksum":                        {say(http.MethodPatch, wire.CodeChecksum), 0, wire.CodeChecksum, verdict{Refused: true, Wait: 7 * time.Second}},
		"not ours":                          {say(http.MethodPost, wire.CodeNotYours), -1, wire.CodeNotYours, verdict{Lane: true, Wait: 7 * time.Second}},
		"busy":                              {say(http.MethodPatch, wire.CodeBusy), 0, wire.CodeBusy, verdict{Wait: 7 * time.Second}},
		"another address":                   {created("https://elsewhere.example/x", "0"), -1, wire.CodeInternal, verdict{}},
		"no address":                        {created("", "0"), -1, wire.CodeInternal, verdict{}},
		"an offset past the end":            {created(k.path(), "100001"), -1, wire.CodeInternal, verdict{}},
		"an offset gone back":               {patched("9"), 10, wire.CodeInternal, verdict{}},
		"an offset run ahead":               {patched("90000"), 10, wire.CodeInternal, verdict{}},
		"no progress":                       {patched("10"), 10, wire.CodeInternal, verdict{}},
		"no offset":                         {patched(""), 10, wire.CodeInternal, verdict{}},
		"HEAD past the end":                 {head("100001", "100000"), -1, wire.CodeInternal, verdict{}},
		"HEAD of another length":            {head("5", "7"), -1, wire.CodeInternal, verdict{}},
		"HEAD of nothing":                   {head("", ""), -1, wire.CodeInternal, verdict{}},
	} {
		k.lie, k.begun = tt.lie, false
		at, err := k.carry(c, a, tt.from)
		var e *client.Error
		if !errors.As(err, &e) || dossier.CodeOf(err) != tt.code || at != -1 {
			t.Errorf("%s: %d, %v", what, at, err)
			continue
		}
		if got := (verdict{e.Lane(), e.Refused(), e.Full(), e.Wait()}); got != tt.want {
			t.Errorf("%s: %+v, want %+v", what, got, tt.want)
		}
	}
	k.begun, k.here, k.lie = true, fileContent(10), say(http.MethodPatch, dossier.CodeConflict)
	if at, err := k.carry(c, a, 10); dossier.CodeOf(err) != wire.CodeInternal || at != -1 {
		t.Errorf("an offset that is stated and refused: %d, %v", at, err)
	}
	k.begun, k.lie = false, func(w http.ResponseWriter, q *http.Request) bool { // the call arrived twice
		if q.Method != http.MethodPost {
			return false
		}
		k.begun, k.here = true, fileContent(10)
		answerProblem(w, dossier.CodeConflict)
		return true
	}
	if at, err := k.carry(c, a, -1); at != 10 || err != nil {
		t.Errorf("a creation that its double took over: %d, %v", at, err)
	}
	k.lie = func(w http.ResponseWriter, _ *http.Request) bool { // a log-in page
		w.Header().Del(wire.Header)
		return true
	}
	if _, err := k.carry(c, a, 0); dossier.CodeOf(err) != dossier.CodeNotThePortal {
		t.Errorf("something else answers: %v", err)
	}
	k.lie = nil
	if _, err := c.Carry(t.Context(), aPacket, a, strings.NewReader("short"), 10); dossier.CodeOf(err) != dossier.CodeStorageReadOnly {
		t.Errorf("a file cut short: %v", err)
	}
	if _, err := c.Carry(t.Context(), "../x", a, nil, 0); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("no packet's name: %v", err)
	}
}

func TestState(t *testing.T) {
	r := newRig(t)
	r.listen(t, nil)
	c, p := r.client(t, r.server.URL), r.packet(t, 1)
	want, compact, err := r.province.Receipt(p, 7, time.Now().UTC())
	must(t, err)
	r.handle = as(200, wire.TypeJSON, []byte(`{"id":"`+p.Head.ID+`","state":"whole","missing":["x"],"receipt":"`+compact+`"}`))
	got, word, missing, err := c.State(t.Context(), p)
	must(t, err)
	if d := cmp.Diff(want, got); d != "" || word != compact || len(missing) != 1 {
		t.Errorf("%s %v", d, missing)
	}
	if _, _, _, err := c.State(t.Context(), r.packet(t, 2)); err == nil {
		t.Error("took the receipt of another packet")
	}
	r.handle = as(404, wire.TypeProblem, problem(t, dossier.CodeNotFound))
	if _, _, _, err := c.State(t.Context(), p); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Errorf("got %v", err)
	}
}
