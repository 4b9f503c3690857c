package scanner

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// input is a device as the kernel lists it.
func input(vendor, name, handlers string) string {
	return "I: Bus=0003 Vendor=" + vendor + " Product=1200 Version=0110\nN: Name=\"" + name + "\"\nP: Phys=usb-0000:00:14.0-1/input0\n" +
		"S: Sysfs=/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/0003:05E0:1200.0001/input/input5\nU: Uniq=\nH: Handlers=" + handlers +
		"\nB: PROP=0\nB: EV=120013\nB: KEY=1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe\n\n"
}

func TestWedges(t *testing.T) {
	list := input("0001", "AT Translated Set 2 keyboard", "sysrq kbd leds event0") +
		input("05e0", "Symbol Technologies, Inc, 2008 Symbol Bar Code Scanner", "sysrq kbd leds event5") +
		input("0C2E", "Honeywell Imaging & Mobility 1950g", "sysrq kbd event6") +
		input("1eab", "Newland HR52", "event7") + // no keyboard of it: a serial scanner's trigger button
		input("0483", "SM SM-2D PRODUCT HID KBW", "sysrq kbd event8") +
		input("046d", "Logitech USB Keyboard", "sysrq kbd event9") +
		input("zzzz", "Evil\x1b[2J\u202e "+strings.Repeat("scanner", 20), "kbd")
	path := filepath.Join(t.TempDir(), "devices")
	if err := os.WriteFile(path, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Wedges(path)
	want := []Wedge{
		{"Zebra", "Symbol Technologies, Inc, 2008 Symbol Bar Code Scanner", "05e0", "1200"},
		{"Honeywell", "Honeywell Imaging & Mobility 1950g", "0c2e", "1200"},
		{"", "SM SM-2D PRODUCT HID KBW", "0483", "1200"},
		{"", ("Evil[2J " + strings.Repeat("scanner", 20))[:nameMost], "", "1200"},
	}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
	if _, err := Wedges(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a list that is missing is no error")
	}
	if got, err := parseInputs(strings.NewReader(strings.Repeat(input("05e0", "x", "kbd"), 5000))); len(got) != wedgesMost || err != nil {
		t.Errorf("%d of an endless list, %v", len(got), err)
	}
}

func FuzzInputDevices(f *testing.F) {
	f.Add([]byte(input("05e0", "Symbol Bar Code Scanner", "sysrq kbd leds event5")))
	f.Add([]byte("H: Handlers=kbd\nN: Name=\"scanner\n\n\nI: Vendor=05e0"))
	f.Add([]byte("N: Name=\nI: Vendor=\nH: Handlers=\n"))
	f.Add([]byte("N: Name=\"scanner \xff\xfe\x00\"\nH: Handlers=kbd"))
	f.Fuzz(func(t *testing.T, list []byte) {
		found, _ := parseInputs(strings.NewReader(string(list)))
		for _, w := range found {
			if len([]rune(w.Name)) > nameMost || strings.ContainsAny(w.Name, "\x00\x1b\n") || len(w.Vendor) != 0 && len(w.Vendor) != 4 {
				t.Errorf("%+v", w)
			}
		}
		if len(found) > wedgesMost {
			t.Errorf("%d wedges", len(found))
		}
	})
}

// typed gives the keys of a text at a pace, and returns the verdicts.
func typed(t *Typing, text string, from time.Time, pace time.Duration) []Key {
	var out []Key
	for _, r := range text {
		from = from.Add(pace)
		out = append(out, t.Key(r, from))
	}
	return out
}

// A scanner is known before its code ends, so that its Enter presses nothing.
func TestTypingOfAScanner(t *testing.T) {
	for _, pace := range []time.Duration{0, time.Millisecond, 20 * time.Millisecond, keyGap} {
		verdicts := typed(&Typing{}, "066190000123||H Bia Nie|12081990\r", epoch, pace)
		if verdicts[0] != KeyFirst {
			t.Errorf("%v: the first key is %v", pace, verdicts[0])
		}
		for i, v := range verdicts[1:] {
			if want := i+2 >= burstKeys; (v == KeyMachine) != want {
				t.Errorf("%v: key %d is %v", pace, i+2, v)
			}
		}
	}
}

// Where a scanner is known to be among the keyboards its shortest codes are
// caught, and a person types as before.
func TestTypingBesideAWedge(t *testing.T) {
	for code, caught := range map[string]bool{"40170725\r": true, "AB-123\r": true, "11111111": false, "12345": false} {
		v := typed(&Typing{Wedge: true}, code, epoch, 2*time.Millisecond)
		if got := v[len(v)-1] == KeyMachine; got != caught {
			t.Errorf("%q: caught %v", code, got)
		}
		if v = typed(&Typing{}, code, epoch, 2*time.Millisecond); v[len(v)-1] == KeyMachine {
			t.Errorf("%q is a scanner's where none is known", code)
		}
	}
	k := &Typing{Wedge: true}
	typed(k, "40170725\r", epoch, time.Millisecond)
	for i, v := range typed(k, "the quick brown fox", epoch.Add(time.Minute), keyGap+1) {
		if v == KeyMachine {
			t.Fatalf("key %d of a person", i)
		}
	}
	if !k.Wedge {
		t.Error("it was forgotten")
	}
}

// A person goes on typing after a scanner, and a new scan is known anew.
func TestTypingAfterAScanner(t *testing.T) {
	k, at := &Typing{}, epoch
	scan := func() {
		t.Helper()
		v := typed(k, "066190000123\r", at, time.Millisecond)
		at = k.last
		if v[len(v)-1] != KeyMachine {
			t.Errorf("the scan is %v", v)
		}
	}
	scan()
	at = at.Add(burstEnd + 1)
	for _, r := range "Ana" {
		if v := k.Key(r, at); v == KeyMachine {
			t.Errorf("%q is a scanner's", r)
		}
		at = at.Add(80 * time.Millisecond)
	}
	scan()
}

// No person is taken for a scanner: the fastest typist, a held key, and either
// after a pause of the machine that hands over a second's keys at once.
func TestTypingOfAPerson(t *testing.T) {
	k := &Typing{}
	for i, v := range typed(k, strings.Repeat("the quick brown fox ", 20), epoch, keyGap+1) {
		if v == KeyMachine {
			t.Fatalf("key %d", i)
		}
	}
	for i, v := range typed(&Typing{}, strings.Repeat("aaaaaaaaab", 40), epoch, 25*time.Millisecond) {
		if v == KeyMachine {
			t.Fatalf("held key %d", i)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		// Rolls of a few keys, then a breath.
		k, at := &Typing{}, epoch
		for range rapid.IntRange(1, 20).Draw(t, "rolls") {
			for range rapid.IntRange(1, burstKeys-1).Draw(t, "keys") {
				at = at.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "ms")) * time.Millisecond)
				if k.Key(rapid.Rune().Draw(t, "r"), at) == KeyMachine {
					t.Fatal("a person")
				}
			}
			at = at.Add(keyGap + time.Millisecond)
		}
	})
}
