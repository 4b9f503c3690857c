package twin

import (
	"bytes"
	"errors"
	"image"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/device/port"
)

func state(t *testing.T, p *Printer, s station, want string) {
	t.Helper()
	s.put("\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04")
	s.hear(string(from(t, want)))
}

const allWell = "12 12 12 12"

func TestARollThatEndsMidway(t *testing.T) {
	p, s := wired(t, PrinterConfig{}, false)
	p.AtRow(30, (*Printer).PaperOut)
	s.put(picture(100) + knife + ask)
	state(t, p, s, "1a 32 12 72")
	if got := p.Partials(); len(got) != 1 || got[0].Image.Rect.Dy() != 30 || got[0].Ending != RollEnd || !got[0].Partial {
		t.Fatalf("%d partial papers", len(got))
	}
	p.OK()
	s.hear(mark)
	state(t, p, s, allWell)
	if got := p.Papers(); len(got) != 1 || got[0].Image.Rect.Dy() != 70 {
		t.Errorf("%d papers", len(got))
	}
	p.PaperOutAfter(0)
	state(t, p, s, "1a 32 12 72")
}

func TestACoverOpenedWhileItPrintsIsAnError(t *testing.T) {
	p, s := wired(t, PrinterConfig{}, false)
	p.CoverOpen()
	state(t, p, s, "1a 16 12 12")
	p.CoverClosed()
	state(t, p, s, allWell)
	p.AtRow(30, (*Printer).CoverOpen)
	s.put(picture(100) + ask)
	state(t, p, s, "1a 56 52 12")
	p.CoverClosed()
	s.hear(mark)
	state(t, p, s, allWell)
}

// A jam outlives the hand that clears it: DLE ENQ or the power switch ends it.
func TestACutterJamEndsByDLEENQ(t *testing.T) {
	for _, tc := range []struct {
		name   string
		end    func(*Printer, station)
		papers int
	}{
		{"DLE ENQ 1 goes on", func(_ *Printer, s station) { s.put("\x10\x05\x01") }, 1},
		{"DLE ENQ 2 forgets", func(_ *Printer, s station) { s.put("\x10\x05\x02") }, 0},
		{"the power", func(p *Printer, _ station) { p.PowerCycle() }, 0},
		{"OK", func(p *Printer, _ station) { p.OK() }, 1},
	} {
		p, s := wired(t, PrinterConfig{}, false)
		p.BeforeCut((*Printer).CutterJam)
		s.put(picture(50) + knife)
		state(t, p, s, "1a 52 1a 12")
		s.put("\x10\x05\x01") // in vain: the knife is not free
		state(t, p, s, "1a 52 1a 12")
		p.FreeCutter()
		state(t, p, s, "1a 52 1a 12")
		tc.end(p, s)
		state(t, p, s, allWell)
		if n := len(p.Papers()); n != tc.papers {
			t.Errorf("%s: %d papers", tc.name, n)
		}
	}
}

func TestOnlyThePowerEndsAHardwareError(t *testing.T) {
	p, s := wired(t, PrinterConfig{}, false)
	p.Hardware()
	state(t, p, s, "1a 52 32 12")
	s.put("\x10\x05\x01\x10\x05\x02")
	state(t, p, s, "1a 52 32 12")
	p.PowerCycle()
	state(t, p, s, allWell)
}

// Until it has started it hears and says nothing, and what comes is lost.
func TestAPowerCycleTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, s := wired(t, PrinterConfig{BootFor: time.Second}, false)
		p.PowerCycle()
		s.put(picture(50) + ask + "\x10\x04\x01")
		s.quiet()
		time.Sleep(2 * time.Second)
		s.put(knife + ask)
		s.hear(mark)
		s.quiet()
		if n := len(p.Papers()); n != 0 {
			t.Errorf("%d papers", n)
		}
	})
}

func TestTheFeedButton(t *testing.T) {
	p, s := wired(t, PrinterConfig{}, false)
	s.put("\x1da\x02")
	s.hear("\x10\x00\x00\x00")
	p.FeedButton(true)
	s.hear("\x58\x00\x00\x00")
	state(t, p, s, "1a 1a 12 12")
	p.FeedButton(true) // held, not pressed again
	p.FeedButton(false)
	s.hear("\x10\x00\x00\x00")
	s.put(knife + ask)
	s.hear(mark)
	if got := p.Papers(); len(got) != 1 || got[0].Image.Rect.Dy() != feedButtonRows {
		t.Errorf("%d papers", len(got))
	}
}

