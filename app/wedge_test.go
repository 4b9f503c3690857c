package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramhoso/app/devices"
	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/device/port"
	"tramhoso/device/scanner"
	"tramhoso/sync/dossier"
)

// A scanner that is listed among the keyboards is named to technicians, and
// forgotten when it is gone.
func TestWedgeIsNamed(t *testing.T) {
	b := openBooth(t, quiet(t, t.TempDir()))
	list := filepath.Join(t.TempDir(), "devices")
	ctx, cancel := context.WithCancel(t.Context())
	ended, told := make(chan error, 1), make(chan struct{}, 100)
	go func() { ended <- b.runWedges(ctx, list, time.Millisecond, func() { told <- struct{}{} }) }()
	keyboard := func() string {
		var f upkeep.Facts
		b.devices.tell(&f)
		return f.Keyboard
	}
	const device = "I: Bus=0003 Vendor=0c2e Product=0b61 Version=0111\nN: Name=\"Honeywell 1950g\"\nH: Handlers=sysrq kbd event5\n\n"
	must(t, os.WriteFile(list, []byte(device), 0o600))
	b.until("the scanner's name", func() bool { return keyboard() == "Honeywell 1950g" })
	<-told
	b.until("word in the log", func() bool { return strings.Contains(b.log.String(), "USB serial (CDC)") })
	must(t, os.WriteFile(list, nil, 0o600))
	b.until("its end", func() bool { return keyboard() == "" })
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// One that no list names is caught by its speed, each time that it types. What
// it typed is in no log.
func TestWedgeIsCaught(t *testing.T) {
	b := openBooth(t, quiet(t, t.TempDir()))
	at, caught := time.Unix(0, 0), 0
	hear := b.typed(func() time.Time { return at }, func() { caught++ })
	machine := 0
	for range 2 {
		for _, r := range cardOf {
			at = at.Add(time.Millisecond)
			if hear(r) == kit.KeyMachine {
				machine++
			}
		}
		at = at.Add(time.Minute)
	}
	if machine < len(cardOf) || caught != 2 {
		t.Errorf("%d keys of a machine, told %d times", machine, caught)
	}
	var f upkeep.Facts
	b.devices.tell(&f)
	if f.Keyboard == "" {
		t.Error("technicians are not told")
	}
	if log := b.log.String(); strings.Count(log, "keyboard mode") != 1 || strings.Contains(log, "0661") {
		t.Errorf("the log:\n%s", log)
	}
}

// Every fault of a scanner's letters is named to technicians in a sentence of
// its own; what a hand did wrong is not.
func TestGarblingIsNamed(t *testing.T) {
	said := map[string]scanner.Fault{}
	for _, fault := range []scanner.Fault{scanner.FaultNone, scanner.FaultPartial, scanner.FaultTooLong, scanner.FaultControl, scanner.FaultFlood,
		scanner.FaultUTF16, scanner.FaultCP1258, scanner.FaultGBK, scanner.FaultTwice, scanner.FaultNotUTF8, scanner.FaultNotNFC, scanner.FaultSevenBits} {
		d := &devices.Serial{LastFault: fault, LastScan: time.Unix(1, 0), Scanner: port.Ready, ScannerPath: "x"}
		var f upkeep.Facts
		d.Tell(&f)
		for _, l := range upkeep.Lines(f) {
			if l.Part != upkeep.Scanner {
				continue
			}
			garbled := fault != scanner.FaultNone && devices.Unread(fault) == dossier.CodeScanGarbled
			if (l.Health == upkeep.Fix) != garbled {
				t.Errorf("%q: the scanner is %s", fault, l.Health)
			}
			for _, lang := range []string{"vi", "en"} {
				_, _, note := l.Say(words(lang))
				if before, twice := said[note]; garbled && (note == "" || strings.HasPrefix(note, "part.") || twice) {
					t.Errorf("%q says %q, as %q does", fault, note, before)
				}
				said[note] = fault
			}
		}
	}
}
