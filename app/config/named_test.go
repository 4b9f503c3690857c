package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestRefusedNumbersAreGivenTheirNames(t *testing.T) {
	_, err := Parse([]byte("printer.path = '/dev/ttyUSB0'\nscanner.path = '/dev/ttyACM1'\nlanguage = 'fr'"))
	if err == nil {
		t.Fatal("numbers were taken")
	}
	got := Named(fmt.Errorf("station.toml: %w", err), func(path string) (string, error) {
		if path == "/dev/ttyUSB0" {
			return "/dev/serial/by-id/usb-EPSON", nil
		}
		return "", errors.New("no such device")
	}).Error()
	for _, want := range []string{`printer.path = "/dev/serial/by-id/usb-EPSON"`, "not /dev/ttyACM1,", "language"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q does not say %q", got, want)
		}
	}
	if strings.Contains(got, "scanner.path = ") {
		t.Errorf("a name from nowhere: %q", got)
	}
	other := errors.New("other")
	if Named(other, nil) != other {
		t.Error("another error is changed")
	}
}
