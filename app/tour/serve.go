//go:build tour

package tour

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net"
	"os"
	"sync"
	"time"

	"fyne.io/fyne/v2"
)

// Target is the program that a tour drives.
type Target interface {
	// Do runs f where the screen is drawn and waits for it.
	Do(f func())
	// Roots are the trees that are to be seen now: the content, or only what
	// covers it. Called inside Do.
	Roots() []fyne.CanvasObject
	// Capture is the screen as a person sees it now, once it has come to rest.
	// Called outside Do: drawing goes on meanwhile.
	Capture() (image.Image, error)
	// Ready reports whether a visitor can be served: enrolled, with a
	// catalogue, every serial line that is there opened. Called inside Do.
	Ready() bool
	// AdvanceClock moves the station's wall and monotonic time.
	AdvanceClock(d time.Duration)
	// SetDiskFull makes the disk budget find no room, or find it again.
	SetDiskFull(full bool)
}

// pollEvery is how often a condition is looked at again: a third of the time in
// which a person notices anything.
const pollEvery = 30 * time.Millisecond

// Serve lets a tour drive target through a unix socket at path until ctx ends.
func Serve(ctx context.Context, path string, target Target) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("failed to free the tour's socket: %w", err)
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return fmt.Errorf("failed to open the tour's socket: %w", err)
	}
	var conns sync.WaitGroup
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer func() {
		stop()
		_ = listener.Close()
		conns.Wait()
	}()
	for {
		conn, err := listener.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("failed to accept a tour: %w", err)
		}
		conns.Go(func() {
			unhook := context.AfterFunc(ctx, func() { _ = conn.Close() })
			defer unhook()
			defer conn.Close()
			serveConn(ctx, conn, target)
		})
	}
}

// serveConn answers one runner until it goes away.
func serveConn(ctx context.Context, conn net.Conn, target Target) {
	in := bufio.NewReaderSize(conn, 64<<10)
	for {
		line, err := readLine(in)
		if err != nil {
			return
		}
		var q request
		a := answer{}
		if err := json.Unmarshal(line, &q); err != nil {
			a.Error = "unreadable request: " + err.Error()
		} else {
			a = obey(ctx, target, q)
		}
		out, err := json.Marshal(a)
		if err != nil {
			return
		}
		if _, err := conn.Write(append(out, '\n')); err != nil {
			return
		}
	}
}

// obey does what one request asks, waiting for its condition as long as it says.
func obey(ctx context.Context, target Target, q request) answer {
	var a answer
	var attempt func(screen) error
	switch q.Ask {
	case askReady:
		attempt = func(screen) error {
			if !target.Ready() {
				return errors.New("the station is not ready for visitors")
			}
			return nil
		}
	case askTap:
		attempt = func(s screen) error { return s.tap(q.Text, max(1, q.Times)) }
	case askChoose:
		attempt = func(s screen) error { return s.choose(q.Field, q.Text) }
	case askSee:
		attempt = func(s screen) error { return s.see(q.Text) }
	case askRead:
		attempt = func(s screen) (err error) {
			a.Word, err = s.after(q.Text)
			return err
		}
	case askGone:
		attempt = func(s screen) error {
			if s.see(q.Text) == nil {
				return fmt.Errorf("%q is to be read", q.Text)
			}
			return nil
		}
	case askShot:
		picture, err := target.Capture()
		var b bytes.Buffer
		if err == nil {
			err = png.Encode(&b, picture)
		}
		if err != nil {
			return answer{Error: fmt.Sprintf("failed to draw the screen: %v", err)}
		}
		a.PNG = b.Bytes()
		return a
	case askEnter, askKeys:
		if err := typeText(ctx, target, q); err != nil {
			a.Error, a.Visible = err.Error(), texts(target)
		}
		return a
	case askClock:
		target.AdvanceClock(time.Duration(q.Millis) * time.Millisecond)
		return a
	case askDisk:
		target.SetDiskFull(q.Full)
		return a
	default:
		return answer{Error: fmt.Sprintf("unknown request %q", q.Ask)}
	}
	if err := await(ctx, target, q.within(), attempt); err != nil {
		a.Error, a.Visible = err.Error(), texts(target)
	}
	return a
}

func (q request) within() time.Duration { return time.Duration(q.Within) * time.Millisecond }

// await tries until attempt succeeds or the time is over; at least once. It
// returns the last failure.
func await(ctx context.Context, target Target, within time.Duration, attempt func(screen) error) error {
	deadline := time.Now().Add(within)
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		var err error
		target.Do(func() { err = attempt(lookAt(target)) })
		if err == nil || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// texts is what is to be read now.
func texts(target Target) []string {
	var all []string
	target.Do(func() { all = lookAt(target).texts() })
	return all
}
