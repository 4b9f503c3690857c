//go:build tour

package tour

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// fileLimit bounds one file: ten times what the longest takes.
const fileLimit = 10 * time.Minute

// Options say how tours are played.
type Options struct {
	Out     string    // where report, papers, pictures and logs go
	Size    string    // the station's screen, "1280x800"
	Lang    string    // the language it starts in, "vi" or "en"
	Steps   bool      // print a line for every step, too
	Count   string    // a file that gets "passed failed", or ""
	Station string    // the station's program; "" is this one
	Portal  string    // the portal's program; "" lies beside the station's
	Stdout  io.Writer // where the lines go; nil is standard output
}

// ErrFailed is returned when a file did not pass; its lines have said why.
var ErrFailed = errors.New("a tour failed")

// Run plays the files one after the other and leaves the report. It returns
// ErrFailed if one of them did not pass.
func Run(ctx context.Context, o Options, files ...string) error {
	if err := o.complete(); err != nil {
		return err
	}
	if len(files) == 0 {
		return errors.New("no tour given to play")
	}
	scripts, err := os.MkdirTemp("", "tour")
	if err != nil {
		return fmt.Errorf("failed to make room for the tour: %w", err)
	}
	defer os.RemoveAll(scripts)
	r := &report{Started: time.Now(), Size: o.Size, Lang: o.Lang}
	for _, file := range files {
		p := &played{
			Name: strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)), File: file,
			Papers: []string{}, Pictures: []string{}, Steps: []*step{},
		}
		r.Files = append(r.Files, p)
		play(ctx, o, scripts, p)
		p.print(o.Stdout)
		if p.Passed {
			r.Passed++
		} else {
			r.Failed++
		}
		// Written after every file: a run that is cut short leaves what it has.
		if err := r.write(o.Out); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if o.Count != "" {
		if err := os.WriteFile(o.Count, fmt.Appendf(nil, "%d %d\n", r.Passed, r.Failed), 0o644); err != nil {
			return fmt.Errorf("failed to write the count: %w", err)
		}
	}
	if r.Failed > 0 {
		return ErrFailed
	}
	return nil
}

// complete fills in what was left out.
func (o *Options) complete() error {
	if o.Stdout == nil {
		o.Stdout = os.Stdout
	}
	if o.Size == "" {
		o.Size = "1280x800"
	}
	if o.Lang == "" {
		o.Lang = "vi"
	}
	if o.Out == "" {
		o.Out = filepath.Join("out", "tour")
	}
	var err error
	if o.Out, err = filepath.Abs(o.Out); err != nil {
		return fmt.Errorf("failed to find the folder for the report: %w", err)
	}
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return fmt.Errorf("failed to make the folder for the report: %w", err)
	}
	if o.Station == "" {
		if o.Station, err = os.Executable(); err != nil {
			return fmt.Errorf("failed to find the station's program: %w", err)
		}
	}
	if o.Portal == "" {
		o.Portal = filepath.Join(filepath.Dir(o.Station), "tramhoso-portal")
	}
	if _, err := os.Stat(o.Portal); err != nil {
		return fmt.Errorf("failed to find the portal's program (--portal says where it is): %w", err)
	}
	return nil
}

// play plays one file.
func play(ctx context.Context, o Options, scripts string, p *played) {
	p.started = time.Now()
	defer func() { p.Seconds = seconds(time.Since(p.started)) }()
	marked, err := markSteps(p.File)
	if err != nil {
		p.Error = err.Error()
		return
	}
	copied := filepath.Join(scripts, p.Name+".txt")
	if err := os.WriteFile(copied, marked, 0o644); err != nil {
		p.Error = err.Error()
		return
	}
	ctx, cancel := context.WithTimeout(ctx, fileLimit)
	defer cancel()
	g := &guide{ctx: ctx, opts: o, played: p}
	g.script(&script{}, testscript.Params{
		Files:    []string{copied},
		Setup:    g.setup,
		Cmds:     g.commands(),
		Deadline: time.Now().Add(fileLimit),
	})
}

// script has testscript play the file and writes down its end.
func (g *guide) script(t *script, params testscript.Params) {
	t.Run(g.played.Name, func(t testscript.T) { testscript.RunT(t, params) })
	if !t.failed {
		g.endStep("")
		g.played.Passed = true
		return
	}
	g.played.Error = t.reason()
	if s := g.endStep(g.played.Error); s != nil {
		g.played.Error = s.Error
	}
}

// stepCommand marks, in the copy of a file that is played, where each line
// begins; the report needs to know of testscript's own commands, too.
const stepCommand = "tour-step"

// markSteps puts the mark of a step before every command of a file.
func markSteps(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("failed to read the tour: %w", err)
	}
	var out bytes.Buffer
	inFiles, steps := false, 0
	for i, line := range strings.SplitAfter(string(text), "\n") {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(line, "-- ") && strings.HasSuffix(trimmed, " --") {
			inFiles = true // the files that a txtar archive carries
		}
		if !inFiles && trimmed != "" && !strings.HasPrefix(trimmed, "#") {
			steps++
			fmt.Fprintf(&out, "%s %d '%s'\n", stepCommand, i+1, strings.ReplaceAll(trimmed, "'", "''"))
		}
		out.WriteString(line)
	}
	if steps == 0 { // it would pass
		return nil, errors.New("the tour has no step")
	}
	return out.Bytes(), nil
}

// markStep is the command behind the mark.
func (g *guide) markStep(ts *testscript.TestScript, _ bool, args []string) {
	line, err := strconv.Atoi(args[0])
	ts.Check(err)
	if before := g.played.begin(line, args[1]); before != nil && g.opts.Steps {
		before.print(g.opts.Stdout)
	}
}

// endStep closes the step under way and prints it if asked to.
func (g *guide) endStep(failure string) *step {
	s := g.played.end(failure)
	if s != nil && g.opts.Steps {
		s.print(g.opts.Stdout)
	}
	return s
}

// script is testscript's T outside of `go test`: one file, no parallel ones.
type script struct {
	failed bool
	log    strings.Builder
}

func (s *script) Log(args ...any) { fmt.Fprintln(&s.log, args...) }
func (s *script) Parallel()       {}
func (s *script) Verbose() bool   { return false }

// FailNow ends the goroutine of the script, as testing does.
func (s *script) FailNow() {
	s.failed = true
	runtime.Goexit()
}

func (s *script) Fatal(args ...any) {
	s.Log(append([]any{"FAIL: "}, args...)...)
	s.FailNow()
}

// Skip fails: a tour that does not play checks nothing.
func (s *script) Skip(args ...any) {
	s.Log(append([]any{"FAIL: skipped "}, args...)...)
	s.FailNow()
}

// Run plays f on a goroutine of its own and waits for it.
func (s *script) Run(_ string, f func(testscript.T)) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(s)
	}()
	<-done
}

// failLine is how testscript's log says why a line failed.
var failLine = regexp.MustCompile(`(?m)^FAIL: (?:\S+\.txt:\d+: )?(.*)$`)

// reason is why the script failed.
func (s *script) reason() string {
	all := failLine.FindAllStringSubmatch(s.log.String(), -1)
	if len(all) == 0 {
		return "failed without a word: " + s.log.String()
	}
	return all[len(all)-1][1]
}
