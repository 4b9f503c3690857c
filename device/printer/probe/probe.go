package probe

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
)

const (
	// DefaultScanWait is how long a person may take for one code: to find it,
	// to fetch the scanner, to try again.
	DefaultScanWait = 90 * time.Second
	// DefaultReplyWait is how long the printer may take for one answer.
	DefaultReplyWait = printer.DefaultReplyWait
	// maxNonces bounds the search for codes without a real-time command in
	// their dots; a few per cent of all have one.
	maxNonces = 200
)

// Options are what a test needs.
type Options struct {
	// Port is the printer's open line, which nobody else uses meanwhile.
	Port printer.Port
	// Base is what is known of the printer so far; the zero value is a common
	// one.
	Base models.Model
	// Scans are what the station's scanner reads, one code each. Where there is
	// none, or it is closed, the printer is measured as far as it answers, nobody
	// is asked to scan, and the test is not passed.
	Scans <-chan string
	// Skip, when it can be received from, gives the code up that is asked for.
	Skip <-chan struct{}
	// Say is told every step, on Run's goroutine; nil is told nothing.
	Say func(Step)
	// Line is printed on the page, to tell papers apart: station and time.
	Line string
	// ScanWait and ReplyWait are DefaultScanWait and DefaultReplyWait when 0.
	ScanWait, ReplyWait time.Duration
	// After and Rand are time.After and crypto/rand when nil.
	After func(time.Duration) <-chan time.Time
	Rand  io.Reader

	rowsPerSecond int // of the slowest head
}

func (o *Options) say(s Step) {
	if o.Say != nil {
		o.Say(s)
	}
}

