package printer

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Port is a line to a printer. A passed deadline ends a call with
// os.ErrDeadlineExceeded, with or without some bytes done; any other error
// means that the line is gone.
type Port interface {
	io.ReadWriter
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

const (
	// chunkBytes is written at once; between two chunks the printer is heard.
	chunkBytes = 512
	// pollBytes is sent before a printer without automatic status is asked
	// again: the usual buffer, which drops what overflows.
	pollBytes = 4096
	// glance is how long a running print listens between two chunks. A
	// deadline in the past would read nothing at all.
	glance = 2 * time.Millisecond
	// tick bounds every single wait, so that a context is heard.
	tick = 100 * time.Millisecond
	// settleWait empties the line of late answers before a new question.
	settleWait = 50 * time.Millisecond
	// confirmGrace is how long the job mark may follow the paper answer.
	confirmGrace = time.Second
	// readyPoll is how often a waiting printer is asked: a person who closed
	// the cover looks up after about a second.
	readyPoll = time.Second
	// farewell bounds what is still said to a printer that failed.
	farewell = 2 * time.Second
	// emptyReads in a row mean a line that lies about being there.
	emptyReads = 64
)

// Printer is one printer on one open line. Its methods may be called from any
// goroutine; they take turns. It has no goroutine of its own and does not
// close the line: whoever opened it does. All time-outs run on monotonic time.
type Printer struct {
	port    Port
	profile Profile
	turn    chan struct{} // held by the method that uses the line

	classifier Classifier
	auto       *Status   // the last automatic status since the job began
	drained    time.Time // when the line will have carried what was written
	late       bool      // an answer is overdue and may still come
	nextID     uint32
	marksSeen  bool // the printer has confirmed a job before

	torn    bool // a job broke off: the printer may hold a rest of it
	owed    int  // picture bytes it may still wait for
	remnant bool // an uncut piece hangs in the printer
}

// New makes a Printer on an open line. It sends nothing.
func New(port Port, profile Profile) (*Printer, error) {
	p, err := profile.filled()
	if err != nil {
		return nil, fmt.Errorf("failed to use a printer: %w", err)
	}
	var seed [4]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return nil, fmt.Errorf("failed to seed job marks: %w", err)
	}
	return &Printer{port: port, profile: p, turn: make(chan struct{}, 1), nextID: binary.BigEndian.Uint32(seed[:])}, nil
}

// Profile is the profile with its defaults filled in.
func (p *Printer) Profile() Profile { return p.profile }

func (p *Printer) acquire(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Printer) release() { <-p.turn }

// Borrow lends the line to somebody who speaks to the printer in another way,
// while nothing else uses it. What the printer said meanwhile is forgotten, and
// an answer that is still on its way is not taken for the next one.
func (p *Printer) Borrow(ctx context.Context, use func(Port) error) error {
	if err := p.acquire(ctx); err != nil {
		return err
	}
	defer p.release()
	defer func() { p.classifier, p.auto, p.late = Classifier{}, nil, true }()
	return use(p.port)
}

// read hears the printer until the given moment or the first bytes.
func (p *Printer) read(until time.Time) ([]Reply, error) {
	if err := p.port.SetReadDeadline(until); err != nil {
		return nil, fmt.Errorf("failed to bound a read: %w", err)
	}
	buf := make([]byte, 256)
	for range emptyReads {
		n, err := p.port.Read(buf)
		replies := p.classifier.Feed(buf[:n])
		for _, r := range replies {
			if r.Kind == ReplyAuto {
				s := autoStatusReply(r.Bytes)
				p.auto = &s
			}
		}
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return replies, nil
		case err != nil:
			return replies, fmt.Errorf("failed to hear the printer: %w", err)
		case n > 0:
			return replies, nil
		}
	}
	return nil, fmt.Errorf("failed to hear the printer: %w", io.ErrNoProgress)
}

// errStalled is a printer that takes no bytes.
var errStalled = errors.New("the printer takes no more bytes")

// write sends bytes in chunks. After each it listens for a moment and asks
// stop whether to go on; a reason ends it. It never waits longer than the
// profile's StallWait for a single byte to be taken.
func (p *Printer) write(ctx context.Context, b []byte, stop func() Reason) (sent int, reason Reason, err error) {
	progress := time.Now()
	for sent < len(b) {
		if err := ctx.Err(); err != nil {
			return sent, ReasonCancelled, err
		}
		if err := p.port.SetWriteDeadline(time.Now().Add(tick)); err != nil {
			return sent, ReasonUnplugged, fmt.Errorf("failed to bound a write: %w", err)
		}
		n, err := p.port.Write(b[sent:min(len(b), sent+chunkBytes)])
		sent += n
		now := time.Now()
		if n > 0 {
			progress = now
			if p.drained.Before(now) {
				p.drained = now
			}
			p.drained = p.drained.Add(p.profile.lineTime(n))
		}
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return sent, ReasonUnplugged, fmt.Errorf("failed to send to the printer: %w", err)
		}
		if stop != nil {
			if _, err := p.read(time.Now().Add(glance)); err != nil {
				return sent, ReasonUnplugged, err
			}
			if reason := stop(); reason != ReasonNone {
				return sent, reason, nil
			}
		}
		if n == 0 && now.Sub(progress) > p.profile.StallWait {
			return sent, ReasonStalled, errStalled
		}
	}
	return sent, ReasonNone, nil
}

