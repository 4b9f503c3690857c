package twin

import (
	"fmt"
	"slices"
	"strings"
)

// ScannerConfig names a simulated scanner.
type ScannerConfig struct {
	Link string // the symbolic link that the station opens
}

// Scanner is a simulated QR and MRZ reader. It says only what it is told to,
// and discards what the station writes, triggers included.
type Scanner struct{ line *line }

// NewScanner makes a scanner and plugs it in.
func NewScanner(cfg ScannerConfig) (*Scanner, error) {
	l, err := newLine(cfg.Link, func([]byte) {})
	if err != nil {
		return nil, fmt.Errorf("failed to make a scanner: %w", err)
	}
	return &Scanner{line: l}, nil
}

// Send scans a code: the payload and a CR.
func (s *Scanner) Send(payload string) error { return s.Raw([]byte(payload + "\r")) }

// SendTwice scans one code twice at once, as a reader does that a card is held
// in front of (barcode-scan-listener#2).
func (s *Scanner) SendTwice(payload string) error {
	return s.Raw([]byte(strings.Repeat(payload+"\r", 2)))
}

// SendInPieces scans a code that reaches the line size bytes at a time.
func (s *Scanner) SendInPieces(payload string, size int) error {
	for piece := range slices.Chunk([]byte(payload+"\r"), size) {
		if err := s.Raw(piece); err != nil {
			return err
		}
	}
	return nil
}

// Raw sends bytes as they are.
func (s *Scanner) Raw(p []byte) error {
	_, err := s.line.Write(p)
	return err
}

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
		for piece := range slices.Chunk([]byte(noise), 64) {
			if err := s.Raw(piece); err != nil {
				return err
			}
		}
	}
	return nil
}

// Unplug takes the link away and hangs the line up.
func (s *Scanner) Unplug() error { return s.line.unplug() }

// Plug puts the scanner back, at another pts as a rule.
func (s *Scanner) Plug() error { return s.line.plug() }

// Close unplugs the scanner for good.
func (s *Scanner) Close() error { return s.line.close() }
