package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
)

// Self is what a printer says of itself.
type Self struct {
	Maker, Model, Serial string // GS I 66, 67, 68
	// ModelID and TypeID are GS I 1 and 2, -1 where it does not say.
	ModelID, TypeID int
}

// Identity tells one printer from another. The firmware is not part of it: an
// update does not make it another printer. It is "" for one that says nothing.
func (s Self) Identity() string {
	var out []string
	for _, v := range []string{s.Maker, s.Model, s.Serial} {
		if v != "" {
			out = append(out, v)
		}
	}
	if s.ModelID >= 0 {
		out = append(out, fmt.Sprintf("id %02x", s.ModelID))
	}
	if s.TypeID >= 0 {
		out = append(out, fmt.Sprintf("type %02x", s.TypeID))
	}
	return strings.Join(out, ", ")
}

// identityWait bounds one answer to Meet: a real printer answers within
// milliseconds, and a silent one must not hold a start up.
const identityWait = 300 * time.Millisecond

// rate is a line rate to reckon with.
func rate(baud int) int {
	if baud <= 0 {
		return 9600
	}
	return baud
}

// self asks GS I. Each single byte is asked twice: a late answer to something
// else may stand where the first is looked for, but hardly twice alike.
func (t *talk) self(ctx context.Context) (Self, error) {
	s := Self{ModelID: -1, TypeID: -1}
	// No automatic status from here on: its bytes 2 to 4 look like answers.
	if err := t.send(ctx, []byte{gs, 'a', 0}); err != nil {
		return s, fmt.Errorf("failed to ask the printer who it is: %w", err)
	}
	var err error
	if s.ModelID, err = t.id(ctx, 1); err == nil && s.ModelID >= 0 {
		s.TypeID, err = t.id(ctx, 2)
	}
	names := []struct {
		n    byte
		into *string
	}{{67, &s.Model}, {66, &s.Maker}, {68, &s.Serial}}
	for i, q := range names {
		if err != nil {
			break
		}
		if *q.into, err = t.name(ctx, q.n); i == 0 && *q.into == "" {
			break // who does not name its model names nothing
		}
	}
	if err != nil {
		return s, fmt.Errorf("failed to ask the printer who it is: %w", err)
	}
	return s, nil
}

// id asks GS I n for one byte, whatever it looks like; -1 is no answer, or
// never the same.
func (t *talk) id(ctx context.Context, n byte) (int, error) {
	seen := -1
	for range 2 {
		b, _, err := t.ask(ctx, []byte{gs, 'I', n}, func(b []byte) bool { return len(b) > 0 })
		if err != nil {
			return -1, err
		}
		if len(b) != 1 || seen >= 0 && seen != int(b[0]) {
			return -1, nil
		}
		seen = int(b[0])
	}
	return seen, nil
}

// name asks GS I n for a text: 5F … 00. Anything else is no name.
func (t *talk) name(ctx context.Context, n byte) (string, error) {
	b, _, err := t.ask(ctx, []byte{gs, 'I', n}, func(b []byte) bool { return bytes.IndexByte(b, 0) >= 0 })
	if err != nil {
		return "", err
	}
	return parseName(b), nil
}

// maxNameBytes bounds a name, so that three of them fit an identity.
const maxNameBytes = 40

// parseName reads an answer to GS I 65–69.
func parseName(b []byte) string {
	b = plain(b)
	if len(b) < 3 || b[0] != 0x5f || b[len(b)-1] != 0 || len(b)-2 > maxNameBytes {
		return ""
	}
	for _, c := range b[1 : len(b)-1] {
		if c < 0x20 || c > 0x7e {
			return ""
		}
	}
	return strings.TrimSpace(string(b[1 : len(b)-1]))
}

// voice is what a printer answers at all.
type voice struct {
	realTime  [5]bool // DLE EOT n, from 1
	bits      [5]byte
	short     bool // GS r 1
	auto      bool // GS a
	processID bool // GS ( H
	slowest   time.Duration
	noise     bool // answers that are none: another line rate
}

// any reports that it answered something.
func (v voice) any() bool {
	return v.short || v.auto || v.processID || v.realTime[1] || v.realTime[2] || v.realTime[3] || v.realTime[4]
}

// trouble is what the real-time answers say against printing.
func (v voice) trouble() printer.Reason {
	switch {
	case v.realTime[2] && v.bits[2]&0x04 != 0:
		return printer.ReasonCoverOpen
	case v.realTime[4] && v.bits[4]&0x60 != 0:
		return printer.ReasonPaperOut
	case v.realTime[3] && v.bits[3]&0x20 != 0:
		return printer.ReasonHardware
	case v.realTime[3] && v.bits[3]&0x08 != 0:
		return printer.ReasonCutter
	case v.realTime[3] && v.bits[3]&0x40 != 0:
		return printer.ReasonHot
	case v.realTime[1] && v.bits[1]&0x08 != 0:
		return printer.ReasonOffline
	}
	return printer.ReasonNone
}

