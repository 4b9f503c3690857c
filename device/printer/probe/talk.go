package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"tramhoso/device/printer"
)

// Bytes that begin commands, and those that may stand anywhere.
const (
	dle, esc, gs = 0x10, 0x1b, 0x1d
	xon, xoff    = 0x11, 0x13
)

const (
	// chunkBytes is written at once.
	chunkBytes = 512
	// tick bounds every single wait, so that a context is heard.
	tick = 100 * time.Millisecond
	// settleShare of the wait for an answer is the quiet that ends what is
	// overdue, settleMost its bound.
	settleShare, settleMost = 10, 2 * time.Second
	// stallWait is how long a printer may take no byte.
	stallWait = 8 * time.Second
	// maxReplyBytes bounds one answer: Epson's longest is 80.
	maxReplyBytes = 128
	// emptyReads in a row mean a line that lies about being there.
	emptyReads = 64
)

// errStalled is a printer that takes no bytes.
var errStalled = errors.New("the printer takes no more bytes")

// talk is a conversation with a printer of which nothing is known yet: answers
// are taken as bytes, since what a model calls itself may look like any status.
type talk struct {
	port    printer.Port
	baud    int
	wait    time.Duration // for one answer
	drained time.Time     // when the line will have carried what was written
	// rowsPerSecond is how fast its head is at least.
	rowsPerSecond int
	sure          bool // the last question was answered: nothing is overdue
}

// send writes bytes; it never waits longer than stallWait for one to be taken.
func (t *talk) send(ctx context.Context, b []byte) error {
	progress := time.Now()
	for len(b) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := t.port.SetWriteDeadline(time.Now().Add(tick)); err != nil {
			return fmt.Errorf("failed to bound a write: %w", err)
		}
		n, err := t.port.Write(b[:min(len(b), chunkBytes)])
		b = b[n:]
		now := time.Now()
		if n > 0 {
			progress = now
			if t.drained.Before(now) {
				t.drained = now
			}
			t.drained = t.drained.Add(time.Duration(n) * 10 * time.Second / time.Duration(t.baud))
		}
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return fmt.Errorf("failed to send to the printer: %w", err)
		}
		if now.Sub(progress) > stallWait {
			return errStalled
		}
	}
	return nil
}

// hear returns what comes until the given moment, or the first of it. XON and
// XOFF are dropped: whoever holds the line has heard them.
func (t *talk) hear(until time.Time) ([]byte, error) {
	if err := t.port.SetReadDeadline(until); err != nil {
		return nil, fmt.Errorf("failed to bound a read: %w", err)
	}
	buf := make([]byte, maxReplyBytes)
	for range emptyReads {
		n, err := t.port.Read(buf)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return buf[:n], nil
		case err != nil:
			return nil, fmt.Errorf("failed to hear the printer: %w", err)
		case n > 0:
			return buf[:n], nil
		}
	}
	return nil, fmt.Errorf("failed to hear the printer: %w", io.ErrNoProgress)
}

// settle reads until the line is quiet.
func (t *talk) settle(ctx context.Context) error {
	for end := time.Now().Add(settleMost); time.Now().Before(end); {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := t.hear(time.Now().Add(t.wait / settleShare))
		if err != nil || len(b) == 0 {
			return err
		}
	}
	return nil
}

// ask sends a question on a line where no answer is overdue, and collects bytes until whole says that
// the answer is complete, or the wait is over. It returns all that came.
func (t *talk) ask(ctx context.Context, question []byte, whole func([]byte) bool) (answer []byte, took time.Duration, err error) {
	if !t.sure {
		if err := t.settle(ctx); err != nil {
			return nil, 0, err
		}
	}
	t.sure = false
	if err := t.send(ctx, question); err != nil {
		return nil, 0, err
	}
	start := time.Now()
	if t.drained.After(start) {
		start = t.drained
	}
	until := start.Add(t.wait)
	for time.Now().Before(until) && len(answer) < maxReplyBytes {
		if err := ctx.Err(); err != nil {
			return answer, 0, err
		}
		next := time.Now().Add(tick)
		if until.Before(next) {
			next = until
		}
		b, err := t.hear(next)
		if err != nil {
			return answer, 0, err
		}
		answer = append(answer, b...)
		if whole(answer) {
			t.sure = true
			return answer, max(0, time.Since(start)), nil
		}
	}
	return answer, max(0, time.Since(start)), nil
}

// waits lets r collect its codes while the line is watched: a cable that is
// pulled out meanwhile is told at once, not by the next paper.
func (t *talk) waits(ctx context.Context, r *reading, asked []Code) ([]Code, error) {
	gone, stop, ended := make(chan error, 1), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := t.hear(time.Now().Add(tick)); err != nil {
				gone <- err
				return
			}
		}
	}()
	defer func() { close(stop); <-ended }()
	r.gone = gone
	return r.collect(ctx, asked)
}

// plain drops XON and XOFF from an answer.
func plain(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for _, c := range b {
		if c != xon && c != xoff {
			out = append(out, c)
		}
	}
	return out
}

// oneByte is an answer of a single byte whose shape fits, and no other byte
// beside it: more than one is noise, or two answers of which nobody can say
// which is which.
func oneByte(b []byte, mask, shape byte) (byte, bool) {
	if b = plain(b); len(b) != 1 || b[0]&mask != shape {
		return 0, false
	}
	return b[0], true
}
