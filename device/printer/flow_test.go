package printer_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tramhoso/device/printer"
	"tramhoso/device/twin"
)

// at runs f when the paper is so many rows long, and says when it has.
func (b *bench) at(row int, f func(*twin.Printer)) <-chan struct{} {
	done := make(chan struct{})
	b.twin.AtRow(row, func(tw *twin.Printer) {
		f(tw)
		close(done)
	})
	return done
}

func (b *bench) want(out printer.Outcome, result printer.Result, reason printer.Reason) {
	b.Helper()
	if out.Result != result || out.Reason != reason {
		b.Errorf("%+v, want %v %q", out, result, reason)
	}
}

// again helps the printer and prints B: it is whole and alone.
func (b *bench) again(pr *printer.Printer) {
	b.Helper()
	ctx, done := context.WithTimeout(b.Context(), longWait)
	defer done()
	if s, err := pr.WaitReady(ctx); err != nil || !s.Ready() {
		b.Fatalf("%+v, %v", s, err)
	}
	if out := b.print(pr, "B"); out.Result != printer.Printed && out.Result != printer.ProbablyPrinted {
		b.Errorf("the next one: %+v", out)
	}
	if n := b.whole(pr, "B"); n != 1 {
		b.Errorf("%d papers are B and nothing else", n)
	}
}

func TestAHotHeadCoolsAndThePaperGoesOn(t *testing.T) {
	for name, cfg := range map[string]twin.PrinterConfig{
		"reports by itself": {HotFor: 300 * time.Millisecond},
		"must be asked":     {HotFor: 300 * time.Millisecond, NoAutoStatus: true, BufferBytes: 4096},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, cfg)
			pr := b.printer(printer.Profile{})
			b.at(90, (*twin.Printer).Hot)
			b.want(b.print(pr, "A"), printer.Printed, printer.ReasonNone)
			if n := b.whole(pr, "A"); n != 1 || len(b.twin.Papers()) != 1 {
				t.Errorf("%d papers, %d whole", len(b.twin.Papers()), n)
			}
		})
	}
}

func TestTheFeedButtonOnlyHoldsThePaperUp(t *testing.T) {
	b := newBench(t, twin.PrinterConfig{})
	pr := b.printer(printer.Profile{})
	held := b.at(90, func(tw *twin.Printer) { tw.FeedButton(true) })
	go func() {
		<-held
		b.twin.FeedButton(false)
	}()
	b.want(b.print(pr, "A"), printer.Printed, printer.ReasonNone)
	if n := len(b.twin.Papers()); n != 1 {
		t.Errorf("%d papers", n)
	}
}

// Switched off and on in the middle, a printer says that it is fine. What it
// lost is not "probably printed".
func TestPowerCycledInTheMiddle(t *testing.T) {
	quick := printer.Profile{ConfirmWait: time.Second, StallWait: time.Second}
	for name, tc := range map[string]struct {
		cfg twin.PrinterConfig
		p   printer.Profile
	}{
		"confirming":       {twin.PrinterConfig{}, quick},
		"small buffer":     {twin.PrinterConfig{BufferBytes: 4096, RowsPerSecond: 1200}, quick},
		"no marks":         {twin.PrinterConfig{NoProcessID: true}, quick},
		"no marks, no ASB": {twin.PrinterConfig{NoProcessID: true, NoAutoStatus: true}, quick},
		"greets": {twin.PrinterConfig{Flow: twin.FlowXonXoff, BufferBytes: 4096},
			printer.Profile{Flow: printer.FlowXOnXOff, ConfirmWait: time.Second, StallWait: time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, tc.cfg)
			pr := b.printer(tc.p)
			b.at(90, (*twin.Printer).PowerCycle)
			out := b.print(pr, "A")
			if out.Result != printer.Unknown && (out.Result != printer.Failed || out.Reason != printer.ReasonPower) || !out.Started {
				t.Errorf("%+v", out)
			}
			if b.whole(pr, "A") != 0 {
				t.Error("the paper is whole after all: the test shows nothing")
			}
		})
	}
}

// A buffer of 4 KB that nothing guards loses nothing, however fast the line
// and slow the head.
func TestABufferIsNeverOverrun(t *testing.T) {
	for name, p := range map[string]printer.Profile{
		"by asking":   {},
		"by its XOFF": {Flow: printer.FlowXOnXOff},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := twin.PrinterConfig{BufferBytes: 4096, RowsPerSecond: 800}
			if p.Flow == printer.FlowXOnXOff {
				cfg.Flow = twin.FlowXonXoff
			}
			b := newBench(t, cfg)
			pr := b.printer(p)
			b.want(b.print(pr, "A"), printer.Printed, printer.ReasonNone)
			if n := b.whole(pr, "A"); n != 1 || b.twin.Dropped() != 0 {
				t.Errorf("%d whole papers, %d bytes dropped", n, b.twin.Dropped())
			}
		})
	}
}

