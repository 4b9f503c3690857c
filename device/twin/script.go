package twin

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Limits of a script.
const (
	maxScriptBytes = 64 << 10
	maxScriptLines = 1000 // a printer remembers more moments than that
	maxScriptNum   = 1_000_000_000
	maxScriptWait  = time.Hour
)

// word is a command that a person or a script may give.
type word struct {
	name string
	unit string // what its number counts; "" takes none
	help string
	do   func(p *Printer, n int) error
}

// plain is a command that cannot fail and takes no number.
func plain(f func(*Printer)) func(*Printer, int) error {
	return func(p *Printer, _ int) error {
		f(p)
		return nil
	}
}

// numbered is a command that cannot fail and takes a number.
func numbered(f func(*Printer, int)) func(*Printer, int) error {
	return func(p *Printer, n int) error {
		f(p, n)
		return nil
	}
}

// words are the commands, in the order of Words.
var words = []word{
	{"ok", "", "put everything right: paper in, cover closed, knife free, head cool, wire whole", plain((*Printer).OK)},
	{"near-end", "", "the roll soon ends", plain((*Printer).NearEnd)},
	{"paper-out", "", "the roll ends now", plain((*Printer).PaperOut)},
	{"paper-out-after", "rows", "the roll ends after so many more rows", numbered((*Printer).PaperOutAfter)},
	{"cover-open", "", "open the cover", plain((*Printer).CoverOpen)},
	{"cover-closed", "", "close it", plain((*Printer).CoverClosed)},
	{"cutter-jam", "", "block the knife", plain((*Printer).CutterJam)},
	{"free-cutter", "", "free it; the error stays until DLE ENQ or power-cycle", plain((*Printer).FreeCutter)},
	{"hot", "", "overheat the head", plain((*Printer).Hot)},
	{"cool", "", "let it cool", plain((*Printer).Cool)},
	{"hardware", "", "an error that only power-cycle ends", plain((*Printer).Hardware)},
	{"feed-down", "", "hold the feed button", plain(func(p *Printer) { p.FeedButton(true) })},
	{"feed-up", "", "let it go", plain(func(p *Printer) { p.FeedButton(false) })},
	{"tear", "", "tear the paper off by hand", plain((*Printer).Tear)},
	{"slow-head", "rows", "print so many rows a second; 0 is instant", numbered((*Printer).SlowHead)},
	{"power-cycle", "", "off and on: buffer, settings and automatic status are lost", plain((*Printer).PowerCycle)},
	{"silent", "", "cut the wire to the station", plain((*Printer).Silent)},
	{"late", "milliseconds", "let every answer take so much longer; ok ends it", numbered(func(p *Printer, n int) { p.Late(time.Duration(n) * time.Millisecond) })},
	{"interleave", "", "send XOFF and XON within every automatic status", plain((*Printer).Interleave)},
	{"garbage", "bytes", "send so many bytes of noise", numbered((*Printer).Garbage)},
	{"false-paper-out", "", "send noise that looks like an automatic status: no paper", plain(func(p *Printer) { p.Noise(falsePaperOut...) })},
	{"unplug", "", "pull the cable", func(p *Printer, _ int) error { return p.Unplug() }},
	{"plug", "", "put it back", func(p *Printer, _ int) error { return p.Plug() }},
	{"renumber", "", "pull it and put it in elsewhere: same link, other pts", func(p *Printer, _ int) error { return p.Renumber() }},
}

// Words describes every command, a line each.
func Words() string {
	var b strings.Builder
	for _, w := range words {
		name := w.name
		if w.unit != "" {
			name += " " + strings.ToUpper(w.unit)
		}
		fmt.Fprintf(&b, "  %-22s %s\n", name, w.help)
	}
	return b.String()
}

// ErrWord is a command that no printer knows.
var ErrWord = errors.New("not a command")

// command is a word with its number.
type command struct {
	word
	n    int
	text string
}

func parseCommand(fields []string) (command, error) {
	if len(fields) == 0 {
		return command{}, fmt.Errorf("%w: nothing", ErrWord)
	}
	for _, w := range words {
		if w.name != fields[0] {
			continue
		}
		c := command{word: w, text: strings.Join(fields, " ")}
		switch {
		case w.unit == "" && len(fields) > 1:
			return c, fmt.Errorf("%s takes nothing behind it, not %q", w.name, fields[1])
		case w.unit != "" && len(fields) != 2:
			return c, fmt.Errorf("%s takes one number of %s", w.name, w.unit)
		case w.unit != "":
			n, err := parseNumber(fields[1])
			if err != nil {
				return c, fmt.Errorf("%s: %w", w.name, err)
			}
			c.n = n
		}
		return c, nil
	}
	return command{}, fmt.Errorf("%w: %q", ErrWord, fields[0])
}

// parseNumber reads plain digits.
func parseNumber(s string) (int, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n > maxScriptNum || s != strconv.FormatUint(n, 10) {
		return 0, fmt.Errorf("%q is no number from 0 to %d", s, maxScriptNum)
	}
	return int(n), nil
}

// run carries a command out and tells OnFault, before what follows from it and
// not before it is done.
func (c command) run(p *Printer) error {
	if p.cfg.OnFault != nil {
		p.mu.Lock()
		p.news = append(p.news, func() { p.cfg.OnFault(c.text) })
		p.mu.Unlock()
		defer p.speak()
	}
	if err := c.do(p, c.n); err != nil {
		return fmt.Errorf("failed to %s: %w", c.name, err)
	}
	return nil
}

