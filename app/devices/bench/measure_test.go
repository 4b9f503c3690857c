package bench

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/png"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"tramhoso/device/printer/models"
)

// codesOf reads the codes of a paper as a scanner would. A roll is wider than
// the head's line, so there is white around.
func codesOf(t *testing.T, paper *image.Gray) []string {
	t.Helper()
	const edge = 32
	b := paper.Bounds()
	wide := image.NewGray(image.Rect(0, 0, b.Dx()+2*edge, b.Dy()+2*edge))
	draw.Draw(wide, wide.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(wide, b.Add(image.Pt(edge, edge)), paper, b.Min, draw.Src)
	var picture bytes.Buffer
	must(t, png.Encode(&picture, wide))
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Fatal("this test reads codes off the paper with zbarimg: install Debian's package zbar-tools")
	}
	cmd := exec.CommandContext(t.Context(), "zbarimg", "--quiet", "--raw", "-")
	cmd.Stdin = &picture
	out, err := cmd.Output()
	must(t, err)
	return strings.Fields(string(out))
}

// The test prints codes, the technician shows them to the scanner, and what was
// found is the profile in force from then on.
func TestDevicesTestPrinter(t *testing.T) {
	w := newWorkbench(t)
	w.twins()
	text, status := w.run("profile", "--lang", "en")
	if status != 0 || !strings.HasPrefix(text, "Printer: not measured yet, the common profile holds (common).") ||
		!contains(text, "head.width_dots", "576", "from", "the", "model") || !contains(text, "line.baud", "115200", "station.toml") {
		t.Errorf("exit status %d\n%s", status, text)
	}
	// A code that cannot be read is given up with Enter: then nothing is kept.
	keys, hand := io.Pipe()
	w.terminal.in = keys
	t.Cleanup(func() { must(t, hand.Close()) })
	given := w.start(t.Context(), "test", "printer", "--lang", "en", "--quick")
	w.until("Part 1 of 1")
	if _, err := io.WriteString(hand, "\n"); err != nil {
		t.Error(err)
	}
	err := <-given
	if status, said := Told(err); !said || status != 1 || !strings.Contains(w.out.String(), "Not read: the code on the test page.\nNot passed, so nothing was kept. The old profile holds.\n") {
		t.Errorf("%v\n%s", err, w.out)
	}
	w.out.text.Reset()
	_, err = w.printer.NextPaper(t.Context())
	must(t, err)

	must(t, os.Mkdir(w.link("data"), 0o700))
	done := w.start(t.Context(), "test", "printer", "--lang", "en")
	w.until("Part 1 of ")
	w.show()
	if err := <-done; err != nil {
		t.Fatalf("%v\n%s", err, w.out)
	}
	for _, want := range []string{"Asking the printer.\n", "Printing.\n", "“Khổ giấy” (the width) was read.\n", "Confirms a print", "Passed: every code was read back.\n", "Kept in "} {
		if !strings.Contains(w.out.String(), want) {
			t.Errorf("no %q in\n%s", want, w.out)
		}
	}
	w.out.text.Reset()
	text, status = w.run("profile", "--lang", "en")
	if status != 0 || !strings.HasPrefix(text, "Printer: ") || !strings.Contains(text, ", measured at 17:02, 16/07/2026") ||
		!contains(text, "head.width_dots", "576", "measured") || !contains(text, "line.baud", "115200", "station.toml") || !contains(text, "status.process_id", "yes", "measured") {
		t.Errorf("exit status %d\n%s", status, text)
	}
}

// What was measured is used for that printer only.
func TestDevicesAnotherPrinter(t *testing.T) {
	w := newWorkbench(t)
	w.twins()
	must(t, os.Mkdir(w.link("data"), 0o700))
	narrow, _ := models.Get(models.Common)
	narrow.Profile.WidthDots = 384
	must(t, models.Save(w.link("data"), models.File{Model: narrow, Device: &models.Device{Path: w.link("usb-printer"), Identity: "EPSON, TM-T20III"}, At: w.terminal.now(), Scans: 3}))
	text, status := w.run("list", "--lang", "en")
	if status != 1 || !strings.Contains(text, "! Slip printer: Another printer.") {
		t.Errorf("exit status %d\n%s", status, text)
	}
	text, status = w.run("profile", "--lang", "en")
	if status != 0 || !strings.HasPrefix(text, "Printer: what was measured belongs to another one, so the common profile holds (common).") || !contains(text, "head.width_dots", "576", "from", "the", "model") {
		t.Errorf("exit status %d\n%s", status, text)
	}
	must(t, w.printer.Unplug()) // nobody to be asked: the line is the same
	text, status = w.run("profile", "--lang", "en")
	if status != 0 || !contains(text, "head.width_dots", "384", "measured") {
		t.Errorf("exit status %d\n%s", status, text)
	}
}

