package twin

import "strings"

// garbage is what bad cables and wrong settings make: bytes of no encoding,
// control bytes, UTF-16, GBK, an endless line, a code of which a part is
// missing, and a block without end. None of it is a card.
var garbage = []string{
	"\xff\xfe\x80\xa5\r",
	"\x1b\x07\x10\x04\r",
	"0\x006\x006\x001\x00\r",
	"\xc8\xee\xce\xc4\xb0\xb2\r",
	strings.Repeat("~", 5000) + "\r",
	"9000|\xe1\xbb\r",
	"\x020661900001",
}

// Garbage sends noise, partial frames among it, and leaves the last one open.
func (s *Scanner) Garbage() error {
	for _, noise := range garbage {
		// Each in one piece: on a busy machine the pauses between smaller ones are
		// silence, and what was one endless line is dozens of codes.
		if err := s.Raw([]byte(noise)); err != nil {
			return err
		}
	}
	return nil
}