// Do carries one command out at once, such as "paper-out" or "garbage 40"; see
// Words.
func (p *Printer) Do(text string) error {
	c, err := parseCommand(strings.Fields(text))
	if err != nil {
		return err
	}
	return c.run(p)
}

// line of a script: when, and what.
type scriptLine struct {
	command
	kind scriptKind
	n    int
	wait time.Duration
}

type scriptKind int

const (
	scriptNow scriptKind = iota
	scriptRow
	scriptByte
	scriptBeforeCut
	scriptAfterCut
	scriptAfter
)

// parseScript reads a script; an error names the line.
func parseScript(text string) ([]scriptLine, error) {
	if len(text) > maxScriptBytes {
		return nil, fmt.Errorf("a script of more than %d bytes", maxScriptBytes)
	}
	var out []scriptLine
	number := 0
	for raw := range strings.Lines(text) {
		number++
		if number > maxScriptLines {
			return nil, fmt.Errorf("a script of more than %d lines", maxScriptLines)
		}
		raw, _, _ = strings.Cut(raw, "#")
		fields := strings.Fields(raw)
		if len(fields) == 0 {
			continue
		}
		l, err := parseScriptLine(fields)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		out = append(out, l)
	}
	return out, nil
}

// String is the line as it may be written.
func (l scriptLine) String() string {
	moment := [...]string{"now", "row", "byte", "before-cut", "after-cut", "after"}[l.kind]
	switch l.kind {
	case scriptRow, scriptByte:
		moment += fmt.Sprintf(" %d", l.n)
	case scriptAfter:
		moment += " " + l.wait.String()
	}
	return moment + " " + l.text
}

// CheckScript says what is wrong with a script; the error names the line.
func CheckScript(text string) error {
	if _, err := parseScript(text); err != nil {
		return fmt.Errorf("failed to read a script: %w", err)
	}
	return nil
}

// IsMoment reports whether a line that begins with this word is one of a
// script.
func IsMoment(word string) bool {
	switch word {
	case "now", "row", "byte", "before-cut", "after-cut", "after":
		return true
	}
	return false
}

func parseScriptLine(fields []string) (l scriptLine, err error) {
	operand := false
	switch fields[0] {
	case "now":
		l.kind = scriptNow
	case "row":
		l.kind, operand = scriptRow, true
	case "byte":
		l.kind, operand = scriptByte, true
	case "before-cut":
		l.kind = scriptBeforeCut
	case "after-cut":
		l.kind = scriptAfterCut
	case "after":
		l.kind, operand = scriptAfter, true
	default:
		return l, fmt.Errorf("%q is no moment: now, row N, byte N, before-cut, after-cut, after DURATION", fields[0])
	}
	rest := fields[1:]
	if operand {
		if len(rest) == 0 {
			return l, fmt.Errorf("%s: when?", fields[0])
		}
		if l.kind == scriptAfter {
			l.wait, err = time.ParseDuration(rest[0])
			if err == nil && (l.wait < 0 || l.wait > maxScriptWait) {
				err = fmt.Errorf("%s is not between 0 and %s", rest[0], maxScriptWait)
			}
		} else {
			l.n, err = parseNumber(rest[0])
		}
		if err != nil {
			return l, fmt.Errorf("%s: %w", fields[0], err)
		}
		rest = rest[1:]
	}
	if l.command, err = parseCommand(rest); err != nil {
		return l, err
	}
	return l, nil
}

// Script arms faults, a line each: a moment and a command.
//
//	now near-end
//	row 120 paper-out      # when the paper under the head is 120 rows long
//	after 2s ok            # counted from when the line above happened
//	byte 500 unplug        # when 500 more bytes have come over the line
//	before-cut cover-open
//	after-cut garbage 40
//
// Each line happens once. Lines do not wait for each other, but for after,
// which follows the line above it; at the top it counts from now. What is
// behind # is not read. Nothing is armed of a script with an error, which names
// the line. What fails later is told by Close.
func (p *Printer) Script(text string) error {
	lines, err := parseScript(text)
	if err != nil {
		return fmt.Errorf("failed to read a script: %w", err)
	}
	for len(lines) > 0 {
		n := 1
		for n < len(lines) && lines[n].kind == scriptAfter {
			n++
		}
		p.armLine(lines[:n])
		lines = lines[n:]
	}
	return nil
}

// armLine arms the first line of a chain; the others are armed when it
// happens.
func (p *Printer) armLine(chain []scriptLine) {
	if len(chain) == 0 {
		return
	}
	l := chain[0]
	happen := func(p *Printer) {
		if err := l.run(p); err != nil {
			p.failed(err)
		}
		p.armLine(chain[1:])
	}
	switch l.kind {
	case scriptNow:
		happen(p)
	case scriptRow:
		p.AtRow(l.n, happen)
	case scriptByte:
		p.AtByte(l.n, happen)
	case scriptBeforeCut:
		p.BeforeCut(happen)
	case scriptAfterCut:
		p.AfterCut(happen)
	case scriptAfter:
		p.later(l.wait, happen)
	}
}

// later calls f after a while, unless the printer is closed before.
func (p *Printer) later(wait time.Duration, f func(*Printer)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.timed.Go(func() {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
			f(p)
		case <-p.over:
		}
	})
}
