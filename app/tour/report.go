//go:build tour

package tour

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// report is DIR/report.json: what was played, and what came of it.
type report struct {
	Started time.Time `json:"started"`
	Size    string    `json:"size"`
	Lang    string    `json:"lang"`
	Passed  int       `json:"passed"` // files
	Failed  int       `json:"failed"`
	Files   []*played `json:"files"`
}

// played is one file of a report.
type played struct {
	Name     string   `json:"name"`
	File     string   `json:"file"`
	Passed   bool     `json:"passed"`
	Seconds  float64  `json:"seconds"`
	Error    string   `json:"error,omitempty"`
	Steps    []*step  `json:"steps"`
	Papers   []string `json:"papers"`   // relative to DIR
	Pictures []string `json:"pictures"` // likewise
	Log      string   `json:"log"`      // what the station wrote

	started time.Time
	open    *step // the step under way
}

// step is one line of a file.
type step struct {
	Line    int      `json:"line"`
	Command string   `json:"command"`
	Passed  bool     `json:"passed"`
	Seconds float64  `json:"seconds"` // how long it took
	At      float64  `json:"at"`      // seconds since the file began
	Error   string   `json:"error,omitempty"`
	Visible []string `json:"visible,omitempty"` // what was on the screen instead

	began time.Time
}

// begin closes the step under way, which has then passed, and opens another.
func (p *played) begin(line int, command string) (before *step) {
	before = p.end("")
	now := time.Now()
	p.open = &step{Line: line, Command: command, At: seconds(now.Sub(p.started)), began: now}
	p.Steps = append(p.Steps, p.open)
	return before
}

// end closes the step under way; failure says what went wrong with it.
func (p *played) end(failure string) *step {
	s := p.open
	if s == nil {
		return nil
	}
	p.open = nil
	s.Seconds = seconds(time.Since(s.began))
	if s.Error == "" {
		s.Error = failure
	}
	s.Passed = s.Error == ""
	return s
}

// seconds to the millisecond, which is as exact as a tour is.
func seconds(d time.Duration) float64 {
	return float64(d.Round(time.Millisecond)) / float64(time.Second)
}

// write leaves the report in dir.
func (r *report) write(dir string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("failed to write the report: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "report.json"), append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("failed to write the report: %w", err)
	}
	return nil
}

// print is a step's line on the terminal.
func (s *step) print(out io.Writer) {
	verdict := "ok  "
	if !s.Passed {
		verdict = "FAIL"
	}
	fmt.Fprintf(out, "  %s %6.2fs  %s\n", verdict, s.Seconds, s.Command)
}

// print is a file's line on the terminal, and its failure below it.
func (p *played) print(out io.Writer) {
	if p.Passed {
		fmt.Fprintf(out, "ok   %s %.1fs: %d steps, %d papers, %d pictures\n",
			p.Name, p.Seconds, len(p.Steps), len(p.Papers), len(p.Pictures))
		return
	}
	at := p.File
	if n := len(p.Steps); n > 0 && !p.Steps[n-1].Passed {
		s := p.Steps[n-1]
		at = fmt.Sprintf("%s:%d: %s", p.File, s.Line, s.Command)
	}
	fmt.Fprintf(out, "FAIL %s %.1fs: %s: %s\n", p.Name, p.Seconds, at, p.Error)
	if n := len(p.Steps); n > 0 {
		for _, text := range p.Steps[n-1].Visible {
			fmt.Fprintf(out, "       | %s\n", text)
		}
	}
}
