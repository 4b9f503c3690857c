//go:build tour

package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/alecthomas/kong"

	"tramhoso/app/devices/bench"
	"tramhoso/device/port"
	"tramhoso/device/twin"
)

// argsOfTwin is set in the process that is the program itself.
const argsOfTwin = "TRAMHOSO_TEST_ARGS"

// parse reads a command line as main does.
func parse(t *testing.T, c *commands, out io.Writer, args ...string) (*kong.Context, error) {
	t.Helper()
	k, err := kong.New(c, append(commandLine(bench.ThisTerminal()), kong.Writers(out, out), kong.Exit(func(int) {}))...)
	must(t, err)
	return k.Parse(args)
}

// program starts the program with a command line of its own process.
func program(t *testing.T, args ...string) (cmd *exec.Cmd, in io.WriteCloser, out *bufio.Reader) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	cmd = exec.CommandContext(t.Context(), self, "-test.run", "^TestTwinProgram$")
	cmd.Env = append(os.Environ(), argsOfTwin+"="+strings.Join(args, "\n"))
	in, err = cmd.StdinPipe()
	must(t, err)
	pipe, err := cmd.StdoutPipe()
	must(t, err)
	cmd.Stderr = os.Stderr
	must(t, cmd.Start())
	return cmd, in, bufio.NewReader(pipe)
}

// TestTwinProgram is the program, in the processes that the tests start.
func TestTwinProgram(t *testing.T) {
	args := os.Getenv(argsOfTwin)
	if args == "" {
		return
	}
	var c commands
	k, err := parse(t, &c, os.Stdout, strings.Split(args, "\n")...)
	must(t, err)
	must(t, k.Run())
}

func says(t *testing.T, out *bufio.Reader, want string) {
	t.Helper()
	line, err := out.ReadString('\n')
	if err != nil || !strings.Contains(line, want) {
		t.Fatalf("it says %q, %v; want %q", line, err, want)
	}
}

// Somebody else's software prints, a person pulls the paper, Ctrl-C ends it.
func TestTwinPrinterForAnySoftware(t *testing.T) {
	dir := t.TempDir()
	link, papers, script := filepath.Join(dir, "printer"), filepath.Join(dir, "papers"), filepath.Join(dir, "faults")
	must(t, os.WriteFile(script, []byte("row 60 cover-open # in the middle\n"), 0o600))
	cmd, in, out := program(t, "twin", "printer", "--link", link, "--paper", papers, "--width", "384", "--model", "XP-58", "--script", script)
	says(t, out, link+": /dev/pts/")
	p, err := port.Open(port.Config{Path: link})
	must(t, err)
	_, err = p.Write([]byte("hello\n\x1bJ\x50\x1dV\x42\x00\x1dI\x43\x10\x04\x02"))
	must(t, err)
	says(t, out, "fault: cover-open")
	_, err = in.Write([]byte("cover-closed\n"))
	must(t, err)
	says(t, out, "fault: cover-closed")
	says(t, out, filepath.Join(papers, "paper-001.png")+": 110 rows, ")
	want := []byte("\x16\x5fXP-58\x00")
	got := make([]byte, len(want))
	if _, err := io.ReadFull(p, got); err != nil || !bytes.Contains(got, want[1:]) {
		t.Errorf("it answered % x, %v", got, err)
	}
	if _, err := os.Stat(filepath.Join(papers, "paper-001.bin")); err != nil {
		t.Error(err)
	}
	must(t, p.Close())
	must(t, cmd.Process.Signal(syscall.SIGINT))
	if rest, err := io.ReadAll(out); err != nil || strings.Contains(string(rest), "FAIL") {
		t.Errorf("it ended with %q, %v", rest, err)
	}
	must(t, cmd.Wait())
	if _, err := os.Lstat(link); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the link is still there: %v", err)
	}
}

func TestTwinScannerForAnySoftware(t *testing.T) {
	link := filepath.Join(t.TempDir(), "scanner")
	cmd, in, out := program(t, "twin", "scanner", "--link", link, "--model", "crlf")
	says(t, out, "model crlf")
	p, err := port.Open(port.Config{Path: link})
	must(t, err)
	_, err = in.Write([]byte("A\\x1dB\n"))
	must(t, err)
	got := make([]byte, 5)
	if _, err := io.ReadFull(p, got); err != nil || string(got) != "A\x1dB\r\n" {
		t.Errorf("the station reads %q, %v", got, err)
	}
	must(t, p.Close())
	must(t, cmd.Process.Signal(syscall.SIGTERM))
	_, err = io.ReadAll(out)
	must(t, err)
	must(t, cmd.Wait())
	if _, err := os.Lstat(link); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the link is still there: %v", err)
	}
}

// The help names every command and every model.
func TestTwinHelp(t *testing.T) {
	for device, words := range map[string][]string{
		"printer": append(strings.Split(strings.TrimSpace(twin.Words()), "\n"), "--link", "--clone", "--script", "row 120 paper-out"),
		"scanner": append(twin.ScannerModels(), "--link", `\xHH`),
	} {
		var c commands
		var out bytes.Buffer
		_, _ = parse(t, &c, &out, "twin", device, "--help") // --help also complains about what is missing
		text := strings.Join(strings.Fields(out.String()), " ")
		for _, w := range words {
			if !strings.Contains(text, strings.Join(strings.Fields(w), " ")) {
				t.Errorf("twin %s --help does not say %q:\n%s", device, w, out.String())
			}
		}
	}
}

func TestTwinRefusesASlip(t *testing.T) {
	for _, args := range [][]string{
		{"twin", "printer"}, {"twin", "printer", "--link", "/tmp/x", "--flow", "rts"}, {"twin", "scanner"},
		{"twin", "printer", "--link", "/tmp/x", "--script", "/nowhere"},
	} {
		var c commands
		if _, err := parse(t, &c, io.Discard, args...); err == nil {
			t.Errorf("%q is a command", args)
		}
	}
}