// The power loses the buffer, the settings and the automatic status; it keeps
// the paper under the head, the roll and the cover. It ends a silence.
func TestAPowerCycle(t *testing.T) {
	p, s := wired(t, PrinterConfig{}, false)
	s.put("\x1da\x0f")
	s.hear("\x10\x00\x00\x00")
	s.put("\x1dL\x40\x00" + picture(40) + ask)
	s.hear(mark)
	p.CoverOpen()
	s.hear("\x38\x00\x00\x00")
	s.take(p, picture(100)+knife) // stays in the buffer
	p.Silent()
	p.NearEnd()
	s.take(p, "\x10\x04\x01")
	p.PowerCycle()
	state(t, p, s, "1a 16 12 1e")
	p.CoverClosed()
	s.quiet()                                             // no automatic status any more
	s.put("\x1dv0\x00\x01\x00\x01\x00\x80" + knife + ask) // at the left edge again
	s.hear(mark)
	got := p.Papers()
	if len(got) != 1 || got[0].Image.Rect.Dy() != 41 || got[0].Image.GrayAt(0, 40).Y != 0 {
		t.Errorf("%d papers", len(got))
	}
}

func TestACutWireSaysNothingAndPrints(t *testing.T) {
	p, s := wired(t, PrinterConfig{}, false)
	p.Silent()
	s.put("\x10\x04\x01" + picture(20) + ask + knife)
	p.Garbage(5)
	for len(p.Papers()) == 0 {
		<-p.changes()
	}
	s.quiet()
}

// changes is closed when the next paper falls out, or now if one has.
func (p *Printer) changes() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count > 0 {
		now := make(chan struct{})
		close(now)
		return now
	}
	return p.changed
}

func TestGarbageIsTheSameInEveryRun(t *testing.T) {
	var runs [2]string
	for i := range runs {
		p, s := wired(t, PrinterConfig{}, false)
		p.Garbage(200)
		buf := make([]byte, 200)
		if _, err := io.ReadFull(s, buf); err != nil {
			t.Fatal(err)
		}
		runs[i] = string(buf)
		s.quiet()
		state(t, p, s, allWell)
	}
	if runs[0] != runs[1] || strings.Count(runs[0], runs[0][:1]) > 100 {
		t.Errorf("noise % x and % x", runs[0][:20], runs[1][:20])
	}
}

// The speed that the station sets is kept by the pty: at another one than the
// printer's it sends and hears noise.
func TestTheWrongSpeedIsNoise(t *testing.T) {
	f := plugged(t, PrinterConfig{Baud: 19200, StrictBaud: true})
	if err := f.port.Close(); err != nil {
		t.Fatal(err)
	}
	for _, baud := range []int{9600, 19200, 115200} {
		line, err := port.Open(port.Config{Path: f.link, Baud: baud})
		if err != nil {
			t.Fatal(err)
		}
		// Enough questions that noise would hardly answer them all well.
		if _, err := line.Write(bytes.Repeat([]byte("\x10\x04\x01"), 8)); err != nil {
			t.Fatal(err)
		}
		wait := 300 * time.Millisecond // noise may be answered by nothing
		if baud == 19200 {
			wait = longWait
		}
		if err := line.SetReadDeadline(time.Now().Add(wait)); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 8)
		_, err = io.ReadFull(line, got)
		if well := err == nil && string(got) == strings.Repeat("\x12", 8); well != (baud == 19200) {
			t.Errorf("%d baud: % x, %v", baud, got, err)
		}
		if err := line.Close(); err != nil {
			t.Error(err)
		}
	}
	f.open()
}

// Bytes before the pull are whole, those behind it are lost; what was received
// is kept.
func TestUnplugAfterSoManyBytes(t *testing.T) {
	p, s := wired(t, PrinterConfig{}, false)
	p.UnplugAfter(8 + 72*50 + 10)
	if n, err := s.Write([]byte(picture(100) + knife)); err == nil {
		// The line took it all before the pull; it is dead now.
		<-s.dead()
	} else if !errors.Is(err, ErrUnplugged) {
		t.Fatalf("%d, %v", n, err)
	}
	p.mu.Lock()
	rows, received := p.engine.cur.rows, p.engine.received
	p.mu.Unlock()
	if rows != 50 || received != 8+72*50+10 {
		t.Errorf("%d rows of %d bytes", rows, received)
	}
	if err := p.Plug(); err != nil {
		t.Fatal(err)
	}
	s.Open()
	s.put(strings.Repeat("\x00", 62+72*49) + knife + ask)
	s.hear(mark)
	if got := p.Papers(); len(got) != 1 || got[0].Image.Rect.Dy() != 100 {
		t.Errorf("%d papers", len(got))
	}
}

