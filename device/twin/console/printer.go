package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"tramhoso/device/twin"
)

const printerHelp = `A command acts at once:
%s  status                 what it is doing
  quit                   pull the cable and end; so does Ctrl-C
Behind a moment it waits for that, once:
  row N …  byte N …  before-cut …  after-cut …  after 2s …  now …
such as: row 120 paper-out`

// Printer runs a simulated printer until ctx ends or somebody types quit. Its
// papers and faults are told on out; cfg's own OnPaper and OnFault are not
// used. An error in the script plugs nothing in.
func Printer(ctx context.Context, cfg twin.PrinterConfig, in io.Reader, out io.Writer) error {
	t := &terminal{out: out}
	if err := twin.CheckScript(cfg.Script); err != nil {
		return err
	}
	if cfg.PaperDir != "" {
		if err := os.MkdirAll(cfg.PaperDir, 0o755); err != nil {
			return fmt.Errorf("failed to make a folder for papers: %w", err)
		}
		before, err := papersIn(cfg.PaperDir)
		if err != nil {
			return err
		}
		cfg.PapersBefore = before
	}
	cfg.OnPaper = func(p twin.Paper) { t.say("%s", paperLine(cfg.PaperDir, p)) }
	cfg.OnFault = func(command string) { t.say("fault: %s", command) }
	p, err := twin.NewPrinter(cfg)
	if err != nil {
		return err
	}
	t.say("%s: %s; type help", cfg.Link, p.Condition())
	err = t.obey(ctx, in, func(line string) error { return printerLine(t, p, line) })
	err = errors.Join(err, p.Close(), t.err)
	if lost := p.Dropped(); lost > 0 {
		t.say("%d bytes were lost to a full buffer", lost)
	}
	return err
}

// printerLine acts on a line that was typed.
func printerLine(t *terminal, p *twin.Printer, line string) error {
	fields := strings.Fields(line)
	if len(fields) == 0 {
		return nil
	}
	switch fields[0] {
	case "help", "?":
		t.say(printerHelp, twin.Words())
		return nil
	case "status":
		t.say("%s", p.Condition())
		return nil
	case "quit", "exit":
		return errQuit
	}
	if twin.IsMoment(fields[0]) {
		return p.Script(line)
	}
	err := p.Do(line)
	if errors.Is(err, twin.ErrWord) {
		return fmt.Errorf("%w; type help", err)
	}
	return err
}

// papersIn is the highest number of a paper in a folder, so that a second run
// does not print over the first.
func papersIn(dir string) (int, error) {
	names, err := filepath.Glob(filepath.Join(dir, "paper-*.png"))
	if err != nil {
		return 0, fmt.Errorf("failed to look for papers: %w", err)
	}
	highest := 0
	for _, name := range names {
		var n int
		if _, err := fmt.Sscanf(filepath.Base(name), "paper-%d", &n); err == nil {
			highest = max(highest, n)
		}
	}
	return highest, nil
}

// endings say how a paper came off.
var endings = map[string]string{
	twin.FullCut: "cut off", twin.PartialCut: "cut to a hinge", twin.RollEnd: "left by the end of the roll", twin.TornOff: "torn off",
}

func paperLine(dir string, p twin.Paper) string {
	name := fmt.Sprintf("paper %d", p.Number)
	if dir != "" {
		name = filepath.Join(dir, p.Name+".png")
	}
	return fmt.Sprintf("%s: %d rows, %d bytes, %s", name, p.Image.Rect.Dy(), len(p.Raw), endings[p.Ending])
}
