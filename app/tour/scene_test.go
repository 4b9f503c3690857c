//go:build tour

package tour

import (
	"context"
	"path/filepath"
	"testing"

	"tramhoso/device/twin"
)

// A printer's states are words of a tour; what is no state is refused.
func TestPrinterWords(t *testing.T) {
	p, err := twin.NewPrinter(twin.PrinterConfig{Link: filepath.Join(t.TempDir(), "printer")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	s := &scene{printer: p}
	for _, words := range [][]string{
		{"near-end"}, {"paper-out"}, {"ok"}, {"paper-out", "200"}, {"ok"}, {"cover-open"}, {"silent"}, {"ok"}, {"unplug"}, {"plug"},
		{"cutter-jam"}, {"hot"}, {"ok"}, {"power-cycle"}, {"renumber"}, {"row", "120", "paper-out"}, {"before-cut", "cutter-jam"}, {"garbage", "9"},
	} {
		if err := s.setPrinter(words...); err != nil {
			t.Errorf("%q: %v", words, err)
		}
	}
	for _, words := range [][]string{{"jam"}, {"ok", "3"}, {"paper-out", "half"}, {"paper-out", "-1"}, {"row", "paper-out"}, {"garbage"}} {
		if err := s.setPrinter(words...); err == nil {
			t.Errorf("%q was taken", words)
		}
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.nextPaper(done); err == nil {
		t.Error("a paper came out of nothing")
	}
}
