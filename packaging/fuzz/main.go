// Command fuzz runs every fuzz target of the folders it is given, each for the
// same time, two at once, and prints a line per target. What it finds the fuzzer
// itself keeps under the package's testdata/fuzz, where it fails from then on in
// every run of the tests.
//
// Targets are found in the source, so a new one is run without being listed
// anywhere.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

func main() {
	each := flag.Duration("time", 10*time.Second, "how long each target runs")
	tags := flag.String("tags", "", "build tags")
	count := flag.String("count", "", `file that gets "passed failed"`)
	atOnce := flag.Int("at-once", 2, "how many targets run at the same time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	targets, err := find(flag.Args())
	if err == nil && len(targets) == 0 {
		err = fmt.Errorf("no fuzz target in %s", strings.Join(flag.Args(), " "))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		os.Exit(1)
	}
	passed, failed := run(ctx, targets, *atOnce, os.Stdout, func(ctx context.Context, t target) ([]byte, error) {
		return goTest(ctx, t, *each, *tags)
	})
	if *count != "" {
		if err := os.WriteFile(*count, fmt.Appendf(nil, "%d %d\n", passed, failed), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "fuzz:", err)
			os.Exit(1)
		}
	}
	if failed > 0 {
		os.Exit(1)
	}
}

// target is one fuzz function.
type target struct{ pkg, name string }

func (t target) String() string { return t.pkg + " " + t.name }

// declared finds the functions that `go test -fuzz` takes.
var declared = regexp.MustCompile(`(?m)^func (Fuzz\w*)\(\w+ \*testing\.F\)`)

// find lists the targets below the folders, in the order of the files.
func find(roots []string) ([]target, error) {
	var out []target
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range declared.FindAllSubmatch(source, -1) {
				out = append(out, target{"./" + filepath.ToSlash(filepath.Dir(path)), string(m[1])})
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("failed to look for fuzz targets: %w", err)
		}
	}
	return out, nil
}

// run fuzzes the targets and prints what became of each.
func run(ctx context.Context, targets []target, atOnce int, out io.Writer, fuzz func(context.Context, target) ([]byte, error)) (passed, failed int) {
	var (
		mu   sync.Mutex
		wait sync.WaitGroup
	)
	room := make(chan struct{}, max(1, atOnce))
	for _, t := range targets {
		room <- struct{}{}
		wait.Go(func() {
			defer func() { <-room }()
			said, err := fuzz(ctx, t)
			if err != nil && ctx.Err() == nil && !found(said) {
				// The go command's own time-out at the end of a run on a busy
				// machine names no input (golang.org/issue/56238).
				said, err = fuzz(ctx, t)
			}
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				passed++
				fmt.Fprintf(out, "ok    %s %s\n", t, executions(said))
				return
			}
			failed++
			fmt.Fprintf(out, "FAIL  %s: %v\n%s\n", t, err, bytes.TrimSpace(said))
		})
	}
	wait.Wait()
	return passed, failed
}

// found reports that the fuzzer names an input that fails, or a build that does.
func found(said []byte) bool {
	return bytes.Contains(said, []byte("Failing input written to")) || bytes.Contains(said, []byte("[build failed]")) ||
		bytes.Contains(said, []byte("[setup failed]"))
}

var counted = regexp.MustCompile(`execs: (\d+)`)

// executions is how many inputs were tried, by the last line that says so.
func executions(said []byte) string {
	all := counted.FindAllSubmatch(said, -1)
	if len(all) == 0 {
		return ""
	}
	return string(all[len(all)-1][1]) + " inputs"
}

// minimize is how long the fuzzer may shorten one input that it keeps; its own
// minute, times the inputs of a short run, is more than that run.
const minimize = "1s"

// goTest fuzzes one target. Its tests and other targets stay out of the way.
func goTest(ctx context.Context, t target, each time.Duration, tags string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-tags", tags, "-run", "^$", "-fuzz", "^"+t.name+"$",
		"-fuzztime", each.String(), "-parallel", "1", "-fuzzminimizetime", minimize, t.pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	return cmd.CombinedOutput()
}
