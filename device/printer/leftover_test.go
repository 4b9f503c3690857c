package printer_test

import (
	"fmt"
	"testing"

	"tramhoso/device/printer"
	"tramhoso/device/twin"
)

// A printer that hears DLE ENQ 2 only in a cutter error prints on the new roll
// what it still held, and may then wait for the rest of a picture. The next
// paper is whole and alone all the same.
func TestWhatComesOutOnTheNewRoll(t *testing.T) {
	for name, cfg := range map[string]twin.PrinterConfig{
		"ample buffer":      {KeepsBuffer: true, RowsPerSecond: 300},
		"small buffer":      {KeepsBuffer: true, RowsPerSecond: 300, BufferBytes: 4096},
		"no marks, no ASB":  {KeepsBuffer: true, RowsPerSecond: 300, BufferBytes: 4096, NoProcessID: true, NoAutoStatus: true},
		"at once, 9,600 Bd": {KeepsBuffer: true, Baud: 9600, BufferBytes: 4096},
	} {
		for row := 5; row < 260; row += 51 {
			t.Run(fmt.Sprintf("%s, row %d", name, row), func(t *testing.T) {
				onBench(t, cfg, false, func(b *bench) {
					pr := b.printer(printer.Profile{Baud: cfg.Baud})
					b.twin.PaperOutAfter(row)
					b.want(b.print(pr, "A"), printer.Failed, printer.ReasonPaperOut)
					b.twin.OK()
					b.again(pr)
					if n := b.whole(pr, "A"); n != 0 {
						t.Errorf("%d papers are A", n)
					}
				})
			})
		}
	}
}

// A printer that is stuck in a picture though nothing was known to hang in it
// is freed for the paper after.
func TestAPictureThatSomebodyElseBegan(t *testing.T) {
	onBench(t, twin.PrinterConfig{KeepsBuffer: true}, false, func(b *bench) {
		pr := b.printer(printer.Profile{})
		b.want(b.print(pr, "A"), printer.Printed, printer.ReasonNone)
		if _, err := b.line.Write([]byte{0x1d, 'v', '0', 0, 8, 0, 240, 0, 0xff}); err != nil {
			t.Fatal(err)
		}
		b.want(b.print(pr, "C"), printer.Failed, printer.ReasonStalled)
		b.again(pr)
	})
}
