package printer_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"tramhoso/device/printer"
	"tramhoso/device/twin"
)

// rumours are automatic statuses that noise may form.
var rumours = map[string][]byte{
	"paper-out": {0x18, 0, 0x0c, 0}, "cover-open": {0x38, 0, 0, 0}, "cutter": {0x18, 0x08, 0, 0}, "hardware": {0x18, 0x20, 0, 0},
	"hot": {0x18, 0x40, 0, 0}, "offline": {0x58, 0, 0, 0}, "near end": {0x10, 0, 0x03, 0},
}

// An automatic status that the printer never sent breaks no paper off, is told
// to nobody and is written down once.
func TestNoiseIsNotTakenForAReport(t *testing.T) {
	kinds := []struct {
		name string
		cfg  twin.PrinterConfig
		p    printer.Profile
		flow bool
		want printer.Result
	}{
		{"confirming", twin.PrinterConfig{}, printer.Profile{}, false, printer.Printed},
		{"holds the line", twin.PrinterConfig{BufferBytes: 4096, Flow: twin.FlowXonXoff, RowsPerSecond: 600}, printer.Profile{Flow: printer.FlowXOnXOff}, true, printer.Printed},
		{"slow line", twin.PrinterConfig{Baud: 9600, RowsPerSecond: 600}, printer.Profile{Baud: 9600}, false, printer.Printed},
		{"no marks", twin.PrinterConfig{NoProcessID: true}, printer.Profile{}, false, printer.ProbablyPrinted},
		{"no marks, no reports", twin.PrinterConfig{NoProcessID: true, NoAutoStatus: true}, printer.Profile{}, false, printer.ProbablyPrinted},
		{"answers nothing", twin.PrinterConfig{Clone: true}, printer.Profile{}, false, printer.Unknown},
	}
	for _, k := range kinds {
		for _, m := range moments {
			for name, bytes := range rumours {
				t.Run(k.name+"/"+m.name+"/"+name, func(t *testing.T) {
					onBench(t, k.cfg, k.flow, func(b *bench) {
						pr := b.printer(k.p)
						told, written := b.follow(pr)
						m.at(b.twin, func(tw *twin.Printer) { tw.Noise(bytes...) })
						if out := b.print(pr, "A"); out.Result != k.want || out.Reason != printer.ReasonNone || b.whole(pr, "A") != 1 {
							b.Errorf("%+v, %d whole papers", out, b.whole(pr, "A"))
						}
						if s, err := pr.Recover(b.Context()); err != nil || s.Trouble() != printer.ReasonNone {
							b.Errorf("%+v, %v", s, err)
						}
						for _, s := range *told {
							if s.Trouble() != printer.ReasonNone || s.Paper == printer.PaperNearEnd {
								b.Errorf("somebody was told %+v", s)
							}
						}
						if n := strings.Count(written.String(), "\n"); n > 1 {
							b.Errorf("written down %d times:\n%s", n, written)
						}
						if k.want != printer.Unknown {
							b.again(pr)
						}
					})
				})
			}
		}
	}
}

// follow collects what a printer tells and has written down.
func (b *bench) follow(pr *printer.Printer) (*[]printer.Status, *bytes.Buffer) {
	var told []printer.Status
	pr.Watch(func(s printer.Status) { told = append(told, s) })
	var written bytes.Buffer
	pr.Log(slog.New(slog.NewTextHandler(&written, nil)))
	return &told, &written
}

func TestARumourIsWrittenDown(t *testing.T) {
	onBench(t, twin.PrinterConfig{}, false, func(b *bench) {
		pr := b.printer(printer.Profile{})
		_, written := b.follow(pr)
		for range 2 {
			b.twin.AtRow(60, func(tw *twin.Printer) { tw.Noise(rumours["cutter"]...) })
			b.twin.AtRow(200, func(tw *twin.Printer) { tw.Noise(rumours["hardware"]...) })
			if out := b.print(pr, "A"); out.Result != printer.Printed {
				b.Errorf("%+v", out)
			}
		}
		if got := written.String(); strings.Count(got, "\n") != 2 || !strings.Contains(got, "report=cutter") {
			b.Errorf("written down for two papers:\n%s", got)
		}
	})
}

// A trouble that is there is believed at once, whatever noise came before it,
// and however little the printer answers.
func TestATroubleAmidNoise(t *testing.T) {
	for _, k := range []struct {
		name string
		cfg  twin.PrinterConfig
		p    printer.Profile
		flow bool
	}{
		{"answers", twin.PrinterConfig{}, printer.Profile{}, false},
		{"only reports", twin.PrinterConfig{NoRealTime: true, NoProcessID: true}, printer.Profile{}, false},
		{"holds the line", twin.PrinterConfig{BufferBytes: 4096, Flow: twin.FlowXonXoff, RowsPerSecond: 600}, printer.Profile{Flow: printer.FlowXOnXOff}, true},
		{"holds the line, only reports", twin.PrinterConfig{NoRealTime: true, NoProcessID: true, BufferBytes: 4096, Flow: twin.FlowXonXoff, RowsPerSecond: 600}, printer.Profile{Flow: printer.FlowXOnXOff}, true},
	} {
		for noise, bytes := range map[string][]byte{"": nil, "false well": {0x10, 0, 0, 0}, "false hot": rumours["hot"], "false cover": rumours["cover-open"], "half a report": {0x10, 0}, "rubbish": {0xff, 0x80}, "half a block": {0x37, 0x22}} {
			for _, f := range faults {
				t.Run(k.name+"/"+noise+"/"+f.name, func(t *testing.T) {
					onBench(t, k.cfg, k.flow, func(b *bench) {
						pr := b.printer(k.p)
						if k.cfg.NoRealTime { // it is known to report since it said that it is well
							b.print(pr, "trước")
						}
						b.twin.AtRow(90, func(tw *twin.Printer) {
							tw.Noise(bytes...)
							f.strike(tw)
						})
						began := time.Now()
						out := b.print(pr, "A")
						out.Band, out.Bands = 0, 0
						want := printer.Outcome{Reason: f.reason, Started: true}
						if out.Result == printer.Unknown && k.cfg.NoRealTime && noise == "half a block" {
							return // its one report may be taken for the block's end: then a person is asked
						}
						if out != want {
							b.Errorf("%+v, want %+v", out, want)
						}
						if took := time.Since(began); took > 12*time.Second {
							b.Errorf("said after %s", took)
						}
						f.help(b.twin)
						if k.cfg.NoRealTime {
							b.twin.OK() // it hears no DLE ENQ that a freed knife waits for
						}
						ready, done := context.WithTimeout(b.Context(), longWait)
						defer done()
						if s, err := waitReady(ready, pr); err != nil || !s.Ready() {
							b.Errorf("never ready again: %+v, %v", s, err)
						}
					})
				})
			}
		}
	}
}

// A cover that was opened for a moment between two looks is told by nobody; the
// printer went on by itself.
func TestARumourThatIsOver(t *testing.T) {
	onBench(t, twin.PrinterConfig{}, false, func(b *bench) {
		pr := b.printer(printer.Profile{})
		b.twin.AtRow(90, func(tw *twin.Printer) { tw.Hot(); tw.Cool() })
		ctx, done := context.WithTimeout(b.Context(), longWait)
		defer done()
		if out, err := pr.Print(ctx, document("A"), nil); err != nil || out.Result != printer.Printed || b.whole(pr, "A") != 1 {
			b.Errorf("%+v, %v", out, err)
		}
	})
}
