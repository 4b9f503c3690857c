// Command measure measures the station beside its peers, both in one run, and
// prints one line per figure: name, value, unit. The unit "ratio" is a
// comparison, ours ÷ theirs. It ends with an error when a bar of the design's is
// missed, after all figures.
//
// It promises that a figure is the median of rounds that alternate between ours
// and theirs, so that a busy moment of the machine falls on both.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// measurement is one part of the bench.
type measurement struct {
	name string
	of   []string // the subjects that it tells of
	run  func(context.Context, *sheet) error
}

var measurements = []measurement{
	{"submit", []string{"sync"}, measureSubmit},
	{"search", []string{"sync", "screen"}, measureSearch},
	{"catalogue", []string{"sync"}, measureCatalogue},
	{"attachments", []string{"sync"}, measureAttachments},
	{"few", []string{"sync"}, measureFew},
	{"drain", []string{"sync"}, measureDrain},
	{"printer", nil, measurePrinter},
}

// wanted reports whether one of the words names the part or its subject; without
// words, everything is wanted.
func (m measurement) wanted(words []string) bool {
	return len(words) == 0 || slices.ContainsFunc(words, func(w string) bool { return w == m.name || slices.Contains(m.of, w) })
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures what was asked for; without a wish, everything.
func run(ctx context.Context, args []string, out io.Writer) error {
	s := &sheet{out: out, printed: map[string]bool{}}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&s.rounds, "rounds", 5, "of what takes minutes; the figure is their median")
	flags.IntVar(&s.dossiers, "dossiers", 1000, "in the backlog of a station")
	if err := flags.Parse(args); err != nil {
		return err
	}
	words := flags.Args()
	for _, w := range words {
		if !slices.ContainsFunc(measurements, func(m measurement) bool { return m.wanted([]string{w}) }) {
			return fmt.Errorf("%q is not measured", w)
		}
	}
	// Beside the program, not in the system's temporary folder: that may be memory.
	if err := os.MkdirAll("out", 0o755); err != nil {
		return fmt.Errorf("failed to make room: %w", err)
	}
	dir, err := os.MkdirTemp("out", "bench")
	if err != nil {
		return fmt.Errorf("failed to make room: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if s.dir, err = filepath.Abs(dir); err != nil { // the peers run elsewhere
		return err
	}
	defer s.removePeers()
	for _, m := range measurements {
		if !m.wanted(words) {
			continue
		}
		if err := m.run(ctx, s); err != nil {
			return fmt.Errorf("failed to measure %s: %w", m.name, err)
		}
		s.unmeasured(m.name)
	}
	s.machine()
	return s.errMissed()
}

// sheet is where figures are written down.
type sheet struct {
	out              io.Writer
	dir              string     // for what is measured; thrown away
	installed        *syncPeers // nil: not needed yet
	peers            []string   // name and version of what was measured beside ours
	printed          map[string]bool
	missed           []string // bars
	rounds, dossiers int      // of a drain
}

// figure writes one line, and notes the bar that it misses.
func (s *sheet) figure(name string, value float64, unit string) {
	digits := 3
	if value >= 100 {
		digits = 0
	}
	fmt.Fprintf(s.out, "%s %.*f %s\n", name, digits, value, unit)
	s.printed[name] = true
	if m := judge(name, value); m != "" {
		s.missed = append(s.missed, m)
	}
}

// peer notes what ours was measured beside.
func (s *sheet) peer(name string) { s.peers = append(s.peers, name) }

// machine says what the figures were measured on.
func (s *sheet) machine() {
	model := "unknown processor"
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		for sc := bufio.NewScanner(f); sc.Scan(); {
			if name, value, ok := strings.Cut(sc.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
		_ = f.Close()
	}
	fmt.Fprintf(s.out, "# machine: %s, %d cores, %s/%s, %s\n",
		model, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, time.Now().Format(time.DateOnly))
	fmt.Fprintf(s.out, "# versions: %s", runtime.Version())
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if slices.Contains([]string{"modernc.org/sqlite", "filippo.io/age", "fyne.io/fyne/v2", "github.com/mikestefanello/backlite"}, dep.Path) {
				fmt.Fprintf(s.out, ", %s %s", dep.Path, dep.Version)
			}
		}
	}
	for _, p := range s.peers {
		fmt.Fprintf(s.out, ", %s", p)
	}
	fmt.Fprintln(s.out)
}

// times are the durations of repeated rounds.
type times []time.Duration

// quantile is the duration below which the share q of the rounds lies, in
// milliseconds.
func (t times) quantile(q float64) float64 {
	sorted := slices.Sorted(slices.Values(t))
	i := min(int(q*float64(len(sorted))), len(sorted)-1)
	return float64(sorted[i]) / float64(time.Millisecond)
}

// median of the rounds in milliseconds.
func (t times) median() float64 { return t.quantile(0.5) }
