package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

// The first chunk is sent before anything is known about the line, and no chunk
// is so small that its own headers weigh on it.
const (
	firstChunkBytes = 64 << 10
	leastChunkBytes = 16 << 10
)

// Carry brings the next chunk of a packet's sealed file to the portal and says
// how many of its bytes are on the portal's disk. from is what the call before
// said; below 0 the portal is asked first, and the upload begun where it must be.
// The file is there when Carry says its size.
//
// A chunk takes a few seconds on a line as it was measured last, so that whoever
// calls can look in between what is more urgent. After an error the portal is
// asked anew: from is -1.
//
// Besides what other calls fail with, an Error can carry wire.CodePacketFirst (the
// portal does not have the packet), wire.CodeChecksum (what arrived is not what
// was named), wire.CodeTooMany and wire.CodeNoRoom. An upload that expired begins
// anew by itself.
func (c *Client) Carry(ctx context.Context, packet string, a dossier.Attachment, content io.ReaderAt, from int64) (int64, error) {
	name := wire.FileName{Station: c.c.Station, Packet: packet, SHA256: a.SHA256}
	if err := errors.Join(name.Check(), a.Check()); err != nil {
		return -1, err
	}
	f := carrying{Client: c, to: wire.PathFiles, name: name, size: a.Size, content: content}
	at, err := f.next(ctx, from)
	if err != nil {
		return -1, fmt.Errorf("failed to carry a file of packet %s: %w", packet, err)
	}
	return at, nil
}

// carrying is one file on its way.
type carrying struct {
	*Client
	to   string // where it is begun
	name interface {
		Path() string
		Metadata() string
	}
	size    int64
	content io.ReaderAt
}

func (f carrying) next(ctx context.Context, from int64) (at int64, err error) {
	if at = from; at < 0 {
		if at, err = f.ask(ctx); gone(err) {
			return f.begin(ctx)
		}
	}
	if err != nil || at == f.size {
		return at, err
	}
	sent := at
	at, err = f.patch(ctx, sent)
	switch {
	case gone(err): // it expired while the line was down
		return f.begin(ctx)
	case dossier.CodeOf(err) == dossier.CodeConflict: // somebody, maybe we, sent more or less
		if at, err = f.ask(ctx); err == nil && at == sent {
			err = lie("an offset that is stated and refused")
		}
	}
	return at, err
}

// gone reports that the portal has no such upload, or not any more.
func gone(err error) bool {
	c := dossier.CodeOf(err)
	return c == dossier.CodeNotFound || c == wire.CodeExpired
}

// ask asks how far the upload is.
func (f carrying) ask(ctx context.Context) (at int64, err error) {
	err = f.call(ctx, callTimeout, request{method: http.MethodHead, path: f.name.Path(), header: tus(),
		expected: []int{http.StatusOK},
	}, func(res *http.Response) error {
		size, err := wire.ParseSize(wire.HeaderUploadLength, res.Header.Get(wire.HeaderUploadLength))
		if err != nil || size != f.size {
			return lie("an upload of %d bytes where %d were begun: %v", size, f.size, err)
		}
		at, err = f.offset(res, 0, f.size)
		return err
	})
	return at, err
}

// begin makes the upload and brings its first chunk along.
func (f carrying) begin(ctx context.Context) (at int64, err error) {
	chunk, err := f.chunk(0)
	if err != nil {
		return 0, err
	}
	h := tus()
	h.Set(wire.HeaderUploadLength, strconv.FormatInt(f.size, 10))
	h.Set(wire.HeaderUploadMetadata, f.name.Metadata())
	h.Set(wire.HeaderUploadChecksum, wire.ChecksumOf(chunk).String())
	began := time.Now()
	err = f.call(ctx, sendTimeout, request{method: http.MethodPost, path: f.to, header: h, media: wire.TypeChunk, body: chunk,
		expected: []int{http.StatusCreated},
	}, func(res *http.Response) error {
		// The address is not the portal's to choose: tomorrow nobody remembers it.
		u, err := url.Parse(res.Header.Get("Location"))
		if err != nil || f.base.JoinPath(f.to).ResolveReference(u).String() != f.base.JoinPath(f.name.Path()).String() {
			return lie("an upload at another address")
		}
		if res.Header.Get(wire.HeaderUploadOffset) != "" { // else the chunk was not looked at
			at, err = f.offset(res, 0, f.size)
		}
		return err
	})
	if dossier.CodeOf(err) == dossier.CodeConflict { // the same call, sent twice on the way, goes on with it
		return f.ask(ctx)
	}
	if err == nil && at >= int64(len(chunk)) {
		f.rate.saw(len(chunk), time.Since(began))
	}
	return at, err
}