// contains says whether a line of the text is these words.
func contains(text string, words ...string) bool {
	for line := range strings.Lines(text) {
		if strings.Join(strings.Fields(line), " ") == strings.Join(words, " ") {
			return true
		}
	}
	return false
}

// show holds the newest paper in front of the scanner, code by code.
func (w *workbench) show() {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.t.Context(), patience)
	defer stop()
	paper, err := w.printer.NextPaper(ctx)
	must(w.t, err)
	for _, code := range codesOf(w.t, paper.Image) {
		must(w.t, w.scanner.Send(code))
	}
}

// What stands in the way is told at once, and a line that somebody holds too.
func TestDevicesTestPrinterInTrouble(t *testing.T) {
	w := newWorkbench(t)
	w.twins()
	w.printer.PaperOut()
	text, status := w.run("test", "printer", "--lang", "en")
	if status != 1 || !strings.Contains(text, "Not passed: out of paper. Put in a new roll, close the cover, and test again.\n") {
		t.Errorf("exit status %d\n%s", status, text)
	}
	must(t, w.printer.Unplug())
	text, status = w.run("test", "printer", "--lang", "en")
	wants(t, text, status, "! Slip printer: Not found. Check the printer’s cable and power.\n", 1)
}

// A printer that answers nothing is named before the wait for it begins, with
// the speed that may be wrong.
func TestDevicesTestPrinterThatAnswersNothing(t *testing.T) {
	for _, args := range [][]string{{"test", "printer", "--lang", "en"}, {"test", "printer", "--lang", "en", "--quick"}} {
		w := newWorkbench(t)
		w.twins()
		w.printer.Silent()
		keys, hand := io.Pipe()
		w.terminal.in = keys
		t.Cleanup(func() { must(t, hand.Close()) })
		done := w.start(t.Context(), args...)
		w.until("Part 1 of ")
		if _, err := io.WriteString(hand, "\n"); err != nil {
			t.Error(err)
		}
		err := <-done
		text := w.out.String()
		if status, said := Told(err); !said || status != 1 || strings.Contains(text, "Part 2 of ") ||
			!strings.Contains(text, "The printer does not answer at 115200 baud.") || !strings.Contains(text, "Not passed: the printer does not answer, and nothing that it printed was read.") {
			t.Errorf("%v: %v\n%s", args, err, text)
		}
	}
}

// Without a scanner the printer is measured as far as it answers, and nobody is
// asked to scan; one that is pulled out in the middle ends the test at once.
func TestDevicesTestPrinterWithoutScanner(t *testing.T) {
	w := newWorkbench(t)
	w.twins()
	for _, args := range [][]string{{"test", "printer", "--lang", "en"}, {"test", "printer", "--lang", "en", "--quick"}} {
		w.config(strings.Split(w.settings, "[scanner]")[0])
		text, status := w.run(args...)
		if status != 1 || strings.Contains(text, "Part 1") || !strings.Contains(text, "There is no scanner to read the codes back") || !strings.Contains(text, "Not passed, so nothing was kept.") {
			t.Errorf("%v: exit status %d\n%s", args, status, text)
		}
		w.config(w.settings)
		done := w.start(t.Context(), args...)
		w.until("Part 1 of ")
		must(t, w.scanner.Unplug())
		err := <-done
		if status, said := Told(err); !said || status != 1 || !strings.Contains(w.out.String(), "! Code scanner: Not found.") || strings.Contains(w.out.String(), "Part 2 of ") {
			t.Errorf("%v: %v\n%s", args, err, w.out)
		}
		must(t, w.scanner.Plug())
		w.out.text.Reset()
	}
}

func TestDevicesProfiles(t *testing.T) {
	w := newWorkbench(t)
	w.config("[printer]\nprofile = \"pos-5890\"\nflow = \"xonxoff\"\n")
	text, status := w.run("profile", "--list")
	if status != 0 || !contains(text, "pos-5890", "POS-5890,", "58", "mm") || !strings.HasPrefix(text, "common ") {
		t.Errorf("exit status %d\n%s", status, text)
	}
	text, status = w.run("profile", "pos-5890")
	if source, _ := models.Source("pos-5890"); status != 0 || text != source {
		t.Errorf("exit status %d\n%s", status, text)
	}
	text, status = w.run("profile", "epson-tm-t99", "--lang", "en")
	wants(t, text, status, "There is no printer model epson-tm-t99. “tramhoso devices profile --list” shows the names.\n", 2)
	text, status = w.run("profile", "--lang", "en")
	if status != 0 || !strings.HasPrefix(text, "Printer: POS-5890, chosen in station.toml\n") || !contains(text, "head.width_dots", "384", "from", "the", "model") ||
		!contains(text, "line.flow", "xonxoff", "station.toml") || !contains(text, "line.baud", "9600", "safe", "default") {
		t.Errorf("exit status %d\n%s", status, text)
	}
}
