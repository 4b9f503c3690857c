package scanner

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tramhoso/device/idcard"
	"tramhoso/device/port"
	"tramhoso/device/twin"
)

// longWait ends a test that hangs; nothing waits for it when all is well.
const longWait = 60 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// halfScan is a scan that is never finished.
const halfScan = "half a"

type fixed time.Time

func (f fixed) Now() time.Time { return time.Time(f) }

// bench is a scanner twin with Run on its line.
type bench struct {
	t       *testing.T
	twin    *twin.Scanner
	scanner *Scanner
	frames  chan Frame
	ended   chan error
	cancel  context.CancelFunc
}

func newBench(t *testing.T) *bench { return newModelBench(t, twin.ScannerConfig{}, "plain") }

// newModelBench puts a make of the twin before a station set up for a make.
func newModelBench(t *testing.T, its twin.ScannerConfig, model string) *bench {
	t.Helper()
	its.Link = filepath.Join(t.TempDir(), "scanner")
	cfg, ok := Model(model)
	if !ok {
		t.Fatalf("there is no model %q", model)
	}
	return startBench(t, its, cfg)
}

func startBench(t *testing.T, its twin.ScannerConfig, cfg Config) *bench {
	t.Helper()
	tw, err := twin.NewScanner(its)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tw.Close(); err != nil {
			t.Error(err)
		}
	})
	p, err := port.Open(port.Config{Path: its.Link, DataBits7E1: cfg.SevenBits})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(cfg, fixed(epoch))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	b := &bench{t: t, twin: tw, scanner: s, frames: make(chan Frame, 100), ended: make(chan error, 1), cancel: cancel}
	go func() {
		err := s.Run(ctx, p, func(f Frame) { b.frames <- f })
		b.ended <- errors.Join(err, p.Close())
	}()
	t.Cleanup(cancel)
	return b
}

func (b *bench) hear(want Frame) {
	b.t.Helper()
	want.At = epoch
	select {
	case got := <-b.frames:
		if got.Data == halfScan {
			b.hear(want) // this machine was so busy that it became silent
			return
		}
		if got != want {
			b.t.Errorf("heard %+v, want %+v", got, want)
		}
	case <-time.After(longWait):
		b.t.Fatalf("never heard %+v", want)
	}
}

func (b *bench) end() error {
	b.t.Helper()
	select {
	case err := <-b.ended:
		return err
	case <-time.After(longWait):
		b.t.Fatal("Run hangs")
		return nil
	}
}

func (b *bench) do(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func TestRunOnALine(t *testing.T) {
	b := newBench(t)
	b.do(b.twin.Send(card))
	b.hear(Frame{Data: card})
	b.do(b.twin.SendTwice("abc"))
	b.hear(Frame{Data: "abc"})
	b.do(b.twin.Raw([]byte("no terminator")))
	b.hear(Frame{Data: "no terminator"})
	b.do(b.twin.Send(mrz1 + mrz2 + mrz3))
	b.hear(Frame{Data: mrz1 + mrz2 + mrz3})

	b.cancel()
	if err := b.end(); !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v", err)
	}
	if len(b.frames) > 0 {
		t.Errorf("too much: %+v", <-b.frames)
	}
}

func TestRunSurvivesGarbage(t *testing.T) {
	b := newBench(t)
	b.do(b.twin.Garbage())
	for f := range b.frames { // the last of the noise is a block without end
		if _, err := idcard.Parse(f.Data); !errors.Is(err, idcard.ErrNotAnID) {
			t.Errorf("noise is taken for a card: %q, %v", f.Data, err)
		}
		if f.Fault == FaultPartial {
			break
		}
	}
	b.do(b.twin.Send(card))
	b.hear(Frame{Data: card})
	b.cancel()
	_ = b.end() // TestRunOnALine looks at it
}

func TestRunEndsWithTheDevice(t *testing.T) {
	b := newBench(t)
	b.do(b.twin.Raw([]byte(halfScan)))
	b.do(b.twin.Unplug())
	if err := b.end(); !errors.Is(err, port.ErrUnplugged) {
		t.Errorf("Run: %v", err)
	}
}

// A scanner that is pulled in the middle of a scan and comes back at another
// node goes on, and the half scan is no frame.
func TestRunUnderSupervision(t *testing.T) {
	link := filepath.Join(t.TempDir(), "scanner")
	tw, err := twin.NewScanner(twin.ScannerConfig{Link: link, Model: "honeywell"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	b := &bench{t: t, twin: tw, frames: make(chan Frame, 100), ended: make(chan error, 1), cancel: cancel}
	ready := make(chan struct{}, 10)
	s, err := New(Config{Trigger: TriggerHoneywell}, fixed(epoch))
	if err != nil {
		t.Fatal(err)
	}
	s.Want(true) // said once, for every scanner that comes
	go func() {
		b.ended <- port.Supervise(ctx, port.Config{Path: link}, func(ctx context.Context, p port.Port) error {
			return s.Run(ctx, p, func(f Frame) { b.frames <- f })
		}, func(s port.State) {
			if s == port.Ready {
				ready <- struct{}{}
			}
		})
	}()
	for _, payload := range []string{"one", "two", "three"} {
		select {
		case <-ready:
		case <-time.After(longWait):
			t.Fatalf("never ready for %q", payload)
		}
		b.lit(true)
		b.do(tw.Send(payload))
		b.hear(Frame{Data: payload})
		b.do(tw.Raw([]byte(halfScan)))
		b.do(tw.Unplug())
		b.do(tw.Plug())
	}
	cancel()
	if err := b.end(); !errors.Is(err, context.Canceled) {
		t.Errorf("Supervise: %v", err)
	}
	b.do(tw.Close())
}
