package probe

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	qrcode "github.com/skip2/go-qrcode"
)

// Code is one of the codes that a person scans.
type Code int

// The codes, in the order in which they are asked for.
const (
	CodeWidth Code = iota // at the right edge: how wide the head prints
	CodeBands             // doubled and GS ( L bands
	CodeFeed              // a bar code whose gaps are fed
	CodePage              // on the page of the short test
)

func (c Code) String() string {
	return [...]string{"width", "bands", "feed", "page"}[c]
}

// letters are the kinds of codes on paper.
const letters = "WBFP"

const (
	// prefix tells our test codes from anything else that is scanned.
	prefix = "TMT"
	// nonceRunes makes a run's own codes: 32^8 is a million million.
	nonceRunes = 8
	// qrVersion and its 21 modules hold prefix, nonce, letter and value.
	qrVersion, qrModules = 1, 21
	// valueDigits ends a code.
	valueDigits = 4
)

// alphabet has no letter that looks like a digit.
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// nonce is what only this run's paper carries.
type nonce struct {
	text   string
	digits string // for the bar code
}

func newNonce(random io.Reader) (nonce, error) {
	var b [nonceRunes + 4]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return nonce{}, fmt.Errorf("failed to make a test's own codes: %w", err)
	}
	var n nonce
	for _, c := range b[:nonceRunes] {
		n.text += string(alphabet[int(c)%len(alphabet)])
	}
	v := uint32(b[nonceRunes])<<16 | uint32(b[nonceRunes+1])<<8 | uint32(b[nonceRunes+2])
	n.digits = fmt.Sprintf("%05d", v%100_000)
	return n, nil
}

// payload is a code's text.
func (n nonce) payload(c Code, value int) string {
	return fmt.Sprintf("%s%s%c%0*d", prefix, n.text, letters[c], valueDigits, value)
}

// bars is the bar code's text.
func (n nonce) bars(units int) string { return n.digits + strconv.Itoa(units) }

// origin says whose code a scan is.
type origin int

const (
	foreign origin = iota // not a test code
	older                 // of another run
	ours
)

// read tells what a scan is. A bar code is only digits, so one of another run
// cannot be told from any other number: it is foreign.
func (n nonce) read(scan string) (c Code, value int, from origin) {
	scan = strings.TrimSpace(scan)
	for units := 1; units <= maxFeedUnits; units++ {
		if scan == n.bars(units) {
			return CodeFeed, units, ours
		}
	}
	if len(scan) != len(prefix)+nonceRunes+1+valueDigits || !strings.HasPrefix(scan, prefix) {
		return 0, 0, foreign
	}
	kind := strings.IndexByte(letters, scan[len(prefix)+nonceRunes])
	value, err := strconv.Atoi(scan[len(scan)-valueDigits:])
	switch {
	case kind < 0 || err != nil || value < 0:
		return 0, 0, foreign
	case scan != n.payload(Code(kind), value):
		return 0, 0, older
	}
	return Code(kind), value, ours
}

// matrix is a code's modules, without quiet zone.
func matrix(text string) ([][]bool, error) {
	q, err := qrcode.NewWithForcedVersion(text, qrVersion, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("failed to make a test code: %w", err)
	}
	q.DisableBorder = true
	m := q.Bitmap()
	if len(m) != qrModules {
		return nil, fmt.Errorf("a test code of %d modules", len(m))
	}
	return m, nil
}
