package twin

import "testing"

// inked are the rows of a paper that hold ink.
func inked(t *testing.T, job string, cfg PrinterConfig) (rows []int, width int) {
	t.Helper()
	papers := Simulate([]byte(job), cfg).Papers
	if len(papers) != 1 {
		t.Fatalf("%d papers", len(papers))
	}
	img := papers[0].Image
	for y := range img.Rect.Dy() {
		n := 0
		for x := range img.Rect.Dx() {
			if img.GrayAt(x, y).Y < 0x80 {
				n++
			}
		}
		if n > 0 {
			rows, width = append(rows, y), n
		}
	}
	return rows, width
}

const (
	doubledDot = "\x1dv0\x03\x01\x00\x01\x00\xff" // GS v 0, one row of eight dots
	cutHere    = "\x1dV\x00"
)

func TestModelsThatDoNotDouble(t *testing.T) {
	if rows, wide := inked(t, doubledDot+cutHere, PrinterConfig{}); len(rows) != 2 || wide != 16 {
		t.Errorf("doubled: %d rows of %d", len(rows), wide)
	}
	if rows, wide := inked(t, doubledDot+cutHere, PrinterConfig{NoDoubling: true}); len(rows) != 1 || wide != 8 {
		t.Errorf("not doubled: %d rows of %d", len(rows), wide)
	}
}

func TestModelsThatFeedHalfDots(t *testing.T) {
	const line = "\x1dv0\x00\x01\x00\x01\x00\xff"
	feeds := map[string]int{"\x1bJ\x14": 20, "\x1bd\x01": lineSpacingRows, "\x1b3\x0a\n": 10, "\n": lineSpacingRows}
	for feed, rows := range feeds {
		for half, want := range map[bool]int{false: rows, true: rows / 2} {
			if half && (feed == "\n" || feed[1] == 'd') {
				want = rows // the default spacing is a length, not a number of units
			}
			got, _ := inked(t, line+feed+line+cutHere, PrinterConfig{HalfDots: half})
			if len(got) != 2 || got[1]-got[0]-1 != want {
				t.Errorf("%q, half dots %v: ink at %v, not %d apart", feed, half, got, want)
			}
		}
	}
}
