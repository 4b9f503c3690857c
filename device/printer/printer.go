package printer

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync/atomic"
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
	// Where XOFF may come a chunk is small: printers send it with 128 bytes free.
	chunkBytes     = 512
	xoffChunkBytes = 64
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
	auto       *Status   // what is known since the job began of a printer that reports by itself
	rumour     *Status   // an automatic status that says otherwise, not verified yet
	answer     Status    // the last that was believed
	reports    bool      // it has reported by itself on this line
	planted    int       // fences sent since they were last counted
	acks       int       // fences answered since then
	cleared    bool      // it has answered DLE DC4 8
	heard      []heard   // job marks confirmed since then
	held       time.Time // since when XOFF holds the line; zero: it does not
	restarted  bool      // it greeted like one that was just switched on
	drained    time.Time // when the line will have carried what was written
	late       bool      // an answer is overdue and may still come
	nextID     uint32

	knowsMarks, knowsFences known
	knife                   knife

	fresh bool // nothing was said on this line yet: an earlier program may have left a rest
	spoke bool // it has answered a question on this line
	watch atomic.Pointer[func(Status)]
	log   *slog.Logger

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
	out := &Printer{port: port, profile: p, turn: make(chan struct{}, 1), nextID: binary.BigEndian.Uint32(seed[:]), fresh: true, log: slog.New(slog.DiscardHandler)}
	if p.NoProcessID || p.NoStatus {
		out.knowsMarks = no
	}
	if p.NoStatus {
		out.knowsFences = no
	}
	return out, nil
}

// Profile is the profile with its defaults filled in.
func (p *Printer) Profile() Profile { return p.profile }

// Watch has every status told that the printer gives from now on, asked or not,
// on the goroutine that hears it; nil ends that. A print that waits for a hot
// head says so by this alone. Told must not call the printer.
func (p *Printer) Watch(told func(Status)) { p.watch.Store(&told) }

func (p *Printer) notice(s Status) {
	if told := p.watch.Load(); told != nil && *told != nil {
		(*told)(s)
	}
}

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
// an answer that is still on its way is not taken for the next one. What was
// left in the printer is cleared before the next paper; an error of use means
// that a paper broke off, which is then cut off, too.
func (p *Printer) Borrow(ctx context.Context, use func(Port) error) error {
	if err := p.acquire(ctx); err != nil {
		return err
	}
	defer p.release()
	err := use(p.port)
	p.classifier, p.auto, p.rumour, p.answer, p.late, p.fresh = Classifier{}, nil, nil, Status{}, true, true
	if err != nil {
		p.torn, p.remnant = true, true
	}
	return err
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
			p.hear(r)
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

// maxHeard bounds the job marks that are remembered; a job has four.
const maxHeard = 16

// hear takes what the printer says unasked or late, whoever is listening.
func (p *Printer) hear(r Reply) {
	switch r.Kind {
	case ReplyAuto:
		p.report(autoStatusReply(r.Bytes))
	case ReplyShort:
		p.acks++
	case ReplyBlock:
		p.cleared = p.cleared || r.Bytes[1] == clearResponse
		if id, ok := r.ProcessID(); ok && len(p.heard) < maxHeard {
			p.heard = append(p.heard, heard{id, p.acks})
		}
	case ReplyXOff:
		if p.held.IsZero() {
			p.held = time.Now()
		}
	case ReplyXOn:
		if p.held.IsZero() && p.profile.Flow == FlowXOnXOff {
			p.restarted = true // the greeting of a printer that is ready to receive
		}
		p.held = time.Time{}
	}
}

func (p *Printer) forgetAnswers() { p.planted, p.acks, p.heard = 0, 0, nil }

// heard is a job mark, and how many fences were answered before it.
type heard struct {
	id   [4]byte
	acks int
}

// confirmed reports that a job mark was answered, after so many fences.
func (p *Printer) confirmed(id [4]byte, fences int) bool {
	return slices.ContainsFunc(p.heard, func(h heard) bool { return h.id == id && h.acks >= fences })
}

// confirmedBefore reports that a job mark was answered before the last of so
// many fences.
func (p *Printer) confirmedBefore(id [4]byte, fences int) bool {
	return slices.ContainsFunc(p.heard, func(h heard) bool { return h.id == id && h.acks < fences })
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
