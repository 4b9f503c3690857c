package scanner

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// Fault names why a frame cannot be used, for a technician to act on.
type Fault string

// The faults of a frame.
const (
	FaultNone    Fault = ""
	FaultPartial Fault = "partial"     // its end did not come
	FaultTooLong Fault = "too-long"    // over MaxFrame
	FaultUTF16   Fault = "utf-16"      // the scanner sends UTF-16
	FaultCP1258  Fault = "cp1258"      // looks like Windows' Vietnamese code page
	FaultGBK     Fault = "gbk"         // looks like GBK (a Chinese factory setting)
	FaultTwice   Fault = "utf-8-twice" // UTF-8 taken for Windows-1252 and made UTF-8 again
	FaultNotUTF8 Fault = "not-utf-8"   // neither of those, or characters already lost
	FaultNotNFC  Fault = "not-nfc"     // accents apart from their letters
	FaultControl Fault = "control"     // control characters inside
	// FaultFlood: more codes than anybody can show; the rest of them is dropped.
	FaultFlood Fault = "flood"
	// FaultSevenBits: letters lost their eighth bit on a 7E1 line. A card's QR
	// cannot be read over one.
	FaultSevenBits Fault = "seven-bits"
)

// examine judges the bytes of a frame. Newlines may stand between MRZ lines.
func examine(b []byte) Fault {
	if looksUTF16(b) {
		return FaultUTF16
	}
	if !utf8.Valid(b) {
		switch {
		case cutUTF8(b):
		case looksCP1258(b):
			return FaultCP1258
		case looksGBK(b):
			return FaultGBK
		}
		return FaultNotUTF8
	}
	if encodedTwice(b) {
		return FaultTwice
	}
	lines := isMRZ(b)
	for _, r := range string(b) {
		switch {
		case r == utf8.RuneError:
			return FaultNotUTF8
		case r == '\n' && lines:
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff':
			return FaultControl
		}
	}
	if !norm.NFC.IsNormal(b) {
		return FaultNotNFC
	}
	return FaultNone
}

// isMRZ knows the lines of any travel document, also where one is missing:
// 30, 36 or 44 characters.
func isMRZ(b []byte) bool {
	for line := range bytes.SplitSeq(b, []byte("\n")) {
		if !mrzChars(line) || len(line) != mrzLine && len(line) != 36 && len(line) != 44 {
			return false
		}
	}
	return true
}

func mrzChars(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && c != '<' && c != '_' {
			return false
		}
	}
	return true
}

// looksUTF16 sees a byte order mark, or that a quarter and more is zero: the
// digits and bars of a card's QR are ASCII.
func looksUTF16(b []byte) bool {
	if bytes.HasPrefix(b, []byte{0xFF, 0xFE}) || bytes.HasPrefix(b, []byte{0xFE, 0xFF}) {
		return true
	}
	return len(b) >= 4 && bytes.Count(b, []byte{0})*4 >= len(b)
}

// encodedTwice sees text of which every letter stands for a byte of UTF-8: some
// scanners take a QR's bytes for Windows-1252 ("Nguyá»…n").
func encodedTwice(b []byte) bool {
	once := make([]byte, 0, len(b))
	for _, r := range string(b) {
		c, ok := charmap.Windows1252.EncodeRune(r)
		switch {
		case ok:
		case r >= 0x80 && r <= 0x9F: // the five bytes that the code page leaves free
			c = byte(r)
		default:
			return false
		}
		once = append(once, c)
	}
	return len(once) < len(b) && utf8.Valid(once)
}

// cutUTF8 sees UTF-8 that only lacks the end of its last character.
func cutUTF8(b []byte) bool {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if tail := b[len(b)-n:]; !utf8.FullRune(tail) {
			return utf8.Valid(b[:len(b)-n])
		}
	}
	return false
}

const (
	// Vietnamese in Windows-1258: letters, and tones that follow them.
	cp1258Letters = "\xc0\xc1\xc2\xc3\xc8\xc9\xca\xcd\xd0\xd3\xd4\xd5\xd9\xda\xdd" +
		"\xe0\xe1\xe2\xe3\xe8\xe9\xea\xed\xf0\xf3\xf4\xf5\xf9\xfa\xfd"
	cp1258Tones = "\xcc\xd2\xde\xec\xf2"
	cp1258Signs = "\x91\x92\x93\x94\x96\x97\xa0"
)

// looksCP1258 wants nothing above ASCII but Vietnamese, tones after letters.
func looksCP1258(b []byte) bool {
	letter := false
	for _, c := range b {
		switch {
		case bytes.IndexByte([]byte(cp1258Tones), c) >= 0:
			if !letter {
				return false
			}
			letter = false
		case bytes.IndexByte([]byte(cp1258Letters), c) >= 0:
			letter = true
		case c < 0x80:
			letter = c|0x20 >= 'a' && c|0x20 <= 'z'
		case bytes.IndexByte([]byte(cp1258Signs), c) >= 0:
			letter = false
		default:
			return false
		}
	}
	return true
}

// looksGBK wants every byte above ASCII to be half of a pair.
func looksGBK(b []byte) bool {
	for i := 0; i < len(b); i++ {
		if b[i] < 0x80 {
			continue
		}
		if b[i] == 0x80 || b[i] == 0xFF || i+1 == len(b) {
			return false
		}
		i++
		if b[i] < 0x40 || b[i] == 0x7F || b[i] == 0xFF {
			return false
		}
	}
	return true
}
