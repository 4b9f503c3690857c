package scanner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/device/twin"
)

// spoke is what a scanner heard, and when.
type spoke struct {
	after time.Duration
	word  string
}

func (s spoke) String() string { return fmt.Sprintf("%q after %v", s.word, s.after) }

// wire is a Scanner on a line of which the other end is the test's.
type wire struct {
	far    net.Conn
	s      *Scanner
	words  chan spoke
	frames chan Frame
	ended  chan error
	stop   context.CancelFunc
	from   time.Time
}

// newWire must be called in a bubble.
func newWire(t *testing.T, cfg Config) *wire {
	t.Helper()
	s, err := New(cfg, fixed(epoch))
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{s: s, words: make(chan spoke, 100), frames: make(chan Frame, 100), ended: make(chan error, 1)}
	w.plug(t)
	return w
}

func (w *wire) plug(t *testing.T) {
	t.Helper()
	near, far := net.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	w.far, w.stop, w.from = far, cancel, time.Now()
	go func() { w.ended <- errors.Join(w.s.Run(ctx, near, func(f Frame) { w.frames <- f }), near.Close()) }()
	go func() {
		buf := make([]byte, 100)
		for {
			n, err := far.Read(buf)
			if err != nil {
				return
			}
			w.words <- spoke{time.Since(w.from), string(buf[:n])}
		}
	}()
}

// heard takes what the scanner was told so far.
func (w *wire) heard() []spoke {
	synctest.Wait()
	var out []spoke
	for len(w.words) > 0 {
		out = append(out, <-w.words)
	}
	return out
}

func (w *wire) end(t *testing.T) {
	t.Helper()
	w.stop()
	if err := <-w.ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v", err)
	}
	_ = w.far.Close()
}

const (
	on  = "\x16T\r"
	off = "\x16U\r"
)

func TestLampFollowsWant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		every := triggers[TriggerHoneywell].every
		w := newWire(t, Config{Trigger: TriggerHoneywell})
		want := func(words ...spoke) {
			t.Helper()
			if got := w.heard(); !slices.Equal(got, words) {
				t.Errorf("told %v, want %v", got, words)
			}
		}
		want(spoke{0, off}) // whatever lit it before
		time.Sleep(every)
		w.s.Want(true)
		w.s.Want(true)
		want(spoke{every, on})
		time.Sleep(2 * every) // it switches off by itself
		want(spoke{2 * every, on}, spoke{3 * every, on})
		w.s.Want(false)
		time.Sleep(2 * every)
		want(spoke{3 * every, off})
		w.s.Want(true)
		want(spoke{5 * every, on})
		w.end(t)
		want(spoke{5 * every, off}) // nobody is there to want anything
	})
}

// After a code the lamp of a triggered scanner is off. It is lit again after a
// pause, and at once where a person was asked for a code.
func TestLampAfterAScan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, Config{Trigger: TriggerHoneywell})
		w.s.Want(true)
		w.heard()
		scan := func() {
			t.Helper()
			if _, err := w.far.Write([]byte("abc\r")); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		scan()
		if got := w.heard(); len(got) != 0 {
			t.Errorf("told at once: %v", got)
		}
		time.Sleep(rearmAfter)
		if got := w.heard(); !slices.Equal(got, []spoke{{rearmAfter, on}}) {
			t.Errorf("told %v", got)
		}
		scan() // it still lies there
		w.s.Ask()
		if got := w.heard(); !slices.Equal(got, []spoke{{rearmAfter, on}}) {
			t.Errorf("told %v", got)
		}
		scan()
		if len(w.frames) != 2 {
			t.Errorf("%d frames, want the first and the one that was asked for", len(w.frames))
		}
		w.end(t)
		w.heard()
	})
}

// A scanner that comes back, or another one, learns what is wanted.
func TestLampAfterAReplug(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, Config{Protocol: ProtocolSSI, Trigger: TriggerSSI})
		w.s.Want(true)
		w.heard()
		_ = w.far.Close()
		if err := <-w.ended; err == nil {
			t.Error("Run goes on without a line")
		}
		w.plug(t)
		if got := w.heard(); len(got) == 0 || got[0].word != "\x04\xe4\x04\x00\xff\x14" {
			t.Errorf("told %v", got)
		}
		w.end(t)
		w.heard()
	})
}

