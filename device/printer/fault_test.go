package printer_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/device/printer"
	"tramhoso/device/twin"
)

// longWait ends a wait that has no end.
const longWait = 5 * time.Minute

func document(title string) printer.Document {
	run := func(s string) []printer.Run { return []printer.Run{{Text: s}} }
	return printer.Document{Blocks: []printer.Block{
		printer.Text{Align: printer.Center, Runs: []printer.Run{{Text: title, Size: printer.Title, Bold: true}}},
		printer.Text{Invert: true, Align: printer.Center, Runs: []printer.Run{{Text: "ĐÃ NHẬN TẠI ĐIỂM NÀY", Bold: true}}},
		printer.Text{Runs: run("Người gửi: H’ Bia Niê, Buôn Ea Bông, phường Buôn Ma Thuột")},
		printer.Columns{Left: run("Lệ phí"), Right: []printer.Run{{Text: "16.000 đồng", Bold: true}}},
		printer.Rule{Dashed: true},
		printer.QR{Payload: "HTTPS://TRAM.EXAMPLE.VN/S/MFRGG2LTMFRGG2LTMFRGG2LT#ORSXG5A2ORSXG5A276"}, printer.Text{Runs: run("Mã này kiểm tra được ở mọi trạm")},
	}}
}

// bench is a simulated printer and the line to it, in virtual time.
type bench struct {
	*testing.T
	twin *twin.Printer
	line *twin.Wire
}

// onBench runs a test in a bubble, so that waits cost nothing. With xonXoff
// the driver heeds XOFF.
func onBench(t *testing.T, cfg twin.PrinterConfig, xonXoff bool, test func(*bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		tw, line, err := twin.NewWiredPrinter(cfg, xonXoff)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := tw.Close(); err != nil {
				t.Error(err)
			}
		})
		test(&bench{T: t, twin: tw, line: line})
	})
}

func (b *bench) printer(p printer.Profile) *printer.Printer {
	b.Helper()
	if p.Baud == 0 {
		p.Baud = 115200
	}
	pr, err := printer.New(b.line, p)
	if err != nil {
		b.Fatal(err)
	}
	return pr
}

func (b *bench) print(pr *printer.Printer, title string) printer.Outcome {
	b.Helper()
	ctx, done := context.WithTimeout(b.Context(), longWait)
	defer done()
	out, err := pr.Print(ctx, document(title), nil)
	if err != nil && out.Reason != printer.ReasonUnplugged && out.Result == printer.Failed {
		b.Errorf("%+v, %v", out, err)
	}
	return out
}

// whole counts the papers on which all of a document is, alone or below what
// hung in the printer before.
func (b *bench) whole(pr *printer.Printer, title string) int {
	b.Helper()
	want, err := printer.Layout(document(title), pr.Profile().Paper())
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for _, p := range append(b.twin.Papers(), b.twin.Partials()...) {
		if bytes.Equal(p.Image.Pix, want.Pix) {
			n++
		}
	}
	return n
}

// fault is something that happens to a printer, and how a person ends it.
type fault struct {
	name   string
	strike func(*twin.Printer)
	help   func(*twin.Printer)
	reason printer.Reason
}

func ok(tw *twin.Printer) { tw.OK() }

var faults = []fault{
	{"paper-out", (*twin.Printer).PaperOut, ok, printer.ReasonPaperOut},
	{"cover-open", (*twin.Printer).CoverOpen, (*twin.Printer).CoverClosed, printer.ReasonCoverOpen},
	{"cutter", (*twin.Printer).CutterJam, func(tw *twin.Printer) {
		tw.FreeCutter() // a hand: the error stays until the printer is told
	}, printer.ReasonCutter},
	{"hardware", (*twin.Printer).Hardware, (*twin.Printer).PowerCycle, printer.ReasonHardware},
}

