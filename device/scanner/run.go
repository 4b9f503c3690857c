package scanner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"tramhoso/device/port"
)

// Clock stamps frames; framing itself goes by the monotonic clock, so that
// setting the wall clock neither splits nor repeats a scan.
type Clock interface{ Now() time.Time }

// readSize is one read; a tty hands over at most 4 KiB at a time.
const readSize = 4096

// Run reads p until ctx ends or the port fails, and calls emit with every
// frame, from its own goroutine: a slow emit delays the next scan. What was
// half read when the port failed is dropped.
// Errors: ctx's; those of port.Port, port.ErrUnplugged among them.
func Run(ctx context.Context, p port.Port, clock Clock, emit func(Frame)) error {
	return (&Framer{}).Run(ctx, p, clock, emit)
}

// Run is the package's Run with this framer's settings.
func (f *Framer) Run(ctx context.Context, p port.Port, clock Clock, emit func(Frame)) error {
	buf := make([]byte, readSize)
	for {
		n, quiet, err := f.read(ctx, p, buf)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("failed to read the scanner: %w", err)
		}
		var frames []Frame
		if quiet {
			// Only a read that found nothing shows silence: the time between
			// two reads may be ours, on a busy machine.
			frames = f.Quiet(time.Now())
		} else {
			frames = f.Push(buf[:n], time.Now())
		}
		for _, frame := range frames {
			frame.At = clock.Now()
			emit(frame)
		}
	}
}

// read waits for bytes; when a frame is open, only until it is silent.
func (f *Framer) read(ctx context.Context, p port.Port, buf []byte) (n int, quiet bool, err error) {
	if !f.Pending() {
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