// patch brings the chunk that begins at from.
func (f carrying) patch(ctx context.Context, from int64) (at int64, err error) {
	chunk, err := f.chunk(from)
	if err != nil {
		return 0, err
	}
	h := tus()
	h.Set(wire.HeaderUploadOffset, strconv.FormatInt(from, 10))
	h.Set(wire.HeaderUploadChecksum, wire.ChecksumOf(chunk).String())
	began := time.Now()
	err = f.call(ctx, sendTimeout, request{method: http.MethodPatch, path: f.name.Path(), header: h, media: wire.TypeChunk, body: chunk,
		expected: []int{http.StatusNoContent},
	}, func(res *http.Response) error {
		at, err = f.offset(res, from+1, from+int64(len(chunk))) // no progress would go on for ever
		return err
	})
	if err == nil {
		f.rate.saw(len(chunk), time.Since(began))
	}
	return at, err
}

func (f carrying) chunk(from int64) ([]byte, error) {
	chunk := make([]byte, min(f.rate.chunk(), f.size-from))
	if n, err := f.content.ReadAt(chunk, from); n < len(chunk) {
		return nil, dossier.E(dossier.CodeStorageReadOnly, fmt.Errorf("failed to read the file at %d: %w", from, err))
	}
	return chunk, nil
}

// offset reads how far the upload is, and believes no number that cannot be.
func (f carrying) offset(res *http.Response, least, most int64) (int64, error) {
	n, err := wire.ParseSize(wire.HeaderUploadOffset, res.Header.Get(wire.HeaderUploadOffset))
	if err != nil || n < least || n > most {
		return 0, lie("an offset of %d, between %d and %d: %v", n, least, most, err)
	}
	return n, nil
}

// lie is an answer that the portal should not give.
func lie(format string, args ...any) error {
	return &Error{Status: http.StatusInternalServerError, Err: dossier.Errorf(wire.CodeInternal, format, args...)}
}

func tus() http.Header { return http.Header{wire.HeaderTusResumable: {wire.TusVersion}} }

// rate is how fast the line was lately.
type rate struct {
	mu  sync.Mutex
	bps float64 // bytes per second; 0: not known
}

func (r *rate) saw(n int, took time.Duration) {
	now := float64(n) / max(took, time.Millisecond).Seconds()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bps == 0 {
		r.bps = now
		return
	}
	r.bps = (r.bps + now) / 2
}

// chunk is how many bytes take as long as a chunk may.
func (r *rate) chunk() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bps == 0 {
		return firstChunkBytes
	}
	return int64(min(max(r.bps*wire.ChunkTime.Seconds(), leastChunkBytes), wire.MaxChunkBytes))
}

// State asks what the portal holds of a packet: its receipt, verified, and the
// files that it misses now. The receipt says whole, or lists what was missing when
// it was given.
func (c *Client) State(ctx context.Context, p dossier.Packet) (r dossier.Receipt, compact string, missing []string, err error) {
	err = c.call(ctx, callTimeout, request{method: http.MethodGet, path: wire.PathPackets + p.Head.ID, expected: []int{http.StatusOK}},
		func(res *http.Response) error {
			b, err := readAll(res, wire.MaxJSONBytes)
			if err != nil {
				return err
			}
			var st wire.PacketState
			if err := json.Unmarshal(b, &st); err != nil {
				return lie("a packet's state that cannot be read: %v", err)
			}
			if r, err = c.receipt(p, st.Receipt); err != nil {
				return err
			}
			compact, missing = st.Receipt, st.Missing
			return nil
		})
	if err != nil {
		return dossier.Receipt{}, "", nil, fmt.Errorf("failed to ask about packet %d: %w", p.Head.Seq, err)
	}
	return r, compact, missing, nil
}
