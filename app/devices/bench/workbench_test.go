package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"tramhoso/device/port"
	"tramhoso/device/twin"
)

// workbench is a machine with devices, and a technician at its terminal.
type workbench struct {
	t        *testing.T
	dir      string // links of the twins, station.toml, /dev, /sys and /proc of the machine
	printer  *twin.Printer
	scanner  *twin.Scanner
	terminal *Terminal
	out      *screenful
	settings string // what stands in station.toml for the twins
}

// screenful is a terminal's paper; watching writes while tests read.
type screenful struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func (p *screenful) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case p.more <- struct{}{}:
	default:
	}
	return p.text.Write(b)
}

func (p *screenful) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

func newWorkbench(t *testing.T) *workbench {
	t.Helper()
	w := &workbench{t: t, dir: t.TempDir(), out: &screenful{more: make(chan struct{}, 1)}}
	for _, dir := range []string{"dev", "sys/class/tty", "proc"} {
		must(t, os.MkdirAll(filepath.Join(w.dir, dir), 0o755))
	}
	w.terminal = &Terminal{out: w.out, warn: w.out,
		finder:    port.Finder{Dev: filepath.Join(w.dir, "dev"), Sys: filepath.Join(w.dir, "sys"), Proc: filepath.Join(w.dir, "proc")},
		keyboards: w.link("inputs"),
		now:       func() time.Time { return time.Date(2026, 7, 16, 10, 2, 11, 0, time.UTC) }}
	return w
}

func (w *workbench) link(name string) string { return filepath.Join(w.dir, name) }

// twins plugs a printer and a scanner in and writes the configuration for them.
func (w *workbench) twins() {
	w.t.Helper()
	var err error
	w.printer, err = twin.NewPrinter(twin.PrinterConfig{Link: w.link("usb-printer")})
	must(w.t, err)
	w.t.Cleanup(func() { must(w.t, w.printer.Close()) })
	w.scanner, err = twin.NewScanner(twin.ScannerConfig{Link: w.link("usb-scanner")})
	must(w.t, err)
	w.t.Cleanup(func() { must(w.t, w.scanner.Close()) })
	w.settings = "[printer]\npath = \"" + w.link("usb-printer") + "\"\nbaud = 115200\n[scanner]\npath = \"" + w.link("usb-scanner") + "\"\n"
	w.config(w.settings)
}

func (w *workbench) config(text string) {
	must(w.t, os.WriteFile(w.link("station.toml"), []byte("storage = \""+w.dir+"/data\"\n"+text), 0o600))
}

// usb plugs a USB line in that nobody has configured.
func (w *workbench) usb(node, byID string) {
	w.t.Helper()
	device := filepath.Join(w.dir, "sys", "devices", node)
	must(w.t, os.MkdirAll(device, 0o755))
	for name, text := range map[string]string{"idVendor": "0c2e", "idProduct": "0b61", "manufacturer": "Honeywell", "product": "1900", "serial": "18061B0AFC"} {
		must(w.t, os.WriteFile(filepath.Join(device, name), []byte(text+"\n"), 0o600))
	}
	class := filepath.Join(w.dir, "sys", "class", "tty", node)
	must(w.t, os.MkdirAll(class, 0o755))
	must(w.t, os.Symlink(device, filepath.Join(class, "device")))
	must(w.t, os.MkdirAll(filepath.Join(w.dir, "dev", "serial", "by-id"), 0o755))
	must(w.t, os.WriteFile(filepath.Join(w.dir, "dev", node), nil, 0o600))
	must(w.t, os.Symlink("../../"+node, filepath.Join(w.dir, "dev", "serial", "by-id", byID)))
}

// pull takes it out again.
func (w *workbench) pull(node, byID string) {
	w.t.Helper()
	for _, gone := range []string{filepath.Join("sys", "class", "tty", node), filepath.Join("dev", "serial", "by-id", byID), filepath.Join("dev", node)} {
		must(w.t, os.RemoveAll(filepath.Join(w.dir, gone)))
	}
}

