package paper

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tramhoso/device/printer"
	"tramhoso/device/twin"
)

// longWait ends a test that hangs; nothing waits for it when all is well.
const longWait = 30 * time.Second

// TestPaperOutOnATwin runs the queue on a simulated printer whose roll ends in
// the middle of a slip: after the new roll one whole slip comes out, marked.
func TestPaperOutOnATwin(t *testing.T) {
	dir := t.TempDir()
	tw, err := twin.NewPrinter(twin.PrinterConfig{Link: filepath.Join(dir, "usb-printer")})
	if err != nil {
		t.Fatal(err)
	}
	line, err := os.OpenFile(filepath.Join(dir, "usb-printer"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	m, err := printer.New(line, printer.Profile{Baud: 115200})
	if err != nil {
		t.Fatal(err)
	}
	s := newShelf(t, 1)
	told := make(chan Event, 64)
	looked := make(chan printer.Status, 64)
	p := NewPress(s, Observer{Job: func(e Event) { told <- e }, Status: func(s printer.Status) { looked <- s }})
	ctx, stop := context.WithTimeout(t.Context(), longWait)
	served := make(chan error, 1)
	go func() { served <- p.Serve(ctx, m) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := errors.Join(line.Close(), tw.Close()); err != nil {
			t.Error(err)
		}
	})
	until := func(state State) Event {
		t.Helper()
		for {
			select {
			case e := <-told:
				if e.State == state {
					return e
				}
			case <-ctx.Done():
				t.Fatalf("never %s; %s", state, s.states())
			}
		}
	}
	if first := <-looked; !first.Ready() {
		t.Fatalf("%+v", first)
	}
	tw.PaperOutAfter(500)
	p.Print(1)
	if e := until(Blocked); e.Job != 2 || e.Before != 1 || e.Reason != printer.ReasonPaperOut {
		t.Fatalf("%+v", e)
	}
	tw.OK()
	if e := until(Printed); e.Job != 2 {
		t.Fatalf("%+v", e)
	}
	got, err := tw.NextPaper(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want, err := printer.Layout(document(t, slip(), true), m.Profile().Paper())
	if err != nil {
		t.Fatal(err)
	}
	if got.Image.Rect != want.Rect || !bytes.Equal(got.Image.Pix, want.Pix) {
		t.Errorf("the paper %v is not the whole reprint %v", got.Image.Rect, want.Rect)
	}
	if n := len(tw.Partials()); n != 1 {
		t.Errorf("%d torn pieces", n)
	}
}