// replyUntil is when an answer to what was just written is overdue: the line
// may still be carrying what was written before.
func (p *Printer) replyUntil() time.Time {
	from := time.Now()
	if p.drained.After(from) {
		from = p.drained
	}
	return from.Add(p.profile.ReplyWait)
}

// ask sends one DLE EOT and waits for its answer. While an earlier answer is
// overdue it hears the whole time out and takes the last one: answers come in
// the order of the questions.
func (p *Printer) ask(ctx context.Context, n byte) (answer byte, ok bool, err error) {
	patient := p.late
	if patient {
		if err := p.settle(ctx); err != nil {
			return 0, false, err
		}
	} else if _, err := p.read(time.Now().Add(glance)); err != nil {
		return 0, false, err
	}
	if _, _, err := p.write(ctx, statusQuery(n), nil); errors.Is(err, errStalled) {
		return 0, false, nil
	} else if err != nil {
		return 0, false, err
	}
	until := p.replyUntil()
	for time.Now().Before(until) {
		if err := ctx.Err(); err != nil {
			p.late = true
			return 0, false, err
		}
		replies, err := p.read(earlier(until, time.Now().Add(tick)))
		if err != nil {
			return 0, false, err
		}
		for _, r := range replies {
			if r.Kind != ReplyRealTime {
				continue
			}
			if !patient {
				return r.Bytes[0], true, nil
			}
			answer, ok = r.Bytes[0], true
		}
	}
	p.late = !ok
	return answer, ok, nil
}

// settle reads until the line is quiet, which most overdue answers do not
// outlast.
func (p *Printer) settle(ctx context.Context) error {
	for end := time.Now().Add(farewell); time.Now().Before(end); {
		if err := ctx.Err(); err != nil {
			return err
		}
		replies, err := p.read(time.Now().Add(settleWait))
		if err != nil {
			return err
		}
		if len(replies) == 0 {
			break
		}
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Status asks the printer how it is (DLE EOT 1 to 4). A printer that does not
// answer gives a Status that is not Known and no error; an error means that
// the line is gone or ctx has ended.
func (p *Printer) Status(ctx context.Context) (Status, error) {
	if err := p.acquire(ctx); err != nil {
		return Status{}, err
	}
	defer p.release()
	return p.status(ctx)
}

func (p *Printer) status(ctx context.Context) (Status, error) {
	var s Status
	for n := byte(1); n <= 4; n++ {
		b, ok, err := p.ask(ctx, n)
		if err != nil {
			return Status{}, err
		}
		if !ok {
			return s, nil // the rest stays unknown
		}
		s.realTimeReply(n, b)
	}
	return s, nil
}

// WaitReady waits until the printer says that it can print. What an earlier
// job left in it is cleared first, so that nothing stale comes out later. A
// printer that says nothing is not ready; bound the wait with ctx.
func (p *Printer) WaitReady(ctx context.Context) (Status, error) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return Status{}, ctx.Err()
		case <-timer.C:
		}
		s, err := p.ready(ctx)
		if err != nil || s.Ready() {
			return s, err
		}
		timer.Reset(readyPoll)
	}
}

func (p *Printer) ready(ctx context.Context) (Status, error) {
	if err := p.acquire(ctx); err != nil {
		return Status{}, err
	}
	defer p.release()
	s, err := p.status(ctx)
	if err == nil && s.Ready() {
		err = p.recoverTorn(ctx)
	}
	return s, err
}

// recoverTorn makes a printer forget a job that broke off: the buffer is
// cleared, a picture it may still wait for is completed with white (to a
// printer that waits for nothing NUL bytes are nothing), and a piece of paper
// that still hangs in it is cut off.
func (p *Printer) recoverTorn(ctx context.Context) error {
	if !p.torn {
		return nil
	}
	b := append([]byte(nil), clearBuffer...)
	b = append(b, make([]byte, p.owed)...)
	b = append(b, initialise...)
	if p.remnant {
		b = append(b, cut(p.profile)...)
	}
	if _, _, err := p.write(ctx, b, nil); err != nil {
		return fmt.Errorf("failed to clear the printer: %w", err)
	}
	p.torn, p.owed, p.remnant = false, 0, false
	return nil
}