// moments of a print, and how much of the paper is there then.
var moments = []struct {
	name    string
	at      func(*twin.Printer, func(*twin.Printer))
	started bool
	whole   bool
}{
	{"before", func(tw *twin.Printer, f func(*twin.Printer)) { f(tw) }, false, false},
	{"mid-band", func(tw *twin.Printer, f func(*twin.Printer)) { tw.AtRow(90, f) }, true, false},
	{"before-cut", func(tw *twin.Printer, f func(*twin.Printer)) { tw.BeforeCut(f) }, true, true},
	{"after-cut", func(tw *twin.Printer, f func(*twin.Printer)) { tw.AfterCut(f) }, true, true},
}

// Every fault at every moment, on a printer that can confirm and on one that
// cannot: what is on paper, what is said, and that the next paper is whole and
// alone after a person has helped.
func TestFaultsAndMoments(t *testing.T) {
	for _, kind := range []struct {
		name string
		cfg  twin.PrinterConfig
		p    printer.Profile
		fine printer.Result
	}{
		{"confirming", twin.PrinterConfig{}, printer.Profile{}, printer.Printed},
		{"clone", twin.PrinterConfig{NoProcessID: true, NoAutoStatus: true, BufferBytes: 4096}, printer.Profile{}, printer.ProbablyPrinted},
		{"keeps its buffer", twin.PrinterConfig{KeepsBuffer: true}, printer.Profile{}, printer.Printed},
		{"keeps a small buffer", twin.PrinterConfig{KeepsBuffer: true, BufferBytes: 4096, RowsPerSecond: 600}, printer.Profile{}, printer.Printed},
		{"keeps its buffer, no marks", twin.PrinterConfig{KeepsBuffer: true, NoProcessID: true, NoAutoStatus: true, BufferBytes: 4096}, printer.Profile{}, printer.ProbablyPrinted},
		{"keeps its buffer, can clear it", twin.PrinterConfig{KeepsBuffer: true}, printer.Profile{ClearSequence: true}, printer.Printed},
	} {
		for _, f := range faults {
			for _, m := range moments {
				t.Run(kind.name+"/"+f.name+"/"+m.name, func(t *testing.T) {
					onBench(t, kind.cfg, false, func(b *bench) {
						pr := b.printer(kind.p)
						m.at(b.twin, f.strike)
						out := b.print(pr, "A")
						want := printer.Outcome{Reason: f.reason, Started: m.started}
						if m.whole && kind.fine == printer.Printed {
							// It has answered for the picture. A clone answers
							// for nothing before the cut is done.
							want.Result = printer.Printed
						}
						out.Band, out.Bands = 0, 0
						if out != want {
							b.Errorf("%+v, want %+v", out, want)
						}
						f.help(b.twin)
						b.again(pr)
						if n := b.whole(pr, "A"); n > 0 != m.whole {
							b.Errorf("A is on %d papers", n)
						}
					})
				})
			}
		}
	}
}

// Somebody who borrowed the line may leave the printer in the middle of a
// picture: the next paper is whole all the same, and what hangs there is cut off.
func TestBorrowedAndLeftInTheMiddle(t *testing.T) {
	onBench(t, twin.PrinterConfig{}, false, func(b *bench) {
		pr := b.printer(printer.Profile{})
		if out := b.print(pr, "Trước"); out.Result != printer.Printed {
			b.Fatalf("%+v", out)
		}
		torn := errors.New("torn")
		err := pr.Borrow(b.Context(), func(p printer.Port) error {
			half := append([]byte{0x1d, 'v', '0', 0, 72, 0, 40, 0}, bytes.Repeat([]byte{0xff}, 72*10)...)
			if _, err := p.Write(half); err != nil {
				return err
			}
			return torn
		})
		if !errors.Is(err, torn) {
			b.Fatal(err)
		}
		if out := b.print(pr, "Sau"); out.Result != printer.Printed || b.whole(pr, "Sau") != 1 {
			b.Errorf("%+v, %d whole papers of %d", out, b.whole(pr, "Sau"), len(b.twin.Papers()))
		}
	})
}