// start begins a command as the program does; the result comes when it ends.
func (w *workbench) start(ctx context.Context, args ...string) <-chan error {
	w.t.Helper()
	var c struct {
		Devices Command `cmd:""`
	}
	k, err := kong.New(&c, append(Options(w.terminal), kong.BindToProvider(func() (context.Context, error) { return ctx, nil }))...)
	must(w.t, err)
	parsed, err := k.Parse(append([]string{"devices"}, append(args, "--config", w.link("station.toml"))...))
	must(w.t, err)
	done := make(chan error, 1)
	go func() { done <- parsed.Run() }()
	return done
}

// run plays a whole command and returns what it wrote and its exit status.
func (w *workbench) run(args ...string) (string, int) {
	w.t.Helper()
	err := <-w.start(w.t.Context(), args...)
	status := 0
	if err != nil {
		var said bool
		if status, said = Told(err); !said {
			w.t.Errorf("%v: %v", args, err)
		}
	}
	text := strings.ReplaceAll(w.out.String(), w.dir, "DIR")
	w.out.text.Reset()
	return text, status
}

// until waits for a text on the page.
func (w *workbench) until(text string) {
	w.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for !strings.Contains(w.out.String(), text) {
		select {
		case <-w.out.more:
		case <-limit.C:
			w.t.Fatalf("no %q within %s:\n%s", text, patience, w.out)
		}
	}
}

func wants(t *testing.T, got string, status int, want string, wantStatus int) {
	t.Helper()
	if d := cmp.Diff(strings.TrimPrefix(want, "\n"), got); d != "" || status != wantStatus {
		t.Errorf("exit status %d, want %d; written (-want +got):\n%s", status, wantStatus, d)
	}
}

func TestDevicesList(t *testing.T) {
	w := newWorkbench(t)
	w.twins()
	w.usb("ttyACM0", "usb-Honeywell_1900_18061B0AFC-if00")
	text, status := w.run("list")
	wants(t, text, status, `
Cấu hình: DIR/station.toml

Cổng nối tiếp
  DIR/dev/serial/by-id/usb-Honeywell_1900_18061B0AFC-if00
      chưa dùng, Honeywell 1900, ttyACM0
      Để dùng, ghi vào station.toml: path = "DIR/dev/serial/by-id/usb-Honeywell_1900_18061B0AFC-if00" trong mục [printer] hoặc [scanner].

Thiết bị
  ✓ Máy in phiếu: Sẵn sàng.
      DIR/usb-printer
  ✓ Máy quét mã: Sẵn sàng.
      DIR/usb-scanner
`, 0)

	w.printer.PaperOut()
	must(t, w.scanner.Unplug())
	w.pull("ttyACM0", "usb-Honeywell_1900_18061B0AFC-if00")
	text, status = w.run("list", "--lang", "en")
	wants(t, text, status, `
Configuration: DIR/station.toml

Serial lines
  No serial line.

Devices
  ! Slip printer: Out of paper. Please put in a new roll and close the cover.
      DIR/usb-printer
  ! Code scanner: Not found. Check the scanner’s cable.
      DIR/usb-scanner
`, 1)
}

func TestDevicesListForPrograms(t *testing.T) {
	w := newWorkbench(t)
	w.twins()
	w.usb("ttyACM0", "usb-x")
	w.config("[printer]\npath = \"" + w.link("usb-printer") + "\"\nbaud = 115200\n[scanner]\npath = \"" + w.link("dev/serial/by-id/usb-x") + "\"\n")
	w.printer.NearEnd()
	text, status := w.run("list", "--json", "--lang", "en")
	var r deviceReport
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	want := deviceReport{Config: "DIR/station.toml",
		Lines: []lineReport{{Path: "DIR/dev/serial/by-id/usb-x", Node: "DIR/dev/ttyACM0", Maker: "Honeywell", Model: "1900", Serial: "18061B0AFC", USB: "0c2e:0b61", Role: "scanner"}},
		Devices: []partReport{
			{Part: "printer", Health: "fix", State: "low", Says: "Paper nearly out", Note: "Please keep a new roll at hand.", Path: "DIR/usb-printer"},
			{Part: "scanner", Health: "fix", State: "fault", Says: "Cannot be opened", Note: "Something is there but cannot be opened. Unplug it and plug it in again.", Path: "DIR/dev/serial/by-id/usb-x"},
		}}
	if d := cmp.Diff(want, r, cmp.AllowUnexported(lineReport{})); d != "" || status != 1 {
		t.Errorf("exit status %d\n%s", status, d)
	}
}