// The driver may heed XOFF itself, so that we never see one: a line that takes
// no bytes is waited for.
func TestXOffThatTheDriverSwallows(t *testing.T) {
	b := newBench(t, twin.PrinterConfig{BufferBytes: 4096, RowsPerSecond: 800, Flow: twin.FlowXonXoff})
	raw, err := b.line.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(raw.Control(func(fd uintptr) {
		var tio *unix.Termios
		if tio, err = unix.IoctlGetTermios(int(fd), unix.TCGETS); err == nil {
			tio.Iflag |= unix.IXON
			tio.Cc[unix.VSTART], tio.Cc[unix.VSTOP] = 0x11, 0x13
			err = unix.IoctlSetTermios(int(fd), unix.TCSETS, tio)
		}
	}), err); err != nil {
		t.Fatal(err)
	}
	pr := b.printer(printer.Profile{Flow: printer.FlowXOnXOff})
	b.want(b.print(pr, "A"), printer.Printed, printer.ReasonNone)
	if n := b.whole(pr, "A"); n != 1 || b.twin.Dropped() != 0 {
		t.Errorf("%d whole papers, %d bytes dropped", n, b.twin.Dropped())
	}
}

// What an earlier program left half-way is cleared and cut off, in the middle
// of a band and between two.
func TestNothingStaleAfterARestart(t *testing.T) {
	for name, tc := range map[string]struct {
		cfg twin.PrinterConfig
		p   printer.Profile
	}{
		"confirming":   {},
		"clone":        {twin.PrinterConfig{NoProcessID: true, NoAutoStatus: true, BufferBytes: 4096}, printer.Profile{}},
		"says nothing": {twin.PrinterConfig{Clone: true}, printer.Profile{NoStatus: true}},
	} {
		for _, between := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				b := newBench(t, tc.cfg)
				img, err := printer.Layout(document("A"), tc.p.Paper())
				if err != nil {
					t.Fatal(err)
				}
				pieces, err := printer.Pieces(img, tc.p)
				if err != nil {
					t.Fatal(err)
				}
				largest := 0
				for i, p := range pieces {
					if p.Owed > pieces[largest].Owed {
						largest = i
					}
				}
				var wire []byte
				for _, p := range pieces[:largest] {
					wire = append(wire, p.Bytes...)
				}
				if b := pieces[largest].Bytes; !between {
					wire = append(wire, b[:len(b)/2]...)
				}
				if _, err := b.line.Write(wire); err != nil {
					t.Fatal(err)
				}
				pr := b.printer(tc.p)
				ctx, done := context.WithTimeout(t.Context(), longWait)
				defer done()
				if err := pr.Interrupted(ctx); err != nil {
					t.Fatal(err)
				}
				if out := b.print(pr, "B"); out.Result == printer.Failed {
					t.Errorf("%+v", out)
				}
				for len(b.twin.Papers()) < 2 {
					if _, err := b.twin.NextPaper(ctx); err != nil {
						t.Fatal(err)
					}
				}
				if n := b.whole(pr, "B"); n != 1 {
					t.Errorf("%d papers are B and nothing else", n)
				}
			})
		}
	}
}

func TestUnpluggedInTheMiddle(t *testing.T) {
	b := newBench(t, twin.PrinterConfig{})
	pr := b.printer(printer.Profile{})
	b.twin.UnplugAfter(2500)
	out := b.print(pr, "A")
	if out.Reason != printer.ReasonUnplugged || out.Result != printer.Failed || !out.Started || out.Band == 0 || out.Band > out.Bands {
		t.Errorf("%+v", out)
	}
}

// Noise on the line may spoil a print, but whatever is said of it holds.
func TestNoiseTellsNoLie(t *testing.T) {
	b := newBench(t, twin.PrinterConfig{})
	pr := b.printer(printer.Profile{ConfirmWait: time.Second, StallWait: time.Second})
	for _, n := range []int{1, 40, 700} {
		before := b.whole(pr, "A")
		b.at(60, func(tw *twin.Printer) { tw.Garbage(n) })
		out := b.print(pr, "A")
		got := b.whole(pr, "A") - before
		if out.Result >= printer.ProbablyPrinted && got != 1 {
			t.Errorf("%d bytes of noise: %+v, %d papers", n, out, got)
		}
		ctx, done := context.WithTimeout(t.Context(), longWait)
		if s, err := pr.WaitReady(ctx); err != nil || !s.Ready() {
			t.Fatalf("%+v, %v", s, err)
		}
		done()
	}
	b.again(pr)
}

func TestTheBandsAreTold(t *testing.T) {
	b := newBench(t, twin.PrinterConfig{})
	pr := b.printer(printer.Profile{})
	var told []int
	out, err := pr.Print(t.Context(), document("A"), func(band, bands int) {
		told = append(told, band)
		if bands < band {
			t.Errorf("band %d of %d", band, bands)
		}
	})
	if err != nil || out.Result != printer.Printed || out.Band != out.Bands || len(told) != out.Bands || out.Bands < 3 {
		t.Errorf("%+v, %v, %v", out, told, err)
	}
	for i, band := range told {
		if band != i+1 {
			t.Errorf("band %d was told as %d", i+1, band)
		}
	}
}
