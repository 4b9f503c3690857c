package twin

import (
	"bytes"
	"strings"
	"time"
)

// scannerModel is how a kind of scanner speaks (DEVICES.md, "Scanners and
// readers").
type scannerModel struct {
	frame    func(payload string) []byte
	on, off  []byte // what switches the lamp; nil: it is always on
	converse func(s *Scanner, payload string, send func([]byte) error) error
	ack, nak []byte                      // what the station answers to a code; nil: nothing is expected
	replies  func(command []byte) []byte // what the scanner says to a trigger
	steady   bool                        // on is a state that reading does not end, and that power brings back
}

func (m scannerModel) triggered() bool { return m.on != nil }

var scannerModels = map[string]scannerModel{
	"cr":      {frame: suffixed("\r")},
	"lf":      {frame: suffixed("\n")},
	"crlf":    {frame: suffixed("\r\n")},
	"silence": {frame: suffixed("")},
	"stx":     {frame: func(p string) []byte { return []byte("\x02" + p + "\x03") }},
	"honeywell": {frame: suffixed("\r"),
		on: []byte{0x16, 'T', '\r'}, off: []byte{0x16, 'U', '\r'}},
	"datalogic": {frame: suffixed("\r"), on: []byte("E"), off: []byte("D"), steady: true},
	"newland": {frame: suffixed("\r"), on: []byte("~\x010000#SCNTRG1;\x03"), off: []byte("~\x010000#SCNTRG0;\x03"),
		replies: newlandReply},
	"ssi": {converse: converseSSI, ack: ssiAck, nak: ssiNakAgain,
		on: []byte{0x04, 0xE4, 0x04, 0x00, 0xFF, 0x14}, off: []byte{0x04, 0xE5, 0x04, 0x00, 0xFF, 0x13},
		replies: func([]byte) []byte { return ssiMessage(0xD0, 0, nil) }},
	"metroselect": {converse: converseMetro, ack: []byte{0x06}, nak: []byte{0x15}},
	"access-is":   {frame: func(p string) []byte { return evenParity([]byte("\x02" + "q" + p + "\r\x03")) }},
	"mrz-90":      {frame: func(p string) []byte { return []byte(strings.NewReplacer("\n", "", "\r", "").Replace(p)) }},
	"mrz-3m":      {frame: rte},
}

// newlandReply is STX and the command from its SOH on, with ACK before the
// semicolon.
func newlandReply(command []byte) []byte {
	r := append([]byte{0x02}, command[1:len(command)-2]...)
	return append(r, 0x06, ';', 0x03)
}

func suffixed(end string) func(string) []byte {
	return func(p string) []byte { return []byte(p + end) }
}

// evenParity is what an 8N1 line sees of a 7E1 one: the eighth bit makes the
// number of ones even. A letter beyond ASCII loses its own eighth bit.
func evenParity(p []byte) []byte {
	for i, b := range p {
		b &= 0x7f
		for x := b; x != 0; x &= x - 1 {
			b ^= 0x80
		}
		p[i] = b
	}
	return p
}

// rte is a 3M RTE6701's message: SOH, two bytes of length, "OU", STX, flag,
// lines with CR, ETX and a check byte. How that is reckoned is not public; the
// exclusive or stands for it.
func rte(payload string) []byte {
	lines := strings.ReplaceAll(strings.Trim(strings.ReplaceAll(payload, "<", "_"), "\r\n"), "\n", "\r") + "\r"
	body := "OU\x02\x46" + lines + "\x03"
	b := append([]byte{0x01, byte(len(body)+1) & 0x7f, byte((len(body) + 1) >> 7)}, body...)
	var bcc byte
	for _, c := range b[1:] {
		bcc ^= c
	}
	return append(b, bcc)
}

// answersKept bounds answers that nobody waits for.
const answersKept = 8

// answer is what a station says to a code.
type answer struct{ ack bool }

// hear takes what the station writes: triggers and answers. Other bytes are
// dropped, as a real scanner does.
func (s *Scanner) hear(p []byte) {
	var replies []byte
	s.mu.Lock()
	s.heard = append(s.heard, p...)
	for len(s.heard) > 0 {
		if n, reply := s.word(s.heard); n > 0 {
			s.heard, replies = s.heard[n:], append(replies, reply...)
			continue
		}
		if s.begins(s.heard) {
			break // a word whose rest is on its way
		}
		s.heard = s.heard[1:]
	}
	s.heard = bytes.Clone(s.heard)
	s.mu.Unlock()
	if len(replies) > 0 {
		_ = s.Raw(replies) // an unplugged scanner owes nobody an answer
	}
}

// litUntil is how long a trigger that comes now keeps the lamp on.
func (s *Scanner) litUntil() time.Time {
	if s.model.steady {
		return time.Now().AddDate(100, 0, 0)
	}
	return time.Now().Add(s.cfg.LampFor)
}

// power is what the lamp does when power comes.
func (s *Scanner) power() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.model.steady {
		s.lit = s.litUntil()
	}
}

// word takes the word at the head of what was said.
func (s *Scanner) word(said []byte) (n int, reply []byte) {
	m := s.model
	if m.triggered() {
		for _, w := range []struct {
			word []byte
			lit  time.Time
		}{{m.on, s.litUntil()}, {m.off, time.Time{}}} {
			if !bytes.HasPrefix(said, w.word) {
				continue
			}
			s.lit = w.lit
			if m.replies != nil {
				reply = m.replies(w.word)
			}
			return len(w.word), reply
		}
	}
	for _, w := range []struct {
		word []byte
		ack  bool
	}{{m.ack, true}, {m.nak, false}} {
		if len(w.word) > 0 && bytes.HasPrefix(said, w.word) {
			select {
			case s.answers <- answer{w.ack}:
			default: // nobody waits
			}
			return len(w.word), nil
		}
	}
	return 0, nil
}

// begins says whether what was said may become a word.
func (s *Scanner) begins(said []byte) bool {
	for _, w := range [][]byte{s.model.on, s.model.off, s.model.ack, s.model.nak} {
		if bytes.HasPrefix(w, said) {
			return true
		}
	}
	return false
}
