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

// write sends bytes in chunks while XOFF is not against it. Of a piece of a
// picture it listens after each chunk and stops when the printer has been
// switched off and on. It never waits longer than the profile's StallWait for a
// single byte to be taken, but for a piece in a printer that must cool.
func (p *Printer) write(ctx context.Context, b []byte, piece bool) (sent int, reason Reason, err error) {
	stood, chunk := stand{since: time.Now()}, chunkBytes
	if p.profile.Flow == FlowXOnXOff {
		chunk = xoffChunkBytes
	}
	for sent < len(b) {
		if err := ctx.Err(); err != nil {
			return sent, ReasonCancelled, err
		}
		if piece && p.restarted {
			return sent, ReasonPower, nil
		}
		var n int
		listen := glance
		if p.xoff(time.Now()) {
			listen = tick
		} else if n, err = p.put(b[sent:min(len(b), sent+chunk)]); err != nil {
			return sent + n, ReasonUnplugged, err
		}
		sent += n
		if piece || listen == tick {
			if _, err := p.read(time.Now().Add(listen)); err != nil {
				return sent, ReasonUnplugged, err
			}
		}
		if stood.over(p, n > 0, piece) {
			return sent, ReasonStalled, errStalled
		}
	}
	if piece && p.restarted {
		return sent, ReasonPower, nil
	}
	return sent, ReasonNone, nil
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

// clear makes the printer forget what it holds. Nothing may follow DLE DC4 8
// before its answer (Epson ESC/POS reference).
func (p *Printer) clear(ctx context.Context) error {
	p.cleared = false
	if err := p.urge(ctx, p.profile.clear()); err != nil || !p.profile.ClearSequence || p.profile.NoStatus {
		return err
	}
	for until := p.after(p.profile.ReplyWait); !p.cleared && time.Now().Before(until); {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := p.read(earlier(until, time.Now().Add(tick))); err != nil {
			return err
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
