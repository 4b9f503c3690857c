package scanner

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

const qrType = 0x1C // the type byte of a QR code

// decoded is a scanner's DECODE_DATA.
func decoded(status byte, data string) []byte {
	p := append([]byte{byte(4 + 1 + len(data)), 0xF3, 0x00, status, qrType}, data...)
	sum := 0
	for _, b := range p {
		sum += int(b)
	}
	return append(p, byte(-sum>>8), byte(-sum))
}

// follow is a later packet of a code whose type byte does not come again.
func follow(status byte, data string) []byte {
	p := append([]byte{byte(4 + len(data)), 0xF3, 0x00, status}, data...)
	sum := 0
	for _, b := range p {
		sum += int(b)
	}
	return append(p, byte(-sum>>8), byte(-sum))
}

var (
	yes = []byte{0x04, 0xD0, 0x04, 0x00, 0xFF, 0x28} // DEVICES.md
	no  = []byte{0x05, 0xD1, 0x04, 0x00, 0x01, 0xFF, 0x25}
)

func TestSSICommands(t *testing.T) {
	for name, c := range map[string]struct{ got, want []byte }{
		"ACK":   {ssiPacket(ssiAck), yes},
		"NAK":   {ssiPacket(ssiNak, ssiNakAgain), no},
		"start": {ssiPacket(ssiStart), []byte{0x04, 0xE4, 0x04, 0x00, 0xFF, 0x14}},
		"stop":  {ssiPacket(ssiStop), []byte{0x04, 0xE5, 0x04, 0x00, 0xFF, 0x13}},
	} {
		if !bytes.Equal(c.got, c.want) {
			t.Errorf("%s is % x, want % x", name, c.got, c.want)
		}
	}
}

// spoken pushes the parts with a silence after each: the scanner waits for its
// answer.
func spoken(s *ssi, parts ...[]byte) (frames []string, say []byte) {
	at := epoch
	for _, p := range parts {
		h := s.push(p, at)
		q := s.quiet(at.Add(Silence))
		frames, say = append(frames, said(h.frames)...), append(say, h.say...)
		frames, say = append(frames, said(q.frames)...), append(say, q.say...)
		at = at.Add(2 * Silence)
	}
	return frames, say
}

func TestSSI(t *testing.T) {
	half := len(card)/2 + 1
	for cut := half; card[cut]&0xC0 == 0x80; cut++ {
		half = cut + 1 // also in the middle of nothing
	}
	flip := func(p []byte) []byte {
		p = bytes.Clone(p)
		p[len(p)/2] ^= 0x10
		return p
	}
	long := strings.Repeat("x", 250)
	many := func(n int) (out [][]byte) {
		for range n {
			out = append(out, decoded(ssiMore, long))
		}
		return append(out, decoded(0, "end"))
	}
	mrz := mrz1 + "\r" + mrz2 + "\r" + mrz3 + "\r"
	for name, c := range map[string]struct {
		in     [][]byte
		frames []string
		say    [][]byte
	}{
		"a card":                {[][]byte{decoded(0, card)}, []string{card}, [][]byte{yes}},
		"with a suffix":         {[][]byte{decoded(0, card+"\r\n")}, []string{card}, [][]byte{yes}},
		"an MRZ":                {[][]byte{decoded(0, mrz)}, []string{mrz1 + "\n" + mrz2 + "\n" + mrz3}, [][]byte{yes}},
		"resent":                {[][]byte{decoded(0, card), decoded(1, card), decoded(1, card)}, []string{card}, [][]byte{yes, yes, yes}},
		"a broken one, resent":  {[][]byte{flip(decoded(0, card)), decoded(1, card)}, []string{card}, [][]byte{no, yes}},
		"held before it":        {[][]byte{decoded(0, card), decoded(0, card)}, []string{card}, [][]byte{yes, yes}},
		"two codes":             {[][]byte{decoded(0, "abc"), decoded(0, "def")}, []string{"abc", "def"}, [][]byte{yes, yes}},
		"two packets":           {[][]byte{decoded(2, card[:half]), follow(0, card[half:])}, []string{card}, [][]byte{yes, yes}},
		"two, each with a type": {[][]byte{decoded(2, card[:half]), decoded(0, card[half:])}, []string{card}, [][]byte{yes, yes}},
		"the first is resent":   {[][]byte{decoded(2, card[:half]), decoded(3, card[:half]), decoded(0, card[half:])}, []string{card}, [][]byte{yes, yes, yes}},
		"the last is resent":    {[][]byte{decoded(2, card[:half]), decoded(0, card[half:]), decoded(1, card[half:])}, []string{card}, [][]byte{yes, yes, yes}},
		"noise before":          {[][]byte{append([]byte("\x00\xff\xfe"), decoded(0, "abc")...)}, []string{"abc"}, [][]byte{yes}},
		"a false beginning":     {[][]byte{append([]byte{0x05, 0xF3, 0x00, 0x00}, decoded(0, "abc")...)}, []string{"abc"}, [][]byte{yes, no}},
		"cut off":               {[][]byte{decoded(0, "abcdef")[:8]}, nil, [][]byte{no}},
		"noise only":            {[][]byte{[]byte("\x7f\x80abcdefghijklmnop\xff\r"), []byte("short\r")}, nil, nil},
		"raw data":              {[][]byte{[]byte(card + "\r")}, []string{card}, nil},
		"raw data, no end":      {[][]byte{[]byte(card)}, []string{card}, nil},
		"raw, then a packet":    {[][]byte{[]byte(card), decoded(0, card)}, []string{card}, [][]byte{yes}},
		"the ruins of a packet": {[][]byte{flip(decoded(0, "0123456789\rabcdefghijklm\rnopqrstuvwxyz\r"))}, nil, [][]byte{no}},
		"answers to us":         {[][]byte{{0x04, 0xD0, 0x00, 0x00, 0xFF, 0x2C}}, nil, nil},
		"an event":              {[][]byte{{0x05, 0xF6, 0x00, 0x00, 0x01, 0xFF, 0x04}}, nil, [][]byte{yes}},
		"an empty code":         {[][]byte{decoded(0, "")}, nil, [][]byte{yes}},
		"GBK":                   {[][]byte{decoded(0, "\xc8\xee\xce\xc4\xb0\xb2")}, []string{"!gbk"}, [][]byte{yes}},
		"over long":             {many(20), []string{"!too-long"}, slices.Repeat([][]byte{yes}, 21)},
	} {
		t.Run(name, func(t *testing.T) {
			frames, say := spoken(&ssi{}, c.in...)
			if !slices.Equal(frames, c.frames) {
				t.Errorf("frames %q, want %q", frames, c.frames)
			}
			if want := slices.Concat(c.say...); !bytes.Equal(say, want) {
				t.Errorf("said % x, want % x", say, want)
			}
		})
	}
}

