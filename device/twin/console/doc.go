// Package console runs a simulated device alone, for whatever software a
// person points at it: commands come in as lines, papers and faults go out as
// lines.
//
// It promises: the link is gone when it returns, also after a signal; nothing
// is printed over; a line it cannot read changes nothing and is answered with
// what is wrong. The end of the input does not end the device, so that it may
// run in the background.
//
// It knows no program and no screen: it must not import sync, app or Fyne.
package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// maxLineBytes bounds a line that is typed; no code holds more.
const maxLineBytes = 16 << 10

// errQuit ends a console by its own command.
var errQuit = errors.New("quit")

// terminal writes lines one at a time, from any goroutine.
type terminal struct {
	mu  sync.Mutex
	out io.Writer
	err error // the first line that could not be written
}

func (t *terminal) say(format string, a ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, err := fmt.Fprintf(t.out, format+"\n", a...); err != nil && t.err == nil {
		t.err = fmt.Errorf("failed to tell what happened: %w", err)
	}
}

// obey acts on each line of in until ctx ends or act wants to quit. When in
// has ended it waits for ctx. The goroutine that reads in ends with in: a read
// of a terminal cannot be called back.
func (t *terminal) obey(ctx context.Context, in io.Reader, act func(string) error) error {
	lines, ended := make(chan string), make(chan error, 1)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		scan := bufio.NewScanner(in)
		scan.Buffer(make([]byte, 0, maxLineBytes), maxLineBytes)
		for scan.Scan() {
			select {
			case lines <- scan.Text():
			case <-stop:
				return
			}
		}
		ended <- scan.Err()
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-ended:
			if err != nil {
				t.say("no more commands: %v", err)
			}
			ended = nil
		case line := <-lines:
			err := act(line)
			if errors.Is(err, errQuit) {
				return nil
			}
			if err != nil {
				t.say("%v", err)
			}
		}
	}
}
