package portal

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// paper is a sealed attachment with its plaintext.
type paper struct {
	dossier.Attachment
	sealed, plain []byte
}

func (s *station) paper(t testing.TB, bytes_ int, seed byte) paper {
	t.Helper()
	p := paper{plain: make([]byte, bytes_)}
	_, err := rand.NewChaCha8([32]byte{seed}).Read(p.plain)
	must(t, err)
	var out bytes.Buffer
	p.Attachment, err = seal.SealAttachment(&out, bytes.NewReader(p.plain), s.to)
	must(t, err)
	p.Role, p.sealed = "declaration", out.Bytes()
	return p
}

func naming(papers ...paper) func(*dossier.Head) {
	return func(h *dossier.Head) {
		for _, p := range papers {
			h.Attachments = append(h.Attachments, p.Attachment)
		}
	}
}

// tus calls the portal with headers, Tus-Resumable among them.
func (f *fixture) tus(t testing.TB, as *station, method, path string, body []byte, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewReader(body))
	r.TLS = as.state(t)
	r.Header.Set(wire.HeaderTusResumable, wire.TusVersion)
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}
	rec := httptest.NewRecorder()
	f.Handler().ServeHTTP(rec, r)
	if rec.Header().Get(wire.Header) != wire.HeaderValue || rec.Header().Get(wire.HeaderTusResumable) != wire.TusVersion {
		t.Errorf("%s %s: headers %v", method, path, rec.Header())
	}
	return rec
}

func (s *station) name(packet string, p paper) wire.FileName {
	return wire.FileName{Station: s.code, Packet: packet, SHA256: p.SHA256}
}

func (f *fixture) post(t testing.TB, s *station, packet string, p paper, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	return f.tus(t, s, "POST", wire.PathFiles, nil, append([]string{wire.HeaderUploadLength, strconv.FormatInt(p.Size, 10),
		wire.HeaderUploadMetadata, s.name(packet, p).Metadata()}, headers...)...)
}

func (f *fixture) patch(t testing.TB, s *station, packet string, p paper, offset int, chunk []byte, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	return f.tus(t, s, "PATCH", s.name(packet, p).Path(), chunk, append([]string{"Content-Type", wire.TypeChunk,
		wire.HeaderUploadOffset, strconv.Itoa(offset)}, headers...)...)
}

func (f *fixture) offset(t testing.TB, s *station, packet string, p paper) int {
	t.Helper()
	rec := f.tus(t, s, "HEAD", s.name(packet, p).Path(), nil)
	if rec.Code != http.StatusOK || rec.Header().Get("Cache-Control") != "no-store" || rec.Header().Get(wire.HeaderUploadLength) != strconv.FormatInt(p.Size, 10) {
		t.Fatalf("HEAD: %d %v", rec.Code, rec.Header())
	}
	return offsetOf(t, rec)
}

func offsetOf(t testing.TB, rec *httptest.ResponseRecorder) int {
	t.Helper()
	n, err := strconv.Atoi(rec.Header().Get(wire.HeaderUploadOffset))
	must(t, err)
	return n
}

func wantCode(t testing.TB, what string, rec *httptest.ResponseRecorder, status int, code dossier.Code) {
	t.Helper()
	if rec.Code != status {
		t.Errorf("%s: answered %d %s, want %d", what, rec.Code, rec.Body, status)
		return
	}
	if got := problem(t, rec); got.Code != code {
		t.Errorf("%s: %s, want %s", what, got.Code, code)
	}
}

