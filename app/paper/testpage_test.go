package paper

import (
	"bytes"
	"testing"
	"time"

	device "tramhoso/device/page"
)

func TestTestPage(t *testing.T) {
	at := time.Date(2026, 7, 16, 3, 2, 0, 0, time.UTC)
	for _, size := range []Size{A4, A5} {
		pdf, err := TestPage(size, "DL27", at)
		if err != nil {
			t.Fatal(err)
		}
		if err := device.Check(pdf); err != nil {
			t.Error(err)
		}
		if n := bytes.Count(pdf, []byte("/Type /Page\n")); n != 1 {
			t.Errorf("%s: %d pages", size, n)
		}
	}
	if _, err := TestPage("A9", "", at); err == nil {
		t.Error("a page of no size was drawn")
	}
}
