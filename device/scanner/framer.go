package scanner

import (
	"bytes"
	"strings"
	"time"
)

const (
	// Silence closes a frame that has no terminator.
	Silence = 50 * time.Millisecond
	// MaxFrame bounds a frame; the largest QR code holds 2,953 bytes.
	MaxFrame = 4096
	// headerMost bounds what stands between SOH and STX (3M: length, "OU").
	headerMost = 8

	soh, stx, etx = 0x01, 0x02, 0x03

	mrzLine, mrzLines = 30, 3
)

// Frame is one scan.
type Frame struct {
	Data  string // without terminator; lines of an MRZ are joined by \n; empty with a Fault
	At    time.Time
	Fault Fault
}

// Framer cuts bytes into frames. The zero value is ready for use. It is pure:
// times come with the bytes and need only be monotonic.
type Framer struct {
	// SymbolByte drops the symbology byte after STX (Access-IS).
	SymbolByte bool
	// SevenBits says that the line carries seven bits of each byte, so that
	// what a letter beyond ASCII leaves behind can be named.
	SevenBits bool
	// Replies says that the device answers commands on the same line
	// (Newland): those answers are no scans.
	Replies bool

	state   state
	buf     []byte // of the frame being read
	over    bool   // it is longer than MaxFrame; the rest is dropped
	drop    bool   // the next byte is a reader's flag, not data
	bcc     bool   // a block check follows ETX
	lines   []string
	touched time.Time // when the last byte came

	repeats repeats
	whole   int // frames that came whole since the last look, repeats among them
	broken  int // frames of which something was missing, likewise
	out     []Frame
}

type state int

const (
	plain  state = iota // bytes up to CR, LF or silence
	header              // after SOH
	block               // between STX and ETX
	check               // the byte after ETX
)

// Push takes bytes that came at a time and returns the frames they complete.
func (f *Framer) Push(p []byte, at time.Time) []Frame {
	f.out = nil
	if len(p) > 0 {
		f.touched = at
	}
	for _, b := range p {
		f.byte(b, at)
	}
	return f.out
}

// Pending says whether Quiet could still close a frame.
func (f *Framer) Pending() bool {
	return f.state != plain || len(f.buf) > 0 || f.over || len(f.lines) > 0
}

// Quiet is told that nothing has come until now, and closes what is open once
// that has lasted for Silence.
func (f *Framer) Quiet(now time.Time) []Frame {
	f.out = nil
	if !f.Pending() || now.Sub(f.touched) < Silence {
		return nil
	}
	if f.state == plain && len(f.lines) > 0 && !f.over && isMRZLine(f.buf, false) {
		f.lines = append(f.lines, string(f.buf)) // the last line has no terminator
		f.buf = f.buf[:0]
	}
	f.flushLines(now)
	switch f.state {
	case block, header:
		f.emit(FaultPartial, now)
	case plain:
		f.close(now)
	case check:
	}
	f.reset()
	return f.out
}

func (f *Framer) byte(b byte, at time.Time) {
	switch f.state {
	case check: // 3M does not say over what it runs; ICAO's digits protect
		f.state = plain
	case header:
		if b == stx {
			f.begin(true)
			return
		}
		f.keep(b)
		if len(f.buf) > headerMost {
			f.state = plain // no envelope: noise that began with SOH
		}
	case block:
		switch {
		case f.drop:
			f.drop = false
		case b == stx:
			f.emit(FaultPartial, at)
			f.begin(false)
		case b == etx:
			f.buf = joinLines(f.buf)
			bcc := f.bcc
			f.close(at)
			f.reset()
			if bcc {
				f.state = check
			}
		default:
			f.keep(b)
		}
	case plain:
		switch {
		case b == '\r' || b == '\n':
			f.terminate(at)
		case b == stx:
			f.flushLines(at)
			if len(f.buf) > 0 || f.over {
				f.emit(FaultPartial, at)
			}
			f.begin(false)
		case f.Replies && isAnswer(b) && len(f.buf) == 0 && !f.over: // to a trigger
		case b == soh && len(f.buf) == 0 && !f.over:
			f.flushLines(at)
			f.keep(b)
			f.state = header
		default:
			f.keep(b)
		}
	}
}

