package main

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"tramhoso/app/upkeep"
	"tramhoso/device/printer/models"
	"tramhoso/device/printer/probe"
	"tramhoso/device/twin"
)

// A printer that is not the measured one is taken for a common one, and the
// technician is told.
func TestAnotherPrinter(t *testing.T) {
	room := t.TempDir()
	printer, err := twin.NewPrinter(twin.PrinterConfig{Link: filepath.Join(room, "printer")})
	must(t, err)
	t.Cleanup(func() { must(t, printer.Close()) })
	cfg := quiet(t, t.TempDir())
	cfg.Printer.Path = filepath.Join(room, "printer")
	common, _ := models.Get(models.Common)
	common.Profile.WidthDots = 384
	must(t, models.Save(cfg.Storage, models.File{Model: common, Device: &models.Device{Path: cfg.Printer.Path, Identity: "EPSON, TM-T20III"}, At: time.Unix(1e9, 0), Scans: 3}))
	b := openBooth(t, cfg)
	b.until("the printer", func() bool { return b.devices.Ready(cfg) })
	f := b.upkeepFacts()
	if !f.OtherPrinter || f.PaperMM != 80 || b.printerModel().Profile.WidthDots != 576 {
		t.Errorf("another printer: %v, %d mm, %+v", f.OtherPrinter, f.PaperMM, b.printerModel().Profile)
	}
	if l := upkeep.Lines(f)[0]; l.Health != upkeep.Fix || l.Word != "part.printer-other" {
		t.Errorf("%+v", l)
	}
}

func TestStepsInWords(t *testing.T) {
	w := words("vi")
	for say, want := range map[probe.Say]string{probe.SayScan: "test-measure", probe.SayForeign: "test-measure", probe.SayAgain: "test-again", probe.SayOlder: "test-older", probe.SayPrinting: "", probe.SayRead: ""} {
		s := testScan(probe.Step{Say: say, N: 2, Of: 3})
		if s.Key != want {
			t.Errorf("%d is told as %q, not %q", say, s.Key, want)
		}
		if s.Key != "" && w.T("upkeep."+s.Key, "n", s.N, "of", s.Of) == "" {
			t.Errorf("%q has no words", s.Key)
		}
	}
	if s := testScan(probe.Step{Say: probe.SayScan, N: 1, Of: 1}); s.Key != "test-scan" {
		t.Errorf("%+v", s)
	}
}

// A test that waits for a code ends with the program, and gives the line back.
func TestTestEndsWithTheProgram(t *testing.T) {
	room := t.TempDir()
	cfg := quiet(t, t.TempDir())
	cfg.Printer.Path, cfg.Scanner.Path = filepath.Join(room, "printer"), filepath.Join(room, "scanner")
	printer, err := twin.NewPrinter(twin.PrinterConfig{Link: cfg.Printer.Path})
	must(t, err)
	t.Cleanup(func() { must(t, printer.Close()) })
	scanner, err := twin.NewScanner(twin.ScannerConfig{Link: cfg.Scanner.Path})
	must(t, err)
	t.Cleanup(func() { must(t, scanner.Close()) })
	b := openBooth(t, cfg)
	b.until("the devices", func() bool { return b.devices.Ready(cfg) })
	tested := make(chan error, 1)
	go func() { tested <- b.test(context.Background(), upkeep.Printer) }()
	b.until("a test that waits for its code", func() bool { return b.upkeepFacts().Scan.Of > 0 })
	b.cancel()
	if err := <-tested; !errors.Is(err, context.Canceled) {
		t.Errorf("the test ended with %v", err)
	}
}
