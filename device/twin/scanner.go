package twin

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// ScannerConfig names a simulated scanner.
type ScannerConfig struct {
	Link  string // the symbolic link that the station opens
	Model string // one of ScannerModels; "" is "cr"

	// LampFor is how long a triggered scanner's lamp stays on when nothing is
	// read; 0 is 30 s, Honeywell's factory setting.
	LampFor time.Duration
	// AckWithin is how long a scanner that wants an answer waits for it; 0 is
	// 2 s, the factory setting of SSI.
	AckWithin time.Duration
}

// ErrLampOff: a triggered scanner was shown a code while its lamp was off. It
// saw nothing, and says nothing.
var ErrLampOff = errors.New("the lamp of the simulated scanner is off")

const (
	lampFor   = 30 * time.Second
	ackWithin = 2 * time.Second
)

// Scanner is a simulated QR and MRZ reader. It speaks as its model does: what
// frames a code, what the station must answer, and what switches its lamp on.
type Scanner struct {
	line  *line
	cfg   ScannerConfig
	model scannerModel

	talk sync.Mutex // one code at a time is on its way

	mu      sync.Mutex
	lit     time.Time // until when the lamp is on; zero: off
	heard   []byte    // the tail of what the station said
	answers chan answer
	delay   time.Duration
	corrupt func([]byte) []byte // the next transmission, once
}

// NewScanner makes a scanner and plugs it in.
func NewScanner(cfg ScannerConfig) (*Scanner, error) {
	if cfg.Model == "" {
		cfg.Model = "cr"
	}
	m, ok := scannerModels[cfg.Model]
	if !ok {
		return nil, fmt.Errorf("failed to make a scanner: there is no model %q, only %q", cfg.Model, ScannerModels())
	}
	if cfg.LampFor == 0 {
		cfg.LampFor = lampFor
	}
	if cfg.AckWithin == 0 {
		cfg.AckWithin = ackWithin
	}
	s := &Scanner{cfg: cfg, model: m, answers: make(chan answer, answersKept)}
	s.power()
	l, err := newLine(cfg.Link, s.hear)
	if err != nil {
		return nil, fmt.Errorf("failed to make a scanner: %w", err)
	}
	s.line = l
	return s, nil
}

// ScannerModels lists the models, sorted.
func ScannerModels() []string {
	var out []string
	for name := range scannerModels {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Model is the model's name.
func (s *Scanner) Model() string { return s.cfg.Model }

// Lamp says whether the scanner looks for codes now. One without a trigger
// always does.
func (s *Scanner) Lamp() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lamp()
}

// lamp must be called with the lock held.
func (s *Scanner) lamp() bool { return !s.model.triggered() || time.Now().Before(s.lit) }

// Send shows a code to the scanner once. A model that waits for an answer
// resends as the real one does, and ErrUnanswered says that it gave up.
func (s *Scanner) Send(payload string) error {
	return s.show(payload, func(p []byte) error { return s.Raw(p) })
}

// SendTwice scans one code twice at once, as a reader does that a card is held
// in front of (barcode-scan-listener#2).
func (s *Scanner) SendTwice(payload string) error {
	return s.show(payload, func(p []byte) error { return s.Raw(append(slices.Clone(p), p...)) })
}

// SendInPieces scans a code that reaches the line size bytes at a time.
func (s *Scanner) SendInPieces(payload string, size int) error {
	return s.show(payload, func(p []byte) error {
		for piece := range slices.Chunk(p, size) {
			if err := s.Raw(piece); err != nil {
				return err
			}
		}
		return nil
	})
}

// Corrupt changes the bytes of the next transmission, once: a resent packet is
// whole again. Nil changes nothing.
func (s *Scanner) Corrupt(change func([]byte) []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.corrupt = change
}

// Delay lets a pause pass within every code from now on, after its first half:
// a USB bridge or a busy hub does that. Zero ends it.
func (s *Scanner) Delay(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = d
}

// show frames a payload and sends it as the model demands.
func (s *Scanner) show(payload string, send func([]byte) error) error {
	s.talk.Lock()
	defer s.talk.Unlock()
	s.mu.Lock()
	if !s.lamp() {
		s.mu.Unlock()
		return ErrLampOff
	}
	if !s.model.steady {
		s.lit = time.Time{} // one code a trigger
	}
	s.mu.Unlock()
	if s.model.converse != nil {
		return s.model.converse(s, payload, send)
	}
	return s.put(s.model.frame(payload), send)
}

// put sends bytes with the faults that are set.
func (s *Scanner) put(p []byte, send func([]byte) error) error {
	s.mu.Lock()
	change, delay := s.corrupt, s.delay
	s.corrupt = nil
	s.mu.Unlock()
	if change != nil {
		p = change(slices.Clone(p))
	}
	if delay == 0 {
		return send(p)
	}
	if err := send(p[:len(p)/2]); err != nil {
		return err
	}
	time.Sleep(delay)
	return send(p[len(p)/2:])
}

// Raw sends bytes as they are.
func (s *Scanner) Raw(p []byte) error {
	_, err := s.line.Write(p)
	return err
}

// Unplug takes the link away and hangs the line up. The lamp goes out.
func (s *Scanner) Unplug() error {
	s.mu.Lock()
	s.lit, s.heard = time.Time{}, nil
	s.mu.Unlock()
	return s.line.unplug()
}

// Plug puts the scanner back, at another pts as a rule.
func (s *Scanner) Plug() error {
	s.power()
	return s.line.plug()
}

// Close unplugs the scanner for good.
func (s *Scanner) Close() error { return s.line.close() }
