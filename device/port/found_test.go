package port

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree is a machine's /dev, /sys and /proc in a folder.
type tree struct {
	t *testing.T
	Finder
}

func newTree(t *testing.T) *tree {
	t.Helper()
	root := t.TempDir()
	f := &tree{t: t, Finder: Finder{Dev: root + "/dev", Sys: root + "/sys", Proc: root + "/proc"}}
	f.dir(f.Dev)
	f.dir(f.Proc)
	f.write(f.sys("class/tty/console/active"), "tty0 ttyS0\n")
	f.write(f.sys("class/tty/tty0/uevent"), "")
	return f
}

func (f *tree) dir(path string) {
	f.t.Helper()
	if err := os.MkdirAll(path, 0o700); err != nil {
		f.t.Fatal(err)
	}
}

func (f *tree) write(path, text string) {
	f.t.Helper()
	f.dir(filepath.Dir(path))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

func (f *tree) link(target, path string) {
	f.t.Helper()
	f.dir(filepath.Dir(path))
	if err := os.Symlink(target, path+".new"); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil { // as udev does
		f.t.Fatal(err)
	}
}

func (f *tree) remove(path string) {
	f.t.Helper()
	if err := os.RemoveAll(path); err != nil {
		f.t.Fatal(err)
	}
}

// board adds an on-board UART as the kernel shows it.
func (f *tree) board(name, kind string) {
	f.write(f.sys("devices/platform/serial8250", name, "uevent"), "")
	f.write(f.sys("class/tty", name, "type"), kind+"\n")
	f.link(f.sys("devices/platform/serial8250", name), f.sys("class/tty", name, "device"))
	f.write(f.dev(name), "")
}

// usb is a USB device with one line.
type usb struct{ node, socket, vendor, product, maker, model, serial, byID string }

func (f *tree) plug(u usb) {
	f.t.Helper()
	device := f.sys("devices/pci0/usb1", u.socket)
	for name, text := range map[string]string{"idVendor": u.vendor, "idProduct": u.product, "manufacturer": u.maker, "product": u.model, "serial": u.serial} {
		if text != "" {
			f.write(filepath.Join(device, name), text+"\n")
		}
	}
	line := filepath.Join(device, u.socket+":1.0", u.node)
	f.write(filepath.Join(device, u.socket+":1.0", "bInterfaceNumber"), "00\n")
	f.write(filepath.Join(line, "port_number"), "0\n")
	f.write(f.dev(u.node), "")
	f.dir(f.sys("class/tty", u.node))
	f.link(line, f.sys("class/tty", u.node, "device"))
	if u.byID != "" {
		f.link("../../"+u.node, f.dev("serial/by-id", u.byID))
	}
	f.link("../../"+u.node, f.dev("serial/by-path", "pci-0000:00:14.0-usbv2-0:"+u.socket+":1.0-port0"))
	f.link("../../"+u.node, f.dev("serial/by-path", "pci-0000:00:14.0-usb-0:"+u.socket+":1.0-port0"))
}

func (f *tree) unplug(u usb) {
	f.t.Helper()
	f.remove(f.dev(u.node))
	f.remove(f.sys("class/tty", u.node))
	f.remove(f.sys("devices/pci0/usb1", u.socket))
	if target, err := os.Readlink(f.dev("serial/by-id", u.byID)); err == nil && filepath.Base(target) == u.node {
		f.remove(f.dev("serial/by-id", u.byID))
	}
	f.remove(f.dev("serial/by-path", "pci-0000:00:14.0-usbv2-0:"+u.socket+":1.0-port0"))
	f.remove(f.dev("serial/by-path", "pci-0000:00:14.0-usb-0:"+u.socket+":1.0-port0"))
	if rest, err := os.ReadDir(f.dev("serial/by-path")); err == nil && len(rest) == 0 {
		f.remove(f.dev("serial")) // udev leaves no empty folders
	}
}

var (
	epson   = usb{"ttyUSB0", "1-2", "04b8", "0202", "EPSON", "TM-T20II", "5843", "usb-EPSON_TM-T20II_5843-if00-port0"}
	ch340   = usb{"ttyUSB1", "1-3", "1a86", "7523", "", "USB Serial", "", "usb-1a86_USB_Serial-if00-port0"}
	another = usb{"ttyUSB2", "1-4", "1a86", "7523", "", "USB Serial", "", "usb-1a86_USB_Serial-if00-port0"}
	cp2102  = usb{"ttyUSB3", "1-5", "10c4", "ea60", "Silicon Labs", "CP2102", "0001", "usb-Silicon_Labs_CP2102_0001-if00-port0"}
	cloned  = usb{"ttyUSB4", "1-6", "10c4", "ea60", "Silicon Labs", "CP2102", "0001", "usb-Silicon_Labs_CP2102_0001-if00-port0"}
	scanner = usb{"ttyACM0", "1-7", "0c2e", "0b6a", "Honeywell", "1900", "12345A", "usb-Honeywell_1900_12345A-if00"}
)

// names gives each node's name to configure, without the folder.
func (f *tree) names() map[string]string {
	f.t.Helper()
	all, err := f.List()
	if err != nil {
		f.t.Fatal(err)
	}
	out := map[string]string{}
	for _, d := range all {
		out[filepath.Base(d.Node)] = strings.TrimPrefix(d.Path, f.Dev+"/")
	}
	return out
}

func (u usb) byPath() string {
	return "serial/by-path/pci-0000:00:14.0-usb-0:" + u.socket + ":1.0-port0"
}

func TestListNames(t *testing.T) {
	for name, c := range map[string]struct {
		usb  []usb
		want map[string]string
	}{
		"nothing":           {nil, map[string]string{}},
		"a serial number":   {[]usb{epson}, map[string]string{"ttyUSB0": "serial/by-id/" + epson.byID}},
		"no serial number":  {[]usb{ch340}, map[string]string{"ttyUSB1": "serial/by-id/" + ch340.byID}},
		"different devices": {[]usb{epson, ch340, scanner}, map[string]string{"ttyUSB0": "serial/by-id/" + epson.byID, "ttyUSB1": "serial/by-id/" + ch340.byID, "ttyACM0": "serial/by-id/" + scanner.byID}},
		"twins without serial numbers": {[]usb{ch340, another, epson}, map[string]string{
			"ttyUSB0": "serial/by-id/" + epson.byID, "ttyUSB1": ch340.byPath(), "ttyUSB2": another.byPath()}},
		"twins with one serial number": {[]usb{cp2102, cloned}, map[string]string{"ttyUSB3": cp2102.byPath(), "ttyUSB4": cloned.byPath()}},
		"udev gave no by-id name": {[]usb{{"ttyUSB9", "1-9", "1a86", "7523", "", "USB Serial", "", ""}}, map[string]string{
			"ttyUSB9": usb{socket: "1-9"}.byPath()}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newTree(t)
			for _, u := range c.usb {
				f.plug(u)
			}
			if d := cmp.Diff(c.want, f.names()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestListFacts(t *testing.T) {
	f := newTree(t)
	f.board("ttyS0", "4")
	f.board("ttyS1", "0") // no UART there
	f.plug(epson)
	f.write(f.sys("devices/pci0/usb1/1-2/product"), "TM\x00-T20\x1b[31mII\xff\n"+strings.Repeat("x", 2*maxFact))
	f.dir(f.sys("class/tty/ttyUSB7")) // gone while we look
	all, err := f.List()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 {
		t.Fatalf("%d lines: %+v", len(all), all)
	}
	usb, board := all[slices.IndexFunc(all, func(d Found) bool { return d.USB })], all[slices.IndexFunc(all, func(d Found) bool { return !d.USB })]
	if len(usb.Model) > maxFact || !strings.HasPrefix(usb.Model, "TM-T20[31mII") {
		t.Errorf("model %q", usb.Model)
	}
	usb.Model = ""
	want := Found{
		Path: f.dev("serial/by-id", epson.byID), Node: f.dev("ttyUSB0"), ByID: f.dev("serial/by-id", epson.byID), ByPath: f.dev(epson.byPath()),
		USB: true, Vendor: "04b8", Product: "0202", Maker: "EPSON", Serial: "5843", Interface: "00",
	}
	if d := cmp.Diff(want, usb); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Found{Path: f.dev("ttyS0"), Node: f.dev("ttyS0"), Console: true}, board); d != "" {
		t.Error(d)
	}
}

func TestListSeveralLinesOfOneDevice(t *testing.T) {
	f := newTree(t)
	f.plug(usb{"ttyUSB0", "1-2", "0403", "6010", "FTDI", "Dual", "", "usb-FTDI_Dual-if00-port0"})
	device := f.sys("devices/pci0/usb1/1-2/1-2:1.1")
	f.write(device+"/bInterfaceNumber", "01\n")
	f.write(device+"/ttyUSB1/port_number", "0\n")
	f.write(f.dev("ttyUSB1"), "")
	f.dir(f.sys("class/tty/ttyUSB1"))
	f.link(device+"/ttyUSB1", f.sys("class/tty/ttyUSB1/device"))
	f.link("../../ttyUSB1", f.dev("serial/by-id/usb-FTDI_Dual-if01-port0"))
	want := map[string]string{"ttyUSB0": "serial/by-id/usb-FTDI_Dual-if00-port0", "ttyUSB1": "serial/by-id/usb-FTDI_Dual-if01-port0"}
	if d := cmp.Diff(want, f.names()); d != "" {
		t.Error(d)
	}
}

func TestTakenSaysByWhom(t *testing.T) {
	f := newTree(t)
	f.plug(epson)
	f.plug(ch340)
	f.plug(scanner)
	var st syscall.Stat_t
	if err := syscall.Stat(f.dev("ttyUSB0"), &st); err != nil {
		t.Fatal(err)
	}
	// As the kernel writes it, with locks that are none of ours.
	others, err := os.ReadFile("/proc/locks")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(f.dev("ttyUSB0"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	locked, err := os.ReadFile("/proc/locks")
	if err != nil {
		t.Fatal(err)
	}
	pid := ""
	for line := range strings.Lines(string(locked)) {
		if fields := strings.Fields(line); !strings.Contains(string(others), strings.Join(fields[1:], " ")) && strings.Contains(line, "FLOCK") && strings.HasSuffix(fields[5], ":"+utoa(st.Ino)) {
			pid = fields[4]
		}
	}
	if pid == "" {
		t.Fatalf("the kernel lists no lock of ours:\n%s", locked)
	}
	f.write(f.Proc+"/locks", string(locked))
	f.write(f.Proc+"/"+pid+"/comm", "tramhoso\n")
	f.write(f.Proc+"/77/comm", "ModemManager\n")
	f.link(f.dev("ttyACM0"), f.Proc+"/77/fd/5")
	f.link("/dev/null", f.Proc+"/78/fd/0")
	all, err := f.List()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, d := range all {
		if d.Taken {
			got[filepath.Base(d.Node)] = d.Holder
		}
	}
	if d := cmp.Diff(map[string]string{"ttyUSB0": "tramhoso", "ttyACM0": "ModemManager"}, got); d != "" {
		t.Error(d)
	}
}

func TestStable(t *testing.T) {
	f := newTree(t)
	f.board("ttyS0", "4")
	f.plug(epson)
	f.plug(ch340)
	f.plug(another)
	f.plug(scanner)
	f.remove(f.dev(scanner.byPath()))
	f.remove(f.dev("serial/by-id", scanner.byID))
	f.remove(strings.Replace(f.dev(scanner.byPath()), "-usb-", "-usbv2-", 1))
	f.write(f.dev("null"), "")
	f.link("pts/3", f.dev("pretty"))
	for path, want := range map[string]any{
		"ttyUSB0":                      "serial/by-id/" + epson.byID,
		"serial/by-id/" + epson.byID:   "serial/by-id/" + epson.byID,
		epson.byPath():                 "serial/by-id/" + epson.byID,
		"ttyUSB1":                      ch340.byPath(),
		"serial/by-id/" + another.byID: another.byPath(), // leads to whichever came last
		"ttyS0":                        "ttyS0",
		"ttyACM0":                      ErrNoName,
		"ttyUSB8":                      ErrAbsent,
		"pretty":                       ErrAbsent,
		"null":                         ErrNotAPort,
	} {
		got, err := f.Stable(f.dev(path))
		switch want := want.(type) {
		case string:
			if err != nil || got != f.dev(want) {
				t.Errorf("%s: %q, %v", path, got, err)
			}
		case error:
			if !errors.Is(err, want) {
				t.Errorf("%s: %q, %v, want %v", path, got, err, want)
			}
		}
	}
}

func TestASharedNameIsRefused(t *testing.T) {
	f := newTree(t)
	f.plug(epson)
	f.plug(ch340)
	for _, u := range []usb{epson, ch340} {
		if err := f.shared(f.dev("serial/by-id", u.byID)); err != nil {
			t.Errorf("%s alone: %v", u.node, err)
		}
	}
	f.plug(another)
	err := f.shared(f.dev("serial/by-id", ch340.byID))
	if !errors.Is(err, ErrShared) || !strings.Contains(err.Error(), f.dev(another.byPath())) {
		t.Errorf("two at one name: %v", err)
	}
	for _, path := range []string{"serial/by-id/" + epson.byID, ch340.byPath(), another.byPath(), "ttyUSB1", "serial/by-id/none"} {
		if err := f.shared(f.dev(path)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := (Finder{Dev: f.Dev, Sys: t.TempDir()}).shared(f.dev("serial/by-id", ch340.byID)); err != nil {
		t.Errorf("without sysfs: %v", err)
	}
}

// The machine that the tests run on has whatever it has, and can be asked.
func TestListHere(t *testing.T) {
	all, err := List()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if !strings.HasPrefix(d.Node, "/dev/") || !d.USB && d.Path != d.Node {
			t.Errorf("%+v", d)
		}
	}
	if _, err := Stable("/dev/null"); !errors.Is(err, ErrNotAPort) {
		t.Errorf("Stable(/dev/null): %v", err)
	}
}

// Without sysfs the lines that udev names are still to be found, and no line
// gets a name that may be another's.
func TestListWithoutSysfs(t *testing.T) {
	f := newTree(t)
	f.board("ttyS0", "4")
	f.plug(epson)
	f.plug(scanner)
	f.Sys = filepath.Join(t.TempDir(), "unmounted")
	if d := cmp.Diff(map[string]string{"ttyUSB0": "serial/by-id/" + epson.byID, "ttyACM0": "serial/by-id/" + scanner.byID}, f.names()); d != "" {
		t.Error(d)
	}
	if got, err := f.Stable(f.dev("ttyUSB0")); err != nil || got != f.dev("serial/by-id", epson.byID) {
		t.Errorf("stable name %q, %v", got, err)
	}
	all, err := f.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.Vendor != "" || d.Model != "" || !d.USB || d.Twin || d.Console {
			t.Errorf("a fact out of nothing: %+v", d)
		}
	}
	f.Sys = filepath.Join(filepath.Dir(f.Dev), "sys")
	f.plug(ch340)
	f.plug(another) // takes the link of the one before
	f.Sys = filepath.Join(t.TempDir(), "unmounted")
	want := map[string]string{"ttyUSB0": epson.byPath(), "ttyACM0": scanner.byPath(), "ttyUSB1": ch340.byPath(), "ttyUSB2": another.byPath()}
	if d := cmp.Diff(want, f.names()); d != "" {
		t.Error(d)
	}
	if _, err := (Finder{Sys: t.TempDir(), Dev: filepath.Join(t.TempDir(), "none")}).List(); err == nil {
		t.Error("neither sysfs nor nodes, and no error")
	}
}
