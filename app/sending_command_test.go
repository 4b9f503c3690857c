package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"tramhoso/app/devices/bench"
	"tramhoso/sync/store"
)

func sends(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "station.toml")
	must(t, os.WriteFile(file, fmt.Appendf(nil, "storage = %q\ntpm = \"off\"\n", dir), 0o600))
	var out bytes.Buffer
	var c commands
	k, err := kong.New(&c, append(commandLine(bench.ThisTerminal()), kong.BindTo(&out, (*io.Writer)(nil)))...)
	must(t, err)
	parsed, err := k.Parse(append([]string{"sending", "--config", file}, args...))
	must(t, err)
	err = parsed.Run()
	return out.String(), err
}

func TestPausingAtATerminal(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	begin(t, dir)
	const free = "sending is not paused\npackets waiting 0, attachments waiting 0\n"
	if out, err := sends(t, dir); err != nil || out != free {
		t.Errorf("%q, %v", out, err)
	}
	for _, args := range [][]string{{"pause"}, {"pause", "--for", "26h"}, {"pause", "--for=-1h"}} {
		if out, err := sends(t, dir, args...); err == nil {
			t.Errorf("%q paused: %q", args, out)
		}
	}
	if _, err := sends(t, dir, "pause", "--for", "26h"); err == nil || !strings.Contains(err.Error(), "25 hours") || !strings.Contains(sendingCommand{}.Help(), "25 hours") {
		t.Errorf("the limit is not named: %v", err)
	}
	if out, err := sends(t, dir, "pause", "--for", "25h"); err != nil {
		t.Errorf("%q, %v", out, err)
	}
	if out, err := sends(t, dir, "resume"); err != nil || out != free {
		t.Errorf("%q, %v", out, err)
	}
	if out, err := sends(t, dir, "pause", "--for", "90m"); err != nil || !strings.HasPrefix(out, "sending is paused until ") {
		t.Errorf("%q, %v", out, err)
	}
	out, err := sends(t, dir, "pause", "--morning")
	if err != nil || !strings.HasPrefix(out, "sending is paused until 07:00 on ") {
		t.Errorf("%q, %v", out, err)
	}
	// It outlives the program, and stands in the audit log.
	if again, err := sends(t, dir, "show"); err != nil || again != out {
		t.Errorf("%q, %v", again, err)
	}
	if out, err := sends(t, dir, "resume"); err != nil || out != free {
		t.Errorf("%q, %v", out, err)
	}
	s, err := store.Open(t.Context(), dir, store.Options{})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	n, err := s.Audit().Size()
	must(t, err)
	var log string
	for i := range n {
		leaf, err := s.Audit().Leaf(i)
		must(t, err)
		log += string(leaf)
	}
	if strings.Count(log, didPause) != 3 || strings.Count(log, didResume) != 2 {
		t.Errorf("the audit log says %q", log)
	}
	// A station that runs holds its storage.
	if _, err := sends(t, dir, "pause", "--for", "1h"); !errors.Is(err, errRuns) {
		t.Errorf("beside a station that runs: %v", err)
	}
}
