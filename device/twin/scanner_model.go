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
	answered func(s *Scanner, said []byte) int // takes answers out of what the station said
	reply    []byte                            // what the scanner says to a trigger
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
	"access-is": {frame: func(p string) []byte { return evenParity([]byte("\x02" + "q" + p + "\r\x03")) }},
	"mrz-90":    {frame: func(p string) []byte { return []byte(strings.NewReplacer("\n", "", "\r", "").Replace(p)) }},
	"mrz-3m":    {frame: rte},
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

// rte is a 3M RTE6701's message: SOH, length, "OU", STX, flag, lines with CR,
// ETX and the exclusive or of what stands between SOH and the check.
func rte(payload string) []byte {
	lines := strings.ReplaceAll(strings.Trim(strings.ReplaceAll(payload, "<", "_"), "\r\n"), "\n", "\r") + "\r"
	body := "OU\x02\x46" + lines + "\x03"
	b := append([]byte{0x01, byte(len(body))}, body...)
	var bcc byte
	for _, c := range b[1:] {
		bcc ^= c
	}
	return append(b, bcc)
}

const (
	// heardMost bounds what is kept of the station's words while no command
	// or answer was found in them.
	heardMost = 64
	// answersKept bounds answers that nobody waits for.
	answersKept = 8
)

// answer is what a station says to a code.
type answer struct{ ack bool }

// hear takes what the station writes: triggers and answers. Other bytes are
// dropped, as a real scanner does.
func (s *Scanner) hear(p []byte) {
	s.mu.Lock()
	s.heard = append(s.heard, p...)
	var replies [][]byte
	for len(s.heard) > 0 {
		switch n := 0; {
		case s.model.triggered() && bytes.HasPrefix(s.heard, s.model.on):
			s.heard = s.heard[len(s.model.on):]
			s.lit = time.Now().Add(s.cfg.LampFor)
			replies = append(replies, s.model.reply)
			continue
		case s.model.triggered() && bytes.HasPrefix(s.heard, s.model.off):
			s.heard = s.heard[len(s.model.off):]
			s.lit = time.Time{}
			replies = append(replies, s.model.reply)
			continue
		case s.model.answered != nil:
			if n = s.model.answered(s, s.heard); n > 0 {
				s.heard = s.heard[n:]
				continue
			}
		}
		if len(s.heard) < heardMost && s.begins() {
			break // a command or an answer whose rest is on its way
		}
		s.heard = s.heard[1:]
	}
	s.heard = bytes.Clone(s.heard)
	s.mu.Unlock()
	for _, r := range replies {
		if len(r) > 0 {
			_ = s.Raw(r) // an unplugged scanner owes nobody an answer
		}
	}
}

// begins says whether what was heard may become a command.
func (s *Scanner) begins() bool {
	return s.model.triggered() && (bytes.HasPrefix(s.model.on, s.heard) || bytes.HasPrefix(s.model.off, s.heard))
}
