//go:build tour

package tour

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// The things that a runner asks of a station.
const (
	askReady  = "ready"  // wait until the station can serve a visitor
	askTap    = "tap"    // press the control named Text
	askEnter  = "enter"  // type Text into the field named Field
	askChoose = "choose" // press the option Text of the question Field
	askKeys   = "keys"   // press the keys of Text, as on a PIN pad
	askSee    = "see"    // wait until Text is to be read
	askRead   = "read"   // wait until Text is to be read, and answer with the word after it
	askGone   = "gone"   // Text is not to be read now
	askClock  = "clock"  // move the station's clock by Millis
	askDisk   = "disk"   // pretend that the disk is full, or not
	askShot   = "shot"   // the screen as PNG
)

// maxLineBytes bounds a request or an answer: the picture of the largest screen
// in base64 with room to spare.
const maxLineBytes = 16 << 20

// request is one line from the runner.
type request struct {
	Ask    string `json:"ask"`
	Text   string `json:"text,omitempty"`
	Field  string `json:"field,omitempty"`
	Times  int    `json:"times,omitempty"` // of taps: 2 for an unsteady hand
	Millis int64  `json:"millis,omitempty"`
	Full   bool   `json:"full,omitempty"`
	Within int64  `json:"within_ms,omitempty"` // how long to wait for the condition
}

// answer is one line from the station.
type answer struct {
	Error   string   `json:"error,omitempty"`
	Visible []string `json:"visible,omitempty"` // with an error: what was to be read instead
	PNG     []byte   `json:"png,omitempty"`
	Word    string   `json:"word,omitempty"`
}

// refused is what a station would not or could not do.
type refused struct {
	why     string
	visible []string
}

func (r *refused) Error() string {
	if len(r.visible) == 0 {
		return r.why
	}
	s := r.why + "; on the screen:"
	for _, text := range r.visible {
		s += "\n\t" + text
	}
	return s
}

// remote is the runner's end of the channel to one station process.
type remote struct {
	conn net.Conn
	in   *bufio.Reader
}

// dial connects to a station that may still be starting; gone is closed when its
// process has ended.
func dial(ctx context.Context, path string, gone <-chan struct{}) (*remote, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := net.Dial("unix", path)
		if err == nil {
			return &remote{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
		}
		select {
		case <-gone:
			return nil, errors.New("the station ended before it could be driven")
		case <-ctx.Done():
			return nil, fmt.Errorf("the station does not open its channel: %w", err)
		case <-tick.C:
		}
	}
}

// ask sends one request and waits for its answer.
func (r *remote) ask(q request) (answer, error) {
	var a answer
	line, err := json.Marshal(q)
	if err != nil {
		return a, fmt.Errorf("failed to write a request: %w", err)
	}
	// The station keeps its own time limit; this one is for a station that hangs.
	limit := time.Duration(q.Within)*time.Millisecond + hangLimit
	if err := r.conn.SetDeadline(time.Now().Add(limit)); err != nil {
		return a, fmt.Errorf("the channel to the station is closed: %w", err)
	}
	if _, err := r.conn.Write(append(line, '\n')); err != nil {
		return a, fmt.Errorf("the station does not listen: %w", err)
	}
	got, err := readLine(r.in)
	if err != nil {
		return a, fmt.Errorf("the station does not answer: %w", err)
	}
	if err := json.Unmarshal(got, &a); err != nil {
		return a, fmt.Errorf("the station answers nonsense: %w", err)
	}
	if a.Error != "" {
		return a, &refused{why: a.Error, visible: a.Visible}
	}
	return a, nil
}

// hangLimit is how long a station may keep its screen busy before it counts as hung.
const hangLimit = 20 * time.Second

func (r *remote) close() { _ = r.conn.Close() }

// readLine reads one bounded line.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxLineBytes {
			return nil, errors.New("a line is too long")
		}
		if err == nil {
			return line, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			if len(line) > 0 && errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
}
