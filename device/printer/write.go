package printer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// strayXOff is how long an XOFF is heeded that the profile does not expect: it
// may be noise, and noise must not stop a print.
const strayXOff = 2 * time.Second

// xoff says whether the printer holds the line.
func (p *Printer) xoff(now time.Time) bool {
	return !p.held.IsZero() && (p.profile.Flow == FlowXOnXOff || now.Sub(p.held) < strayXOff)
}

// errStalled is a printer that takes no bytes.
var errStalled = errors.New("the printer takes no more bytes")

// gate says between two chunks what stands against sending the next: a reason
// ends the piece, wait holds it back for now.
type gate func() (reason Reason, wait bool)

// write sends bytes in chunks while neither the gate nor XOFF is against it,
// and listens after each. It never waits longer than the profile's StallWait
// for a single byte to be taken.
func (p *Printer) write(ctx context.Context, b []byte, g gate) (sent int, reason Reason, err error) {
	progress, chunk := time.Now(), chunkBytes
	if p.profile.Flow == FlowXOnXOff {
		chunk = xoffChunkBytes
	}
	for sent < len(b) {
		if err := ctx.Err(); err != nil {
			return sent, ReasonCancelled, err
		}
		wait := false
		if g != nil {
			if reason, wait = g(); reason != ReasonNone {
				return sent, reason, nil
			}
		}
		if wait {
			progress = time.Now()
		}
		var n int
		listen := glance
		if wait || p.xoff(time.Now()) {
			listen = tick
		} else if n, err = p.put(b[sent:min(len(b), sent+chunk)]); err != nil {
			return sent + n, ReasonUnplugged, err
		}
		sent += n
		if n > 0 {
			progress = time.Now()
		}
		if g != nil || listen == tick {
			if _, err := p.read(time.Now().Add(listen)); err != nil {
				return sent, ReasonUnplugged, err
			}
		}
		if time.Since(progress) > p.profile.StallWait {
			return sent, ReasonStalled, errStalled
		}
	}
	if g != nil {
		reason, _ = g()
	}
	return sent, reason, nil
}

// put writes what the line takes within a tick.
func (p *Printer) put(b []byte) (int, error) {
	if err := p.port.SetWriteDeadline(time.Now().Add(tick)); err != nil {
		return 0, fmt.Errorf("failed to bound a write: %w", err)
	}
	n, err := p.port.Write(b)
	if n > 0 {
		now := time.Now()
		if p.drained.Before(now) {
			p.drained = now
		}
		p.drained = p.drained.Add(p.profile.lineTime(n))
	}
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return n, fmt.Errorf("failed to send to the printer: %w", err)
	}
	return n, nil
}

// urge sends a real-time command, which is executed on its arrival: XOFF is no
// reason to keep it back. A line that does not take it soon is stuck.
func (p *Printer) urge(ctx context.Context, b []byte) error {
	for until := time.Now().Add(farewell); len(b) > 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := p.put(b)
		if err != nil {
			return err
		}
		if b = b[n:]; len(b) > 0 && time.Now().After(until) {
			return errStalled
		}
	}
	return nil
}

// after is a while after the line will have carried what was written.
func (p *Printer) after(d time.Duration) time.Time {
	from := time.Now()
	if p.drained.After(from) {
		from = p.drained
	}
	return from.Add(d)
}
