package bench

import (
	"context"
	"errors"
	"time"

	"tramhoso/app/upkeep"
	"tramhoso/device/port"
	"tramhoso/device/power"
	"tramhoso/device/scanner"
)

type testCommand struct {
	Printer testPrinter `cmd:"" help:"Measure the printer: prints a strip of codes for the scanner to read back, and a page; keeps what it found. Enter gives a code up."`
	Page    testPage    `cmd:"" help:"Print a test page on the page printer and wait until it is out."`
	Power   testPower   `cmd:"" help:"Ask the uninterruptible supply how the mains and its battery are."`
	Scanner testScanner `cmd:"" help:"Scan anything: says what it is and how the scanner sends it, never what is in it."`
}

type testScanner struct{}

type testPower struct{}

// Run asks the supply once.
func (testPower) Run(ctx context.Context, d *Command, t *Terminal) error {
	b := d.open(t)
	if err := b.refuse(); err != nil {
		return err
	}
	if b.cfg.Power.UPS == "" {
		b.say("power-none")
		return exitNotKnown
	}
	k, err := b.newKnown()
	if err != nil {
		return err
	}
	defer k.close()
	ups, err := power.Parse(b.cfg.Power.UPS)
	if err != nil {
		return err
	}
	now := power.Ask(ctx, ups)
	if ctx.Err() != nil {
		return exitNotKnown
	}
	k.power.Hear(now)
	status := b.tellPart(b.facts(k), upkeep.Power)
	if now.Why != power.WhyNone {
		b.say("power-"+string(now.Why), "ups", b.cfg.Power.UPS)
		return exitNeedsHand
	}
	return status
}

// scanWait is how long a test waits for a person to scan something.
const scanWait = time.Minute

// errNothingScanned ends a test that nobody answered.
var errNothingScanned = errors.New("nothing was scanned")

// Run waits for one scan.
func (testScanner) Run(ctx context.Context, d *Command, c *Terminal) error {
	b := d.open(c)
	if err := b.refuse(); err != nil {
		return err
	}
	ctx, stop := context.WithTimeoutCause(ctx, scanWait, errNothingScanned)
	defer stop()
	var got scanner.Frame
	var heard tap
	err := b.withScanner(func(p port.Port) error {
		b.say("scan-now")
		heard.Port = p
		ctx, done := context.WithCancel(ctx)
		defer done()
		err := b.scan(ctx, &heard, func(f scanner.Frame) {
			if got == (scanner.Frame{}) {
				got = f
				time.AfterFunc(scanner.Silence, done) // the LF of a CR LF is still to come
			}
		})
		if got != (scanner.Frame{}) {
			return nil
		}
		return err
	})
	switch {
	case errors.Is(context.Cause(ctx), errNothingScanned):
		b.say("scan-nothing")
		return exitNeedsHand
	case ctx.Err() != nil:
		return exitNotKnown // a person has ended it
	case err != nil:
		return b.cannotOpen(upkeep.Scanner, err)
	}
	b.line(b.scanned(got))
	if device := b.cfg.Scanner.Device(); !device.Replies() && (device.Protocol == "" || device.Protocol == scanner.ProtocolPlain) {
		b.say("framing-" + heard.framing())
	} else {
		b.say("framing-protocol", "name", b.cfg.Scanner.Model)
	}
	if got.Fault != scanner.FaultNone {
		return exitNeedsHand
	}
	return nil
}

// scan lights the scanner and hands on what it reads, until ctx ends.
func (b *bench) scan(ctx context.Context, p port.Port, emit func(scanner.Frame)) error {
	s, err := b.newScanner()
	if err != nil {
		return err
	}
	return s.Run(ctx, p, emit)
}

// newScanner is the configured scanner, lit.
func (b *bench) newScanner() (*scanner.Scanner, error) {
	s, err := scanner.New(b.cfg.Scanner.Device(), clockOf(b.now))
	if err == nil {
		s.Want(true)
	}
	return s, err
}

// cannotOpen says why a device cannot be tested, in the words of its line.
func (b *bench) cannotOpen(p upkeep.Part, err error) error {
	k := &known{}
	k.Init(b.cfg)
	k.Printer, k.PrinterWhy, k.Scanner, k.ScannerWhy = lineState(err), err, lineState(err), err
	return b.tellPart(b.facts(k), p)
}

// tellPart says how one device is; its error is the exit status that goes with
// it. A station without that device has no line for it.
func (b *bench) tellPart(f upkeep.Facts, p upkeep.Part) error {
	for _, l := range deviceLines(f) {
		if l.Part != p {
			continue
		}
		name, says, note := l.Say(b.words)
		b.line(mark(l.Health) + " " + sentence(name, says, note))
		switch l.Health {
		case upkeep.Well:
			return nil
		case upkeep.Fix:
			return exitNeedsHand
		}
	}
	return exitNotKnown
}

// tap listens along on a scanner's line and keeps how it begins and ends what it
// sends: two bytes, never the code.
type tap struct {
	port.Port
	first, last, before byte
	n                   int
}

func (t *tap) Read(p []byte) (int, error) {
	n, err := t.Port.Read(p)
	for _, b := range p[:n] {
		if t.n == 0 {
			t.first = b
		}
		t.before, t.last = t.last, b
		t.n++
	}
	return n, err
}

// framing is how the scanner marks the end of a code.
func (t *tap) framing() string {
	const soh, stx, etx = 0x01, 0x02, 0x03
	switch {
	case t.first == soh:
		return "3m"
	case t.first == stx:
		return "stx"
	case t.before == '\r' && t.last == '\n':
		return "crlf"
	case t.last == '\r':
		return "cr"
	case t.last == '\n':
		return "lf"
	case t.last == etx:
		return "stx"
	}
	return "silence"
}
