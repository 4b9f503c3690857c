package probe

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
)

func TestCodesOfARun(t *testing.T) {
	n, err := newNonce(bytes.NewReader([]byte("abcdefghijkl")))
	if err != nil {
		t.Fatal(err)
	}
	other, err := newNonce(bytes.NewReader([]byte("abcdefgxyzxy")))
	if err != nil {
		t.Fatal(err)
	}
	if n.text == other.text || n.digits == other.digits || len(n.digits) != 5 || len(n.text) != nonceRunes {
		t.Fatal(n, other)
	}
	if _, err := newNonce(strings.NewReader("short")); err == nil {
		t.Error("a nonce of nothing")
	}
	tests := []struct {
		scan  string
		code  Code
		value int
		from  origin
	}{
		{n.payload(CodeWidth, 576), CodeWidth, 576, ours},
		{" " + n.payload(CodePage, 0) + "\r", CodePage, 0, ours},
		{n.payload(CodeBands, 3), CodeBands, 3, ours},
		{n.bars(2), CodeFeed, 2, ours},
		{other.payload(CodeWidth, 576), 0, 0, older},
		{other.bars(1), 0, 0, foreign},
		{n.bars(3), 0, 0, foreign},
		{"", 0, 0, foreign},
		{"TMT", 0, 0, foreign},
		{"TMT" + n.text + "X0576", 0, 0, foreign},
		{"TMT" + n.text + "W-576", 0, 0, foreign},
		{"TMT" + n.text + "W+576", 0, 0, older},
		{strings.ToLower(n.payload(CodeWidth, 576)), 0, 0, foreign},
		{"001099000123", 0, 0, foreign},
	}
	for _, tt := range tests {
		if c, v, from := n.read(tt.scan); c != tt.code || v != tt.value || from != tt.from {
			t.Errorf("%q is %v %d %d", tt.scan, c, v, from)
		}
	}
}

func TestBarWidths(t *testing.T) {
	for _, s := range []string{"", "1", "12x4"} {
		if _, err := barWidths(s); err == nil {
			t.Errorf("%q became a bar code", s)
		}
	}
	// Every symbol is eleven modules wide, the stop thirteen.
	for v, w := range code128 {
		sum := 0
		for _, c := range w {
			sum += int(c - '0')
		}
		if want := 11 + 2*(v/stop); sum != want {
			t.Errorf("value %d is %d modules, not %d", v, sum, want)
		}
		if slices.Contains(code128[:v], w) {
			t.Errorf("value %d is there twice", v)
		}
	}
	got, err := barWidths("123456")
	if err != nil || len(got) != 6*6+1 {
		t.Fatal(len(got), err) // start, three pairs, check, stop and its bar
	}
	// (105 + 12·1 + 34·2 + 56·3) mod 103 = 44
	if check := got[24:30]; !slices.Equal(check, []int{1, 3, 2, 1, 3, 1}) {
		t.Errorf("the check symbol is %v", check)
	}
}

// Candidates hold the expected width, and none is so near another that the ink
// of one could miss the other.
func TestCandidates(t *testing.T) {
	for _, tt := range []struct{ expected, n int }{{576, len(heads)}, {504, len(heads) + 1}, {200, len(heads)}, {100000, len(heads)}} {
		c := candidates(tt.expected)
		if len(c) != tt.n || !slices.IsSorted(c) {
			t.Errorf("%d: %v", tt.expected, c)
		}
	}
}

// A strip holds no command that a printer would execute inside a picture, and
// what is drawn for any head fits the narrowest but for the edges.
func TestStripHasNoRealTimeCommand(t *testing.T) {
	m, _ := models.Get(models.Common)
	o := Options{Rand: &counting{}}
	s, n, err := o.strip(nonce{text: "22222222", digits: "00000"}, m)
	if err != nil || s.realTime() {
		t.Fatal(n, err)
	}
	with := strip{pieces: []piece{{bytes: []byte{1, dle}}, {bytes: []byte{5, 2}}}}
	if !with.realTime() {
		t.Error("a command across two pieces was not seen")
	}
	if _, _, err := (&Options{Rand: strings.NewReader("")}).strip(n, m); err != nil {
		t.Error(err)
	}
}

// counting is a source that never runs dry.
type counting struct{ n byte }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		c.n += 37
		p[i] = c.n
	}
	return len(p), nil
}

