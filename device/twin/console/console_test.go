package console

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tramhoso/device/port"
	"tramhoso/device/twin"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// longWait ends a test that hangs; nothing waits for it when all is well.
const longWait = 20 * time.Second

// session is a console that runs, with a person at it.
type session struct {
	*testing.T
	link  string
	typed *io.PipeWriter
	seen  *bufio.Scanner
	stop  context.CancelFunc
	ended chan error
}

func begin(t *testing.T, run func(ctx context.Context, link string, in io.Reader, out io.Writer) error) *session {
	t.Helper()
	in, typed := io.Pipe()
	shown, out := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	s := &session{T: t, link: filepath.Join(t.TempDir(), "device"), typed: typed, seen: bufio.NewScanner(shown), stop: stop, ended: make(chan error, 1)}
	go func() {
		err := run(ctx, s.link, in, out)
		_ = out.Close() // never fails
		s.ended <- err
	}()
	t.Cleanup(func() {
		stop()
		_ = typed.Close() // never fails
		go func() {
			for s.seen.Scan() { // whatever it still says
			}
		}()
		if err := <-s.ended; err != nil {
			t.Errorf("it ended with %v", err)
		}
		if _, err := os.Lstat(s.link); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the link is still there: %v", err)
		}
	})
	return s
}

func (s *session) types(line string) {
	s.Helper()
	if _, err := io.WriteString(s.typed, line+"\n"); err != nil {
		s.Fatal(err)
	}
}

// shows reads one line and checks that each part is in it.
func (s *session) shows(parts ...string) {
	s.Helper()
	if !s.seen.Scan() {
		s.Fatalf("it ended instead of showing %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(s.seen.Text(), part) {
			s.Fatalf("it shows %q, not %q", s.seen.Text(), part)
		}
	}
}

// open opens the device as any software does.
func (s *session) open() *port.Serial {
	s.Helper()
	p, err := port.Open(port.Config{Path: s.link})
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() {
		if err := p.Close(); err != nil {
			s.Error(err)
		}
	})
	if err := p.SetReadDeadline(time.Now().Add(longWait)); err != nil {
		s.Fatal(err)
	}
	return p
}

func TestPrinter(t *testing.T) {
	papers := filepath.Join(t.TempDir(), "new", "papers")
	run := func(ctx context.Context, link string, in io.Reader, out io.Writer) error {
		return Printer(ctx, twin.PrinterConfig{Link: link, PaperDir: papers, Model: "TM-T88V", Script: "row 10 paper-out"}, in, out)
	}
	s := begin(t, run)
	s.shows(s.link, "/dev/pts/", "TM-T88V, 576 dots, ready; type help")
	p := s.open()
	if _, err := p.Write([]byte("\x1bJ\x20\x1dVB\x00\x10\x04\x04")); err != nil {
		t.Fatal(err)
	}
	s.shows("fault: paper-out")
	s.shows(filepath.Join(papers, "paper-001-partial.png")+":", "10 rows,", "left by the end of the roll")
	if _, err := p.Read(make([]byte, 1)); err != nil { // the answer to DLE EOT
		t.Error(err)
	}
	s.types("status")
	s.shows("paper out")
	s.types("ok")
	s.shows("fault: ok")
	s.shows(filepath.Join(papers, "paper-002.png")+":", "22 rows,", "4 bytes,", "cut to a hinge")
	for _, name := range []string{"paper-001-partial.bin", "paper-002.png", "paper-002.bin"} {
		if _, err := os.Stat(filepath.Join(papers, name)); err != nil {
			t.Error(err)
		}
	}
	s.types("")
	s.types("papr-out")
	s.shows(`not a command: "papr-out"; type help`)
	s.types("garbage lots")
	s.shows("garbage", `"lots"`)
	s.types("row twelve ok")
	s.shows(`line 1: row: "twelve"`)
	s.types("before-cut cover-open") // behind a moment it waits
	s.types("status")
	s.shows("ready")
	s.types("unplug")
	s.shows("fault: unplug")
	if _, err := p.Read(make([]byte, 1)); !errors.Is(err, port.ErrUnplugged) {
		t.Errorf("reading an unplugged printer: %v", err)
	}
	s.types("plug")
	s.shows("fault: plug")
	s.types("help")
	s.shows("A command acts at once")
	for range strings.Count(twin.Words(), "\n") {
		s.shows("  ")
	}
	s.shows("status")
	s.shows("quit")
	s.shows("Behind a moment")
	s.shows("row N")
	s.shows("such as")
	s.types("quit")
	if s.seen.Scan() {
		t.Errorf("after quit it shows %q", s.seen.Text())
	}

	// A second run prints over nothing.
	again := begin(t, run)
	again.shows("ready")
	p = again.open()
	if _, err := p.Write([]byte("\x1bJ\x05\x1dVA\x00")); err != nil {
		t.Fatal(err)
	}
	again.shows("paper-003.png", "5 rows", "cut off")
	// The end of the input does not end it; its context does.
	if err := again.typed.Close(); err != nil {
		t.Error(err)
	}
	if _, err := p.Write([]byte("\x1bJ\x06\x1dV\x00")); err != nil {
		t.Fatal(err)
	}
	again.shows("paper-004.png", "6 rows")
	again.stop()
	if again.seen.Scan() {
		t.Errorf("after its end it shows %q", again.seen.Text())
	}
}

