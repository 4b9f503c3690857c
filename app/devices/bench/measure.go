package bench

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"tramhoso/app/devices"
	"tramhoso/app/upkeep"
	"tramhoso/device/port"
	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
	"tramhoso/device/printer/probe"
	"tramhoso/device/scanner"
)

type testPrinter struct {
	Quick bool `help:"Print one page with one code instead of measuring the printer; nothing is kept."`
}

// Run measures the printer with the scanner's help and keeps what it found.
func (q testPrinter) Run(ctx context.Context, d *Command, t *Terminal) error {
	b := d.open(t)
	if err := b.refuse(); err != nil {
		return err
	}
	var found probe.Measured
	err := withLine(devices.PrinterLine(b.cfg.Printer.Path, b.model.Profile), func(p port.Port) (err error) {
		o := probe.Options{Port: p, Base: b.model, Say: b.step, Line: b.words.DateTime(b.now()), ScanWait: devices.ScanTime}
		test := probe.Run
		if q.Quick {
			test = probe.Check
		}
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		k := &known{}
		if _, err := b.meet(ctx, k, p); err != nil {
			return err
		}
		o.Base = *k.Model
		if k.OtherPrinter {
			b.say("test-other")
		}
		o.Skip = b.skips(ctx)
		return b.withScans(ctx, func(s *scanner.Scanner, scans <-chan string) error {
			o.Scans = scans
			o.Say = func(step probe.Step) {
				b.step(step)
				if step.Say == probe.SayScan && s != nil {
					s.Ask()
				}
			}
			found, err = test(ctx, o)
			return err
		})
	})
	switch {
	case ctx.Err() != nil:
		b.say("test-ended")
		return exitNotKnown
	case err != nil:
		return b.cannotOpen(upkeep.Printer, err)
	}
	b.findings(found)
	if found.Verdict != probe.Passed {
		return b.failed(found)
	}
	b.say("test-passed")
	if q.Quick {
		return nil
	}
	return b.keep(found)
}

// withScans opens the scanner's line and hands its codes to a test. Without a
// scanner there are none, and s is nil, which is told.
func (b *bench) withScans(ctx context.Context, test func(s *scanner.Scanner, scans <-chan string) error) error {
	ran := false
	var result error
	err := b.withScanner(func(p port.Port) error {
		s, err := b.newScanner()
		if err != nil {
			return err
		}
		ctx, stop := context.WithCancel(ctx)
		scans, ended := make(chan string), make(chan struct{})
		go func() {
			defer close(ended)
			defer close(scans) // an unplugged scanner: nobody waits for its codes
			err := s.Run(ctx, p, func(f scanner.Frame) {
				if f.Fault != scanner.FaultNone {
					b.line(b.scanned(f))
					return
				}
				select {
				case scans <- f.Data:
				case <-ctx.Done():
				}
			})
			if ctx.Err() == nil {
				_ = b.cannotOpen(upkeep.Scanner, err) // told; the test ends by itself
			}
		}()
		defer func() { stop(); <-ended }()
		ran, result = true, test(s, scans)
		return nil
	})
	if ran {
		return errors.Join(result, err)
	}
	b.say("test-no-scanner")
	_ = b.cannotOpen(upkeep.Scanner, err) // told; the test goes on without
	return test(nil, nil)
}

// skips gives a code up for every line that the technician enters.
func (b *bench) skips(ctx context.Context) <-chan struct{} {
	if b.in == nil {
		return nil
	}
	skip := make(chan struct{})
	go func() { // ends with the program: a terminal cannot be told to stop
		for s := bufio.NewScanner(b.in); s.Scan(); {
			select {
			case skip <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return skip
}

// step tells a moment of the test.
func (b *bench) step(s probe.Step) {
	key := map[probe.Say]string{probe.SayAsking: "step-asking", probe.SayPrinting: "step-printing", probe.SayScan: "step-scan", probe.SayRead: "step-read",
		probe.SayAgain: "step-again", probe.SayOlder: "step-older", probe.SayForeign: "step-foreign", probe.SayUnread: "step-unread", probe.SaySilent: "step-silent"}[s.Say]
	b.say(key, "n", s.N, "of", s.Of, "which", b.words.T("tool.code-"+s.Code.String()), "s", int(s.Left/time.Second), "baud", s.Baud)
}

// findings tells what was found out, and what was not.
func (b *bench) findings(m probe.Measured) {
	if len(m.Findings) == 0 {
		return
	}
	b.line("")
	var rows []trait
	for _, f := range m.Findings {
		value := f.Value
		switch {
		case !f.Known:
			value = b.words.T("tool.unknown")
		case value == "yes" || value == "no":
			value = b.words.T("tool." + value)
		}
		rows = append(rows, trait{key: b.words.T("tool.trait-" + string(f.Trait)), value: value})
	}
	n := width(rows, func(t trait) string { return t.key })
	for _, r := range rows {
		b.line("  " + pad(r.key, n) + "  " + r.value)
	}
	b.line("")
}

// failed says why a test was not passed: the printer's own trouble first.
func (b *bench) failed(m probe.Measured) error {
	if m.Reason != printer.ReasonNone {
		b.say("test-trouble", "why", b.words.T("tool.reason-"+string(m.Reason)))
		return exitNeedsHand
	}
	for _, c := range m.Unread {
		b.say("test-unread", "which", b.words.T("tool.code-"+c.String()))
	}
	b.say("test-failed")
	return exitNeedsHand
}

// keep saves what was measured as the station's own profile.
func (b *bench) keep(m probe.Measured) error {
	file, err := m.File(b.cfg.Printer.Path, b.now())
	if err == nil {
		if err = models.Save(b.cfg.Storage, file); err == nil {
			err = handOver(b.cfg.Storage, models.SavedName)
		}
	}
	if err != nil {
		b.say("test-not-kept", "folder", b.cfg.Storage)
		b.line(indent(err.Error()))
		return exitNeedsHand
	}
	b.say("test-kept", "file", filepath.Join(b.cfg.Storage, models.SavedName))
	return nil
}

// handOver gives a file that root wrote to whoever owns the folder: the station
// does not run as root and must read it.
func handOver(folder, name string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	var st unix.Stat_t
	if err := unix.Stat(folder, &st); err != nil {
		return err
	}
	return os.Chown(filepath.Join(folder, name), int(st.Uid), int(st.Gid))
}
