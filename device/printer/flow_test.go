package printer_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tramhoso/device/printer"
	"tramhoso/device/twin"
)

func (b *bench) want(out printer.Outcome, result printer.Result, reason printer.Reason) {
	b.Helper()
	if out.Result != result || out.Reason != reason {
		b.Errorf("%+v, want %v %q", out, result, reason)
	}
}

// waitReady looks at a printer until it can print.
func waitReady(ctx context.Context, pr *printer.Printer) (printer.Status, error) {
	for {
		s, err := pr.Recover(ctx)
		if err != nil || s.Ready() {
			return s, err
		}
		time.Sleep(time.Second) // of a bubble's clock
	}
}

// again helps the printer and prints B: it is whole and alone.
func (b *bench) again(pr *printer.Printer) {
	b.Helper()
	ctx, done := context.WithTimeout(b.Context(), longWait)
	defer done()
	if s, err := waitReady(ctx, pr); err != nil || !s.Ready() {
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
		"reports by itself": {HotFor: 50 * time.Second},
		"must be asked":     {HotFor: 50 * time.Second, NoAutoStatus: true, BufferBytes: 4096},
		"smallest buffer":   {HotFor: 50 * time.Second, NoAutoStatus: true, BufferBytes: printer.MinBufferBytes},
	} {
		t.Run(name, func(t *testing.T) {
			onBench(t, cfg, false, func(b *bench) {
				pr := b.printer(printer.Profile{BufferBytes: cfg.BufferBytes})
				for _, row := range []int{30, 90, 200} {
					b.twin.AtRow(row, (*twin.Printer).Hot)
				}
				b.want(b.print(pr, "A"), printer.Printed, printer.ReasonNone)
				if n := b.whole(pr, "A"); n != 1 || len(b.twin.Papers()) != 1 {
					t.Errorf("%d papers, %d whole", len(b.twin.Papers()), n)
				}
			})
		})
	}
}

// The questions of a long wait find room in a full buffer.
func TestALongWaitLosesNothing(t *testing.T) {
	for _, buffer := range []int{printer.MinBufferBytes, 1024, 4096} {
		for row := 10; row < 250; row += 16 {
			onBench(t, twin.PrinterConfig{HotFor: 110 * time.Second, NoAutoStatus: true, BufferBytes: buffer}, false, func(b *bench) {
				pr := b.printer(printer.Profile{BufferBytes: buffer})
				b.twin.AtRow(row, (*twin.Printer).Hot)
				b.want(b.print(pr, "A"), printer.Printed, printer.ReasonNone)
				if n := b.whole(pr, "A"); n != 1 || b.twin.Dropped() != 0 {
					t.Errorf("%d bytes, row %d: %d whole papers, %d bytes dropped", buffer, row, n, b.twin.Dropped())
				}
			})
		}
	}
}

// A head that does not cool is given up, and not waited for without end.
func TestAHeadThatStaysHot(t *testing.T) {
	onBench(t, twin.PrinterConfig{}, false, func(b *bench) {
		pr := b.printer(printer.Profile{})
		b.twin.AtRow(90, (*twin.Printer).Hot)
		start := time.Now()
		b.want(b.print(pr, "A"), printer.Failed, printer.ReasonHot)
		if d := time.Since(start); d > 3*time.Minute {
			t.Errorf("it took %v", d)
		}
		b.twin.Cool()
		b.again(pr)
	})
}

func TestTheFeedButtonOnlyHoldsThePaperUp(t *testing.T) {
	onBench(t, twin.PrinterConfig{}, false, func(b *bench) {
		pr := b.printer(printer.Profile{})
		b.twin.AtRow(90, func(tw *twin.Printer) {
			tw.FeedButton(true)
			time.AfterFunc(3*time.Second, func() { tw.FeedButton(false) })
		})
		b.want(b.print(pr, "A"), printer.Printed, printer.ReasonNone)
		if n := len(b.twin.Papers()); n != 1 {
			t.Errorf("%d papers", n)
		}
	})
}

