// Command tally reads `go test -json` on its input, prints a line per package
// and the whole output of what failed, and writes "passed failed" to the file it
// is given. Its exit status is 1 if anything failed, or if nothing ran at all.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxLineBytes is the longest line of test output that is kept whole.
const maxLineBytes = 4 << 20

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go test -json … | tally COUNTFILE")
		os.Exit(2)
	}
	passed, failed, err := tally(os.Stdin, os.Stdout)
	if err == nil {
		err = os.WriteFile(os.Args[1], fmt.Appendf(nil, "%d %d\n", passed, failed), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(1)
	}
	if failed > 0 || passed == 0 {
		os.Exit(1)
	}
}

// event is a line of test2json.
type event struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Output     string
	Elapsed    float64
}

// tally counts tests: a test with subtests is not counted beside them, and a
// package that fails without a failing test (it does not build, or its process
// dies) counts as one failure.
func tally(in io.Reader, out io.Writer) (passed, failed int, err error) {
	output := map[string]*strings.Builder{} // by package and test
	parents := map[string]bool{}
	broken := map[string]int{} // failures by package
	note := func(key, text string) {
		if output[key] == nil {
			output[key] = &strings.Builder{}
		}
		output[key].WriteString(text)
	}
	sc := bufio.NewScanner(in)
	sc.Buffer(nil, maxLineBytes)
	for sc.Scan() {
		var e event
		if json.Unmarshal(sc.Bytes(), &e) != nil || e.Action == "" {
			fmt.Fprintln(out, sc.Text())
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "build-output":
			fmt.Fprint(out, e.Output)
		case "run":
			for name := e.Test; ; {
				i := strings.LastIndexByte(name, '/')
				if i < 0 {
					break
				}
				name = name[:i]
				parents[e.Package+" "+name] = true
			}
		case "output":
			note(key, e.Output)
		case "pass", "fail", "skip":
			switch {
			case e.Test != "" && e.Action == "fail":
				fmt.Fprintf(out, "FAIL  %s %s\n%s", e.Package, e.Test, output[key])
				broken[e.Package]++
				if !parents[key] {
					failed++
				}
			case e.Test != "" && e.Action == "pass" && !parents[key]:
				passed++
			case e.Test == "" && e.Action == "fail":
				if broken[e.Package] == 0 {
					failed++
				}
				fmt.Fprintf(out, "FAIL  %s\n%s", e.Package, output[e.Package+" "])
			case e.Test == "" && e.Action == "pass":
				fmt.Fprintf(out, "ok    %s %.1fs\n", e.Package, e.Elapsed)
			}
			if e.Test != "" {
				delete(output, key)
			}
		}
	}
	if err := sc.Err(); err != nil {
		return passed, failed, fmt.Errorf("failed to read the test output: %w", err)
	}
	_, err = fmt.Fprintf(out, "%d passed, %d failed\n", passed, failed)
	return passed, failed, err
}
