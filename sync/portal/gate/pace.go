package gate

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Pace is how slow a line may be.
type Pace struct {
	// Silence is how long nothing may come, and the start that everybody is given:
	// the countryside's radio links stall that long and go on.
	Silence time.Duration
	// BytesPerSecond is the least on the whole. A rural 5 kbit/s is 600; who sends a
	// byte now and then to hold a place is cut off after Silence.
	BytesPerSecond int64
	// Work is how long the portal may think about what came.
	Work time.Duration
}

// until is when the next byte has to be here at the latest.
func (p Pace) until(began, now time.Time, bytes int64) time.Time {
	owed := began.Add(p.Silence + time.Duration(float64(bytes)/float64(p.BytesPerSecond)*float64(time.Second)))
	if patience := now.Add(p.Silence); patience.Before(owed) { // a quick start is no licence to sleep
		return patience
	}
	return owed
}

// Body is a request's body that keeps a pace and can be ended from outside.
type Body struct {
	io.ReadCloser
	control *http.ResponseController
	pace    Pace
	began   time.Time

	mu    sync.Mutex
	bytes int64
	ended error
	over  bool
}

// NewBody gives r's body a pace. What the reader beneath ought to have limited is
// limited there.
func NewBody(w http.ResponseWriter, body io.ReadCloser, pace Pace) *Body {
	b := &Body{ReadCloser: body, control: http.NewResponseController(w), pace: pace, began: time.Now()}
	// Whoever waits instead of reading must not look like a line that died.
	_ = b.deadline(b.began.Add(pace.Work))
	return b
}

// Bytes is what came so far.
func (b *Body) Bytes() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes
}

// Read implements io.Reader. After End it answers what End was given.
func (b *Body) Read(p []byte) (int, error) {
	if err := b.extend(); err != nil {
		return 0, err
	}
	n, err := b.ReadCloser.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bytes += int64(n)
	switch {
	case err == nil:
		return n, nil
	case b.ended != nil:
		return n, b.ended
	case !b.over && errors.Is(err, io.EOF): // what is done with it now takes its time
		b.over = true
		_ = b.deadline(time.Now().Add(b.pace.Work))
	}
	return n, err
}

func (b *Body) extend() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended != nil {
		return b.ended
	}
	if b.over {
		return nil
	}
	if err := b.deadline(b.pace.until(b.began, time.Now(), b.bytes)); err != nil {
		return fmt.Errorf("failed to wait for a body: %w", err)
	}
	return nil
}

// Done gives what nobody read the time of a silence: the server throws it away, or
// the connection with it.
func (b *Body) Done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended == nil && !b.over {
		_ = b.deadline(time.Now().Add(b.pace.Silence))
	}
}

// deadline is silent where a connection knows none, as in tests without a network.
func (b *Body) deadline(t time.Time) error {
	if err := b.control.SetReadDeadline(t); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

// End makes a read that waits return err at once, and every one after it.
func (b *Body) End(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = err
	_ = b.deadline(time.Unix(1, 0)) // a connection that knows no deadline is not waited on for long
}

// pieceBytes is how much of an answer goes under one deadline: small against what
// a slow line carries within Pace.Silence.
const pieceBytes = 16 << 10

// Writer is an answer that keeps a pace.
type Writer struct {
	http.ResponseWriter
	control *http.ResponseController
	pace    Pace
	bytes   int64
}

// NewWriter gives an answer a pace: Pace.Work until it begins.
func NewWriter(w http.ResponseWriter, pace Pace) *Writer {
	g := &Writer{ResponseWriter: w, control: http.NewResponseController(w), pace: pace}
	g.deadline(pace.Work)
	return g
}

func (w *Writer) deadline(d time.Duration) {
	_ = w.control.SetWriteDeadline(time.Now().Add(d)) // a connection without deadlines has no line to wait for
}

// Bytes is what was written so far.
func (w *Writer) Bytes() int64 { return w.bytes }

// Write implements io.Writer.
func (w *Writer) Write(p []byte) (n int, err error) {
	for first := true; first || n < len(p); first = false {
		piece := p[n:min(n+pieceBytes, len(p))]
		w.deadline(w.pace.Silence + time.Duration(float64(len(piece))/float64(w.pace.BytesPerSecond)*float64(time.Second)))
		m, err := w.ResponseWriter.Write(piece)
		n += m
		w.bytes += int64(m)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// Done gives what the server still holds of the answer the time of a silence.
func (w *Writer) Done() { w.deadline(w.pace.Silence) }

// Unwrap lets http.ResponseController reach the connection.
func (w *Writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