func TestAPrinterThatLosesBytesSaysSo(t *testing.T) {
	s := begin(t, func(ctx context.Context, link string, in io.Reader, out io.Writer) error {
		return Printer(ctx, twin.PrinterConfig{Link: link, BufferBytes: 64, Script: "byte 100 hot"}, in, out)
	})
	s.shows("ready")
	s.types("cover-open")
	s.shows("cover-open")
	if _, err := s.open().Write(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	s.shows("fault: hot") // all of it has come
	s.types("quit")
	s.shows("36 bytes were lost to a full buffer")
}

func TestWhatCannotRun(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		cfg    twin.PrinterConfig
		script string
		want   string
	}{
		"a bad script":           {twin.PrinterConfig{Link: filepath.Join(dir, "a")}, "now ok\nrow ok", "line 2"},
		"a file in its place":    {twin.PrinterConfig{Link: file}, "", "something else"},
		"papers where a file is": {twin.PrinterConfig{Link: filepath.Join(dir, "b"), PaperDir: file}, "", "folder for papers"},
		"an impossible head":     {twin.PrinterConfig{Link: filepath.Join(dir, "c"), WidthDots: 100}, "", "100 dots"},
	} {
		var out strings.Builder
		tc.cfg.Script = tc.script
		if err := Printer(context.Background(), tc.cfg, strings.NewReader(""), &out); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
		if tc.cfg.Link != file {
			if _, err := os.Lstat(tc.cfg.Link); err == nil {
				t.Errorf("%s: plugged in", name)
			}
		}
	}
	if err := Scanner(context.Background(), twin.ScannerConfig{Link: filepath.Join(dir, "s"), Model: "x-ray"}, strings.NewReader(""), io.Discard); err == nil {
		t.Error("an X-ray scanner runs")
	}
}

// A model without a frame sends nothing of no code, and nothing can be wrong in
// it.
func TestNothingIsScannedWithAnError(t *testing.T) {
	s := begin(t, func(ctx context.Context, link string, in io.Reader, out io.Writer) error {
		return Scanner(ctx, twin.ScannerConfig{Link: link, Model: "silence"}, in, out)
	})
	s.shows(s.link, "model silence")
	s.types(":corrupt")
	s.shows("scanned with an error: 0 bytes")
	s.types(":quit")
}

