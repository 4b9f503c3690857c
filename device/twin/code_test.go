package twin

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tramhoso/device/printer"
)

// The code must be readable from the paper, by a reader that is not ours.
func TestTheCodeReads(t *testing.T) {
	zbarimg, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Fatalf("zbarimg is needed to read codes as a phone would: %v", err)
	}
	for _, width := range []int{printer.Width80mm, printer.Width58mm} {
		f := plugged(t, PrinterConfig{WidthDots: width})
		f.print(f.printer(printer.Profile{WidthDots: width}), doc("Phiếu"), printed)
		f.next()
		out, err := exec.Command(zbarimg, "--quiet", "--raw", filepath.Join(f.dir, "paper-001.png")).Output()
		if err != nil || strings.TrimSpace(string(out)) != payload {
			t.Errorf("%d dots: read %q, %v", width, out, err)
		}
	}
}

// A code that the printer draws itself, as other software asks for it.
func TestTheOwnCodeReads(t *testing.T) {
	zbarimg, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Fatalf("zbarimg is needed to read codes as a phone would: %v", err)
	}
	for name, set := range map[string]string{
		"as it comes":          "",
		"large, in the middle": "\x1ba\x01\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1",
	} {
		f := plugged(t, PrinterConfig{})
		n := len(payload) + 3
		// White around it: the printer adds none.
		wire := set + "\x1b$\x20\x00\x1bJ\x20\x1b$\x20\x00\x1d(k" + string([]byte{byte(n), 0}) + "1P0" + payload + "\x1d(k\x03\x001Q0\x1bJ\x20\x1dV\x00"
		if _, err := f.port.WriteString(wire); err != nil {
			t.Fatal(err)
		}
		f.next()
		out, err := exec.Command(zbarimg, "--quiet", "--raw", filepath.Join(f.dir, "paper-001.png")).Output()
		if err != nil || strings.TrimSpace(string(out)) != payload {
			t.Errorf("%s: read %q, %v", name, out, err)
		}
	}
}
