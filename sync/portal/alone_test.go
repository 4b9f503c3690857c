package portal

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/stick"
)

// stalled is a chunk that stops in its middle.
type stalled struct {
	first, rest []byte
	at, goOn    chan struct{}
}

func (s *stalled) Read(p []byte) (n int, err error) {
	if len(s.first) > 0 {
		n = copy(p, s.first)
		s.first = s.first[n:]
		return n, nil
	}
	if s.at != nil {
		close(s.at)
		s.at = nil
		<-s.goOn
	}
	if n = copy(p, s.rest); n == 0 {
		return 0, io.EOF
	}
	s.rest = s.rest[n:]
	return n, nil
}

// An import beside the portal that serves does not work on an upload of which a
// chunk is under way, nor the other way round: each leaves it to the other and
// finds it whole later.
func TestOneUploadOneProgram(t *testing.T) {
	const wait = 100 * time.Millisecond // of a test: whoever is there stays longer
	f, beside, dir := newFixture(t), &fixture{}, t.TempDir()
	*beside = *f
	beside.open(t)
	t.Cleanup(func() { must(t, beside.Close()) })
	f.writing.alone.most, beside.writing.alone.most = wait, wait
	s := f.enrolStation(t, "DL27")
	packet, pp := begun(t, f, s, 10_000, 0)
	id, file := s.bundle(t, wire.BundleClaim{Files: []wire.BundleFile{{Packet: packet, SHA256: pp.SHA256, Size: pp.Size}}})
	sealed, err := stick.Unwrap(file)
	must(t, err)
	plain, err := seal.OpenBundle(sealed, maxSealedBytes, f.keys().identities("")...)
	must(t, err)
	sealed, err = seal.SealBundle(append(append(plain, wire.EndOfPackets...), pp.sealed...), s.to.Key)
	must(t, err)
	lay(t, dir, id, stick.Wrap(sealed))

	body := &stalled{first: pp.sealed[:4000], rest: pp.sealed[4000:], at: make(chan struct{}), goOn: make(chan struct{})}
	under := body.at
	r := httptest.NewRequestWithContext(t.Context(), "PATCH", s.name(packet, pp).Path(), body)
	r.ContentLength, r.TLS = pp.Size, s.state(t)
	for k, v := range map[string]string{wire.HeaderTusResumable: wire.TusVersion, "Content-Type": wire.TypeChunk, wire.HeaderUploadOffset: "0"} {
		r.Header.Set(k, v)
	}
	rec, patched := httptest.NewRecorder(), make(chan struct{})
	go func() {
		f.Handler().ServeHTTP(rec, r)
		close(patched)
	}()
	<-under
	done, err := beside.Import(t.Context(), dir)
	if err != nil || len(done.Bundles) != 1 || done.Bundles[0].Err != nil || done.Bundles[0].Here != 0 {
		t.Errorf("beside a chunk that is under way: %+v, %v", done, err)
	}
	close(body.goOn)
	<-patched
	if rec.Code != http.StatusNoContent || rec.Header().Get(wire.HeaderUploadOffset) != strconv.FormatInt(pp.Size, 10) {
		t.Errorf("the chunk: %d %s", rec.Code, rec.Body)
	}
	if done, err = beside.Import(t.Context(), dir); err != nil || done.Bundles[0].Here != 1 {
		t.Errorf("afterwards: %+v, %v", done, err)
	}

	packet, pp = begun(t, f, s, 5000, 0)
	name := s.name(packet, pp)
	release, err := beside.writing.take(t.Context(), name, nil)
	must(t, err)
	wantCode(t, "beside an import", f.patch(t, s, packet, pp, 0, pp.sealed), http.StatusServiceUnavailable, wire.CodeBusy)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.writing.take(ctx, name, nil); !errors.Is(err, context.Canceled) || dossier.CodeOf(err) != "" {
		t.Fatalf("given up: %v", err)
	}
	other, err := f.writing.take(t.Context(), wire.FileName{Packet: packet, SHA256: "another"}, nil)
	must(t, err)
	other()
	release()
	if rec := f.patch(t, s, packet, pp, 0, pp.sealed); rec.Code != http.StatusNoContent {
		t.Errorf("afterwards: %d %s", rec.Code, rec.Body)
	}
}
