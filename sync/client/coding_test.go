package client_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// What may be long is asked for coded, and taken either way.
func TestAnswersMayBeCoded(t *testing.T) {
	r := newRig(t)
	r.listen(t, nil)
	c, p := r.client(t, r.server.URL), r.packet(t, 1)
	_, compact, err := r.province.Receipt(p, 7, time.Now())
	must(t, err)
	batch, err := json.Marshal(wire.BatchAnswer{Results: []wire.BatchResult{{ID: p.Head.ID, Status: 201, Receipt: compact,
		Problem: &wire.Problem{Detail: string(bytes.Repeat([]byte("long "), 500))}}}})
	must(t, err)
	mark, err := seal.SignJSON(wire.Watermark{Station: prove.StationCode, Epoch: "e", At: time.Now()}, wire.TypWatermark, r.province.Receipts)
	must(t, err)
	events, err := json.Marshal(wire.EventsAnswer{Epoch: "e", Events: []wire.SealedEvent{{N: 8, Sealed: make([]byte, 5000)}}, Watermark: mark})
	must(t, err)
	for _, coding := range []string{"", wire.CodingZstd} {
		r.handle = func(w http.ResponseWriter, q *http.Request) {
			if got := q.Header.Get("Accept-Encoding"); got != wire.CodingZstd {
				t.Errorf("%s asks for %q", q.URL.Path, got)
			}
			body := batch
			if q.URL.Path == wire.PathEvents {
				body = events
			}
			if coding == "" {
				as(200, wire.TypeJSON, body)(w, q)
				return
			}
			coded, ok, err := wire.Code(body)
			if err != nil || !ok {
				t.Errorf("not coded: %v", err)
			}
			as(200, wire.TypeJSON, coded, "Content-Encoding", coding)(w, q)
		}
		heard := 0
		must(t, c.Batch(t.Context(), []dossier.Packet{p}, nil, func(_ int, got dossier.Receipt, _ string, err error) {
			if heard++; err != nil || got.Counter != 7 {
				t.Errorf("%q: %+v, %v", coding, got, err)
			}
		}))
		a, _, err := c.Events(t.Context(), wire.EventsQuery{})
		if err != nil || heard != 1 || len(a.Events) != 1 || len(a.Events[0].Sealed) != 5000 {
			t.Errorf("%q: %d results, %d events, %v", coding, heard, len(a.Events), err)
		}
	}
}

// A portal whose answers cannot be unpacked is in trouble itself: nothing is said
// about any packet, and no more is held than a plain answer may have.
func TestWhatCannotBeUnpacked(t *testing.T) {
	r := newRig(t)
	r.listen(t, nil)
	c, p := r.client(t, r.server.URL), r.packet(t, 1)
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	must(t, err)
	defer func() { must(t, z.Close()) }()
	bomb := z.EncodeAll(bytes.Repeat([]byte(" "), 64<<20), nil)
	for name, answer := range map[string]http.HandlerFunc{
		"a bomb":           as(200, wire.TypeJSON, bomb, "Content-Encoding", wire.CodingZstd),
		"no zstd":          as(200, wire.TypeJSON, []byte("{}"), "Content-Encoding", wire.CodingZstd),
		"cut":              as(200, wire.TypeJSON, bomb[:20], "Content-Encoding", wire.CodingZstd),
		"another coding":   as(200, wire.TypeJSON, []byte("{}"), "Content-Encoding", "gzip"),
		"two of them":      as(200, wire.TypeJSON, bomb, "Content-Encoding", "zstd, zstd"),
		"zstd, unnamed":    as(200, wire.TypeJSON, z.EncodeAll([]byte(`{"results":[]}`), nil)),
		"a problem, coded": as(400, wire.TypeProblem, z.EncodeAll(problem(t, dossier.CodeInvalid), nil), "Content-Encoding", wire.CodingZstd),
	} {
		r.handle = answer
		for call, err := range map[string]error{
			"batch": c.Batch(t.Context(), []dossier.Packet{p}, nil, func(int, dossier.Receipt, string, error) { t.Errorf("%s: heard", name) }),
			"events": func() error {
				_, _, err := c.Events(t.Context(), wire.EventsQuery{})
				return err
			}(),
		} {
			var e *client.Error
			if !errors.As(err, &e) || dossier.CodeOf(err) == dossier.CodeInvalid {
				t.Errorf("%s of %s: %v", name, call, err)
			}
		}
	}
}