func TestAttachmentsMakeAPacketWhole(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	one, two := s.paper(t, 100_000, 1), s.paper(t, 500, 2)
	p := s.dossier(t, naming(one, two))
	id := p.Head.ID

	wantCode(t, "before its packet", f.post(t, s, id, one), http.StatusConflict, wire.CodePacketFirst)
	r := f.send(t, s, p)
	if r.State != wire.StateHeld || len(r.Missing) != 2 || r.Counter != 1 {
		t.Fatalf("%+v", r)
	}
	held := f.put(t, s, p).Body.String()

	if rec := f.tus(t, s, "HEAD", s.name(id, one).Path(), nil); rec.Code != http.StatusNotFound {
		t.Errorf("before it began: %d", rec.Code)
	}
	rec := f.post(t, s, id, one)
	if rec.Code != http.StatusCreated || rec.Header().Get("Location") != s.name(id, one).Path() || offsetOf(t, rec) != 0 {
		t.Fatalf("%d %v", rec.Code, rec.Header())
	}
	if rec := f.patch(t, s, id, one, 0, one.sealed[:40_000], wire.HeaderUploadChecksum, wire.ChecksumOf(one.sealed[:40_000]).String()); rec.Code != http.StatusNoContent || offsetOf(t, rec) != 40_000 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	again := f.post(t, s, id, one) // its answer was lost
	if again.Code != http.StatusCreated || again.Header().Get("Location") != rec.Header().Get("Location") || offsetOf(t, again) != 40_000 {
		t.Errorf("%d %v", again.Code, again.Header())
	}
	f.reopen(t)
	if n := f.offset(t, s, id, one); n != 40_000 {
		t.Errorf("after a restart %d", n)
	}
	sum := sha1.Sum(one.sealed[40_000:])
	if rec := f.patch(t, s, id, one, 40_000, one.sealed[40_000:], wire.HeaderUploadChecksum, "sha1 "+base64.StdEncoding.EncodeToString(sum[:])); rec.Code != http.StatusNoContent || rec.Header().Get(wire.HeaderUploadExpires) != "" {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if rec := f.post(t, s, id, one); rec.Code != http.StatusCreated || offsetOf(t, rec) != int(one.Size) {
		t.Errorf("a whole file, begun again: %d %v", rec.Code, rec.Header())
	}
	if rec := f.patch(t, s, id, one, int(one.Size), nil); rec.Code != http.StatusNoContent || offsetOf(t, rec) != int(one.Size) {
		t.Errorf("nothing, at the end: %d", rec.Code)
	}
	if now := f.put(t, s, p).Body.String(); now != held {
		t.Error("the receipt changed before the packet was whole")
	}
	if code := f.desk(t, "POST", "/desk/dossiers/last/accept", "{}", nil); code != http.StatusConflict {
		t.Errorf("accepted before it is whole: %d", code)
	}

	// The second in one request: creation-with-upload.
	rec = f.tus(t, s, "POST", wire.PathFiles, two.sealed, wire.HeaderUploadLength, strconv.FormatInt(two.Size, 10),
		wire.HeaderUploadMetadata, s.name(id, two).Metadata(), "Content-Type", wire.TypeChunk)
	if rec.Code != http.StatusCreated || offsetOf(t, rec) != int(two.Size) {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	done := f.put(t, s, p)
	r = f.receipt(t, done.Body.String())
	if r.State != wire.StateWhole || len(r.Missing) != 0 || r.Counter != 2 || r.Digest != seal.Digest(p.JWS, p.Body) {
		t.Errorf("%+v", r)
	}
	f.reopen(t)
	if now := f.put(t, s, p).Body.String(); now != done.Body.String() {
		t.Error("the whole receipt is another on replay")
	}
	wantCode(t, "giving up a whole file", f.tus(t, s, "DELETE", s.name(id, one).Path(), nil), http.StatusConflict, dossier.CodeConflict)

	var d DeskDossier
	if f.desk(t, "GET", "/desk/dossiers/last", "", &d); len(d.Files) != 2 || !d.Files[0].Here || d.Files[1].Role != "declaration" {
		t.Errorf("%+v", d.Files)
	}
	for _, p := range []paper{one, two} {
		got, err := f.OpenFile(t.Context(), id, p.SHA256)
		must(t, err)
		b, err := io.ReadAll(got)
		must(t, errors.Join(err, got.Close()))
		if !bytes.Equal(b, p.plain) {
			t.Error("the desk reads another file")
		}
	}
	if code := f.desk(t, "POST", "/desk/dossiers/last/accept", "{}", nil); code != http.StatusOK {
		t.Errorf("a whole dossier: %d", code)
	}
}

// begun is a held packet with one file, of which some bytes may be here.
func begun(t testing.TB, f *fixture, s *station, size int, upto int) (string, paper) {
	t.Helper()
	pp := s.paper(t, size, 9)
	p := s.dossier(t, naming(pp))
	f.send(t, s, p)
	if rec := f.post(t, s, p.Head.ID, pp); rec.Code != http.StatusCreated {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if upto > 0 {
		if rec := f.patch(t, s, p.Head.ID, pp, 0, pp.sealed[:upto]); rec.Code != http.StatusNoContent {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	return p.Head.ID, pp
}

func TestFilesRefused(t *testing.T) {
	f := newFixture(t)
	s, other := f.enrolStation(t, "DL27"), f.enrolStation(t, "DL28")
	id, pp := begun(t, f, s, 50_000, 10_000)
	post := func(as *station, headers ...string) *httptest.ResponseRecorder {
		return f.post(t, as, id, pp, headers...)
	}
	patch := func(offset int, chunk []byte, headers ...string) *httptest.ResponseRecorder {
		return f.patch(t, s, id, pp, offset, chunk, headers...)
	}
	next := pp.sealed[10_000:20_000]
	unnamed := paper{Attachment: dossier.Attachment{SHA256: strings.Repeat("0a", 32), Size: 5}}
	for what, c := range map[string]struct {
		rec    *httptest.ResponseRecorder
		status int
		code   dossier.Code
	}{
		"no version":               {post(s, wire.HeaderTusResumable, ""), 412, wire.CodeTusVersion},
		"another version":          {patch(10_000, next, wire.HeaderTusResumable, "0.2.2"), 412, wire.CodeTusVersion},
		"another length":           {post(s, wire.HeaderUploadLength, "7"), 409, dossier.CodeConflict},
		"no length":                {post(s, wire.HeaderUploadLength, ""), 400, dossier.CodeInvalid},
		"a length past all":        {post(s, wire.HeaderUploadLength, strconv.Itoa(dossier.MaxAttachmentBytes+1)), 413, wire.CodeTooLarge},
		"a length to come":         {post(s, wire.HeaderUploadDefer, "1"), 400, dossier.CodeInvalid},
		"no metadata":              {post(s, wire.HeaderUploadMetadata, ""), 400, dossier.CodeInvalid},
		"a name in metadata":       {post(s, wire.HeaderUploadMetadata, s.name(id, pp).Metadata()+",filename eA=="), 400, dossier.CodeInvalid},
		"another's packet":         {post(other), 403, wire.CodeNotYours},
		"no file of the packet":    {f.post(t, s, id, unnamed), 400, dossier.CodeInvalid},
		"another's address":        {f.tus(t, other, "PATCH", s.name(id, pp).Path(), next, "Content-Type", wire.TypeChunk, wire.HeaderUploadOffset, "10000"), 403, wire.CodeNotYours},
		"a borrowed address":       {f.tus(t, other, "PATCH", other.name(id, pp).Path(), next, "Content-Type", wire.TypeChunk, wire.HeaderUploadOffset, "10000"), 403, wire.CodeNotYours},
		"no packet's address":      {f.tus(t, s, "PATCH", wire.PathFiles+"DL27/x/"+pp.SHA256, next, "Content-Type", wire.TypeChunk, wire.HeaderUploadOffset, "0"), 400, dossier.CodeInvalid},
		"no digest's address":      {f.tus(t, s, "PATCH", wire.PathFiles+"DL27/"+id+"/x", next, "Content-Type", wire.TypeChunk, wire.HeaderUploadOffset, "0"), 400, dossier.CodeInvalid},
		"deeper":                   {f.tus(t, s, "POST", wire.PathFiles+"x", nil), 404, dossier.CodeNotFound},
		"too early":                {patch(0, next), 409, dossier.CodeConflict},
		"too late":                 {patch(10_001, next), 409, dossier.CodeConflict},
		"an offset that is none":   {patch(10_000, next, wire.HeaderUploadOffset, "ten"), 400, dossier.CodeInvalid},
		"another media type":       {patch(10_000, next, "Content-Type", "application/octet-stream"), 415, wire.CodeNotAChunk},
		"longer than missing":      {patch(10_000, append(bytes.Clone(pp.sealed[10_000:]), 0)), 413, wire.CodeTooLarge},
		"a checksum unheard of":    {patch(10_000, next, wire.HeaderUploadChecksum, "md5 AAAA"), 400, dossier.CodeInvalid},
		"another chunk's checksum": {patch(10_000, next, wire.HeaderUploadChecksum, wire.ChecksumOf([]byte("x")).String()), 460, wire.CodeChecksum},
		"an unknown override":      {f.tus(t, s, "POST", s.name(id, pp).Path(), next), 404, dossier.CodeNotFound},
	} {
		wantCode(t, what, c.rec, c.status, c.code)
	}
	if rec := f.do(t, nil, "POST", wire.PathFiles, nil); rec.Code != http.StatusUnauthorized {
		t.Errorf("nobody's upload: %d", rec.Code)
	}
	if n := f.offset(t, s, id, pp); n != 10_000 {
		t.Errorf("what was refused moved the offset to %d", n)
	}
	// A body that does not say how long it is, and goes on.
	r := httptest.NewRequestWithContext(t.Context(), "PATCH", s.name(id, pp).Path(), io.MultiReader(bytes.NewReader(pp.sealed[10_000:]), strings.NewReader("more")))
	r.TLS = s.state(t)
	r.Header = http.Header{wire.HeaderTusResumable: {wire.TusVersion}, "Content-Type": {wire.TypeChunk}, wire.HeaderUploadOffset: {"10000"}}
	rec := httptest.NewRecorder()
	f.Handler().ServeHTTP(rec, r)
	wantCode(t, "a body that goes on", rec, 413, wire.CodeTooLarge)
	if rec := patch(f.offset(t, s, id, pp), pp.sealed[10_000:]); rec.Code != http.StatusNoContent {
		t.Errorf("after all that: %d %s", rec.Code, rec.Body)
	}
}

func TestFilesOptionsAndOverride(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	id, pp := begun(t, f, s, 1000, 0)
	rec := f.do(t, nil, "OPTIONS", wire.PathFiles, nil)
	if h := rec.Header(); rec.Code != http.StatusNoContent || h.Get(wire.HeaderTusVersion) != "1.0.0" || h.Get(wire.HeaderTusExtension) != wire.TusExtensions ||
		h.Get(wire.HeaderTusMaxSize) != strconv.Itoa(dossier.MaxAttachmentBytes) || h.Get(wire.HeaderTusChecksums) != "sha256,sha1" {
		t.Errorf("%d %v", rec.Code, h)
	}
	over := func(method string, body []byte, headers ...string) *httptest.ResponseRecorder {
		return f.tus(t, s, "POST", s.name(id, pp).Path(), body, append(headers, wire.HeaderMethodOverride, method)...)
	}
	if rec := over("PATCH", pp.sealed[:7], "Content-Type", wire.TypeChunk, wire.HeaderUploadOffset, "0"); rec.Code != http.StatusNoContent {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := over("HEAD", nil); rec.Code != http.StatusOK || offsetOf(t, rec) != 7 || rec.Header().Get(wire.HeaderUploadMetadata) != s.name(id, pp).Metadata() {
		t.Errorf("%d %v", rec.Code, rec.Header())
	}
	if rec := over("DELETE", nil); rec.Code != http.StatusNoContent {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := over("HEAD", nil); rec.Code != http.StatusNotFound {
		t.Errorf("given up: %d", rec.Code)
	}
	if _, err := f.files.Open(t.Context(), id, pp.SHA256); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("its bytes are still here: %v", err)
	}
}

// A whole that is not what its digest says begins anew, and cannot be receipted.
func TestWrongFileBeginsAnew(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	id, pp := begun(t, f, s, 1000, 10)
	bad := bytes.Clone(pp.sealed[10:])
	bad[500] ^= 1
	wantCode(t, "a changed byte", f.patch(t, s, id, pp, 10, bad), 460, wire.CodeChecksum)
	if n := f.offset(t, s, id, pp); n != 0 {
		t.Fatalf("at %d", n)
	}
	if rec := f.patch(t, s, id, pp, 0, pp.sealed); rec.Code != http.StatusNoContent {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// What a crash left beyond the offset that was stated does not count.
func TestTornBytesDoNotCount(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	id, pp := begun(t, f, s, 10_000, 4_000)
	_, err := f.files.Write(t.Context(), id, pp.SHA256, 4_000, strings.NewReader(strings.Repeat("torn", 500)))
	must(t, err)
	f.reopen(t)
	if n := f.offset(t, s, id, pp); n != 4_000 {
		t.Fatalf("at %d", n)
	}
	if rec := f.patch(t, s, id, pp, 4_000, pp.sealed[4_000:]); rec.Code != http.StatusNoContent {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}

	id, pp = begun(t, f, s, 10_000, 4_000)
	must(t, f.files.Remove(t.Context(), id, pp.SHA256))
	wantCode(t, "bytes that are gone", f.patch(t, s, id, pp, 4_000, pp.sealed[4_000:]), 409, dossier.CodeConflict)
	if n := f.offset(t, s, id, pp); n != 0 {
		t.Errorf("at %d", n)
	}
}

// An upload that expired and a server that is full are different answers, and
// both say what to do.
func TestExpiredAndFull(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	id, pp := begun(t, f, s, 10_000, 4_000)
	expires, err := http.ParseTime(f.tus(t, s, "HEAD", s.name(id, pp).Path(), nil).Header().Get(wire.HeaderUploadExpires))
	must(t, err)
	if got := expires.Sub(f.now()); got < uploadLife-time.Second || got > uploadLife {
		t.Errorf("expires in %s", got)
	}
	f.clock.Add(uploadLife + time.Second)
	if rec := f.tus(t, s, "HEAD", s.name(id, pp).Path(), nil); rec.Code != http.StatusGone {
		t.Errorf("%d", rec.Code)
	}
	wantCode(t, "going on", f.patch(t, s, id, pp, 4_000, pp.sealed[4_000:]), http.StatusGone, wire.CodeExpired)
	second, _ := begun(t, f, s, 20_000, 0) // clears the stale one away
	if _, err := f.files.Open(t.Context(), id, pp.SHA256); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("stale bytes are still here: %v", err)
	}
	wantCode(t, "going on, cleared away", f.patch(t, s, id, pp, 4_000, pp.sealed[4_000:]), http.StatusGone, wire.CodeExpired)
	if rec := f.post(t, s, id, pp); rec.Code != http.StatusCreated || offsetOf(t, rec) != 0 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	must(t, f.store.View(t.Context(), func(v ledger.Reader) error {
		_, err := v.Upload(second, "")
		if !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("got %v", err)
		}
		return nil
	}))

	disk := &tightDisk{Files: f.files, free: filesReserve + pp.Size, room: 3_000}
	f.files = disk
	if rec := f.patch(t, s, id, pp, 0, pp.sealed); rec.Code != http.StatusInsufficientStorage || problem(t, rec).Code != wire.CodeNoRoom {
		t.Errorf("%d", rec.Code)
	}
	if n := f.offset(t, s, id, pp); n != 3_000 {
		t.Errorf("a full disk kept %d bytes", n)
	}
	disk.room = 1 << 30
	if rec := f.patch(t, s, id, pp, 3_000, pp.sealed[3_000:]); rec.Code != http.StatusNoContent {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	third := s.paper(t, 50_000, 3)
	p := s.dossier(t, naming(third))
	f.send(t, s, p)
	wantCode(t, "a file that has no room", f.post(t, s, p.Head.ID, third), http.StatusInsufficientStorage, wire.CodeNoRoom)
	disk.free = filesReserve + third.Size
	if rec := f.post(t, s, p.Head.ID, third); rec.Code != http.StatusCreated {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// tightDisk is a disk with so much room.
type tightDisk struct {
	ledger.Files
	free, room int64
}

func (d *tightDisk) Free() (int64, error) { return d.free, nil }

func (d *tightDisk) Write(ctx context.Context, packet, sum string, offset int64, r io.Reader) (int64, error) {
	n, err := d.Files.Write(ctx, packet, sum, offset, io.LimitReader(r, d.room))
	if err == nil && n == d.room {
		err = errors.Join(ledger.ErrNoRoom, syscall.ENOSPC)
	}
	d.room -= n
	return n, err
}

func TestUploadQuota(t *testing.T) {
	f := newFixture(t)
	s, other := f.enrolStation(t, "DL27"), f.enrolStation(t, "DL28")
	var papers []paper
	for i := range maxOpenUploads + 1 {
		papers = append(papers, s.paper(t, 100, byte(i)))
	}
	p := s.dossier(t, naming(papers...))
	f.send(t, s, p)
	for i, pp := range papers {
		rec := f.post(t, s, p.Head.ID, pp)
		if i < maxOpenUploads && rec.Code != http.StatusCreated {
			t.Fatalf("%d: %d %s", i, rec.Code, rec.Body)
		}
		if i == maxOpenUploads {
			wantCode(t, "one too many", rec, http.StatusTooManyRequests, wire.CodeTooMany)
		}
	}
	begun(t, f, other, 100, 0) // is not held up by it
	if rec := f.patch(t, s, p.Head.ID, papers[0], 0, papers[0].sealed); rec.Code != http.StatusNoContent {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if rec := f.post(t, s, p.Head.ID, papers[maxOpenUploads]); rec.Code != http.StatusCreated {
		t.Errorf("after one ended: %d %s", rec.Code, rec.Body)
	}
	must(t, f.store.View(t.Context(), func(v ledger.Reader) error {
		e, err := v.EnrolmentByCert(seal.Fingerprint(other.state(t).PeerCertificates[0].Raw))
		must(t, err)
		if err := quota(v, e, maxOpenBytes, 1<<40); dossier.CodeOf(err) != wire.CodeTooMany {
			t.Errorf("more bytes than one may have open: %v", err)
		}
		return nil
	}))
}
