package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tramhoso/app/config"
	"tramhoso/device/port"
)

func TestRefusedNumbersAreGivenTheirNames(t *testing.T) {
	_, err := config.Parse([]byte("printer.path = '/dev/ttyUSB0'\nscanner.path = '/dev/ttyACM1'\nlanguage = 'fr'"))
	if err == nil {
		t.Fatal("numbers were taken")
	}
	got := named(fmt.Errorf("station.toml: %w", err), func(path string) (string, error) {
		if path == "/dev/ttyUSB0" {
			return "/dev/serial/by-id/usb-EPSON", nil
		}
		return "", port.ErrAbsent
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
	if named(other, nil) != other {
		t.Error("another error is changed")
	}
}
