// Package pagetest runs real printing software for tests: the IPP printer
// application of Debian's cups-ipp-utils, and a CUPS scheduler, each as a child
// process with folders of its own, on a port that is free.
//
// It promises that a test which ends leaves no process behind, and that a tool
// which is missing fails the test with the package's name.
//
// It must not be linked into the station.
package pagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// patience bounds the wait for a child process that starts: a busy machine takes
// seconds for what is done in fifty milliseconds otherwise.
const patience = 30 * time.Second

// Printer is a running IPP printer.
type Printer struct {
	// URI is where it listens.
	URI string

	t    testing.TB
	dir  string
	port int
	cmd  *exec.Cmd
	bus  string
}

// command stands in for the print engine. It tells the states in "says", holds
// while there is a file "hold", fails where there is one "fail", and keeps the
// document as N.pdf.
const command = `#!/bin/sh
cd %q || exit 1
[ -e says ] && cat says >&2
[ -e hold ] && : >busy
while [ -e hold ]; do sleep 0.02; done
rm -f busy
[ -e said ] && cat said >&2
[ -e fail ] && exit 1
cp "$1" "$IPP_JOB_ID.part" && env | grep ^IPP_ >"$IPP_JOB_ID.env" && mv "$IPP_JOB_ID.part" "$IPP_JOB_ID.pdf"
`

// The application announces itself through Avahi and will not start without a
// message bus; it gets an empty one of its own.
const busConfig = `<busconfig><type>session</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
`

// Start runs a printer until the test ends.
func Start(t testing.TB) *Printer {
	t.Helper()
	p := &Printer{t: t, dir: t.TempDir(), port: freePort(t)}
	p.URI = fmt.Sprintf("ipp://localhost:%d/ipp/print", p.port)
	p.bus = filepath.Join(p.dir, "bus")
	write(t, filepath.Join(p.dir, "bus.conf"), fmt.Sprintf(busConfig, p.bus))
	write(t, filepath.Join(p.dir, "media.conf"), media)
	write(t, filepath.Join(p.dir, "engine"), fmt.Sprintf(command, p.dir))
	must(t, os.Chmod(filepath.Join(p.dir, "engine"), 0o700))
	must(t, os.Mkdir(filepath.Join(p.dir, "spool"), 0o700))
	run(t, "dbus-daemon", "dbus-daemon", p.dir, nil, "--config-file=bus.conf", "--nofork")
	until(t, "the message bus", func() bool { _, err := os.Stat(p.bus); return err == nil })
	p.On()
	return p
}

// On starts a printer that was switched off; it has forgotten its jobs.
func (p *Printer) On() {
	p.t.Helper()
	p.cmd = run(p.t, "ippeveprinter", "cups-ipp-utils", p.dir,
		[]string{"DBUS_SYSTEM_BUS_ADDRESS=unix:path=" + p.bus, "HOME=" + p.dir, "TMPDIR=" + p.dir},
		"-r", "off", "-p", strconv.Itoa(p.port), "-n", "localhost", "-a", "media.conf",
		"-d", "spool", "-c", filepath.Join(p.dir, "engine"), "Station")
	until(p.t, "the printer", func() bool { return reaches(p.port) })
}

// Off kills it, in the midst of whatever it does.
func (p *Printer) Off() { p.t.Helper(); stop(p.t, p.cmd) }

// Hold makes the next jobs stop before they are printed; the printer gives the
// reason, such as "media-empty", when there is one.
func (p *Printer) Hold(reason string) {
	p.t.Helper()
	if reason != "" {
		write(p.t, filepath.Join(p.dir, "says"), "STATE: +"+reason+"\n")
		write(p.t, filepath.Join(p.dir, "said"), "STATE: -"+reason+"\n")
	}
	write(p.t, filepath.Join(p.dir, "hold"), "")
}

// Release lets held jobs go on.
func (p *Printer) Release() { p.t.Helper(); p.remove("hold") }

// Break makes jobs fail.
func (p *Printer) Break() { p.t.Helper(); write(p.t, filepath.Join(p.dir, "fail"), "") }

