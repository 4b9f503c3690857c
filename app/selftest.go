package main

import (
	"context"
	"errors"

	"tramhoso/app/config"
	"tramhoso/app/devices"
	"tramhoso/app/upkeep"
	"tramhoso/device/port"
	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
	"tramhoso/device/printer/probe"
	"tramhoso/device/scanner"
	"tramhoso/sync/dossier"
)

// probing is the way of scans to a test while one runs.
type probing struct{ scans chan string }

// scansForTest hands what is scanned to a test until stop is called. It is nil
// where there is no scanner that could read.
func (s *station) scansForTest() (scans <-chan string, stop func()) {
	ready := false
	s.devices.Set(func() { ready = s.devices.ScannerPath != "" && s.devices.Scanner == port.Ready })
	if !ready {
		return nil, func() {}
	}
	p := &probing{make(chan string, 16)}
	s.devices.Set(func() { s.devices.probing = p })
	s.scan.Want(true)
	s.scan.Ask()
	return p.scans, func() {
		want := false
		s.devices.Set(func() { s.devices.probing, want = nil, s.devices.want })
		s.scan.Want(want)
	}
}

// forTest takes a scan if a test waits for one. A test that is too slow loses
// it: the person scans again.
func (d *serial) forTest(f scanner.Frame) bool {
	var p *probing
	d.Set(func() { p = d.probing })
	if p == nil {
		return false
	}
	if f.Fault == scanner.FaultNone {
		select {
		case p.scans <- f.Data:
		default:
		}
	}
	return true
}

var (
	// errNoPrinter: there is no open line to a printer.
	errNoPrinter = errors.New("no printer is connected")
	// errBrokeOff tells the printer that a part of the test may hang in it.
	errBrokeOff = errors.New("the test broke off")
)

// printTest lets the printer show that it works. A printer that was never
// measured is, if the station is to use what was measured; else a page comes out.
// Either has passed only when the station's own scanner has read back what was
// printed. Where no scanner is there, the printer's own word has to do.
func (s *station) printTest(ctx context.Context) error {
	var found probe.Measured
	measured := false
	s.devices.Set(func() { measured = s.devices.measured })
	err := s.testing(ctx, func(o probe.Options) (err error) {
		switch {
		case o.Scans == nil:
			found, err = pageAlone(ctx, o)
		case measured || s.cfg.Printer.Profile != config.Measured:
			found, err = probe.Check(ctx, o)
		default:
			if found, err = probe.Run(ctx, o); err == nil && found.Verdict == probe.Passed {
				err = s.keepMeasured(found)
			}
		}
		if err == nil && found.Reason != printer.ReasonNone {
			err = errBrokeOff
		}
		return err
	})
	switch {
	case errors.Is(err, errNoPrinter):
		return dossier.E(dossier.CodePrinterDown, err)
	case err != nil && !errors.Is(err, errBrokeOff):
		return err
	case found.Verdict != probe.Passed:
		f := upkeep.Failure{Why: "tool.reason-unread", Err: dossier.Errorf(dossier.CodePrinterDown, "the test is not passed: %s, %d codes not read", found.Reason, len(found.Unread))}
		if found.Reason != printer.ReasonNone {
			f.Why = "tool.reason-" + string(found.Reason)
		}
		return f
	}
	return nil
}

// pageAlone prints the page for people, without a code.
func pageAlone(ctx context.Context, o probe.Options) (probe.Measured, error) {
	found := probe.Measured{Model: o.Base}
	m, err := printer.New(o.Port, o.Base.Profile)
	if err != nil {
		return found, err
	}
	doc, err := probe.Page(o.Base, o.Line)
	if err != nil {
		return found, err
	}
	found.Page, err = m.Print(ctx, doc, nil)
	found.Reason = found.Page.Reason
	if found.Page.Result == printer.Printed || found.Page.Result == printer.ProbablyPrinted {
		found.Verdict = probe.Passed
	}
	return found, err
}

// keepMeasured saves what was measured and has it used from now on.
func (s *station) keepMeasured(found probe.Measured) error {
	file, err := found.File(s.cfg.Printer.Path, s.clock.Now())
	if err == nil {
		err = models.Save(s.cfg.Storage, file)
	}
	if err != nil {
		return err
	}
	p := found.Model.Profile
	s.log.Info("the printer was measured", "model", p.Name, "width", p.WidthDots, "doubling", !p.NoDoubling, "marks", !p.NoProcessID)
	var again func()
	s.devices.Set(func() { again = s.devices.again })
	if again != nil {
		again()
	}
	return nil
}

// testing lends the printer's line and the scanner to a test.
func (s *station) testing(ctx context.Context, test func(probe.Options) error) error {
	m := s.devices.machine()
	if m == nil {
		return errNoPrinter
	}
	scans, stop := s.scansForTest()
	defer stop()
	defer s.tellStep(probe.Step{Say: probe.SayAsking})
	line := s.code() + "  " + words("vi").DateTime(s.clock.Now())
	return m.Borrow(ctx, func(p printer.Port) error {
		return test(probe.Options{Port: p, Base: s.printerModel(), Scans: scans, Say: s.tellStep, Line: line, ScanWait: devices.ScanTime})
	})
}

// tellStep shows a moment of the test on the technician's screen.
func (s *station) tellStep(step probe.Step) {
	if step.Say == probe.SayScan {
		s.scan.Ask()
	}
	var tell func()
	s.devices.Set(func() { s.devices.step, tell = step, s.devices.steps })
	if tell != nil {
		tell()
	}
}

// testScan is a moment of the test in the screen's words; nothing for what needs
// no hand.
func testScan(s probe.Step) upkeep.TestScan {
	out := upkeep.TestScan{N: s.N, Of: s.Of}
	switch s.Say {
	case probe.SayScan, probe.SayForeign:
		out.Key = "test-measure"
		if s.Of == 1 {
			out.Key = "test-scan"
		}
	case probe.SayOlder:
		out.Key = "test-older"
	case probe.SayAgain:
		out.Key = "test-again"
	default:
		return upkeep.TestScan{}
	}
	return out
}
