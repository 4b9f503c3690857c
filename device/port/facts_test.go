package port

import (
	"strings"
	"testing"
	"unicode"
)

// What a USB device calls itself, and the kernel's list of locks.
func FuzzFacts(f *testing.F) {
	f.Add([]byte("EPSON TM-T20II\n"))
	f.Add([]byte("\x1b]0;owned\x07\xff\x00 CP2102\u202e\n"))
	f.Add([]byte("1: FLOCK  ADVISORY  WRITE 708 00:05:1036 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 709 00:05:1036 0 EOF\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		said := clean(raw)
		if strings.ContainsFunc(said, func(r rune) bool { return !unicode.IsPrint(r) }) || len(said) > len(raw) {
			t.Errorf("%q", said)
		}
		if clean([]byte(said)) != said {
			t.Errorf("%q is cleaned further", said)
		}
		for _, fields := range flocks(string(raw)) {
			if len(fields) != 8 || fields[1] != "FLOCK" {
				t.Errorf("%q", fields)
			}
		}
	})
}