func (f *Framer) keep(b byte) {
	if len(f.buf) >= MaxFrame {
		f.over = true
		return
	}
	f.buf = append(f.buf, b)
}

func (f *Framer) reset() {
	f.state, f.buf, f.over, f.drop, f.bcc = plain, f.buf[:0], false, false, false
}

func (f *Framer) begin(envelope bool) {
	f.reset()
	f.state, f.bcc, f.drop = block, envelope, envelope || f.SymbolByte
}

// terminate handles CR and LF. Three MRZ lines, each with its terminator, are
// one frame.
func (f *Framer) terminate(at time.Time) {
	if !f.over && isMRZLine(f.buf, len(f.lines) == 0) {
		f.lines = append(f.lines, string(f.buf))
		f.reset()
		if len(f.lines) == mrzLines {
			f.flushLines(at)
		}
		return
	}
	if len(f.buf) > 0 { // the LF of a CR LF ends nothing
		f.flushLines(at)
	}
	f.close(at)
	f.reset()
}

// flushLines ends an MRZ, whole or not: its reader sees how much is missing.
func (f *Framer) flushLines(at time.Time) {
	if len(f.lines) == 0 {
		return
	}
	data := strings.Join(f.lines, "\n")
	f.lines = f.lines[:0]
	f.give(Frame{Data: data, At: at}, []byte(data))
}

// close gives the frame in buf, if there is one.
func (f *Framer) close(at time.Time) {
	switch {
	case f.over:
		f.emit(FaultTooLong, at)
	case len(bytes.Trim(f.buf, "\x00")) == 0: // the rest of a UTF-16 terminator
	case f.Replies && isReply(f.buf):
	default:
		if fault := examine(f.buf); fault != FaultNone {
			if fault == FaultControl && f.SevenBits {
				fault = FaultSevenBits
			}
			f.emit(fault, at)
			return
		}
		f.give(Frame{Data: string(f.buf), At: at}, f.buf)
	}
}

func (f *Framer) emit(fault Fault, at time.Time) { f.give(Frame{Fault: fault, At: at}, f.buf) }

// give hands a frame on, unless it is still the one in front of the reader.
func (f *Framer) give(frame Frame, raw []byte) {
	switch frame.Fault {
	case FaultPartial, FaultTooLong:
		f.broken++
	default:
		f.whole++
	}
	if !f.repeats.again(frame.Fault, raw, frame.At) {
		f.out = append(f.out, frame)
	}
}

// isAnswer knows the bytes by which a device answers a short command: ACK, NAK
// and ENQ.
func isAnswer(b byte) bool { return b == 0x06 || b == 0x15 || b == 0x05 }

// isReply knows the answer to a Newland setting: SOH, four digits of address,
// the command again, ACK, NAK or ENQ, and a semicolon.
func isReply(b []byte) bool {
	return len(b) > 7 && b[0] == soh && (b[5] == '@' || b[5] == '#') && isAnswer(b[len(b)-2]) && b[len(b)-1] == ';'
}

// isMRZLine recognises a line of a TD1 document; the first begins with I, A
// or C and holds a filler, so that no other code is held back for it.
func isMRZLine(b []byte, first bool) bool {
	if len(b) != mrzLine || !mrzChars(b) {
		return false
	}
	return !first || bytes.IndexByte([]byte("IAC"), b[0]) >= 0 && bytes.ContainsAny(b, "<_")
}

// joinLines makes \n of the line ends inside a block and drops the last.
func joinLines(b []byte) []byte {
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	b = bytes.ReplaceAll(b, []byte("\r"), []byte("\n"))
	return bytes.Trim(b, "\n")
}