func (o *Options) fill() {
	if o.ScanWait == 0 {
		o.ScanWait = DefaultScanWait
	}
	if o.ReplyWait == 0 {
		o.ReplyWait = DefaultReplyWait
	}
	if o.After == nil {
		o.After = time.After
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.rowsPerSecond == 0 {
		o.rowsPerSecond = headRowsPerSecond
	}
	if o.Base.Profile.Name == "" {
		o.Base, _ = models.Get(models.Common)
	}
}

// Verdict is what a test ended in.
type Verdict int

// Verdicts. The zero value is no pass.
const (
	NotPassed Verdict = iota
	Passed
)

func (v Verdict) String() string { return [...]string{"not passed", "passed"}[v] }

// Measured is what a test found.
type Measured struct {
	Verdict Verdict
	// Reason is the printer's trouble, where it had one.
	Reason printer.Reason
	// Unread are the codes that did not come back.
	Unread []Code
	Scans  int // codes that did
	Self   Self
	// Model is the base with what was measured put over it.
	Model    models.Model
	Findings []Finding
	// Page is what became of the readable page.
	Page printer.Outcome
}

// ReasonGarbled: what the printer says is no answer to anything. The line has
// another rate, or the cable is broken; a strip would be metres of nonsense.
const ReasonGarbled printer.Reason = "garbled"

// ErrNotPassed: what did not pass is not kept.
var ErrNotPassed = errors.New("the printer's test was not passed")

// File is the station's own profile, for the printer on this line.
func (m Measured) File(path string, at time.Time) (models.File, error) {
	if m.Verdict != Passed {
		return models.File{}, ErrNotPassed
	}
	return models.File{Model: m.Model, Device: &models.Device{Path: path, Identity: m.Self.Identity()}, At: at.UTC().Truncate(time.Second), Scans: m.Scans}, nil
}

// Run measures a printer: it asks, prints the strip of proofs, waits for its
// codes, and prints a page with what it found for people to look at. The error
// says that the line or the context ended; everything else is in Measured.
func Run(ctx context.Context, o Options) (Measured, error) {
	o.fill()
	m := Measured{Model: o.Base}
	t := &talk{port: o.Port, baud: rate(o.Base.Profile.Baud), wait: o.ReplyWait, rowsPerSecond: o.rowsPerSecond}
	o.say(Step{Say: SayAsking})
	n, err := newNonce(o.Rand)
	if err != nil {
		return m, err
	}
	if m.Self, err = t.self(ctx); err != nil {
		return m, err
	}
	v, err := t.listen(ctx, [4]byte([]byte(n.text)))
	if err != nil {
		return m, fmt.Errorf("failed to ask the printer: %w", err)
	}
	m.recognise()
	m.heard(v)
	if m.Reason = v.trouble(); v.noise && !v.any() {
		m.Reason = ReasonGarbled
	}
	if m.Reason != printer.ReasonNone {
		return m, nil
	}
	s, n, err := o.strip(n, m.Model)
	if err != nil {
		return m, err
	}
	silent := !v.any()
	if silent {
		o.say(Step{Say: SaySilent, Baud: t.baud})
	}
	o.say(Step{Say: SayPrinting})
	if m.Reason, err = t.print(ctx, s, v); err != nil {
		return m, err
	}
	if m.Reason != printer.ReasonNone {
		return m, t.giveUp(ctx, m.Reason, s)
	}
	r := &reading{opts: &o, nonce: n, values: map[Code]int{}, silent: silent}
	m.Unread, err = t.waits(ctx, r, s.asked)
	m.Scans = r.scans
	m.read(r.values, s.asked)
	if err != nil {
		m.Reason, _ = lost(ctx, err)
		return m, fmt.Errorf("failed to wait for the codes: %w", err)
	}
	if silent && r.scans == 0 && o.Scans != nil {
		m.Reason = printer.ReasonSilent
		return m, nil
	}
	if len(m.Unread) == 0 {
		m.Verdict = Passed
	}
	o.say(Step{Say: SayPrinting})
	doc, err := page(m.Model, o.Line, "", m.Findings)
	if err != nil {
		return m, err
	}
	m.Page, err = o.page(ctx, m.Model.Profile, doc)
	if m.Page.Result == printer.Failed {
		m.Verdict, m.Reason = NotPassed, m.Page.Reason
	}
	return m, err
}

// Check is the short test: the page with one code, through the very path of
// every paper, with the profile that is in use.
func Check(ctx context.Context, o Options) (Measured, error) {
	o.fill()
	m := Measured{Model: o.Base}
	n, err := newNonce(o.Rand)
	if err != nil {
		return m, err
	}
	t := &talk{port: o.Port, baud: rate(o.Base.Profile.Baud), wait: o.ReplyWait, rowsPerSecond: o.rowsPerSecond}
	var v voice
	if !o.Base.Profile.NoStatus {
		if err := t.status(ctx, &v); err != nil {
			m.Reason, err = lost(ctx, err)
			return m, err
		}
	}
	switch {
	case v.any():
	case v.noise:
		m.Reason = ReasonGarbled
		return m, nil
	default:
		o.say(Step{Say: SaySilent, Baud: t.baud})
	}
	o.say(Step{Say: SayPrinting})
	doc, err := page(o.Base, o.Line, n.payload(CodePage, 0), nil)
	if err != nil {
		return m, err
	}
	if m.Page, err = o.page(ctx, o.Base.Profile, doc); err != nil || m.Page.Result == printer.Failed {
		m.Reason = m.Page.Reason
		return m, err
	}
	r := &reading{opts: &o, nonce: n, values: map[Code]int{}}
	if m.Unread, err = t.waits(ctx, r, []Code{CodePage}); err != nil {
		m.Reason, _ = lost(ctx, err)
		return m, fmt.Errorf("failed to wait for the code: %w", err)
	}
	if m.Scans = r.scans; len(m.Unread) == 0 {
		m.Verdict = Passed
	} else if !v.any() && o.Scans != nil {
		m.Reason = printer.ReasonSilent
	}
	return m, nil
}

// page prints the readable page as any paper is printed.
func (o *Options) page(ctx context.Context, p printer.Profile, doc printer.Document) (printer.Outcome, error) {
	m, err := printer.New(o.Port, p)
	if err != nil {
		return printer.Outcome{Reason: printer.ReasonDocument}, err
	}
	return m.Print(ctx, doc, nil)
}

// strip draws the proofs with codes that hold no real-time command.
func (o *Options) strip(n nonce, model models.Model) (strip, nonce, error) {
	p := model.Profile
	pl := plan{nonce: n, width: p.Paper().WidthDots, raster: p.Raster, graphics: model.GraphicsL != models.No, cut: p.Cut, tear: p.TearDots}
	for range maxNonces {
		s, err := newStrip(pl)
		if err != nil || !s.realTime() {
			return s, pl.nonce, err
		}
		if pl.nonce, err = newNonce(o.Rand); err != nil {
			return s, n, err
		}
	}
	return strip{}, n, errors.New("failed to draw a test strip without a real-time command")
}

const (
	// headRowsPerSecond is the slowest head that is reckoned with: 50 mm/s.
	headRowsPerSecond = 400
	// fastBaud is a line that can outrun such a head.
	fastBaud = 38400
)

// print sends the strip, never more than half a buffer ahead of a printer that
// can be asked, and finds out whether it came to a stop.
func (t *talk) print(ctx context.Context, s strip, v voice) (printer.Reason, error) {
	if err := t.send(ctx, []byte{esc, '@'}); err != nil {
		return lost(ctx, err)
	}
	ahead, rows := 0, 0
	for _, p := range s.pieces {
		if ahead > 0 && ahead+len(p.bytes) > printer.DefaultBufferBytes/2 {
			if reason, err := t.catchUp(ctx, rows, &v); err != nil || reason != printer.ReasonNone {
				return reason, err
			}
			ahead, rows = 0, 0
		}
		if err := t.send(ctx, p.bytes); err != nil {
			return lost(ctx, err)
		}
		ahead, rows = ahead+len(p.bytes), rows+p.rows
	}
	if err := t.send(ctx, s.cut); err != nil {
		return lost(ctx, err)
	}
	return t.catchUp(ctx, rows, &v)
}

// giveUp ends a strip that met a trouble. The rest of it must not become a part
// of the next paper: not every printer forgets it (DLE ENQ 2), so what there is
// of it is cut off.
func (t *talk) giveUp(ctx context.Context, reason printer.Reason, s strip) error {
	if reason == printer.ReasonStalled {
		return nil // it takes nothing
	}
	err := t.send(ctx, append([]byte{dle, 5, 2, esc, '@'}, s.cut...))
	if errors.Is(err, errStalled) {
		return nil
	}
	return err
}

// catchUp waits until the printer has taken what was sent, or can be thought to
// have, and asks a printer that answers how it is.
func (t *talk) catchUp(ctx context.Context, rows int, v *voice) (printer.Reason, error) {
	printing := time.Duration(rows) * time.Second / time.Duration(t.rowsPerSecond)
	switch {
	case v.short:
		err := t.barrier(ctx, printing+t.wait)
		if err == nil {
			break
		}
		if !errors.Is(err, errNoBarrier) {
			return lost(ctx, err)
		}
		v.short = false // its status will tell; if that is well, it is asked no more
	case t.baud > fastBaud:
		if err := pause(ctx, printing); err != nil {
			return lost(ctx, err)
		}
	}
	if !v.any() {
		return printer.ReasonNone, nil
	}
	var now voice
	if err := t.status(ctx, &now); err != nil {
		return lost(ctx, err)
	}
	return now.trouble(), nil
}

// lost names an error of the line.
func lost(ctx context.Context, err error) (printer.Reason, error) {
	switch {
	case ctx.Err() != nil:
		return printer.ReasonCancelled, err
	case errors.Is(err, errStalled):
		return printer.ReasonStalled, nil
	}
	return printer.ReasonUnplugged, err
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