// Switched off and on in the middle, a printer says that it is fine. What it
// lost is not "probably printed".
func TestPowerCycledInTheMiddle(t *testing.T) {
	for name, tc := range map[string]struct {
		cfg twin.PrinterConfig
		p   printer.Profile
	}{
		"confirming":       {},
		"small buffer":     {twin.PrinterConfig{BufferBytes: 4096, RowsPerSecond: 1200, Baud: 115200}, printer.Profile{}},
		"slow line":        {twin.PrinterConfig{BufferBytes: 4096, RowsPerSecond: 1200, Baud: 9600, BootFor: 1500 * time.Millisecond}, printer.Profile{Baud: 9600}},
		"no marks":         {twin.PrinterConfig{NoProcessID: true}, printer.Profile{}},
		"no marks, no ASB": {twin.PrinterConfig{NoProcessID: true, NoAutoStatus: true}, printer.Profile{}},
		"greets":           {twin.PrinterConfig{Flow: twin.FlowXonXoff, BufferBytes: 4096}, printer.Profile{Flow: printer.FlowXOnXOff}},
	} {
		for _, row := range []int{10, 90, 150, 210} {
			t.Run(fmt.Sprintf("%s at row %d", name, row), func(t *testing.T) {
				onBench(t, tc.cfg, false, func(b *bench) {
					pr := b.printer(tc.p)
					b.twin.AtRow(row, (*twin.Printer).PowerCycle)
					out := b.print(pr, "A")
					if out.Result != printer.Unknown && (out.Result != printer.Failed || out.Reason != printer.ReasonPower) || !out.Started {
						t.Errorf("%+v", out)
					}
					if b.whole(pr, "A") != 0 {
						t.Error("the paper is whole after all: the test shows nothing")
					}
				})
			})
		}
	}
}

// A buffer of 4 KB that nothing guards loses nothing, however fast the line
// and slow the head; nor one that only XOFF guards, whoever heeds it.
func TestABufferIsNeverOverrun(t *testing.T) {
	for name, tc := range map[string]struct {
		flow   string
		p      printer.Profile
		driver bool
	}{
		"by asking":              {},
		"by its XOFF":            {twin.FlowXonXoff, printer.Profile{Flow: printer.FlowXOnXOff}, false},
		"by the driver's XOFF":   {twin.FlowXonXoff, printer.Profile{Flow: printer.FlowXOnXOff}, true},
		"by an unexpected XOFF":  {twin.FlowXonXoff, printer.Profile{}, false},
		"by wires":               {twin.FlowDTR, printer.Profile{Flow: printer.FlowRTSCTS}, false},
		"no fences, XOFF":        {twin.FlowXonXoff, printer.Profile{Flow: printer.FlowXOnXOff, NoStatus: true}, false},
		"no fences, driver XOFF": {twin.FlowXonXoff, printer.Profile{Flow: printer.FlowXOnXOff, NoStatus: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := twin.PrinterConfig{BufferBytes: 4096, RowsPerSecond: 100, Flow: tc.flow}
			onBench(t, cfg, tc.driver, func(b *bench) {
				pr := b.printer(tc.p)
				result := printer.Printed
				if tc.p.NoStatus {
					result = printer.Unknown
				}
				b.want(b.print(pr, "A"), result, printer.ReasonNone)
				ctx, done := context.WithTimeout(b.Context(), longWait)
				defer done()
				if _, err := b.twin.NextPaper(ctx); err != nil {
					t.Fatal(err)
				}
				if n := b.whole(pr, "A"); n != 1 || b.twin.Dropped() != 0 {
					t.Errorf("%d whole papers, %d bytes dropped", n, b.twin.Dropped())
				}
			})
		})
	}
}

// Held back by XOFF because the paper is out: the printer is asked past it.
func TestTheReasonIsAskedPastXOff(t *testing.T) {
	onBench(t, twin.PrinterConfig{BufferBytes: 4096, Flow: twin.FlowXonXoff, NoAutoStatus: true, NoProcessID: true}, false, func(b *bench) {
		pr := b.printer(printer.Profile{Flow: printer.FlowXOnXOff})
		b.twin.PaperOutAfter(90)
		b.want(b.print(pr, "A"), printer.Failed, printer.ReasonPaperOut)
		b.twin.OK()
		b.again(pr)
	})
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
		"not asked":    {twin.PrinterConfig{Clone: true}, printer.Profile{}},
	} {
		for _, between := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, between %v", name, between), func(t *testing.T) {
				onBench(t, tc.cfg, false, func(b *bench) { b.restart(tc.p, between) })
			})
		}
	}
}