// status asks DLE EOT 1 to 4; one that does not answer the first is asked the
// last too, since some know only the paper.
func (t *talk) status(ctx context.Context, v *voice) error {
	for _, n := range []byte{1, 4, 2, 3} {
		if n == 2 && !v.realTime[1] && !v.realTime[4] {
			return nil
		}
		b, took, err := t.ask(ctx, []byte{dle, 4, n}, func(b []byte) bool { return len(plain(b)) > 0 })
		if err != nil {
			return err
		}
		if v.bits[n], v.realTime[n] = oneByte(b, 0x93, 0x12); v.realTime[n] {
			v.slowest = max(v.slowest, took)
		} else if len(plain(b)) > 0 {
			v.noise = true
		}
	}
	return nil
}

// listen finds out what the printer answers. Nothing of it prints on a printer
// that knows the commands; ESC @ throws away what another takes for text.
func (t *talk) listen(ctx context.Context, mark [4]byte) (voice, error) {
	var v voice
	if err := t.status(ctx, &v); err != nil {
		return v, err
	}
	if v.trouble() != printer.ReasonNone {
		return v, nil // what is queued would not be answered now
	}
	b, _, err := t.ask(ctx, []byte{gs, 'r', 1}, func(b []byte) bool { return len(plain(b)) > 0 })
	if err != nil {
		return v, err
	}
	_, v.short = oneByte(b, 0x90, 0x00)
	auto := func(b []byte) bool {
		b = plain(b)
		return len(b) >= 4 && b[0]&0x93 == 0x10 && b[1]&0x90 == 0 && b[2]&0x90 == 0 && b[3]&0x90 == 0
	}
	if b, _, err = t.ask(ctx, []byte{gs, 'a', 2 | 4 | 8}, auto); err != nil {
		return v, err
	}
	v.auto = auto(b)
	t.sure = false // it may have reported more than once
	if err := t.send(ctx, []byte{gs, 'a', 0}); err != nil {
		return v, err
	}
	want := append(append([]byte{0x37, 0x22}, mark[:]...), 0)
	question := append([]byte{gs, '(', 'H', 6, 0, '0', '0'}, mark[:]...)
	has := func(b []byte) bool { return bytes.Contains(plain(b), want) }
	if b, _, err = t.ask(ctx, question, has); err != nil {
		return v, err
	}
	v.processID = has(b)
	return v, t.send(ctx, []byte{esc, '@'})
}

// errNoBarrier: the printer does not answer GS r.
var errNoBarrier = errors.New("the printer answers no barrier")

// barrier waits until the printer has taken everything that was sent.
func (t *talk) barrier(ctx context.Context, most time.Duration) error {
	usual := t.wait
	t.wait = most
	b, _, err := t.ask(ctx, []byte{gs, 'r', 1}, func(b []byte) bool { return len(plain(b)) > 0 })
	t.wait = usual
	if err != nil {
		return err
	}
	if _, ok := oneByte(b, 0x90, 0); !ok {
		return errNoBarrier
	}
	return nil
}

// Meet finds out whether a saved profile belongs to the printer on this line.
// It returns models.ErrOtherPrinter for another one. A printer that cannot tell
// who it is now, because it is switched off or without paper, is taken for the
// one it was: its line is the same.
func Meet(ctx context.Context, port printer.Port, saved models.File, path string) error {
	if saved.Device == nil || saved.Device.Path != path {
		return models.ErrOtherPrinter
	}
	t := &talk{port: port, baud: rate(saved.Profile.Baud), wait: identityWait}
	self, err := t.self(ctx)
	if err != nil {
		return err
	}
	if self.Identity() == "" && saved.Device.Identity != "" {
		var v voice
		if err := t.status(ctx, &v); err != nil {
			return fmt.Errorf("failed to ask the printer how it is: %w", err)
		}
		if !v.any() || v.trouble() != printer.ReasonNone {
			return nil
		}
		// It is well and does not say who it is: it may still wait for the rest
		// of a picture that broke off with the line, and take questions for it.
		if err := t.send(ctx, make([]byte, largestPicture(saved.Profile))); err != nil {
			return fmt.Errorf("failed to end a picture that broke off: %w", err)
		}
		if self, err = t.self(ctx); err != nil {
			return err
		}
	}
	_, err = saved.For(models.Device{Path: path, Identity: self.Identity()})
	return err
}

// largestPicture is the most that a printer can wait for: a whole band. Outside
// a picture, NUL does nothing.
func largestPicture(p printer.Profile) int {
	rows := p.BandRows
	if rows == 0 {
		rows = printer.DefaultBandRows
	}
	return rows * p.Paper().WidthDots / 8
}
