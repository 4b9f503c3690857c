package twin

import (
	"bytes"
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramhoso/device/port"
	"tramhoso/device/printer"
)

// longWait ends a test that hangs; nothing waits for it when all is well.
const longWait = 60 * time.Second

type fixture struct {
	*testing.T
	twin *Printer
	port *os.File
	dir  string
	link string
}

func plugged(t *testing.T, cfg PrinterConfig) *fixture {
	t.Helper()
	dir := t.TempDir()
	cfg.Link, cfg.PaperDir = filepath.Join(dir, "usb-printer"), dir
	tw, err := NewPrinter(cfg)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{T: t, twin: tw, dir: dir, link: cfg.Link}
	f.open()
	t.Cleanup(func() {
		if err := f.port.Close(); err != nil {
			t.Error(err)
		}
		if err := tw.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// open opens the slave as the runtime's poller likes it: with deadlines.
func (f *fixture) open() {
	f.Helper()
	port, err := os.OpenFile(f.link, os.O_RDWR, 0)
	if err != nil {
		f.Fatal(err)
	}
	f.port = port
}

func (f *fixture) printer(p printer.Profile) *printer.Printer {
	f.Helper()
	if p.Baud == 0 {
		p.Baud = 115200
	}
	if p.ConfirmWait == 0 {
		p.ConfirmWait = longWait // a machine busy with other tests is no silent printer
	}
	pr, err := printer.New(f.port, p)
	if err != nil {
		f.Fatal(err)
	}
	return pr
}

func (f *fixture) next() Paper {
	f.Helper()
	ctx, done := context.WithTimeout(context.Background(), longWait)
	defer done()
	p, err := f.twin.NextPaper(ctx)
	if err != nil {
		f.Fatal(err)
	}
	return p
}

func (f *fixture) print(pr *printer.Printer, doc printer.Document, want printer.Outcome) {
	f.Helper()
	ctx, done := context.WithTimeout(context.Background(), longWait)
	defer done()
	got, err := pr.Print(ctx, doc, nil)
	if got.Band, got.Bands = 0, 0; err != nil || got != want {
		f.Fatalf("printed: %+v, %v; want %+v", got, err, want)
	}
}

const payload = "HTTPS://TRAM.EXAMPLE.VN/S/MFRGG2LTMFRGG2LTMFRGG2LT#ORSXG5A2ORSXG5A276"

func doc(title string) printer.Document {
	return printer.Document{Blocks: []printer.Block{
		printer.Text{Align: printer.Center, Runs: []printer.Run{{Text: title, Size: printer.Title, Bold: true}}},
		printer.Text{Invert: true, Align: printer.Center, Runs: []printer.Run{{Text: "ĐÃ NHẬN TẠI ĐIỂM NÀY", Bold: true}}},
		printer.Columns{Left: []printer.Run{{Text: "Lệ phí"}}, Right: []printer.Run{{Text: "16.000 đồng", Bold: true}}},
		printer.Rule{Dashed: true},
		printer.QR{Payload: payload}, printer.Text{Runs: []printer.Run{{Text: "Mã này kiểm tra được ở mọi trạm", Size: printer.Small}}},
		printer.Cut{},
	}}
}

func (f *fixture) same(p Paper, d printer.Document, width int) {
	f.Helper()
	want, err := printer.Layout(d, printer.Paper{WidthDots: width})
	if err != nil {
		f.Fatal(err)
	}
	if p.Image.Rect != want.Rect || !bytes.Equal(p.Image.Pix, want.Pix) {
		f.Errorf("the paper %v is not what was drawn %v", p.Image.Rect, want.Rect)
	}
}

var (
	printed  = printer.Outcome{Result: printer.Printed, Started: true}
	probably = printer.Outcome{Result: printer.ProbablyPrinted, Started: true}
	unknown  = printer.Outcome{Result: printer.Unknown, Started: true}
)

func torn(r printer.Reason) printer.Outcome {
	return printer.Outcome{Result: printer.Failed, Reason: r, Started: true}
}

func TestPaperIsWhatWasDrawn(t *testing.T) {
	for _, width := range []int{printer.Width80mm, printer.Width58mm} {
		for _, pos := range []printer.Position{printer.LeftMargin, printer.AbsolutePos, printer.FromLeft} {
			f := plugged(t, PrinterConfig{WidthDots: width})
			pr := f.printer(printer.Profile{WidthDots: width, Position: pos})
			for range 2 {
				f.print(pr, doc("PHIẾU GỬI HỒ SƠ"), printed)
				f.same(f.next(), doc("PHIẾU GỬI HỒ SƠ"), width)
			}
		}
	}
}

func TestPaperOutThenAWholeNewCopy(t *testing.T) {
	for name, tc := range map[string]struct {
		cfg PrinterConfig
		p   printer.Profile
	}{
		"reports by itself": {},
		"must be asked":     {PrinterConfig{NoAutoStatus: true}, printer.Profile{}},
		"plain clone":       {PrinterConfig{NoAutoStatus: true, NoProcessID: true}, printer.Profile{NoAutoStatus: true, NoProcessID: true}},
		"small buffer":      {PrinterConfig{BufferBytes: 4096}, printer.Profile{}},
	} {
		t.Run(name, func(t *testing.T) {
			f := plugged(t, tc.cfg)
			pr := f.printer(tc.p)
			f.twin.PaperOutAfter(90)
			f.print(pr, doc("Bản thứ nhất"), torn(printer.ReasonPaperOut))
			partial := f.twin.Partials()
			if len(partial) != 1 || partial[0].Image.Rect.Dy() != 90 || !partial[0].Partial {
				t.Fatalf("partial papers: %d", len(partial))
			}
			if _, err := os.Stat(filepath.Join(f.dir, "paper-001-partial.png")); err != nil {
				t.Error(err)
			}
			ctx, done := context.WithTimeout(context.Background(), longWait)
			defer done()
			s, err := pr.Status(ctx)
			if err != nil || s.Paper != printer.PaperOut || s.Ready() {
				t.Fatalf("status %+v, %v", s, err)
			}
			// Without paper nothing is begun.
			f.print(pr, doc("Bản thứ nhất"), printer.Outcome{Reason: printer.ReasonPaperOut})
			f.twin.OK()
			if s, err := pr.Recover(ctx); err != nil || !s.Ready() {
				t.Fatalf("status %+v, %v", s, err)
			}
			want := printed
			if tc.cfg.NoProcessID {
				want = probably
			}
			f.print(pr, doc("Bản thứ hai"), want)
			f.same(f.next(), doc("Bản thứ hai"), printer.Width80mm)
			if n := len(f.twin.Papers()); n != 1 {
				t.Errorf("%d papers were cut: a stale half came out", n)
			}
		})
	}
}

// The twin must be able to show the fault that the printer package prevents.
func TestARollChangedWithoutClearingPrintsTheStaleHalf(t *testing.T) {
	img, err := printer.Layout(doc("Cũ"), printer.Paper{WidthDots: 576})
	if err != nil {
		t.Fatal(err)
	}
	wire, err := printer.Encode(img, printer.Profile{})
	if err != nil {
		t.Fatal(err)
	}
	f := plugged(t, PrinterConfig{})
	f.twin.PaperOutAfter(90)
	if _, err := f.port.Write(wire); err != nil {
		t.Fatal(err)
	}
	f.twin.mu.Lock()
	changed := f.twin.changed
	gone := len(f.twin.partials) > 0
	f.twin.mu.Unlock()
	if !gone {
		<-changed
	}
	f.twin.OK()
	if got := f.next().Image.Rect.Dy(); got != img.Rect.Dy()-90 {
		t.Errorf("the rest has %d rows of %d", got, img.Rect.Dy())
	}
}

// The way the station goes: through a serial port under a stable name.
func TestThroughASerialPort(t *testing.T) {
	f := plugged(t, PrinterConfig{})
	line, err := port.Open(port.Config{Path: f.link, Baud: 115200})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := line.Close(); err != nil {
			t.Error(err)
		}
	}()
	pr, err := printer.New(line, printer.Profile{Baud: 115200})
	if err != nil {
		t.Fatal(err)
	}
	f.twin.PaperOutAfter(100)
	f.print(pr, doc("A"), torn(printer.ReasonPaperOut))
	f.twin.OK()
	f.print(pr, doc("B"), printed)
	f.same(f.next(), doc("B"), 576)
}

func TestCoverOpenedMidway(t *testing.T) {
	f := plugged(t, PrinterConfig{})
	pr := f.printer(printer.Profile{})
	f.twin.CoverOpen()
	f.print(pr, doc("A"), printer.Outcome{Reason: printer.ReasonCoverOpen})
	f.twin.OK()
	f.twin.AtRow(50, (*Printer).CoverOpen)
	f.print(pr, doc("A"), torn(printer.ReasonCoverOpen))
	f.twin.OK()
	// What hung in the printer is cut off, so that B is whole and alone.
	f.print(pr, doc("B"), printed)
	if rest := f.next().Image.Rect.Dy(); rest != 50 {
		t.Errorf("the remnant has %d rows", rest)
	}
	f.same(f.next(), doc("B"), 576)
}

func TestNearEndStillPrints(t *testing.T) {
	f := plugged(t, PrinterConfig{})
	f.twin.NearEnd()
	pr := f.printer(printer.Profile{})
	s, err := pr.Status(context.Background())
	if err != nil || s.Paper != printer.PaperNearEnd || !s.Ready() {
		t.Fatalf("status %+v, %v", s, err)
	}
	f.print(pr, doc("A"), printed)
}

func TestUnplugMidwayAndBack(t *testing.T) {
	f := plugged(t, PrinterConfig{})
	pr := f.printer(printer.Profile{})
	if err := f.twin.Unplug(); err != nil {
		t.Fatal(err)
	}
	ctx, done := context.WithTimeout(context.Background(), longWait)
	defer done()
	out, err := pr.Print(ctx, doc("A"), nil)
	if out.Band, out.Bands = 0, 0; err == nil || out != (printer.Outcome{Reason: printer.ReasonUnplugged}) {
		t.Fatalf("%+v, %v", out, err)
	}
	if err := f.port.Close(); err != nil {
		t.Error(err)
	}
	if err := f.twin.Plug(); err != nil {
		t.Fatal(err)
	}
	f.open()
	f.print(f.printer(printer.Profile{}), doc("A"), printed)
}

func TestCancelLeavesACleanPrinter(t *testing.T) {
	f := plugged(t, PrinterConfig{})
	pr := f.printer(printer.Profile{})
	ctx, cancel := context.WithCancel(context.Background())
	f.twin.AtRow(60, func(*Printer) { cancel() })
	out, err := pr.Print(ctx, doc("A"), nil)
	if !errors.Is(err, context.Canceled) || out.Result == printer.Printed || out.Result == printer.ProbablyPrinted {
		t.Fatalf("%+v, %v", out, err)
	}
	f.next() // the piece that was begun
	f.print(pr, doc("B"), printed)
	f.same(f.next(), doc("B"), 576)
}

func TestReferenceVectorsPrintTheSameDots(t *testing.T) {
	// 16×2 with corner dots, by GS v 0 and by GS ( L.
	want := func(img *image.Gray) bool {
		return img.Rect.Dy() == 2 && img.Pix[0] == 0 && img.Pix[576+15] == 0 && bytes.Count(img.Pix, []byte{0}) == 2
	}
	for name, wire := range map[string]string{
		"GS v 0":         "\x1d\x76\x30\x00\x02\x00\x02\x00\x80\x00\x00\x01",
		"GS ( L":         "\x1d\x28\x4c\x0e\x00\x30\x70\x30\x01\x01\x31\x10\x00\x02\x00\x80\x00\x00\x01\x1d\x28\x4c\x02\x00\x30\x32",
		"GS 8 L":         "\x1d\x38\x4c\x0e\x00\x00\x00\x30\x70\x30\x01\x01\x31\x10\x00\x02\x00\x80\x00\x00\x01\x1d\x28\x4c\x02\x00\x30\x32",
		"unknown before": "\x1d\x7eA\x1c\x7e\x1b@\x1d*\x01\x01abcdefgh\x1d\x76\x30\x00\x02\x00\x02\x00\x80\x00\x00\x01",
	} {
		f := plugged(t, PrinterConfig{})
		if _, err := f.port.WriteString(wire + "\x1d\x56\x42\x00"); err != nil {
			t.Fatal(err)
		}
		if p := f.next(); !want(p.Image) {
			t.Errorf("%s: %v", name, p.Image.Rect)
		} else if !strings.HasSuffix(string(p.Raw), wire+"\x1d\x56\x42\x00") {
			t.Errorf("%s: the bytes of the paper are %x", name, p.Raw)
		}
	}
}

func TestStatusVectors(t *testing.T) {
	ask := func(f *fixture, wire string, n int) string {
		if _, err := f.port.WriteString(wire); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 32)
		for at := 0; ; {
			if err := f.port.SetReadDeadline(time.Now().Add(longWait)); err != nil {
				t.Fatal(err)
			}
			m, err := f.port.Read(buf[at:])
			if err != nil {
				t.Fatal(err)
			}
			if at += m; at >= n {
				return string(buf[:at])
			}
		}
	}
	f := plugged(t, PrinterConfig{})
	for _, tc := range []struct {
		name       string
		set        func()
		wire, want string
	}{
		{"online", f.twin.OK, "\x10\x04\x01", "\x12"},
		{"paper ok", f.twin.OK, "\x10\x04\x04", "\x12"},
		{"near end", f.twin.NearEnd, "\x10\x04\x04", "\x1e"},
		{"GS r near end", f.twin.NearEnd, "\x1dr\x01", "\x03"},
		{"mark", f.twin.OK, "\x1d(H\x06\x0000AB12", "\x37\x22AB12\x00"},
		{"auto", f.twin.OK, "\x1da\x0e", "\x10\x00\x00\x00"},
		{"name", f.twin.OK, "\x1dI\x43", "\x5fTRAM-TWIN\x00"},
	} {
		tc.set()
		if got := ask(f, tc.wire, len(tc.want)); !strings.HasSuffix(got, tc.want) {
			t.Errorf("%s: % x, want % x", tc.name, got, tc.want)
		}
	}
	g := plugged(t, PrinterConfig{})
	g.twin.PaperOut()
	if got := ask(g, "\x10\x04\x01\x10\x04\x02\x10\x04\x04", 3); got != "\x1a\x32\x72" {
		t.Errorf("paper out: % x", got)
	}
}
