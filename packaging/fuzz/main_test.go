package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, source := range map[string]string{
		"a/a_test.go":   "package a\n\nfunc FuzzOne(f *testing.F) {}\nfunc FuzzTwo(g *testing.F) {\n}\n",
		"a/b/b_test.go": "package b\n\n// func FuzzNot(f *testing.F)\nfunc TestFuzz(t *testing.T) {}\nfunc FuzzThree(f *testing.F) {}\n",
		"a/c.go":        "package a\n\nfunc FuzzFour(f *testing.F) {}\n",
	} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(source), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := find([]string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, g := range got {
		names = append(names, g.String())
	}
	if want := "./a FuzzOne, ./a FuzzTwo, ./a/b FuzzThree"; strings.Join(names, ", ") != want {
		t.Errorf("found %q, want %s", names, want)
	}
	if _, err := find([]string{"nowhere"}); err == nil {
		t.Error("a folder that is missing went unnoticed")
	}
}

func TestRun(t *testing.T) {
	targets := []target{{"./a", "FuzzWell"}, {"./a", "FuzzFinds"}, {"./a", "FuzzLate"}, {"./a", "FuzzAlwaysLate"}}
	tries := make(chan string, 16)
	var out bytes.Buffer
	once := map[string]bool{}
	passed, failed := run(t.Context(), targets, 1, &out, func(_ context.Context, g target) ([]byte, error) {
		tries <- g.name
		again := once[g.name]
		once[g.name] = true
		switch {
		case g.name == "FuzzFinds":
			return []byte("Failing input written to testdata/fuzz/FuzzFinds/1"), errors.New("exit status 1")
		case g.name == "FuzzAlwaysLate", g.name == "FuzzLate" && !again:
			return []byte("context deadline exceeded"), errors.New("exit status 1")
		}
		return []byte("fuzz: elapsed: 3s, execs: 7 (2/sec)\nfuzz: elapsed: 6s, execs: 99 (2/sec)\nPASS"), nil
	})
	if passed != 2 || failed != 2 {
		t.Errorf("%d passed, %d failed, want 2 and 2", passed, failed)
	}
	close(tries)
	n := map[string]int{}
	for name := range tries {
		n[name]++
	}
	if n["FuzzFinds"] != 1 || n["FuzzLate"] != 2 || n["FuzzAlwaysLate"] != 2 {
		t.Errorf("tried %v", n)
	}
	if s := out.String(); !strings.Contains(s, "ok    ./a FuzzWell 99 inputs") || !strings.Contains(s, "FAIL  ./a FuzzFinds") ||
		!strings.Contains(s, "testdata/fuzz/FuzzFinds/1") {
		t.Errorf("said:\n%s", s)
	}
}
