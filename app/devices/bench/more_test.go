package bench

import (
	"context"
	"os"
	"strings"
	"testing"

	"tramhoso/device/page/pagetest"
	"tramhoso/device/power/powertest"
)

// wedgeList is what Linux lists of a scanner in keyboard mode.
const wedgeList = `I: Bus=0003 Vendor=0c2e Product=0b01 Version=0110
N: Name="Honeywell Imaging & Mobility 1900"
P: Phys=usb-0000:00:14.0-3/input0
H: Handlers=sysrq kbd event5 leds
B: EV=120013
B: KEY=1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe

`

// The page printer, the power and a scanner that types are devices like the
// others.
func TestDevicesOnPaperAndPower(t *testing.T) {
	sheets, supply := pagetest.Start(t), powertest.Start(t)
	w := newWorkbench(t)
	w.twins()
	w.settings += "[page]\nprinter = \"" + sheets.URI + "\"\n[power]\nups = \"" + powertest.Name + "@" + supply.Addr + "\"\n"
	w.config(w.settings)
	ctx, stop := context.WithCancel(t.Context())
	done := w.start(ctx, "watch", "--lang", "en")
	w.until("✓ Page printer (A4): Ready.")
	w.until("✓ Power: Mains on. Battery 100 %.")
	supply.Set("OB", 71, 720)
	w.until("! Power: On battery. The mains are off; about 12 minutes are left.")
	supply.Set("OL", 70, 720)
	w.until("✓ Power: Mains on. Battery 70 %.")
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	w.out.text.Reset()

	text, status := w.run("list", "--lang", "en")
	for _, want := range []string{"  ✓ Page printer (A4): Ready.", "      " + sheets.URI + "\n", "  ✓ Power: Mains on. Battery 70 %.\n"} {
		if !strings.Contains(text, want) || status != 0 {
			t.Errorf("exit status %d, no %q in\n%s", status, want, text)
		}
	}
	text, status = w.run("test", "power", "--lang", "en")
	wants(t, text, status, "✓ Power: Mains on. Battery 70 %.\n", 0)

	text, status = w.run("test", "page", "--lang", "en")
	wants(t, text, status, `
The printer has taken the test page. Waiting until it is out.
The printer says that the page is out. See whether its frame has all four sides.
`, 0)
	if sheets.Papers() != 1 {
		t.Errorf("%d pages came out", sheets.Papers())
	}
	sheets.Hold("media-empty")
	held, release := context.WithCancel(t.Context())
	waiting := w.start(held, "test", "page", "--lang", "en")
	w.until("The printer has taken the test page.")
	release()
	if status, said := Told(<-waiting); status != 2 || !said || !strings.Contains(w.out.String(), "whether it came out is not known") {
		t.Errorf("exit status %d\n%s", status, w.out)
	}
	w.out.text.Reset()
	sheets.Release()
	sheets.Off()
	text, status = w.run("test", "page", "--lang", "en")
	wants(t, text, status, "Not printed: nobody answers. Check cable, power and the address in page.printer.\n", 1)
	if text, status = w.run("list", "--lang", "en"); status != 1 || !strings.Contains(text, "! Page printer (A4): Not found.") {
		t.Errorf("exit status %d\n%s", status, text)
	}
	supply.DriverOff()
	text, status = w.run("test", "power", "--lang", "en")
	wants(t, text, status, `
? Power: Unknown. The battery supply does not answer. Check its cable.
The NUT server does not reach the supply. Check its USB cable and the service nut-driver.
`, 1)
	supply.Off()
	if text, status = w.run("test", "power", "--lang", "en"); status != 1 || !strings.Contains(text, "No NUT server answers at kiosk@") {
		t.Errorf("exit status %d\n%s", status, text)
	}
}

func TestDevicesWithoutASupply(t *testing.T) {
	w := newWorkbench(t)
	w.config("")
	text, status := w.run("test", "power", "--lang", "en")
	wants(t, text, status, "This station has no battery supply set up (power.ups of station.toml).\n", 2)
	text, status = w.run("test", "page", "--lang", "en")
	wants(t, text, status, "This station has no page printer set up (page.printer of station.toml).\n", 2)
}

func TestDevicesKeyboardScanner(t *testing.T) {
	w := newWorkbench(t)
	must(t, os.WriteFile(w.link("inputs"), []byte(wedgeList), 0o600))
	w.config("")
	if text, status := w.run("list", "--lang", "en"); status != 1 ||
		!strings.Contains(text, "  ! Code scanner: Types like a keyboard. Honeywell Imaging & Mobility 1900: scan “USB COM” from its manual to make it a serial device.\n") {
		t.Errorf("exit status %d\n%s", status, text)
	}
}
