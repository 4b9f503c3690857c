package twin

import (
	"errors"
	"strings"
	"testing"
)

// What a script may not say, and where it says so.
func TestScriptErrorsNameTheLine(t *testing.T) {
	for _, tc := range []struct{ script, want string }{
		{"now ok\n\n# fine\nrow 5 paper-oops\n", `line 4: not a command: "paper-oops"`},
		{"tomorrow ok", `line 1: "tomorrow" is no moment`},
		{"ok", `line 1: "ok" is no moment`},
		{"row paper-out", `line 1: row: "paper-out" is no number`},
		{"row", "line 1: row: when?"},
		{"row -5 ok", `line 1: row: "-5" is no number`},
		{"row +5 ok", `line 1: row: "+5" is no number`},
		{"row 05 ok", `line 1: row: "05" is no number`},
		{"byte 1e3 ok", `line 1: byte: "1e3" is no number`},
		{"byte 1000000001 ok", `line 1: byte: "1000000001" is no number`},
		{"row 5", "line 1: not a command: nothing"},
		{"after 2 ok", "line 1: after: time: missing unit"},
		{"after -2s ok", "line 1: after: -2s is not between 0 and 1h0m0s"},
		{"after 2h ok", "line 1: after: 2h is not between 0 and 1h0m0s"},
		{"now ok please", `line 1: ok takes nothing behind it, not "please"`},
		{"now garbage", "line 1: garbage takes one number of bytes"},
		{"now garbage 5 6", "line 1: garbage takes one number of bytes"},
		{"now garbage many", `line 1: garbage: "many" is no number`},
		{"before-cut 5 ok", `line 1: not a command: "5"`},
		{strings.Repeat("now ok\n", maxScriptLines+1), "a script of more than 1000 lines"},
		{strings.Repeat("#", maxScriptBytes+1), "a script of more than 65536 bytes"},
	} {
		if err := CheckScript(tc.script); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%.40q: %v, not %s", tc.script, err, tc.want)
		}
	}
	p, s := wired(t, PrinterConfig{}, false)
	if err := p.Script("now cover-open\nnow nothing-like-it"); err == nil {
		t.Error("a script with an error was armed")
	}
	state(t, p, s, allWell)
	if err := p.Do("paper"); !errors.Is(err, ErrWord) {
		t.Errorf("an unknown command: %v", err)
	}
}

// Every word is documented, and does what it says.
func TestEveryWord(t *testing.T) {
	for word, want := range map[string]string{
		"ok": allWell, "near-end": "12 12 12 1e", "paper-out": "1a 32 12 72", "cover-open": "1a 16 12 12", "cover-closed": allWell,
		"cutter-jam": "1a 52 1a 12", "free-cutter": allWell, "hot": "1a 52 52 12", "cool": allWell, "hardware": "1a 52 32 12",
		"feed-down": "1a 1a 12 12", "feed-up": allWell, "tear": allWell, "slow-head 0": allWell, "power-cycle": allWell,
		"paper-out-after 0": "1a 32 12 72", "silent": "", "late 1": allWell, "interleave": allWell, "garbage 0": allWell, "unplug": "", "plug": allWell, "renumber": "",
	} {
		name, _, _ := strings.Cut(word, " ")
		if !strings.Contains(Words(), "  "+name+" ") {
			t.Errorf("%s is not documented", name)
		}
		var told []string
		p, s := wired(t, PrinterConfig{OnFault: func(c string) { told = append(told, c) }}, false)
		if err := p.Do(word); err != nil {
			t.Errorf("%s: %v", word, err)
		}
		if len(told) != 1 || told[0] != word {
			t.Errorf("%s was told as %q", word, told)
		}
		if want != "" {
			state(t, p, s, want)
		}
	}
	if n := strings.Count(Words(), "\n"); n != len(words) {
		t.Errorf("%d words are documented, %d exist", n, len(words))
	}
	p, _ := wired(t, PrinterConfig{}, false)
	if err := p.Script("now unplug"); err != nil {
		t.Fatal(err)
	}
	if got := p.Condition(); got != "unplugged, TRAM-TWIN, 576 dots, ready" {
		t.Errorf("it is %q", got)
	}
}

// FuzzScript: a text is a script or an error that names a line that exists,
// and what a script says it says again.
func FuzzScript(f *testing.F) {
	f.Add("now near-end\nrow 120 paper-out # out\nafter 2s ok\n")
	f.Add("byte 500 unplug\nafter 1h plug\nbefore-cut cover-open\nafter-cut garbage 40")
	f.Add("row 1000000000 slow-head 0\n\n\r\n#\nafter 0.5ms renumber")
	f.Add("row\nnow\nafter 1s")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := parseScript(text)
		if err != nil {
			if len(lines) != 0 {
				t.Fatal("an error and a script")
			}
			return
		}
		if len(lines) > maxScriptLines {
			t.Fatalf("%d lines", len(lines))
		}
		var again strings.Builder
		for _, l := range lines {
			again.WriteString(l.String() + "\n")
		}
		other, err := parseScript(again.String())
		if err != nil || len(other) != len(lines) {
			t.Fatalf("%q became %q: %v", text, again.String(), err)
		}
		for i := range lines {
			if lines[i].String() != other[i].String() || lines[i].name != other[i].name || lines[i].n != other[i].n {
				t.Fatalf("line %d: %q, %q", i, lines[i], other[i])
			}
		}
	})
}

// The first byte of a station finds the script armed.
func TestAPrinterBeginsWithItsScript(t *testing.T) {
	p, s := wired(t, PrinterConfig{Script: "now near-end\nbyte 1 cover-open"}, false)
	state(t, p, s, "1a 16 12 1e")
	if _, err := NewPrinter(PrinterConfig{Link: t.TempDir() + "/p", Script: "now"}); err == nil {
		t.Error("a printer with a bad script was made")
	}
}
