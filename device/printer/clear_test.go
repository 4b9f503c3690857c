package printer_test

import (
	"testing"

	"tramhoso/device/printer"
	"tramhoso/device/twin"
)

// After the paper ended, what is still in a printer that hears DLE DC4 8 does
// not come out on the new roll.
func TestNoStaleStripOnTheNewRoll(t *testing.T) {
	for can, strips := range map[bool]int{true: 0, false: 1} {
		onBench(t, twin.PrinterConfig{KeepsBuffer: true}, false, func(b *bench) {
			pr := b.printer(printer.Profile{ClearSequence: can})
			b.twin.AtRow(90, (*twin.Printer).PaperOut)
			if out := b.print(pr, "A"); out.Reason != printer.ReasonPaperOut {
				b.Fatalf("%+v", out)
			}
			b.twin.OK()
			if out := b.print(pr, "B"); out.Result != printer.Printed || b.whole(pr, "B") != 1 {
				b.Errorf("%+v", out)
			}
			if n := len(b.twin.Papers()) - 1; n != strips {
				b.Errorf("DLE DC4 8 %v: %d strips before the paper", can, n)
			}
		})
	}
}