func TestNames(t *testing.T) {
	for raw, want := range map[string]string{
		"_EPSON\x00": "EPSON", "_\x11TM-T20III\x13\x00": "TM-T20III", "_ TM \x00": "TM",
		"_\x00": "", "EPSON\x00": "", "_EPSON": "", "_EP\x80N\x00": "", "": "", "_" + strings.Repeat("x", 41) + "\x00": "", "_a\x00b\x00": "",
	} {
		if got := parseName([]byte(raw)); got != want {
			t.Errorf("%q is %q, not %q", raw, got, want)
		}
	}
}

func TestTrouble(t *testing.T) {
	heard := func(n int, b byte) voice {
		var v voice
		v.realTime[n], v.bits[n] = true, b
		return v
	}
	for want, v := range map[printer.Reason]voice{
		printer.ReasonNone: {}, printer.ReasonCoverOpen: heard(2, 0x16), printer.ReasonPaperOut: heard(4, 0x72), printer.ReasonHardware: heard(3, 0x32),
		printer.ReasonCutter: heard(3, 0x1a), printer.ReasonHot: heard(3, 0x52), printer.ReasonOffline: heard(1, 0x1a),
	} {
		if got := v.trouble(); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

// A line at another rate answers in bytes that are no answers: nothing is learnt
// from them, least of all that the printer is silent.
func TestNoiseTeachesNothing(t *testing.T) {
	m := Measured{}
	m.Model, _ = models.Get(models.Common)
	m.heard(voice{noise: true})
	if p := m.Model.Profile; p.NoStatus || p.NoAutoStatus || p.NoProcessID {
		t.Errorf("%+v", p)
	}
	if _, known := m.value(TraitStatus); known {
		t.Error("the status is known")
	}
}

// garbled is a line on which every question is answered in nonsense.
type garbled struct {
	written int
	owes    bool
}

func (g *garbled) Write(p []byte) (int, error) {
	g.written += len(p)
	g.owes = true
	return len(p), nil
}

func (g *garbled) Read(p []byte) (int, error) {
	if !g.owes {
		return 0, os.ErrDeadlineExceeded
	}
	g.owes = false
	return copy(p, "\xff\xfe\xf0"), nil
}

func (*garbled) SetReadDeadline(time.Time) error  { return nil }
func (*garbled) SetWriteDeadline(time.Time) error { return nil }

// Nothing is printed on a line that makes nonsense of it.
func TestGarbledLine(t *testing.T) {
	g := &garbled{}
	var said []Say
	m, err := Run(t.Context(), Options{Port: g, ReplyWait: 10 * time.Millisecond, Say: func(s Step) { said = append(said, s.Say) }})
	if err != nil || m.Verdict != NotPassed || m.Reason != ReasonGarbled {
		t.Errorf("%s, %q, %v", m.Verdict, m.Reason, err)
	}
	if slices.Contains(said, SayPrinting) || g.written > 200 {
		t.Errorf("said %v and wrote %d bytes", said, g.written)
	}
}

func TestNoFileWithoutAPass(t *testing.T) {
	if _, err := (Measured{}).File("/dev/x", time.Now()); !errors.Is(err, ErrNotPassed) {
		t.Error(err)
	}
}

func FuzzAnswers(f *testing.F) {
	for _, s := range []string{"_EPSON\x00", "\x12", "\x14\x00\x00\x00", "7\"ABCD\x00", "\x11\x13", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		name := parseName(raw)
		if len(name) > maxNameBytes || strings.ContainsFunc(name, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
			t.Fatalf("%q", name)
		}
		if b, ok := oneByte(raw, 0x93, 0x12); ok && (b&0x93 != 0x12 || len(plain(raw)) != 1) {
			t.Fatalf("%#x is an answer", b)
		}
	})
}

func FuzzScan(f *testing.F) {
	n := nonce{text: "ABCDEFGH", digits: "01234"}
	for _, s := range []string{n.payload(CodeWidth, 576), n.bars(1), "TMTABCDEFGHP0000", "", "012342", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, scan string) {
		c, v, from := n.read(scan)
		if from != ours {
			if c != 0 || v != 0 {
				t.Fatal("a value of somebody else's code")
			}
			return
		}
		// Only what was printed by this run is ours.
		if s := strings.TrimSpace(scan); s != n.payload(c, v) && (c != CodeFeed || s != n.bars(v)) {
			t.Fatalf("%q is ours", scan)
		}
	})
}