func (p *Printer) remove(name string) {
	if err := os.Remove(filepath.Join(p.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.t.Error(err)
	}
}

// Printed is the document of a job that came out, or nil.
func (p *Printer) Printed(job int) []byte {
	raw, err := os.ReadFile(filepath.Join(p.dir, strconv.Itoa(job)+".pdf"))
	if err != nil {
		return nil
	}
	return raw
}

// Busy reports that a job is in the engine.
func (p *Printer) Busy() bool { return there(filepath.Join(p.dir, "busy")) }

// Papers is how many documents came out since the printer was made.
func (p *Printer) Papers() int {
	found, err := filepath.Glob(filepath.Join(p.dir, "*.pdf"))
	if err != nil {
		p.t.Error(err)
	}
	return len(found)
}

// Asked is what the job asked for, such as "IPP_MEDIA=iso_a4_210x297mm".
func (p *Printer) Asked(job int) string {
	raw, err := os.ReadFile(filepath.Join(p.dir, strconv.Itoa(job)+".env"))
	if err != nil {
		p.t.Error(err)
	}
	return string(raw)
}

// run starts a child process that ends with the test.
func run(t testing.TB, tool, debian, dir string, env []string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		if path = filepath.Join("/usr/sbin", tool); !there(path) {
			t.Fatalf("%s is missing: install Debian's package %s (packaging/install test does it)", tool, debian)
		}
	}
	log, err := os.Create(filepath.Join(dir, tool+".log"))
	must(t, err)
	cmd := exec.CommandContext(context.Background(), path, args...) // stop ends it
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	cmd.Env = append(os.Environ(), env...)
	must(t, cmd.Start())
	must(t, log.Close())
	t.Cleanup(func() {
		stop(t, cmd)
		if t.Failed() {
			raw, _ := os.ReadFile(log.Name())
			t.Logf("%s:\n%s", tool, raw[max(0, len(raw)-4000):])
		}
	})
	return cmd
}

// stop kills a child; one that is gone already stays so.
func stop(t testing.TB, cmd *exec.Cmd) {
	if cmd.ProcessState != nil {
		return
	}
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	_ = cmd.Wait() // killed is how it ends
}

func there(path string) bool { _, err := os.Stat(path); return err == nil }

func reaches(port int) bool {
	c, err := net.Dial("tcp", net.JoinHostPort("localhost", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	return c.Close() == nil
}

// until waits for a condition outside this process.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	must(t, err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	must(t, err)
	must(t, l.Close())
	n, err := strconv.Atoi(port)
	must(t, err)
	return n
}

func write(t testing.TB, path, content string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(content), 0o600))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// PDF is a document of one blank page, whole enough for every reader.
func PDF() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, body := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>"} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

// media is the printer's description: an office printer for A4 and A5, with
// what CUPS needs to make a queue of it.
const media = `ATTR textWithoutLanguage printer-make-and-model "Example Office"
ATTR mimeMediaType document-format-supported application/pdf,image/pwg-raster
ATTR mimeMediaType document-format-default application/pdf
ATTR keyword media-supported iso_a4_210x297mm,iso_a5_148x210mm
ATTR keyword media-ready iso_a4_210x297mm,iso_a5_148x210mm
ATTR keyword media-default iso_a4_210x297mm
ATTR collection media-size-supported {
  MEMBER integer x-dimension 21000 MEMBER integer y-dimension 29700 },{
  MEMBER integer x-dimension 14800 MEMBER integer y-dimension 21000 }
ATTR collection media-col-default {
  MEMBER collection media-size { MEMBER integer x-dimension 21000 MEMBER integer y-dimension 29700 } }
ATTR collection media-col-database {
  MEMBER collection media-size { MEMBER integer x-dimension 21000 MEMBER integer y-dimension 29700 }
  MEMBER integer media-bottom-margin 420 MEMBER integer media-left-margin 420
  MEMBER integer media-right-margin 420 MEMBER integer media-top-margin 420 },{
  MEMBER collection media-size { MEMBER integer x-dimension 14800 MEMBER integer y-dimension 21000 }
  MEMBER integer media-bottom-margin 420 MEMBER integer media-left-margin 420
  MEMBER integer media-right-margin 420 MEMBER integer media-top-margin 420 }
ATTR keyword media-col-supported media-size,media-bottom-margin,media-left-margin,media-right-margin,media-top-margin
ATTR integer media-bottom-margin-supported 420
ATTR integer media-left-margin-supported 420
ATTR integer media-right-margin-supported 420
ATTR integer media-top-margin-supported 420
ATTR keyword print-color-mode-supported monochrome
ATTR keyword print-color-mode-default monochrome
ATTR resolution printer-resolution-supported 300dpi
ATTR resolution printer-resolution-default 300dpi
ATTR resolution pwg-raster-document-resolution-supported 300dpi
ATTR keyword pwg-raster-document-type-supported sgray_8
ATTR keyword sides-supported one-sided,two-sided-long-edge
ATTR keyword sides-default one-sided
ATTR rangeOfInteger copies-supported 1-99
ATTR integer copies-default 1
`