// A scanner that takes no answers (a stuck flow control) is heard all the same.
func TestAStuckLineIsHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Config{Protocol: ProtocolSSI, Trigger: TriggerSSI}, fixed(epoch))
		if err != nil {
			t.Fatal(err)
		}
		near, far := net.Pipe() // nobody reads at the far end
		ctx, cancel := context.WithCancel(t.Context())
		frames, ended := make(chan Frame, 100), make(chan error, 1)
		go func() { ended <- s.Run(ctx, near, func(f Frame) { frames <- f }) }()
		s.Want(true)
		for i := range 3 * answersMost {
			if _, err := far.Write(decoded(0, strings.Repeat("x", i+1))); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if len(frames) != paceBurst+1 { // more than that is a flood
			t.Errorf("%d frames", len(frames))
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
		_, _ = near.Close(), far.Close()
	})
}

// Every make is understood over a line, lit when it is wanted only.
func TestModelsOnALine(t *testing.T) {
	for its, model := range map[string]string{
		"cr": "plain", "lf": "plain", "crlf": "plain", "stx": "plain", "silence": "plain", "honeywell": "honeywell", "datalogic": "datalogic",
		"newland": "newland", "ssi": "zebra-ssi", "metroselect": "metroselect", "mrz-90": "plain", "mrz-3m": "mrz-3m", "access-is": "access-is",
	} {
		t.Run(its, func(t *testing.T) {
			t.Parallel()
			b := newModelBench(t, twin.ScannerConfig{Model: its}, model)
			mrz := mrz1 + "\n" + mrz2 + "\n" + mrz3
			codes := map[string]string{card: card, mrz: mrz}
			switch its {
			case "mrz-90":
				codes = map[string]string{mrz: mrz1 + mrz2 + mrz3}
			case "mrz-3m":
				codes = map[string]string{mrz: strings.ReplaceAll(mrz, "<", "_")}
			case "access-is":
				codes = map[string]string{"066190000123": "066190000123"}
			}
			if b.scanner.Triggered() {
				b.lit(false)
				if err := b.twin.Send(card); !errors.Is(err, twin.ErrLampOff) {
					t.Errorf("in the dark: %v", err)
				}
			}
			b.scanner.Want(true)
			for in, out := range codes {
				b.scanner.Ask() // no need to wait for the lamp's pause
				b.lit(true)
				b.do(b.twin.Send(in))
				b.hear(Frame{Data: out})
			}
			if b.scanner.Triggered() {
				b.scanner.Ask()
				b.lit(true)
				b.scanner.Want(false)
				b.lit(false)
			}
			b.cancel()
			_ = b.end()
			if len(b.frames) > 0 {
				t.Errorf("too much: %+v", <-b.frames)
			}
		})
	}
}

// What corrupts on the way is sent again by scanners that wait for an answer,
// and a pause within a code breaks nothing where the code says how long it is.
func TestAnswersOnALine(t *testing.T) {
	for its, model := range map[string]string{"ssi": "zebra-ssi", "metroselect": "metroselect"} {
		t.Run(its, func(t *testing.T) {
			t.Parallel()
			b := newModelBench(t, twin.ScannerConfig{Model: its, AckWithin: 5 * time.Second}, model)
			b.scanner.Want(true)
			send := func(do func() error, want Frame) {
				t.Helper()
				b.scanner.Ask()
				b.lit(true)
				b.do(do())
				b.hear(want)
			}
			send(func() error {
				b.twin.Corrupt(func(p []byte) []byte { return p[:len(p)-1] }) // the end is lost
				return b.twin.Send(card)
			}, map[string]Frame{"ssi": {Data: card}, "metroselect": {Fault: FaultPartial}}[its])
			if its == "metroselect" {
				b.hear(Frame{Data: card})
			}
			send(func() error { return b.twin.SendInPieces("abc", 1) }, Frame{Data: "abc"})
			send(func() error { return b.twin.Send(strings.Repeat("y", 1000)) }, Frame{Data: strings.Repeat("y", 1000)})
			b.cancel()
			_ = b.end()
			if its == "ssi" {
				b.lit(false) // nobody is there to want anything
			}
		})
	}
}

// lit waits until the lamp is as it should be.
func (b *bench) lit(want bool) {
	b.t.Helper()
	for end := time.Now().Add(10 * time.Second); b.twin.Lamp() != want; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("the lamp is never %v", want)
		}
	}
}
