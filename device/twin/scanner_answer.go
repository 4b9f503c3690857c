package twin

import (
	"errors"
	"time"
)

// ErrUnanswered: the station did not acknowledge a code, though it was sent
// again as the model does. A real scanner drops it then, with a beep.
var ErrUnanswered = errors.New("the station did not acknowledge the code")

const (
	// resends is how often SSI sends again after the first time.
	resends = 2
	// ssiDataMost is what fits a packet beside length, opcode, source and
	// status; the first one also holds the type byte.
	ssiDataMost = 255 - 4
	ssiQR       = 0x1C // the type byte of a QR code
)

// ssiMessage writes a scanner's packet: length, opcode, source 0, status, data
// and the two's complement of their sum.
func ssiMessage(op, status byte, data []byte) []byte {
	p := append([]byte{byte(4 + len(data)), op, 0, status}, data...)
	sum := 0
	for _, b := range p {
		sum += int(b)
	}
	return append(p, byte(-sum>>8), byte(-sum))
}

var (
	ssiAck      = []byte{0x04, 0xD0, 0x04, 0x00, 0xFF, 0x28}
	ssiNakAgain = []byte{0x05, 0xD1, 0x04, 0x00, 0x01, 0xFF, 0x25}
)

// converseSSI sends a code in packets and waits for the answer to each: none,
// or a NAK, is a resent packet.
func converseSSI(s *Scanner, payload string, send func([]byte) error) error {
	data := append([]byte{ssiQR}, payload...)
	for len(data) > 0 {
		n := min(len(data), ssiDataMost)
		part, status := data[:n], byte(0)
		if data = data[n:]; len(data) > 0 {
			status |= 2 // the code goes on
		}
		if err := s.insist(resends, send, func(again bool) []byte {
			if again {
				return ssiMessage(0xF3, status|1, part)
			}
			return ssiMessage(0xF3, status, part)
		}); err != nil {
			return err
		}
	}
	return nil
}

// converseMetro sends a code again after a NAK; silence is the end of it.
func converseMetro(s *Scanner, payload string, send func([]byte) error) error {
	return s.insist(resends, send, func(bool) []byte { return []byte("\x02" + payload + "\x03") })
}

// insist sends a message until it is acknowledged, or was sent times too often.
func (s *Scanner) insist(times int, send func([]byte) error, message func(again bool) []byte) error {
	for range len(s.answers) {
		<-s.answers // to something earlier
	}
	for try := range times + 1 {
		if err := s.put(message(try > 0), send); err != nil {
			return err
		}
		timer := time.NewTimer(s.cfg.AckWithin)
		select {
		case a := <-s.answers:
			timer.Stop()
			if a.ack {
				return nil
			}
		case <-timer.C:
		}
	}
	return ErrUnanswered
}