// restart leaves a half A behind and prints B.
func (b *bench) restart(p printer.Profile, between bool) {
	b.Helper()
	img, err := printer.Layout(document("A"), p.Paper())
	if err != nil {
		b.Fatal(err)
	}
	pieces, err := printer.Pieces(img, p)
	if err != nil {
		b.Fatal(err)
	}
	largest := 0
	for i, piece := range pieces {
		if piece.Owed > pieces[largest].Owed {
			largest = i
		}
	}
	var wire []byte
	for _, piece := range pieces[:largest] {
		wire = append(wire, piece.Bytes...)
	}
	if last := pieces[largest].Bytes; !between {
		wire = append(wire, last[:len(last)/2]...)
	}
	if _, err := b.line.Write(wire); err != nil {
		b.Fatal(err)
	}
	pr := b.printer(p)
	ctx, done := context.WithTimeout(b.Context(), longWait)
	defer done()
	if err := pr.Interrupted(ctx); err != nil {
		b.Fatal(err)
	}
	if out := b.print(pr, "B"); out.Result == printer.Failed {
		b.Errorf("%+v", out)
	}
	for range 2 {
		if _, err := b.twin.NextPaper(ctx); err != nil {
			b.Fatal(err)
		}
	}
	if n := b.whole(pr, "B"); n != 1 {
		b.Errorf("%d papers are B and nothing else", n)
	}
}

// Half a header, too: the fresh printer's first words must not be taken for the
// rest of a picture.
func TestAFreshLineClearsWhatItFinds(t *testing.T) {
	for _, stale := range []string{"\x1dv0", "\x1dv0\x00\x48\x00\xf0\x00", "\x1dv0\x00\x48\x00\xf0\x00\xff\xff", "\x1d(L\x0e\x00\x30", "\x1b*\x21\x40\x02"} {
		for name, cfg := range map[string]twin.PrinterConfig{"": {}, "clone": {NoProcessID: true, NoAutoStatus: true}} {
			onBench(t, cfg, false, func(b *bench) {
				if _, err := b.line.Write([]byte(stale)); err != nil {
					t.Fatal(err)
				}
				pr := b.printer(printer.Profile{})
				if out := b.print(pr, "B"); out.Result == printer.Failed || b.whole(pr, "B") != 1 {
					t.Errorf("% x %s: %+v, %d papers", stale, name, out, b.whole(pr, "B"))
				}
			})
		}
	}
}

// After the cable is back the next paper is whole and alone, wherever the one
// before broke off.
func TestUnpluggedInTheMiddle(t *testing.T) {
	img, err := printer.Layout(document("A"), printer.Profile{}.Paper())
	if err != nil {
		t.Fatal(err)
	}
	wire, err := printer.Encode(img, printer.Profile{})
	if err != nil {
		t.Fatal(err)
	}
	for at := 100; at < len(wire); at += 371 {
		onBench(t, twin.PrinterConfig{}, false, func(b *bench) { b.unplugged(at) })
	}
}

func (b *bench) unplugged(at int) {
	b.Helper()
	pr := b.printer(printer.Profile{})
	b.twin.UnplugAfter(at)
	out := b.print(pr, "A")
	if out.Reason != printer.ReasonUnplugged || out.Result != printer.Failed || out.Started != (out.Band > 0) || out.Band > out.Bands {
		b.Errorf("after %d bytes: %+v", at, out)
	}
	if err := b.twin.Plug(); err != nil {
		b.Fatal(err)
	}
	b.line.Open()
	next := b.printer(printer.Profile{})
	if pr.Unfinished() != out.Started {
		b.Errorf("after %d bytes: unfinished %v, %+v", at, pr.Unfinished(), out)
	}
	if pr.Unfinished() {
		if err := next.Interrupted(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.again(next)
	if next.Unfinished() {
		b.Error("unfinished after a whole paper")
	}
}

// Noise on the line may spoil a print, but whatever is said of it holds.
func TestNoiseTellsNoLie(t *testing.T) {
	onBench(t, twin.PrinterConfig{}, false, func(b *bench) {
		pr := b.printer(printer.Profile{})
		ctx, done := context.WithTimeout(b.Context(), time.Hour)
		defer done()
		for n := range 40 {
			before := b.whole(pr, "A")
			b.twin.AtRow(60, func(tw *twin.Printer) { tw.Garbage(1 + n*n) })
			out := b.print(pr, "A")
			got := b.whole(pr, "A") - before
			if out.Result >= printer.ProbablyPrinted && got != 1 {
				t.Errorf("%d bytes of noise: %+v, %d papers", 1+n*n, out, got)
			}
			if s, err := waitReady(ctx, pr); err != nil || !s.Ready() {
				t.Fatalf("%+v, %v", s, err)
			}
		}
		b.again(pr)
	})
}

func TestTheBandsAreTold(t *testing.T) {
	onBench(t, twin.PrinterConfig{}, false, func(b *bench) {
		pr := b.printer(printer.Profile{})
		var told []int
		out, err := pr.Print(b.Context(), document("A"), func(band, bands int) {
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
	})
}
