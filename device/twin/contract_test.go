package twin

import (
	"bytes"
	"encoding/hex"
	"image"
	"strings"
	"testing"
)

// from makes bytes of "1d 72 01".
func from(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What a printer answers, byte by byte, as DEVICES.md has it from the manuals.
func TestAnswers(t *testing.T) {
	for _, tc := range []struct {
		name, in, out string
		set           func(*engine)
	}{
		{"online", "10 04 01", "12", nil},
		{"offline by paper", "10 04 01", "1a", (*engine).runOut},
		{"offline by cover", "10 04 01", "1a", func(e *engine) { e.coverOpen = true }},
		{"offline by button", "10 04 01 10 04 02", "1a 1a", func(e *engine) { e.feeding = true }},
		{"cover", "10 04 02", "16", func(e *engine) { e.coverOpen = true }},
		{"stopped by paper end", "10 04 02", "32", (*engine).runOut},
		{"error", "10 04 02", "52", func(e *engine) { e.hot = true }},
		{"well", "10 04 02 10 04 03", "12 12", nil},
		{"cutter", "10 04 03", "1a", func(e *engine) { e.cutterError = true }},
		{"unrecoverable", "10 04 03", "32", func(e *engine) { e.hardware = true }},
		{"hot", "10 04 03", "52", func(e *engine) { e.hot = true }},
		{"cover opened while it printed", "10 04 03", "52", func(e *engine) { e.coverOpen, e.coverError = true, true }},
		{"paper there", "10 04 04", "12", nil},
		{"paper near its end", "10 04 04", "1e", func(e *engine) { e.nearEnd = true }},
		{"paper out", "10 04 04", "72", (*engine).runOut},
		{"no such status", "10 04 05 10 04 00", "", nil},
		{"DLE before DLE EOT", "10 10 04 01", "12", nil},

		{"GS r 1 there", "1d 72 01", "00", nil},
		{"GS r 1 near its end", "1d 72 31", "03", func(e *engine) { e.nearEnd = true }},
		{"GS r 1 waits while offline", "1d 72 01", "", (*engine).runOut},
		{"GS r 2", "1d 72 02", "00", nil},
		{"GS r 3 is nothing", "1d 72 03", "", nil},

		{"model", "1d 49 01", "20", nil},
		{"type: has a cutter", "1d 49 02", "02", nil},
		{"type: has none", "1d 49 32", "00", func(e *engine) { e.noCutter = true }},
		{"firmware", "1d 49 41", "5f" + hex.EncodeToString([]byte(defaultFirmware)) + "00", nil},
		{"maker", "1d 49 42", "5f" + hex.EncodeToString([]byte(defaultMaker)) + "00", nil},
		{"name", "1d 49 43", "5f" + hex.EncodeToString([]byte("TM-T88V")) + "00", func(e *engine) { e.identity.model = "TM-T88V" }},
		{"serial number", "1d 49 44", "5f" + hex.EncodeToString([]byte(defaultSerial)) + "00", nil},
		{"language", "1d 49 45", "5f 00", nil},
		{"no such identity", "1d 49 46", "", nil},

		{"printed", "1d 28 48 06 00 30 30 41 42 43 44", "37 22 41 42 43 44 00", nil},
		{"printed, unknown to a clone", "1d 28 48 06 00 30 30 41 42 43 44", "", func(e *engine) { e.noMarks = true }},
		{"printed, of another function", "1d 28 48 06 00 30 31 41 42 43 44", "", nil},
		{"printed waits while offline", "1d 28 48 06 00 30 30 41 42 43 44", "", func(e *engine) { e.hot = true }},

		{"status by itself", "1d 61 0f", "10 00 00 00", nil},
		{"status by itself: near end", "1d 61 08", "10 00 03 00", func(e *engine) { e.nearEnd = true }},
		{"status by itself switched off", "1d 61 00", "", nil},
		{"status by itself unknown", "1d 61 0f", "", func(e *engine) { e.noAuto = true }},

		{"clear by DLE DC4", "10 14 08 01 03 14 01 06 02 08", "37 25 00", nil},
		{"not quite DLE DC4", "10 14 08 01 03 14 01 06 02 09", "", nil},
		{"real time over chunks of a picture", "1d 76 30 00 01 00 03 00 10 04 01", "12", nil},
	} {
		e, _ := play(576)
		if tc.set != nil {
			tc.set(e)
		}
		e.take()
		e.feed(from(t, tc.in))
		if got := e.take(); !bytes.Equal(got, from(t, tc.out)) {
			t.Errorf("%s: % x answered % x, not %s", tc.name, from(t, tc.in), got, tc.out)
		}
	}
}

// A clone says nothing, whatever it is asked, and executes nothing in real
// time; it prints what it is sent.
func TestACloneIsMute(t *testing.T) {
	papers := 0
	e, err := PrinterConfig{Clone: true}.engine(func(s sheet, _ ending) {
		if papers++; s.rows != 2+24+2 {
			t.Errorf("a paper of %d rows", s.rows)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, ask := range []string{
		"10 04 01 10 04 02 10 04 03 10 04 04", "1d 72 01", "1d 49 43", "1d 61 ff",
		"1d 28 48 06 00 30 30 41 42 43 44", "10 14 08 01 03 14 01 06 02 08",
		"1d 28 4c 0e 00 30 70 30 01 01 31 10 00 02 00 80 00 00 01 1d 28 4c 02 00 30 32", // not printed
		"1d 76 30 00 02 00 02 00 80 00 00 01",
		"1b 2a 21 01 00 ff ff ff 1b 4a 18",
		"1d 76 30 00 03 00 02 00 10 05 02 00 00 00", // would clear another's buffer
		"1d 56 42 00",
	} {
		e.feed(from(t, ask))
	}
	e.coverOpen = true
	e.report()
	if said := e.take(); len(said) != 0 || papers != 1 {
		t.Errorf("it said % x and cut %d papers", said, papers)
	}
}

// Each bit of GS a asks for changes of one kind; a report holds everything.
func TestAutomaticStatusFollowsItsMask(t *testing.T) {
	cover := func(e *engine) { e.coverOpen = true }
	near := func(e *engine) { e.nearEnd = true }
	feed := func(e *engine) { e.feeding = true }
	// Only the online bit and the feed bit may change alone: what stops the
	// printer takes it offline as well.
	for _, tc := range []struct {
		name   string
		mask   byte
		change func(*engine)
		want   string
	}{
		{"drawer hears no cover", autoDrawer, cover, ""},
		{"online hears the cover", autoOnline, cover, "38 00 00 00"},
		{"online hears the button", autoOnline, feed, "58 00 00 00"},
		{"online hears no near end", autoOnline, near, ""},
		{"error hears no cover", autoError, cover, ""},
		{"error hears the knife", autoError, func(e *engine) { e.cutterError = true }, "18 08 00 00"},
		{"error hears the hardware", autoError, func(e *engine) { e.hardware = true }, "18 20 00 00"},
		{"error hears the heat", autoError, func(e *engine) { e.hot = true }, "18 40 00 00"},
		{"paper hears no cover", autoPaper, cover, ""},
		{"paper hears the near end", autoPaper, near, "10 00 03 00"},
		{"paper hears the end", autoPaper, func(e *engine) { e.paperOut = true }, "18 00 0c 00"},
		{"all hear one report", autoAny, func(e *engine) { e.paperOut, e.nearEnd, e.coverOpen = true, true, true }, "38 00 0f 00"},
	} {
		e, _ := play(576, []byte{gs, 'a', tc.mask})
		if first := e.take(); len(first) != 4 {
			t.Errorf("%s: GS a answered % x", tc.name, first)
		}
		e.report()
		if said := e.take(); len(said) != 0 {
			t.Errorf("%s: nothing changed, but % x", tc.name, said)
		}
		tc.change(e)
		e.report()
		e.report()
		if got := e.take(); !bytes.Equal(got, from(t, tc.want)) {
			t.Errorf("%s: % x, not %s", tc.name, got, tc.want)
		}
	}
	e, _ := play(576, []byte{gs, 'a', autoAny, esc, '@'})
	e.take()
	cover(e)
	e.report()
	if said := e.take(); len(said) != 0 {
		t.Errorf("ESC @ left the automatic status on: % x", said)
	}
}

// black lists the black dots of a paper as x,y.
func black(img *image.Gray) map[image.Point]bool {
	dots := map[image.Point]bool{}
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if img.GrayAt(x, y).Y == 0 {
				dots[image.Pt(x, y)] = true
			}
		}
	}
	return dots
}

// block is a filled rectangle of dots.
func block(dots map[image.Point]bool, x, y, w, h int) map[image.Point]bool {
	if dots == nil {
		dots = map[image.Point]bool{}
	}
	for i := range w * h {
		dots[image.Pt(x+i%w, y+i/w)] = true
	}
	return dots
}

// The dots of every way to send a picture, at every place and size.
func TestPictures(t *testing.T) {
	corners := func(x, y, w, h int) map[image.Point]bool { // of the 16×2 reference picture
		return block(block(nil, x, y, w, h), x+15*w, y+h, w, h)
	}
	for _, tc := range []struct {
		name, in string
		rows     int
		want     map[image.Point]bool
	}{
		{"GS v 0 as it is", "1d 76 30 00 02 00 02 00 80 00 00 01", 2, corners(0, 0, 1, 1)},
		{"GS v 0 twice as wide", "1d 76 30 01 02 00 02 00 80 00 00 01", 2, corners(0, 0, 2, 1)},
		{"GS v 0 twice as tall", "1d 76 30 02 02 00 02 00 80 00 00 01", 4, corners(0, 0, 1, 2)},
		{"GS v 0 four times", "1d 76 30 03 02 00 02 00 80 00 00 01", 4, corners(0, 0, 2, 2)},
		{"GS v 0 in digits", "1d 76 30 33 02 00 02 00 80 00 00 01", 4, corners(0, 0, 2, 2)},
		{"GS v 0 beyond the edge", "1b 24 3f 02 1d 76 30 00 02 00 02 00 80 00 00 01", 2, block(nil, 575, 0, 1, 1)},
		{"GS v 0 behind ESC $", "1b 24 08 01 1d 76 30 00 02 00 02 00 80 00 00 01", 2, corners(264, 0, 1, 1)},
		{"GS v 0 behind a margin", "1d 4c 10 00 1d 76 30 00 02 00 02 00 80 00 00 01", 2, corners(16, 0, 1, 1)},
		{"GS v 0 in the middle", "1b 61 01 1d 76 30 00 02 00 02 00 80 00 00 01", 2, corners(280, 0, 1, 1)},
		{"GS v 0 at the right", "1b 61 32 1d 76 30 00 02 00 02 00 80 00 00 01", 2, corners(560, 0, 1, 1)},
		{"GS v 0 without rows", "1d 76 30 00 02 00 00 00", 0, nil},
		{"GS ( L", "1d 28 4c 0e 00 30 70 30 01 01 31 10 00 02 00 80 00 00 01 1d 28 4c 02 00 30 32", 2, corners(0, 0, 1, 1)},
		{"GS ( L by function 2", "1d 28 4c 0e 00 30 70 30 01 01 31 10 00 02 00 80 00 00 01 1d 28 4c 02 00 30 02", 2, corners(0, 0, 1, 1)},
		{"GS ( L four times", "1d 28 4c 0e 00 30 70 30 02 02 31 10 00 02 00 80 00 00 01 1d 28 4c 02 00 30 32", 4, corners(0, 0, 2, 2)},
		{"GS ( L in columns", "1d 28 4c 1a 00 30 71 30 01 01 31 10 00 02 00 80 00 00 00 00 00 00 00 00 00 00 00 00 00 00 40 1d 28 4c 02 00 30 32", 2, corners(0, 0, 1, 1)},
		{"GS 8 L", "1d 38 4c 0e 00 00 00 30 70 30 01 01 31 10 00 02 00 80 00 00 01 1d 28 4c 02 00 30 32", 2, corners(0, 0, 1, 1)},
		{"GS ( L printed twice is once", "1d 28 4c 0e 00 30 70 30 01 01 31 10 00 02 00 80 00 00 01 1d 28 4c 02 00 30 32 1d 28 4c 02 00 30 32", 2, corners(0, 0, 1, 1)},
		{"GS ( L forgotten by ESC @", "1d 28 4c 0e 00 30 70 30 01 01 31 10 00 02 00 80 00 00 01 1b 40 1d 28 4c 02 00 30 32", 0, nil},
		{"ESC * 24 dots, double density", "1b 2a 21 02 00 80 00 00 00 00 01 1b 4a 18", 24, block(block(nil, 0, 0, 1, 1), 1, 23, 1, 1)},
		{"ESC * 24 dots, single density", "1b 2a 20 02 00 80 00 00 00 00 01 1b 4a 18", 24, block(block(nil, 0, 0, 2, 1), 2, 23, 2, 1)},
		{"ESC * 8 dots, double density", "1b 2a 01 02 00 80 01 1b 4a 18", 24, block(block(nil, 0, 0, 1, 3), 1, 21, 1, 3)},
		{"ESC * 8 dots, single density", "1b 2a 00 02 00 80 01 1b 4a 18", 24, block(block(nil, 0, 0, 2, 3), 2, 21, 2, 3)},
		{"ESC * and a line feed", "1b 2a 21 01 00 80 00 00 0a", lineSpacingRows, block(nil, 0, 0, 1, 1)},
		{"ESC * lines that touch", "1b 33 18 1b 2a 21 01 00 ff ff ff 0a 1b 2a 21 01 00 ff ff ff 0a", 48, block(nil, 0, 0, 1, 48)},
		{"ESC * in the middle", "1b 61 01 1b 2a 21 02 00 80 00 00 80 00 00 1b 4a 18", 24, block(nil, 287, 0, 2, 1)},
		{"ESC J", "1b 4a 05", 5, nil},
		{"ESC d", "1b 64 02", 2 * lineSpacingRows, nil},
		{"ESC d with another spacing", "1b 33 0a 1b 64 02", 20, nil},
		{"ESC 2", "1b 33 0a 1b 32 0a", lineSpacingRows, nil},
		{"heat, then a feed", "1b 37 07 50 02 1b 4a 01", 1, nil},
		{"barcode skipped", "1d 6b 04 41 42 43 00 1d 6b 49 03 61 62 63 1b 4a 01", 1, nil},
		{"tabs skipped", "1b 44 08 10 00 1b 4a 01", 1, nil},
	} {
		_, papers := play(576, from(t, tc.in), from(t, "1d 56 00"))
		switch {
		case tc.rows == 0:
			if len(papers) != 0 {
				t.Errorf("%s: a paper of %d rows", tc.name, papers[0].Image.Rect.Dy())
			}
		case len(papers) != 1 || papers[0].Image.Rect.Dy() != tc.rows:
			t.Errorf("%s: %d papers %v, want %d rows", tc.name, len(papers), papers, tc.rows)
		default:
			got := black(papers[0].Image)
			if len(got) != len(tc.want) {
				t.Errorf("%s: dots %v, want %v", tc.name, got, tc.want)
			}
			for p := range tc.want {
				if !got[p] {
					t.Errorf("%s: no dot at %v in %v", tc.name, p, got)
				}
			}
		}
	}
}

// A picture is larger than the buffer more often than not.
func TestPicturesLargerThanTheBuffer(t *testing.T) {
	const rows = 200 // 72 bytes each
	data := bytes.Repeat([]byte{0xa5}, 72*rows)
	size := []byte{72, 0, rows, 0}
	n := 10 + len(data)
	for name, wire := range map[string][]byte{
		"GS v 0": append(append([]byte{gs, 'v', '0', 0}, size...), data...),
		"GS ( L": append(append([]byte{gs, '(', 'L', byte(n), byte(n >> 8), '0', 112, '0', 1, 1, '1', 0x40, 2, rows, 0}, data...), gs, '(', 'L', 2, 0, '0', 50),
		"ESC *":  append([]byte{esc, '*', 33, 0x40, 2}, append(bytes.Repeat([]byte{0xff}, 576*3), esc, 'J', 24)...),
	} {
		var papers []sheet
		e, err := PrinterConfig{BufferBytes: 64}.engine(func(s sheet, _ ending) { papers = append(papers, s) })
		if err != nil {
			t.Fatal(err)
		}
		e.feed(append(wire, gs, 'V', 0))
		if len(papers) != 1 || e.dropped != 0 || bytes.Count(papers[0].bits, []byte{0}) != 0 {
			t.Errorf("%s: %d papers, %d bytes lost", name, len(papers), e.dropped)
		}
	}
}

// What is larger than the printer's memory is taken and thrown away.
func TestAPictureLargerThanMemoryIsThrownAway(t *testing.T) {
	e, papers := play(576, []byte{gs, '8', 'L', 0, 0, 0x40, 0}) // 4 MiB
	for range 1 << 10 {
		e.feed(make([]byte, 4096))
		if e.inline != nil && len(e.inline.data) > maxGraphicsBytes+engineBufferBytes {
			t.Fatalf("%d bytes are kept", len(e.inline.data))
		}
	}
	if e.inline != nil || len(e.buf) != 0 || len(papers) != 0 {
		t.Error("the picture did not end")
	}
	e.feed(from(t, "10 04 01"))
	if said := e.take(); !bytes.Equal(said, []byte{0x12}) {
		t.Errorf("said % x", said)
	}
}

// Every form of a cut, and what it leaves.
func TestCuts(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		how      ending
		rows     int
	}{
		{"GS V 0", "1d 56 00", FullCut, 10},
		{"GS V 48", "1d 56 30", FullCut, 10},
		{"GS V 1", "1d 56 01", PartialCut, 10},
		{"GS V 49", "1d 56 31", PartialCut, 10},
		{"GS V 65", "1d 56 41 05", FullCut, 15},
		{"GS V 66", "1d 56 42 00", PartialCut, 10},
		{"GS V 66 and a feed", "1d 56 42 20", PartialCut, 42},
		{"GS V 97", "1d 56 61 00", FullCut, 10},
		{"GS V 98", "1d 56 62 00", PartialCut, 10},
		{"GS V 103", "1d 56 67 00", FullCut, 10},
		{"GS V 104", "1d 56 68 00", PartialCut, 10},
		{"ESC i", "1b 69", FullCut, 10},
		{"ESC m", "1b 6d", PartialCut, 10},
		{"no such cut", "1d 56 07", "", 0},
	} {
		_, papers := play(576, from(t, "1b 4a 0a"), from(t, tc.in))
		switch {
		case tc.how == "":
			if len(papers) != 0 {
				t.Errorf("%s cut", tc.name)
			}
		case len(papers) != 1 || papers[0].Ending != tc.how || papers[0].Image.Rect.Dy() != tc.rows:
			t.Errorf("%s: %d papers %+v", tc.name, len(papers), papers)
		}
	}
}

// The knife is behind the head: a cut without a feed goes through the print.
func TestACutWithoutAFeedLeavesRowsBehind(t *testing.T) {
	var papers []sheet
	e, err := PrinterConfig{CutterRows: 90}.engine(func(s sheet, _ ending) { papers = append(papers, s) })
	if err != nil {
		t.Fatal(err)
	}
	e.feed(from(t, "1b 4a 64 1d 56 00")) // 100 rows, cut
	e.feed(from(t, "1b 4a 64 1d 56 42 00"))
	if len(papers) != 2 || papers[0].rows != 10 || papers[1].rows != 90+100 || e.cur.rows != 90 {
		t.Errorf("papers %d, %d rows; %d hang", papers[0].rows, papers[1].rows, e.cur.rows)
	}
}

// The way to the knife is a length, whatever the printer counts in.
func TestTheWayToTheKnifeIsALength(t *testing.T) {
	var papers []sheet
	e, err := PrinterConfig{CutterRows: 90, HalfDots: true}.engine(func(s sheet, _ ending) { papers = append(papers, s) })
	if err != nil {
		t.Fatal(err)
	}
	e.feed(from(t, "1b 4a 64 1d 56 42 14")) // 50 rows; 10 more and the way
	if len(papers) != 1 || papers[0].rows != 60 || e.cur.rows != 90 {
		t.Errorf("%d papers; %d rows hang", len(papers), e.cur.rows)
	}
}

func TestWithoutAKnifeOnlyAHandTakesThePaper(t *testing.T) {
	p, w := wired(t, PrinterConfig{NoCutter: true}, false)
	w.put("\x1bJ\x20\x1dV\x42\x08\x1dr\x01")
	w.hear("\x00")
	if n := len(p.Papers()); n != 0 {
		t.Fatalf("%d papers were cut", n)
	}
	p.Tear()
	if got := p.Papers(); len(got) != 1 || got[0].Ending != TornOff || got[0].Image.Rect.Dy() != 40 {
		t.Errorf("torn off: %v", got)
	}
}
