//go:build tour

package tour

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMarkSteps(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.txt")
	text := "# a phase\n\ntap 'Nộp hồ sơ'\n! see 'Xong'\n-- stick/note.txt --\ntap 'not a step'\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := markSteps(file)
	if err != nil {
		t.Fatal(err)
	}
	want := "# a phase\n\ntour-step 3 'tap ''Nộp hồ sơ'''\ntap 'Nộp hồ sơ'\n" +
		"tour-step 4 '! see ''Xong'''\n! see 'Xong'\n-- stick/note.txt --\ntap 'not a step'\n"
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
}

// A tour without a step shows nothing, and may not pass.
func TestNoSteps(t *testing.T) {
	for _, text := range []string{"", "\n# only words\n", "-- a.txt --\ntap 'x'\n"} {
		file := filepath.Join(t.TempDir(), "a.txt")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		p := &played{Name: "a", File: file}
		if play(t.Context(), Options{}, t.TempDir(), p); p.Passed || p.Error != "the tour has no step" {
			t.Errorf("%q: passed %v, %q", text, p.Passed, p.Error)
		}
	}
}

// playText plays a text with two made-up words: good passes, bad is refused.
func playText(t *testing.T, text string) (*script, *played, string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "visit.txt")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	marked, err := markSteps(file)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "copy.txt")
	if err := os.WriteFile(copied, marked, 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	p := &played{Name: "visit", File: file, started: time.Now()}
	g := &guide{ctx: t.Context(), opts: Options{Steps: true, Stdout: &out}, played: p}
	s := &script{}
	g.script(s, testscript.Params{
		Files: []string{copied},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			stepCommand: g.markStep,
			"good":      g.command(command{use: "good", do: func(*testscript.TestScript, []string) error { return nil }}),
			"bad": g.command(command{use: "bad [WORD]", most: 1, do: func(*testscript.TestScript, []string) error {
				return &refused{why: "no such button", visible: []string{"Xin chờ"}}
			}}),
		},
	})
	p.print(&out)
	return s, p, out.String()
}

func TestPlayed(t *testing.T) {
	tests := []struct {
		name, text string
		verdicts   []bool
		failure    string // part of what the file says went wrong
		visible    bool
	}{
		{name: "all pass", text: "good\n# phase\ngood\n", verdicts: []bool{true, true}},
		{name: "a refusal", text: "good\nbad\ngood\n", verdicts: []bool{true, false}, failure: "no such button", visible: true},
		{name: "a wrong use", text: "bad one two\n", verdicts: []bool{false}, failure: "usage: bad [WORD]"},
		{name: "no negation", text: "! good\n", verdicts: []bool{false}, failure: "usage: good"},
		{name: "an unknown word", text: "good\ndance\n", verdicts: []bool{true, false}, failure: `unknown command "dance"`},
		{name: "testscript's own", text: "exec echo xin\nstdout xin\ncmp a b\n-- a --\n1\n-- b --\n2\n",
			verdicts: []bool{true, true, false}, failure: "a and b differ"},
		{name: "skipping is failing", text: "skip 'not today'\n", verdicts: []bool{false}, failure: "not today"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, p, out := playText(t, tt.text)
			if s.failed == (tt.failure == "") || p.Passed == s.failed {
				t.Errorf("failed %v, passed %v", s.failed, p.Passed)
			}
			var verdicts []bool
			for _, step := range p.Steps {
				verdicts = append(verdicts, step.Passed)
			}
			if d := cmp.Diff(tt.verdicts, verdicts); d != "" {
				t.Errorf("steps:\n%s\n%s", d, out)
			}
			if !strings.Contains(p.Error, tt.failure) || tt.failure == "" && p.Error != "" {
				t.Errorf("said %q, want %q", p.Error, tt.failure)
			}
			if strings.Contains(out, "| Xin chờ") != tt.visible {
				t.Errorf("printed\n%s", out)
			}
			if verdict := strings.HasPrefix(lastFile(out), "ok "); verdict != (tt.failure == "") {
				t.Errorf("printed\n%s", out)
			}
		})
	}
}

// lastFile is the line of the file among the lines of its steps.
func lastFile(out string) string {
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, " ") {
			return line
		}
	}
	return ""
}

// Run must not report success without having played anything.
func TestRunRefuses(t *testing.T) {
	o := Options{Out: t.TempDir(), Station: os.Args[0], Portal: os.Args[0], Stdout: &bytes.Buffer{}}
	if err := Run(t.Context(), o); err == nil {
		t.Error("played nothing and was content")
	}
	missing := filepath.Join(t.TempDir(), "missing.txt")
	if err := Run(t.Context(), o, missing); !errors.Is(err, ErrFailed) {
		t.Errorf("a missing file: %v", err)
	}
	o.Portal = missing
	if err := Run(t.Context(), o, missing); err == nil || errors.Is(err, ErrFailed) {
		t.Errorf("a missing portal: %v", err)
	}
}

// A picture lies beside the report and where the script finds it, each a file of
// its own: a folder for temporary files often is on another file system.
func TestPicturesAreCopied(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "visit.txt")
	if err := os.WriteFile(file, []byte("shot home\napart home.png\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	g := &guide{ctx: t.Context(), out: t.TempDir(), played: &played{Name: "visit"}, scene: &scene{remote: drive(t, &fakeStation{})}}
	s := &script{}
	g.script(s, testscript.Params{
		Files: []string{file},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"shot": g.commands()["shot"],
			"apart": func(ts *testscript.TestScript, _ bool, args []string) {
				kept, err := os.Stat(filepath.Join(g.out, args[0]))
				ts.Check(err)
				used, err := os.Stat(ts.MkAbs(args[0]))
				ts.Check(err)
				if os.SameFile(kept, used) {
					ts.Fatalf("one file under two names")
				}
			},
		},
	})
	if s.failed {
		t.Error(s.log.String())
	}
}
