package scanner

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
)

// InputDevices is where Linux lists what can be typed on.
const InputDevices = "/proc/bus/input/devices"

// Wedge is a scanner that types like a keyboard. A station cannot take it: what
// it reads goes wherever the cursor is, without a frame and without letters
// that its keyboard layout lacks (openpos-framework#2108). The way out is its
// manual's code "USB serial (CDC)".
type Wedge struct {
	Maker   string // "" when only the name gives it away
	Name    string // as the device calls itself, made harmless
	Vendor  string // four hexadecimal digits
	Product string
}

// makers are the USB vendors that sell scanners and no keyboards (usb.ids).
var makers = map[string]string{
	"0536": "Honeywell",  // Hand Held Products
	"05e0": "Zebra",      // Symbol Technologies
	"05f9": "Datalogic",  // PSC Scanning
	"065a": "Opticon",    // Optoelectronics
	"067e": "Honeywell",  // Intermec Technologies
	"076d": "Denso Wave", //
	"080c": "Datalogic",  //
	"0c2e": "Honeywell",  // Metrologic Instruments
	"1eab": "Newland",    //
}

// tells are words by which other scanners give themselves away.
var tells = []string{"barcode", "bar code", "scanner", "hid kbw", "hidkbw", "imager", "qr reader", "2d reader"}

const (
	// inputBytes bounds the list; a station has some ten devices of 500 bytes.
	inputBytes = 256 << 10
	// wedgesMost bounds what is returned: more are no station's.
	wedgesMost = 16
	// nameMost bounds a name for people, in runes.
	nameMost = 60
)

// Wedges reads a list of input devices, InputDevices as a rule.
func Wedges(path string) ([]Wedge, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("failed to list the keyboards: %w", err)
	}
	found, err := parseInputs(f)
	if closing := f.Close(); err == nil && closing != nil {
		err = fmt.Errorf("failed to list the keyboards: %w", closing)
	}
	return found, err
}

// parseInputs takes the list apart: a paragraph per device, a letter and a
// colon before each line (Documentation/input/input.rst of the kernel).
func parseInputs(r io.Reader) ([]Wedge, error) {
	var out []Wedge
	var w Wedge
	types := false
	end := func() {
		if types && w.scans() && len(out) < wedgesMost {
			out = append(out, w)
		}
		w, types = Wedge{}, false
	}
	lines := bufio.NewScanner(io.LimitReader(r, inputBytes))
	lines.Buffer(nil, inputBytes)
	for lines.Scan() {
		kind, rest, _ := strings.Cut(lines.Text(), ": ")
		switch kind {
		case "":
			end()
		case "I":
			for field := range strings.FieldsSeq(rest) {
				switch key, value, _ := strings.Cut(field, "="); key {
				case "Vendor":
					w.Vendor = hexWord(value)
				case "Product":
					w.Product = hexWord(value)
				}
			}
		case "N":
			name, _ := strings.CutPrefix(rest, "Name=")
			w.Name = harmless(strings.Trim(name, `"`))
		case "H":
			handlers, _ := strings.CutPrefix(rest, "Handlers=")
			for h := range strings.FieldsSeq(handlers) {
				types = types || h == "kbd"
			}
		}
	}
	end()
	if err := lines.Err(); err != nil {
		return out, fmt.Errorf("failed to list the keyboards: %w", err)
	}
	return out, nil
}

// scans says whether a keyboard is a scanner.
func (w *Wedge) scans() bool {
	if w.Maker = makers[w.Vendor]; w.Maker != "" {
		return true
	}
	name := strings.ToLower(w.Name)
	for _, t := range tells {
		if strings.Contains(name, t) {
			return true
		}
	}
	return false
}

// hexWord is a value of four hexadecimal digits, or nothing.
func hexWord(s string) string {
	if len(s) != 4 || strings.Trim(strings.ToLower(s), "0123456789abcdef") != "" {
		return ""
	}
	return strings.ToLower(s)
}

// harmless is a device's own name for a screen and a log.
func harmless(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > nameMost {
		s = string(r[:nameMost])
	}
	return strings.TrimSpace(s)
}
