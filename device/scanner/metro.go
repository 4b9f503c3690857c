package scanner

import (
	"bytes"
	"time"
)

const (
	ack = 0x06
	nak = 0x15
)

// metro answers a scanner with MetroSelect's ACK/NAK: the frame is STX … ETX
// (or ends with CR), and the scanner keeps it until it was answered. A code in
// a wrong character set came whole: it is acknowledged, since a second try
// would bring the same.
type metro struct{ listener }

func (m *metro) push(p []byte, at time.Time) heard { return m.answer(m.listener.push(p, at)) }

func (m *metro) quiet(now time.Time) heard { return m.answer(m.listener.quiet(now)) }

func (m *metro) answer(h heard) heard {
	h.say = bytes.Repeat([]byte{ack}, h.codes-h.broken)
	if h.broken > 0 { // one asks for everything again
		h.say = append(h.say, nak)
	}
	return h
}

// listener is a framer that never answers.
type listener struct{ Framer }

func (l *listener) push(p []byte, at time.Time) heard { return l.count(l.Push(p, at)) }

func (l *listener) quiet(now time.Time) heard { return l.count(l.Quiet(now)) }

func (l *listener) count(frames []Frame) heard {
	h := heard{frames: frames, codes: l.whole + l.broken, broken: l.broken}
	l.whole, l.broken = 0, 0
	return h
}

func (l *listener) pending() bool { return l.Pending() }
func (l *listener) forget()       { l.repeats.forget() }
