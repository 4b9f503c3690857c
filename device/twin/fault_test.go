package twin

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

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

func TestImpossiblePrinters(t *testing.T) {
	for _, cfg := range []PrinterConfig{
		{WidthDots: 100}, {WidthDots: 4096}, {WidthDots: -8}, {Flow: "rts"}, {Baud: -1}, {Baud: 1 << 30},
		{RowsPerSecond: -1}, {BufferBytes: -1}, {BufferBytes: 44}, {BufferBytes: 1 << 40}, {HotFor: -1}, {CutterRows: -1},
	} {
		cfg.Link = filepath.Join(t.TempDir(), "p")
		if p, err := NewPrinter(cfg); err == nil {
			t.Errorf("%+v was made", cfg)
			p.Close()
		}
	}
}

// A name that is something else is left alone: a twin may run as root.
func TestALinkReplacesOnlyALinkToAPty(t *testing.T) {
	dir := t.TempDir()
	file, foreign, stale := filepath.Join(dir, "file"), filepath.Join(dir, "foreign"), filepath.Join(dir, "stale")
	if err := errors.Join(os.WriteFile(file, []byte("kept"), 0o600), os.Symlink("/dev/null", foreign), os.Symlink("/dev/pts/99999", stale)); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{file, foreign, dir} {
		if p, err := NewPrinter(PrinterConfig{Link: link}); err == nil {
			t.Errorf("%s was taken", link)
			p.Close()
		}
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "kept" {
		t.Errorf("the file: %q, %v", b, err)
	}
	p, err := NewPrinter(PrinterConfig{Link: stale})
	if err != nil {
		t.Fatal(err)
	}
	// Another takes the name over; the first leaves it alone when it goes.
	q, err := NewPrinter(PrinterConfig{Link: stale})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if to, err := os.Readlink(stale); err != nil || to != q.line.node() {
		t.Errorf("the name leads to %q, %v", to, err)
	}
	if err := q.Close(); err != nil {
		t.Error(err)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	names, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

// Three hundred unpluggings, a third of them renumberings and a third in the
// middle of a job, leave nothing open (goroutines: TestMain).
func TestThreeHundredUnpluggings(t *testing.T) {
	f := plugged(t, PrinterConfig{})
	if err := f.port.Close(); err != nil {
		t.Fatal(err)
	}
	before := openFiles(t)
	nodes := map[string]bool{}
	last := f.twin.line.node()
	for i := range 300 {
		station, err := os.OpenFile(f.link, os.O_RDWR|unix.O_NOCTTY, 0)
		if err != nil {
			t.Fatal(err)
		}
		switch i % 3 {
		case 0:
			err = errors.Join(f.twin.Unplug(), f.twin.Plug())
		case 1:
			if err = f.twin.Renumber(); f.twin.line.node() == last {
				t.Errorf("renumbered to %s again", last)
			}
		case 2:
			f.twin.UnplugAfter(100)
			if _, werr := station.Write(bytes.Repeat([]byte{0}, 200)); werr != nil {
				t.Fatal(werr)
			}
			if _, rerr := station.Read(make([]byte, 1)); rerr == nil {
				t.Fatal("an unplugged line was read")
			}
			err = f.twin.Plug()
		}
		if err = errors.Join(err, station.Close()); err != nil {
			t.Fatal(err)
		}
		last = f.twin.line.node()
		nodes[last] = true
	}
	if len(nodes) < 2 {
		t.Errorf("it was always %v", nodes)
	}
	f.open()
	if n := openFiles(t); n > before+1 {
		t.Errorf("%d files open, %d before", n, before)
	}
	if _, err := f.port.WriteString(picture(10) + knife); err != nil {
		t.Fatal(err)
	}
	f.next()
}