// A code whose rest never came is given up, and does not stain the next one.
func TestSSIGivesUpHalfACode(t *testing.T) {
	s := &ssi{}
	s.push(decoded(ssiMore, "abc"), epoch)
	h := s.push(decoded(0, "def"), epoch.Add(restWithin+1))
	if got := said(h.frames); !slices.Equal(got, []string{"def"}) {
		t.Errorf("got %q", got)
	}
}

// The same card again is a new scan once it was out of sight, resent or not:
// the first transmission of it was lost.
func TestSSIResentAfterALoss(t *testing.T) {
	s, later := &ssi{}, epoch.Add(5*time.Second)
	s.push(decoded(0, card), epoch)
	broken := decoded(0, card)
	broken[9] ^= 1
	h := s.push(broken, later)
	h2 := s.quiet(later.Add(Silence))
	if got := append(said(h.frames), said(h2.frames)...); len(got) != 0 {
		t.Fatalf("a broken packet gave %q", got)
	}
	if got := said(s.push(decoded(1, card), later.Add(time.Second)).frames); !slices.Equal(got, []string{card}) {
		t.Errorf("got %q", got)
	}
}

// However packets are split and whatever noise stands between them, the codes
// come out, once each.
func TestSSISplits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var in []byte
		var want []string
		for i := range rapid.IntRange(0, 6).Draw(t, "codes") {
			data := strings.Repeat(string(rune('a'+i)), rapid.IntRange(1, 250).Draw(t, "len"))
			in, want = append(in, decoded(0, data)...), append(want, data)
		}
		s := &ssi{}
		var got []string
		for rest := in; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			got, rest = append(got, said(s.push(rest[:n], epoch).frames)...), rest[n:]
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
		if s.pending() {
			t.Fatal("something is left")
		}
	})
}

func FuzzSSI(f *testing.F) {
	for _, p := range [][]byte{decoded(0, card), decoded(1, card), slices.Concat(decoded(2, "abc"), decoded(0, "def")), yes, no,
		slices.Concat([]byte{0xff, 0xF3, 0, 0}, decoded(0, "x")), slices.Repeat(decoded(2, strings.Repeat("y", 250)), 20)} {
		f.Add(p, uint8(3))
	}
	f.Fuzz(func(t *testing.T, in []byte, every uint8) {
		s, at := &ssi{}, epoch
		for chunk := range slices.Chunk(in, int(every)+1) {
			h := s.push(chunk, at)
			examineHeard(t, h)
			if len(s.buf) > ssiMost+ssiCheck || cap(s.code) > 4*MaxFrame {
				t.Fatalf("keeps %d and %d", len(s.buf), cap(s.code))
			}
		}
		examineHeard(t, s.quiet(at.Add(Silence)))
		if s.pending() {
			t.Error("left open")
		}
		// Whatever came before, a scanner that begins anew is understood.
		fresh := "a code that was never here 7f3a"
		h := s.push(decoded(0, fresh), at.Add(time.Minute))
		if got := said(h.frames); !slices.Equal(got, []string{fresh}) {
			t.Errorf("afterwards: %q", got)
		}
	})
}

func examineHeard(t *testing.T, h heard) {
	t.Helper()
	for _, frame := range h.frames {
		if frame.Fault == FaultNone && (frame.Data == "" || len(frame.Data) > MaxFrame || !norm.NFC.IsNormalString(frame.Data) || strings.ContainsAny(frame.Data, "\x00\r\x1b")) {
			t.Errorf("a bad frame: %q", frame.Data)
		}
	}
}