// dead is closed when the wire has been cut.
func (w *Wire) dead() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.opened
}

// A moment is outside the lock, happens once, and holds the printer up.
func TestMomentsHoldThePrinter(t *testing.T) {
	p, s := wired(t, PrinterConfig{}, false)
	var log []string
	note := func(what string) func(*Printer) {
		return func(p *Printer) {
			p.mu.Lock()
			rows := p.engine.cur.rows
			p.mu.Unlock()
			p.OK() // goes on with nothing: the moment is not over
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.engine.cur.rows != rows {
				t.Errorf("%s: the printer went on", what)
			}
			log = append(log, what)
		}
	}
	p.AtRow(10, note("row 10"))
	p.AtRow(10, note("row 10 again"))
	p.AtByte(100, note("byte 100"))
	p.AtByte(0, note("at once"))
	p.BeforeCut(note("before"))
	p.AfterCut(func(p *Printer) {
		note("after")(p)
		if n := len(p.Papers()); n != 1 {
			t.Errorf("%d papers after the cut", n)
		}
		p.AtRow(20, note("row 20 of the next"))
	})
	s.put(picture(30) + knife + picture(30) + knife + ask)
	s.hear(mark)
	want := "at once, byte 100, row 10, row 10 again, before, after, row 20 of the next"
	// The bytes and the rows are counted apart: row 10 is on paper at byte 728.
	if got := strings.Join(log, ", "); got != want {
		t.Errorf("%s\nnot\n%s", got, want)
	}
}

func TestTooManyMoments(t *testing.T) {
	p, _, err := NewWiredPrinter(PrinterConfig{}, false)
	if err != nil {
		t.Fatal(err)
	}
	for range maxMoments + 1 {
		p.AtRow(maxPaperRows+1, (*Printer).OK)
	}
	if err := p.Close(); !errors.Is(err, errMoments) {
		t.Errorf("closed with %v", err)
	}
}

func TestImpossiblePrinters(t *testing.T) {
	for _, cfg := range []PrinterConfig{
		{WidthDots: 100}, {WidthDots: 4096}, {WidthDots: -8}, {Flow: "rts"}, {Baud: -1}, {Baud: 1 << 30},
		{RowsPerSecond: -1}, {BufferBytes: -1}, {BufferBytes: 44}, {BufferBytes: 1 << 40}, {HotFor: -1}, {CutterRows: -1}, {KeepPapers: -1},
	} {
		cfg.Link = filepath.Join(t.TempDir(), "p")
		if p, err := NewPrinter(cfg); err == nil {
			t.Errorf("%+v was made", cfg)
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// Software that prints for ever fills no memory.
func TestOnlySoManyPapersAreRemembered(t *testing.T) {
	p, s := wired(t, PrinterConfig{KeepPapers: 3}, false)
	for range 5 {
		s.put("\x1bJ\x05\x1dV\x00")
	}
	s.put(ask)
	s.hear(mark)
	got := p.Papers()
	if len(got) != 3 || got[0].Number != 3 || got[2].Number != 5 {
		t.Errorf("%d papers are remembered", len(got))
	}
	if next, err := p.NextPaper(t.Context()); err != nil || next.Number != 3 {
		t.Errorf("the next is %d, %v", next.Number, err)
	}
	var list []Paper
	for n := range 4 {
		list = p.keep(list, Paper{Number: n, Image: &image.Gray{Pix: make([]byte, maxKeptDots/3+1)}})
	}
	if len(list) != 2 || list[1].Number != 3 {
		t.Errorf("%d large papers are remembered", len(list))
	}
	if list = p.keep(list, Paper{Number: 9, Image: &image.Gray{Pix: make([]byte, maxKeptDots+1)}}); len(list) != 1 || list[0].Number != 9 {
		t.Errorf("beside a huge one %d papers are remembered", len(list))
	}
}