func TestScanner(t *testing.T) {
	s := begin(t, func(ctx context.Context, link string, in io.Reader, out io.Writer) error {
		return Scanner(ctx, twin.ScannerConfig{Link: link, Model: "stx"}, in, out)
	})
	s.shows(s.link, "model stx")
	p := s.open()
	hears := func(want string) {
		t.Helper()
		buf := make([]byte, len(want))
		if _, err := io.ReadFull(p, buf); err != nil || string(buf) != want {
			t.Fatalf("the station hears %q, %v; want %q", buf, err, want)
		}
	}
	for _, tc := range []struct{ line, shows, hears string }{
		{"000123456789||Nguyễn Văn An", "scanned: 30 bytes", "\x02000123456789||Nguyễn Văn An\x03"},
		{`a\x1d\xFFb\\\t`, "scanned: 6 bytes", "\x02a\x1d\xffb\\\t\x03"},
		{`\x3aunplug`, "scanned: 7 bytes", "\x02:unplug\x03"},
		{":twice AB", "scanned twice: 2 bytes", "\x02AB\x03\x02AB\x03"},
		{":pieces 1 ABC", "scanned in pieces: 3 bytes", "\x02ABC\x03"},
		{`:raw \x00\r`, "sent: 2 bytes", "\x00\r"},
		{":corrupt ABC", "scanned with an error: 3 bytes", "\x02AFC\x03"},
		{":delay 1ms", "", ""},
		{"slow", "scanned: 4 bytes", "\x02slow\x03"},
		{":lamp", "the lamp is on", ""},
		{`\q`, "stand for bytes: character 1", ""},
		{`:twice \x0`, "character 1 lacks its two digits", ""},
		{`ab\`, "character 3 ends the line", ""},
		{`\xzz`, "followed by", ""},
		{":delay soon", `not "soon"`, ""},
		{":delay 2h", `not "2h"`, ""},
		{":pieces AB", "how many bytes", ""},
		{":paper-out", "no command :paper-out", ""},
		{"", "", ""},
	} {
		s.types(tc.line)
		if tc.hears != "" {
			hears(tc.hears)
		}
		if tc.shows != "" {
			s.shows(tc.shows)
		}
	}
	s.types(":unplug")
	if _, err := p.Read(make([]byte, 1)); !errors.Is(err, port.ErrUnplugged) {
		t.Errorf("reading an unplugged scanner: %v", err)
	}
	s.types("into the air")
	s.shows("not scanned", "unplugged")
	s.types(":plug")
	s.types(":help")
	s.shows("Each line is scanned")
	for range strings.Count(scannerHelp, "\n") {
		s.shows()
	}
	s.types(":quit")
	if s.seen.Scan() {
		t.Errorf("after :quit it shows %q", s.seen.Text())
	}
}

// A triggered model reads only while its lamp is on.
func TestScannerWithALamp(t *testing.T) {
	s := begin(t, func(ctx context.Context, link string, in io.Reader, out io.Writer) error {
		return Scanner(ctx, twin.ScannerConfig{Link: link, Model: "honeywell"}, in, out)
	})
	s.shows("honeywell")
	s.types("unseen")
	s.shows("not scanned", "lamp", "off")
}

// A line that is too long ends the commands, and says so.
func TestAnEndlessLine(t *testing.T) {
	s := begin(t, func(ctx context.Context, link string, in io.Reader, out io.Writer) error {
		return Scanner(ctx, twin.ScannerConfig{Link: link}, in, out)
	})
	s.shows("model cr")
	go func() {
		_, _ = io.WriteString(s.typed, strings.Repeat("x", 2*maxLineBytes)) // ends with the pipe
	}()
	s.shows("no more commands", "too long")
}

// FuzzUnescape: what can be read stands for bytes that can be written again.
func FuzzUnescape(f *testing.F) {
	for _, s := range []string{`a\x00b`, `\\\r\n\t`, `\x`, `\`, `\xg0`, "Đắk Lắk", `\xFf\x3a`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, err := Unescape(s)
		if err != nil {
			if !errors.Is(err, ErrEscape) || code != "" {
				t.Fatalf("%q: %q, %v", s, code, err)
			}
			return
		}
		if len(code) > len(s) {
			t.Fatalf("%q grew", s)
		}
		if again, err := Unescape(strings.ReplaceAll(code, `\`, `\\`)); err != nil || again != code {
			t.Fatalf("%q became %q, %v", code, again, err)
		}
	})
}
