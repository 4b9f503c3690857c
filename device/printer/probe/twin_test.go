package probe

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tramhoso/device/port"
	"tramhoso/device/printer/models"
	"tramhoso/device/scanner"
	"tramhoso/device/twin"
)

// longWait ends a test that hangs; nothing waits for it when all is well.
const longWait = 60 * time.Second

// bench is a simulated printer and a simulated scanner, each on a line of its
// own, and whoever holds the paper in front of the scanner.
type bench struct {
	t       *testing.T
	printer *twin.Printer
	port    *port.Serial
	scanner *twin.Scanner
	scans   chan string
	ctx     context.Context
	steps   []Step
	// torn lets the person lay hands on a paper before it is scanned.
	torn func(*image.Gray)
	// hold makes the person scan nothing at all.
	hold    bool
	twice   bool // every code is read twice at once
	tear    bool // there is no knife
	deaf    bool // nothing of it reaches the test
	coming  bool // the code that is asked for is on its way
	scanned int
	codes   []string
	papers  []*image.Gray
}

type realTime struct{}

func (realTime) Now() time.Time { return time.Now() }

func newBench(t *testing.T, cfg twin.PrinterConfig) *bench {
	t.Helper()
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Fatal("this test reads codes off the paper with zbarimg: install Debian's package zbar-tools")
	}
	dir := t.TempDir()
	cfg.Link = filepath.Join(dir, "usb-printer")
	b := &bench{t: t, scans: make(chan string, 64)}
	ctx, stop := context.WithTimeout(t.Context(), longWait)
	b.ctx = ctx
	var err error
	if b.printer, err = twin.NewPrinter(cfg); err != nil {
		t.Fatal(err)
	}
	if b.port, err = port.Open(port.Config{Path: cfg.Link, Baud: 115200}); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "usb-scanner")
	if b.scanner, err = twin.NewScanner(twin.ScannerConfig{Link: link}); err != nil {
		t.Fatal(err)
	}
	line, err := port.Open(port.Config{Path: link, Baud: 9600})
	if err != nil {
		t.Fatal(err)
	}
	reader, err := scanner.New(scanner.Config{}, realTime{})
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan error, 1)
	go func() {
		read <- reader.Run(ctx, line, func(f scanner.Frame) {
			if f.Fault == scanner.FaultNone {
				b.scans <- f.Data
			}
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-read; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := errors.Join(b.port.Close(), line.Close(), b.printer.Close(), b.scanner.Close()); err != nil {
			t.Error(err)
		}
	})
	return b
}

// options are a test that is quick: no answer is as good as none after 100 ms,
// and the time for a code is over at once where it will never come.
func (b *bench) options(base string) Options {
	m, ok := models.Get(base)
	if !ok {
		b.t.Fatal(base)
	}
	m.Profile.Baud = 921600
	m.Profile.ReplyWait, m.Profile.ConfirmWait = 100*time.Millisecond, 300*time.Millisecond
	return Options{Port: b.port, Base: m, Scans: b.scans, Say: b.say, Line: "Bưu điện Ngã Bảy 22/11/2026",
		ReplyWait: 100 * time.Millisecond, ScanWait: 2 * time.Second, rowsPerSecond: 100_000, Rand: rand.NewChaCha8(sha256.Sum256([]byte(b.t.Name()))),
		After: func(time.Duration) <-chan time.Time {
			if b.coming {
				return nil
			}
			over := make(chan time.Time, 1)
			over <- time.Time{}
			return over
		}}
}

// say is the person: asked for a code, it takes the paper and shows the scanner
// everything that is on it.
func (b *bench) say(s Step) {
	b.steps = append(b.steps, s)
	if s.Say != SayScan || b.hold {
		return
	}
	first := len(b.papers) == 0
	b.take()
	if first && len(b.papers) > 0 {
		b.codes = decode(b.t, b.papers[0])
		for _, code := range b.codes {
			b.scanned++
			send := b.scanner.Send
			if b.twice {
				send = b.scanner.SendTwice
			}
			if err := send(code); err != nil {
				b.t.Error(err)
			}
		}
	}
	b.coming = !b.deaf && slices.ContainsFunc(b.codes, func(code string) bool { return kind(code) == s.Code })
}

// kind is which code of the paper a text is.
func kind(code string) Code {
	if strings.HasPrefix(code, prefix) {
		return Code(strings.IndexByte(letters, code[len(prefix)+nonceRunes]))
	}
	return CodeFeed
}

// take waits for the paper and takes it.
func (b *bench) take() {
	if len(b.papers) > 0 {
		return
	}
	if b.tear {
		b.printer.Tear()
	}
	paper, err := b.printer.NextPaper(b.ctx)
	if err != nil {
		b.t.Error(err)
		return
	}
	b.keep(paper.Image, "strip")
	if b.torn != nil {
		b.torn(paper.Image)
	}
	b.papers = append(b.papers, paper.Image)
}

// keep writes a paper where a person can look at it.
func (b *bench) keep(img *image.Gray, what string) {
	dir := os.Getenv("TRAMHOSO_PAPERS")
	if dir == "" {
		return
	}
	var buf bytes.Buffer
	err := png.Encode(&buf, img)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, strings.ReplaceAll(b.t.Name(), "/", "-")+"-"+what+strconv.Itoa(img.Rect.Dx())+".png"), buf.Bytes(), 0o600)
	}
	if err != nil {
		b.t.Error(err)
	}
}

// decode reads every code on a paper with zbarimg. A roll is wider than the
// head's line, so there is white to the left and right of it.
func decode(t *testing.T, img *image.Gray) []string {
	t.Helper()
	const edge = 32
	wide := newPicture(img.Rect.Dx()+2*edge, img.Rect.Dy()+2*edge)
	for y := range img.Rect.Dy() {
		copy(wide.Pix[wide.PixOffset(edge, edge+y):], img.Pix[img.PixOffset(img.Rect.Min.X, img.Rect.Min.Y+y):][:img.Rect.Dx()])
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, wide); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "zbarimg", "--quiet", "--raw", "-")
	cmd.Stdin = &buf
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 4) { // 4: no code found
		t.Fatalf("zbarimg: %v", err)
	}
	var codes []string
	for c := range strings.Lines(string(out)) {
		codes = append(codes, strings.TrimSpace(c))
	}
	return codes
}

func (m Measured) value(t Trait) (string, bool) {
	for _, f := range m.Findings {
		if f.Trait == t {
			return f.Value, f.Known
		}
	}
	return "", false
}

// self asks the printer who it is.
func (b *bench) self() (Self, error) {
	t := &talk{port: b.port, baud: 115200, wait: identityWait}
	return t.self(b.ctx)
}
