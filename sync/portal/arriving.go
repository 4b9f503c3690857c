package portal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

// silence is how long a chunk may bring nothing before its connection counts as
// lost.
const silence = time.Minute

// arriving is the body of a chunk: it may take long as long as something comes,
// and it can be ended from outside.
type arriving struct {
	io.ReadCloser
	control *http.ResponseController

	mu    sync.Mutex
	ended bool
}

func newArriving(w http.ResponseWriter, r *http.Request) *arriving {
	return &arriving{ReadCloser: r.Body, control: http.NewResponseController(w)}
}

var errTakenOver = dossier.Errorf(dossier.CodeConflict, "another call goes on with this upload")

func (a *arriving) Read(p []byte) (int, error) {
	if err := a.extend(); err != nil {
		return 0, err
	}
	n, err := a.ReadCloser.Read(p)
	switch {
	case err == nil, errors.Is(err, io.EOF) && dossier.CodeOf(err) == "":
		return n, err
	case a.isEnded():
		return n, errTakenOver
	}
	return n, dossier.Errorf(dossier.CodeInvalid, "the chunk broke off: %w", err) // nothing is wrong here
}

// extend gives the next bytes their time, and the answer after them.
func (a *arriving) extend() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		return errTakenOver
	}
	until := time.Now().Add(silence)
	err := errors.Join(a.control.SetReadDeadline(until), a.control.SetWriteDeadline(until.Add(silence)))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("failed to wait for a chunk: %w", err)
	}
	return nil
}

func (a *arriving) isEnded() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ended
}

// end makes a read that waits return at once.
func (a *arriving) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = true
	_ = a.control.SetReadDeadline(time.Unix(1, 0)) // a connection that knows no deadline is not waited on for long
}

// writing knows who works on which upload: one call at a time, and the newest
// goes first. A station that comes back after a cut does not wait until the
// connection that it lost is given up.
type writing struct {
	mu  sync.Mutex
	now map[wire.FileName]*worker
}

type worker struct {
	end  func()
	done chan struct{}
}

// take ends whoever works on the upload, waits until what it wrote is safe, and
// keeps others out until release. end may be nil for a call that is short.
func (b *writing) take(ctx context.Context, name wire.FileName, end func()) (release func(), err error) {
	name.Station = "" // packet and digest say it all
	mine := &worker{end: end, done: make(chan struct{})}
	for {
		b.mu.Lock()
		other := b.now[name]
		if other == nil {
			if b.now == nil {
				b.now = map[wire.FileName]*worker{}
			}
			b.now[name] = mine
			b.mu.Unlock()
			return func() {
				b.mu.Lock()
				delete(b.now, name)
				b.mu.Unlock()
				close(mine.done)
			}, nil
		}
		b.mu.Unlock()
		if other.end != nil {
			other.end()
		}
		select {
		case <-other.done:
		case <-ctx.Done():
			return nil, fmt.Errorf("failed to take an upload over: %w", ctx.Err())
		}
	}
}
