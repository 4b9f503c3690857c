package scanner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"tramhoso/device/port"
)

// Clock stamps frames; framing itself goes by the monotonic clock, so that
// setting the wall clock neither splits nor repeats a scan.
type Clock interface{ Now() time.Time }

const (
	// readSize is one read; a tty hands over at most 4 KiB at a time.
	readSize = 4096
	// sayTimeout bounds a word to a scanner that takes none: reading goes on
	// meanwhile, and the lamp is told again in any case.
	sayTimeout = time.Second
	// answersMost bounds answers that wait for the line.
	answersMost = 16
	// rearmAfter is the pause between a scan and the next look: triggered
	// scanners beep at every read, and the card is still in front.
	rearmAfter = time.Second
)

// Scanner is a station's scanner, plugged in or not. Its lamp follows Want.
// All methods may be called from any goroutine; Run by one at a time.
type Scanner struct {
	cfg   Config
	clock Clock
	lamp  switches
	poke  chan struct{} // what is wanted has changed

	mu    sync.Mutex
	want  bool
	asked bool // somebody was asked for a code since the last bytes
}

// New makes a scanner. A broken configuration is an error.
func New(cfg Config, clock Clock) (*Scanner, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Scanner{cfg: cfg, clock: clock, lamp: cfg.switches(), poke: make(chan struct{}, 1)}, nil
}

// Want says whether a scan is wanted: a scanner with a trigger lights its lamp
// only then. It is remembered for a scanner that comes later or again.
func (s *Scanner) Want(on bool) {
	s.mu.Lock()
	changed := s.want != on
	s.want = on
	s.mu.Unlock()
	if changed {
		s.wake()
	}
}

// Ask says that a person was just asked to show a code. What they show counts,
// also when the same code was in sight a moment ago: another person may hold
// it, or the same one for another purpose.
func (s *Scanner) Ask() {
	s.mu.Lock()
	s.asked = true
	s.mu.Unlock()
	s.wake()
}

// Triggered says whether the lamp follows Want.
func (s *Scanner) Triggered() bool { return len(s.lamp.on) > 0 }

func (s *Scanner) wake() {
	select {
	case s.poke <- struct{}{}:
	default: // it is awake
	}
}

func (s *Scanner) wanted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.want
}

func (s *Scanner) wasAsked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = false
	return asked
}

// Run reads p until ctx ends or the port fails, and calls emit with every
// frame, from its own goroutine: a slow emit delays the next scan. What was
// half read when the port failed is dropped. When ctx ends the lamp goes out.
// Errors: ctx's; those of port.Port, port.ErrUnplugged among them.
func (s *Scanner) Run(ctx context.Context, p port.Port, emit func(Frame)) error {
	answers, seen := make(chan []byte, answersMost), make(chan struct{}, 1)
	inner, stop := context.WithCancel(ctx)
	var speaking sync.WaitGroup
	speaking.Go(func() { s.speak(inner, p, answers, seen) })
	defer speaking.Wait()
	defer stop()

	speech, buf, pace := s.cfg.speech(), make([]byte, readSize), pace{}
	for {
		n, quiet, err := read(ctx, p, buf, speech.pending())
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("failed to read the scanner: %w", err)
		}
		if s.wasAsked() {
			speech.forget()
		}
		var h heard
		if quiet {
			// Only a read that found nothing shows silence: the time between
			// two reads may be ours, on a busy machine.
			h = speech.quiet(time.Now())
		} else {
			h = speech.push(buf[:n], time.Now())
		}
		if len(h.say) > 0 {
			select {
			case answers <- h.say:
			default: // the line takes nothing: the scanner will send again
			}
		}
		if h.codes > 0 {
			select {
			case seen <- struct{}{}:
			default: // it is known already
			}
		}
		for _, frame := range h.frames {
			if frame.At = s.clock.Now(); pace.take(&frame, time.Now()) {
				emit(frame)
			}
		}
	}
}

// read waits for bytes; when a frame is open, only until it is silent.
func read(ctx context.Context, p port.Port, buf []byte, pending bool) (n int, quiet bool, err error) {
	if !pending {
		n, err = port.ReadContext(ctx, p, buf)
		return n, false, err
	}
	short, cancel := context.WithTimeout(ctx, Silence)
	defer cancel()
	n, err = port.ReadContext(short, p, buf)
	if err != nil && ctx.Err() == nil && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded)) {
		return 0, true, nil
	}
	return n, false, err
}
