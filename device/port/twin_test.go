package port_test

import (
	"context"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"tramhoso/device/port"
	"tramhoso/device/twin"
)

const (
	wideBytes = 576 / 8
	longRows  = 400 // seven buffers full
)

// band is a black band and a cut.
func band() []byte {
	job := []byte{0x1D, 'v', '0', 0, wideBytes, 0, longRows % 256, longRows / 256}
	for range longRows * wideBytes {
		job = append(job, 0xFF)
	}
	return append(job, 0x1D, 'V', 0)
}

func slowPrinter(t *testing.T, flow port.Flow) (*twin.Printer, *port.Serial) {
	t.Helper()
	link := filepath.Join(t.TempDir(), "usb-printer")
	p, err := twin.NewPrinter(twin.PrinterConfig{Link: link, BufferBytes: 4096, Flow: twin.FlowXonXoff, RowsPerSecond: 1000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	s, err := port.Open(port.Config{Path: link, Baud: 2_000_000, Flow: flow})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, s
}

// A printer of 4 KiB whose head is slower than its line gets all of it.
func TestXonXoffThroughAPrinter(t *testing.T) {
	p, s := slowPrinter(t, port.FlowXonXoff)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if n, err := port.WriteContext(ctx, s, band()); err != nil {
		t.Fatalf("Write = %d, %v", n, err)
	}
	paper, err := p.NextPaper(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if p.Dropped() != 0 || paper.Image.Bounds().Dy() < longRows {
		t.Errorf("%d bytes dropped, %d rows of %d", p.Dropped(), paper.Image.Bounds().Dy(), longRows)
	}
}

// And loses most of it to a station that does not listen.
func TestNoFlowThroughAPrinter(t *testing.T) {
	p, s := slowPrinter(t, port.FlowNone)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if n, err := port.WriteContext(ctx, s, band()); err != nil {
		t.Fatalf("Write = %d, %v", n, err)
	}
	for p.Dropped() == 0 {
		runtime.Gosched()
		if ctx.Err() != nil {
			t.Fatal("nothing is dropped: the printer cannot show a lack of flow control")
		}
	}
}