func TestDevicesWithoutAny(t *testing.T) {
	w := newWorkbench(t)
	w.config("")
	text, status := w.run("list", "--lang", "en")
	wants(t, text, status, `
Configuration: DIR/station.toml

Serial lines
  No serial line.

Devices
  ! Slip printer: Not set up. Put its line into printer.path of station.toml.
  ! Code scanner: Not set up. Put its line into scanner.path of station.toml.
`, 1)
	text, status = w.run("test", "scanner", "--lang", "en")
	wants(t, text, status, `
! Code scanner: Not set up. Put its line into scanner.path of station.toml.
`, 1)
}

// A configuration that is wrong is told in a sentence; the lines are shown all
// the same, because whoever mends it looks for them.
func TestDevicesWithABrokenConfiguration(t *testing.T) {
	w := newWorkbench(t)
	w.usb("ttyUSB0", "usb-x")
	w.config("[printer]\npath = \"" + w.link("dev/serial/by-id/usb-x") + "\"\nbaud = 300\n")
	text, status := w.run("list")
	if status != 2 || !strings.Contains(text, "Cấu hình DIR/station.toml chưa đúng:") || !strings.Contains(text, "printer.baud") ||
		!strings.Contains(text, "by-id/usb-x") || strings.Contains(text, "Thiết bị\n") {
		t.Errorf("exit status %d\n%s", status, text)
	}
	for _, args := range [][]string{{"watch"}, {"test", "scanner"}} {
		if text, status := w.run(args...); status != 2 || !strings.Contains(text, "printer.baud") {
			t.Errorf("%v: exit status %d\n%s", args, status, text)
		}
	}
	must(t, os.Remove(w.link("station.toml")))
	if text, status := w.run("list", "--lang", "en"); status != 2 || !strings.Contains(text, "there is no configuration at") {
		t.Errorf("exit status %d\n%s", status, text)
	}
}

const lineOfChild = "TRAMHOSO_TEST_LINE"

