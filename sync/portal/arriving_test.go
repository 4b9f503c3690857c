package portal

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

// A connection that died unnoticed holds an upload open; whoever comes next ends
// it, and what it brought is kept.
func TestANewCallEndsAStaleOne(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	srv, err := f.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	defer func() {
		cancel()
		must(t, <-done)
	}()
	roots, err := f.keys().trust.Roots(f.now())
	must(t, err)
	for name, h2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		t.Run(name, func(t *testing.T) {
			c := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: h2,
				TLSClientConfig: &tls.Config{RootCAs: roots, Time: f.now, Certificates: []tls.Certificate{s.certificate(t)}}}}
			defer c.CloseIdleConnections()
			id, pp := begun(t, f, s, 50_000, 0)
			call := func(method string, body io.Reader, length int64, headers ...string) (*http.Response, error) {
				req, err := http.NewRequestWithContext(t.Context(), method, srv.URL()+s.name(id, pp).Path(), body)
				must(t, err)
				req.ContentLength = length
				req.Header.Set(wire.HeaderTusResumable, wire.TusVersion)
				for i := 0; i+1 < len(headers); i += 2 {
					req.Header.Set(headers[i], headers[i+1])
				}
				res, err := c.Do(req)
				if err == nil {
					_, err = io.Copy(io.Discard, res.Body)
					err = errors.Join(err, res.Body.Close())
				}
				return res, err
			}
			patch := func(offset int, body io.Reader, length int64) (*http.Response, error) {
				return call("PATCH", body, length, "Content-Type", wire.TypeChunk, wire.HeaderUploadOffset, strconv.Itoa(offset))
			}
			at := 0
			for _, method := range []string{"HEAD", "PATCH"} {
				body, feed := io.Pipe()
				stale := make(chan error, 1)
				go func(at int) {
					res, err := patch(at, body, pp.Size-int64(at))
					if err == nil && res.StatusCode != http.StatusConflict {
						err = errors.New(res.Status)
					} else {
						err = nil // the answer, or a connection that was closed
					}
					stale <- errors.Join(err, body.Close())
				}(at)
				_, err := feed.Write(pp.sealed[at : at+10_000])
				must(t, err)
				for f.here(t, id, pp) < at+10_000 {
					runtime.Gosched()
				}
				at += 10_000
				var res *http.Response
				if method == "HEAD" {
					res, err = call("HEAD", nil, 0)
					must(t, err)
					if res.StatusCode != http.StatusOK || res.Header.Get(wire.HeaderUploadOffset) != strconv.Itoa(at) {
						t.Errorf("HEAD: %s at %s", res.Status, res.Header.Get(wire.HeaderUploadOffset))
					}
				} else {
					res, err = patch(at, bytes.NewReader(pp.sealed[at:]), pp.Size-int64(at))
					must(t, err)
					if res.StatusCode != http.StatusNoContent {
						t.Errorf("PATCH: %s", res.Status)
					}
				}
				must(t, feed.Close())
				if err := <-stale; err != nil {
					t.Errorf("the stale call: %v", err)
				}
			}
			if n := f.offset(t, s, id, pp); n != int(pp.Size) {
				t.Errorf("at %d", n)
			}
		})
	}
}

// Who is ended is still at work: once it let go, its connection carries something
// else, which nobody means to end.
func TestOnlyWhoIsAtWorkIsEnded(t *testing.T) {
	var b writing
	name := wire.FileName{Packet: newID(t), SHA256: strings.Repeat("0", 64)}
	ended := make(chan bool, 1)
	release, err := b.take(t.Context(), name, func() {
		free := b.mu.TryLock() // then the work could end before this does
		if free {
			b.mu.Unlock()
		}
		ended <- free
	})
	must(t, err)
	next := make(chan error, 1)
	go func() {
		release, err := b.take(t.Context(), name, nil)
		if err == nil {
			release()
		}
		next <- err
	}()
	if <-ended {
		t.Error("a call may be ended that has let go already")
	}
	release()
	must(t, <-next)
}

// here is how many bytes of a file are in the folder.
func (f *fixture) here(t testing.TB, packet string, pp paper) int {
	t.Helper()
	r, err := f.files.Open(t.Context(), packet, pp.SHA256)
	if errors.Is(err, ledger.ErrNotFound) {
		return 0
	}
	must(t, err)
	n, err := io.Copy(io.Discard, r)
	must(t, errors.Join(err, r.Close()))
	return int(n)
}
