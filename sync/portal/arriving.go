package portal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/gate"
	"tramhoso/sync/wire"
)

// arriving is the body of a chunk, which another call may take over.
type arriving struct{ *gate.Body }

func newArriving(r *http.Request) arriving { return arriving{r.Body.(*gate.Body)} }

var errTakenOver = dossier.Errorf(dossier.CodeConflict, "another call goes on with this upload")

func (a arriving) Read(p []byte) (int, error) {
	n, err := a.Body.Read(p)
	if err == nil || errors.Is(err, io.EOF) && dossier.CodeOf(err) == "" || errors.Is(err, errTakenOver) {
		return n, err
	}
	return n, dossier.Errorf(dossier.CodeInvalid, "the chunk broke off: %w", err) // nothing is wrong here
}

// end makes a read that waits return at once.
func (a arriving) end() { a.End(errTakenOver) }

// writing knows who works on which upload: one call at a time, and the newest
// goes first. A station that comes back after a cut does not wait until the
// connection that it lost is given up.
type writing struct {
	alone *alone // beside portals in other programs; nil: there are none
	mu    sync.Mutex
	now   map[wire.FileName]*worker
}

type worker struct {
	end  func()
	done chan struct{}
}

// take ends whoever works on the upload, waits until what it wrote is safe, and
// keeps others out until release. end must not wait, and may be nil for a call that
// is short.
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
			leave := func() {
				b.mu.Lock()
				delete(b.now, name)
				b.mu.Unlock()
				close(mine.done)
			}
			apart, err := b.alone.take(ctx, name)
			if err != nil {
				leave()
				return nil, err
			}
			return func() {
				apart()
				leave()
			}, nil
		}
		// While it is listed it has not returned: afterwards end would meet whatever its
		// connection carries next.
		if other.end != nil {
			other.end()
		}
		b.mu.Unlock()
		select {
		case <-other.done:
		case <-ctx.Done():
			return nil, fmt.Errorf("failed to take an upload over: %w", ctx.Err())
		}
	}
}
