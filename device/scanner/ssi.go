package scanner

import (
	"bytes"
	"time"
)

// A packet of Zebra's Simple Serial Interface (SSI programmer's guide
// 72E-40451): length without the check, opcode, source, status, data, and the
// two's complement of the sum of all before it, high byte first.
const (
	ssiLeast    = 4   // length, opcode, source, status
	ssiMost     = 255 // the length is one byte
	ssiCheck    = 2
	ssiDecoder  = 0x00
	ssiHost     = 0x04
	ssiFirst    = 0x00 // status of a first transmission
	ssiResent   = 0x01 // status: sent before
	ssiMore     = 0x02 // status: an intermediate packet; the code goes on
	ssiAck      = 0xD0
	ssiNak      = 0xD1
	ssiStart    = 0xE4
	ssiStop     = 0xE5
	ssiDecode   = 0xF3
	ssiEvent    = 0xF6
	ssiAnswer   = 0xA4 // reply to a request of the revision
	ssiNakAgain = 0x01 // cause of a NAK: resend

	// resentFor is how long a resent packet may be the one that was already
	// taken: two repetitions, each after the scanner's time-out of at most 9.9 s.
	resentFor = 20 * time.Second
	// restWithin is how soon the next packet of a code follows our ACK; what
	// comes later is another code, and the first one was given up.
	restWithin = time.Second
)

// ssiPacket writes a packet of the host.
func ssiPacket(op byte, data ...byte) []byte {
	p := append([]byte{byte(ssiLeast + len(data)), op, ssiHost, ssiFirst}, data...)
	sum := ssiSum(p)
	return append(p, byte(sum>>8), byte(sum))
}

// ssiSum is the check of everything before it.
func ssiSum(p []byte) uint16 {
	var sum uint16
	for _, b := range p {
		sum -= uint16(b)
	}
	return sum
}

// rawLeast is the shortest code that is believed without a packet around it:
// the check of a packet cannot vouch for it.
const rawLeast = 8

// ssi takes the packets of a scanner apart. It is pure, like Framer.
//
// From the factory, scanners in SSI mode send "raw decode data", text without
// packets, which is not acknowledged. That is heard as well: a scanner that was
// set up half way must not seem deaf.
type ssi struct {
	buf     []byte // not yet taken apart
	code    []byte // of a code in several packets, without its type byte
	kind    byte   // its type byte
	more    bool   // the code goes on
	over    bool   // it is longer than MaxFrame
	refuse  bool   // a packet's check did not hold, and nobody was told yet
	lost    bool   // likewise, and no whole one came since
	touched time.Time

	raw     Framer // what stands in no packet
	loose   []byte // what is on its way there
	tainted bool   // it holds the ruins of a packet, until it is silent

	packets repeats // to know a resent packet
	heardAt time.Time
	repeats repeats // to know a code that is still shown
	out     heard
}

func (s *ssi) push(p []byte, at time.Time) heard {
	s.out, s.touched = heard{}, at
	s.buf = append(s.buf, p...)
	s.take(at)
	return s.out
}

func (s *ssi) pending() bool { return len(s.buf) > 0 || s.tainted || s.raw.Pending() }

// quiet gives up the packet that has not ended: its length may have been noise,
// and what follows the first byte may hold a packet.
func (s *ssi) quiet(now time.Time) heard {
	if !s.pending() || now.Sub(s.touched) < Silence {
		return heard{}
	}
	s.out = heard{}
	if len(s.buf) >= ssiLeast {
		s.refuse, s.lost, s.tainted = true, true, true
	}
	for len(s.buf) > 0 {
		s.skip()
		s.take(s.touched)
	}
	s.believe(s.raw.Quiet(now))
	s.raw.reset()
	s.tainted = false
	return s.out
}

// believe gives what came without a packet, if it can be a code.
func (s *ssi) believe(frames []Frame) {
	for _, f := range frames {
		if s.tainted || f.Fault != FaultNone || len(f.Data) < rawLeast {
			continue
		}
		s.out.codes++
		if !s.repeats.again(FaultNone, []byte(f.Data), f.At) {
			s.out.frames = append(s.out.frames, f)
		}
	}
}

func (s *ssi) forget() { s.repeats.forget() }

// skip takes a byte at which no packet begins out of the way.
func (s *ssi) skip() {
	s.loose = append(s.loose, s.buf[0])
	s.buf = s.buf[1:]
}

// take reads whole packets off the buffer and stops before one whose rest is
// missing. At most one packet is ever kept.
func (s *ssi) take(at time.Time) {
	for len(s.buf) > 0 {
		if !plausible(s.buf) {
			s.skip()
			continue
		}
		n := int(s.buf[0]) + ssiCheck
		if len(s.buf) < n {
			break
		}
		p := s.buf[:n-ssiCheck]
		if sum := ssiSum(p); s.buf[n-2] != byte(sum>>8) || s.buf[n-1] != byte(sum) {
			s.refuse, s.lost, s.tainted = true, true, true
			s.skip()
			continue
		}
		s.packet(p, at)
		s.buf = s.buf[n:]
	}
	s.buf = bytes.Clone(s.buf)
	s.believe(s.raw.Push(s.loose, at))
	s.loose = s.loose[:0]
	if s.refuse && len(s.buf) == 0 {
		s.refuse = false
		s.out.say = append(s.out.say, ssiPacket(ssiNak, ssiNakAgain)...)
	}
}

// plausible says whether a scanner's packet may begin here, as far as it has
// come.
func plausible(b []byte) bool {
	if b[0] < ssiLeast {
		return false
	}
	if len(b) > 1 && b[1] != ssiDecode && b[1] != ssiAck && b[1] != ssiNak && b[1] != ssiEvent && b[1] != ssiAnswer {
		return false
	}
	return len(b) < 3 || b[2] == ssiDecoder
}

// packet hears one whole packet. Answers to our own commands say nothing that
// is needed: a lost trigger is sent again in any case.
func (s *ssi) packet(p []byte, at time.Time) {
	op, status, data := p[1], p[3], p[ssiLeast:]
	if op == ssiAck || op == ssiNak {
		return
	}
	s.out.say = append(s.out.say, ssiPacket(ssiAck)...)
	again, lost := s.packets.same(data, at, resentFor), s.lost
	s.lost = false
	if op != ssiDecode || len(data) == 0 || status&ssiResent != 0 && again && !lost {
		return
	}
	stale := status&ssiResent == 0 && at.Sub(s.heardAt) > restWithin
	s.heardAt = at
	switch {
	case !s.more || stale:
		s.kind, s.code, s.over = data[0], s.code[:0], false
		data = data[1:]
	case data[0] == s.kind && s.kind < 0x20:
		// Scanners differ in whether the type byte comes again. It is a control
		// character, which no code of ours holds.
		data = data[1:]
	}
	if s.more = status&ssiMore != 0; len(s.code)+len(data) > MaxFrame {
		s.over = true
	} else {
		s.code = append(s.code, data...)
	}
	if !s.more {
		s.finish(at)
	}
}

// finish gives the code that has come whole. Its data may end as the scanner's
// settings for other hosts want it.
func (s *ssi) finish(at time.Time) {
	raw := joinLines(s.code)
	frame := Frame{At: at}
	s.out.codes++
	switch {
	case s.over:
		frame.Fault = FaultTooLong
	case len(raw) == 0:
		return
	default:
		if frame.Fault = examine(raw); frame.Fault == FaultNone {
			frame.Data = string(raw)
		}
	}
	if !s.repeats.again(frame.Fault, raw, at) {
		s.out.frames = append(s.out.frames, frame)
	}
}
