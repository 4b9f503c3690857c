package port

import (
	"context"
	"errors"
	"os"
	"time"
)

// Errors that a caller acts on. All others are descriptive only.
var (
	// ErrUnplugged: the device went away while the port was open. The port
	// is dead; open it anew.
	ErrUnplugged = errors.New("port unplugged")
	// ErrBusy: another process, or another Serial of this one, holds the port.
	ErrBusy = errors.New("port busy")
	// ErrAbsent: there is nothing at the path now.
	ErrAbsent = errors.New("port absent")
	// ErrNotAPort: there is something at the path, but no serial line.
	ErrNotAPort = errors.New("not a serial port")
	// ErrShared: the by-id name is that of two devices, and leads to whichever
	// came last. Their by-path names tell them apart.
	ErrShared = errors.New("name shared by two devices")
)

// Port is an open serial line. One goroutine may read while another writes;
// Close and the deadlines may be called from any.
type Port interface {
	// Read returns at least one byte, or an error: os.ErrDeadlineExceeded
	// after the read deadline, ErrUnplugged, os.ErrClosed. Never io.EOF.
	Read(p []byte) (int, error)
	// Write hands all of p to the line, or returns how much it took and why
	// it stopped: os.ErrDeadlineExceeded, ErrUnplugged, os.ErrClosed. Taken
	// by the line is not yet received by the device.
	Write(p []byte) (int, error)
	// SetReadDeadline ends a waiting and every later Read at t; zero: never.
	SetReadDeadline(t time.Time) error
	// SetWriteDeadline likewise for Write.
	SetWriteDeadline(t time.Time) error
	// Close ends waiting calls and frees the line. A second Close is harmless.
	Close() error
}

// aLongTimeAgo is a deadline that ends a waiting call at once.
var aLongTimeAgo = time.Unix(1, 0)

// ReadContext reads once, ended by ctx: its error is then ctx's. It uses the
// port's read deadline and leaves none behind.
func ReadContext(ctx context.Context, p Port, buf []byte) (int, error) {
	return underContext(ctx, p.SetReadDeadline, func() (int, error) { return p.Read(buf) })
}

// WriteContext writes all of buf, ended by ctx: its error is then ctx's and
// the count says how much the line had taken. It uses the port's write
// deadline and leaves none behind.
func WriteContext(ctx context.Context, p Port, buf []byte) (int, error) {
	return underContext(ctx, p.SetWriteDeadline, func() (int, error) { return p.Write(buf) })
}

func underContext(ctx context.Context, set func(time.Time) error, do func() (int, error)) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := set(time.Time{}); err != nil {
		return 0, err
	}
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		_ = set(aLongTimeAgo) // fails only on a closed port, which ends the call too
	})
	n, err := do()
	if !stop() {
		<-ended
		_ = set(time.Time{}) // likewise
	}
	if errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() != nil {
		err = ctx.Err()
	}
	return n, err
}