// A line that the running station holds is left to it, and that is no fault.
func TestDevicesInUse(t *testing.T) {
	if line := os.Getenv(lineOfChild); line != "" {
		p, err := port.Open(port.Config{Path: line})
		must(t, err)
		_, _ = os.Stdout.WriteString("open\n")
		_, _ = os.Stdin.Read(make([]byte, 1))
		must(t, p.Close())
		return
	}
	w := newWorkbench(t)
	w.twins()
	program := w.link("tramhoso") // what the station's program is called
	copyProgram(t, program)
	child := exec.CommandContext(context.Background(), program, "-test.run", "^TestDevicesInUse$")
	child.Env = append(os.Environ(), lineOfChild+"="+w.link("usb-printer"))
	in, err := child.StdinPipe()
	must(t, err)
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	t.Cleanup(func() { must(t, errors.Join(in.Close(), child.Wait())) })
	if _, err := out.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	text, status := w.run("list", "--lang", "en")
	if want := "  ? Slip printer: In use. The station, or a “tramhoso devices” command, is using it.\n"; status != 2 || !strings.Contains(text, want) {
		t.Errorf("exit status %d\n%s", status, text)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := w.start(ctx, "watch", "--lang", "en")
	w.until("Slip printer: In use.")
	w.until("Code scanner: Ready.")
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestDevicesWatch(t *testing.T) {
	w := newWorkbench(t)
	w.twins()
	ctx, stop := context.WithCancel(t.Context())
	done := w.start(ctx, "watch")
	w.until("17:02:11  ✓ Máy in phiếu: Sẵn sàng.")
	w.until("17:02:11  ✓ Máy quét mã: Sẵn sàng.")
	w.printer.CoverOpen()
	w.until("! Máy in phiếu: Nắp đang mở. Xin đóng nắp máy in.")
	w.printer.OK()
	w.printer.PaperOut()
	w.until("! Máy in phiếu: Hết giấy. Xin thay giấy rồi đóng nắp.")
	must(t, w.scanner.Send(cardOf))
	w.until("Máy quét mã: Mã QR của thẻ căn cước, 91 ký tự.")
	must(t, w.scanner.Raw([]byte{0xff, 0xfe, 0xfd, '\r'}))
	w.until("! Máy quét mã: Đọc được nhưng không dùng được.")
	w.usb("ttyACM0", "usb-x")
	w.until("Cắm vào: " + w.link("dev/serial/by-id/usb-x") + " (ttyACM0)")
	w.pull("ttyACM0", "usb-x")
	w.until("Rút ra: " + w.link("dev/serial/by-id/usb-x") + " (ttyACM0)")
	must(t, w.printer.Unplug())
	w.until("! Máy in phiếu: Không thấy. Xin xem cáp và nguồn của máy in.")
	w.printer.OK()
	must(t, w.printer.Plug())
	// The same words as at the beginning: the page is cut there.
	at := strings.Index(w.out.String(), "Không thấy")
	w.untilAfter(at, "✓ Máy in phiếu: Sẵn sàng.")
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	for _, secret := range personal {
		if strings.Contains(w.out.String(), secret) {
			t.Errorf("%q is on the screen", secret)
		}
	}
}

// untilAfter waits for a text behind a place on the page.
func (w *workbench) untilAfter(at int, text string) {
	w.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for !strings.Contains(w.out.String()[at:], text) {
		select {
		case <-w.out.more:
		case <-limit.C:
			w.t.Fatalf("no %q within %s:\n%s", text, patience, w.out)
		}
	}
}

func TestDevicesTestScanner(t *testing.T) {
	for _, tt := range []struct {
		send   string
		want   string
		status int
	}{
		{cardOf + "\r", "  Code scanner: The QR of an ID card, 91 characters.\nEach code ends in CR: right.\n", 0},
		{cardOf + "\r\n", "  Code scanner: The QR of an ID card, 91 characters.\nEach code ends in CR LF: right.\n", 0},
		{badCard + "\r", "  Code scanner: The three lines of a card, but its check digits differ, 90 characters.\nEach code ends in CR: right.\n", 0},
		{numberOf + "\n", "  Code scanner: An ID number, 12 digits.\nEach code ends in LF: right.\n", 0},
		{"https://example.vn/menu", "  Code scanner: Another code, 23 characters.\nNothing marks the end; the station waits for silence. Better switch the CR suffix on.\n", 0},
		{"\x02https://example.vn/menu\x03", "  Code scanner: Another code, 23 characters.\nEach code stands between STX and ETX: right.\n", 0},
		{"066190000123||H\x92 Bia Ni\xea|12081990|N\xfe\xb3\r", "! Code scanner: It was read but cannot be used. The letters are not UTF-8. Check the scanner’s baud rate and character set.\nEach code ends in CR: right.\n", 1},
	} {
		w := newWorkbench(t)
		w.twins()
		done := w.start(t.Context(), "test", "scanner", "--lang", "en")
		w.until("Please scan any code.\n")
		must(t, w.scanner.Raw([]byte(tt.send)))
		err := <-done
		status := 0
		if err != nil {
			status, _ = Told(err)
		}
		if got := strings.TrimPrefix(w.out.String(), "Please scan any code.\n"); got != tt.want || status != tt.status {
			t.Errorf("%q: exit status %d, %q", tt.send, status, got)
		}
	}
}
