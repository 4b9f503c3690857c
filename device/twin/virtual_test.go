package twin

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/device/printer"
)

// Every test here runs in virtual time: it is exact and takes no time.

// picture is so many rows of 72 bytes, by GS v 0.
func picture(rows int) string {
	return string([]byte{gs, 'v', '0', 0, 72, 0, byte(rows), byte(rows >> 8)}) + strings.Repeat("\xa5", 72*rows)
}

const (
	knife = "\x1dV\x42\x00"
	ask   = "\x1d(H\x06\x0000ABCD"
	mark  = "\x37\x22ABCD\x00"
)

func took(t *testing.T, want, tolerance time.Duration, do func()) {
	t.Helper()
	start := time.Now()
	do()
	if d := time.Since(start); d < want-time.Microsecond || d > want+tolerance { // byte times are rounded
		t.Errorf("it took %v, not %v", d, want)
	}
}

func TestTheLineCarriesSoManyBytesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s := wired(t, PrinterConfig{Baud: 9600}, false)
		took(t, time.Second, 25*time.Millisecond, func() {
			s.put(strings.Repeat("\x00", 957) + "\x10\x04\x01")
			s.hear("\x12")
		})
	})
}

// Answers take their time on the line, too, in their order, and are lost with
// the cable.
func TestAnswersOnTheirWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, s := wired(t, PrinterConfig{Baud: 1200}, false)
		name := "\x5f" + strings.Repeat("N", 98) + "\x00"
		p.engine.identity.model = strings.Repeat("N", 98)
		took(t, byteTime(3+100, 1200), 25*time.Millisecond, func() {
			s.put("\x1dI\x43")
			s.hear(name)
		})
		p.Late(time.Second)
		took(t, time.Second+byteTime(6+100, 1200), 25*time.Millisecond, func() {
			s.put("\x10\x04\x01\x1dI\x43")
			s.hear("\x12" + name)
		})
		s.take(p, "\x10\x04\x01")
		if err := p.Unplug(); err != nil {
			t.Fatal(err)
		}
		if err := p.Plug(); err != nil {
			t.Fatal(err)
		}
		s.Open()
		time.Sleep(time.Minute)
		s.quiet()
		p.OK()
		took(t, byteTime(4, 1200), 25*time.Millisecond, func() { s.put("\x10\x04\x01"); s.hear("\x12") })
		p.Late(time.Hour)
		s.take(p, "\x10\x04\x01") // Close does not wait for it
	})
}

// An automatic status with flow control in between is one all the same.
func TestFlowControlWithinAStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, s := wired(t, PrinterConfig{}, false)
		p.Interleave()
		s.put("\x1da\x0f")
		s.hear("\x10\x13\x00\x00\x11\x00")
		pr, err := printer.New(s, printer.Profile{})
		if err != nil {
			t.Fatal(err)
		}
		p.AtRow(40, (*Printer).CoverOpen)
		f := &fixture{T: t, twin: p}
		f.print(pr, doc("A"), torn(printer.ReasonCoverOpen))
	})
}

// What confirms a print waits for the head, and so does the cut.
func TestAMarkWaitsForTheHead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, s := wired(t, PrinterConfig{RowsPerSecond: 100}, false)
		took(t, 2*time.Second, 5*time.Millisecond, func() {
			s.put(picture(200) + ask + knife + ask)
			s.hear(mark)
		})
		if n := len(p.Papers()); n != 0 {
			t.Errorf("%d papers before the cut", n)
		}
		took(t, cutterTime, 5*time.Millisecond, func() { s.hear(mark) })
		if n := len(p.Papers()); n != 1 {
			t.Errorf("%d papers", n)
		}
		p.SlowHead(10)
		took(t, 20*time.Second, 5*time.Millisecond, func() { s.put(picture(200) + ask); s.hear(mark) })
		p.SlowHead(0)
		took(t, 0, 0, func() { s.put(picture(200) + ask); s.hear(mark) })
	})
}

// A head slower than the line needs flow control: with it nothing is lost,
// without it the buffer overflows, and XOFF helps only where it is heeded.
func TestFlowControlHoldsTheLine(t *testing.T) {
	for _, tc := range []struct {
		name   string
		flow   string
		heeded bool
		loses  bool
	}{
		{"none", "", true, true},
		{"XON/XOFF heeded", FlowXonXoff, true, false},
		{"XON/XOFF not heeded", FlowXonXoff, false, true},
		{"DTR", FlowDTR, false, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			p, s := wired(t, PrinterConfig{Baud: 115200, BufferBytes: 4096, RowsPerSecond: 50, Flow: tc.flow}, tc.heeded)
			s.put(picture(200) + knife)
			time.Sleep(30 * time.Second)
			if lost := p.Dropped() > 0; lost != tc.loses {
				t.Errorf("%s: %d bytes lost", tc.name, p.Dropped())
			}
			if !tc.loses {
				got := p.Papers()
				if len(got) != 1 || got[0].Image.Rect.Dy() != 200 || string(got[0].Raw) != picture(200)+knife {
					t.Errorf("%s: %d papers", tc.name, len(got))
				}
			}
		})
	}
}

// XOFF and XON come in pairs, at the marks of the buffer.
func TestXoffAtTheMarks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, s := wired(t, PrinterConfig{BufferBytes: 4096, Flow: FlowXonXoff}, false)
		p.CoverOpen()
		s.put(strings.Repeat("x", 4096-busyFreeBytes-1))
		s.quiet()
		s.put("x")
		s.hear("\x13")
		s.put(strings.Repeat("x", busyFreeBytes+40))
		s.quiet()
		if d := p.Dropped(); d != 40 {
			t.Errorf("%d bytes lost, not 40", d)
		}
		p.CoverClosed()
		s.hear("\x11")
		p.PowerCycle()
		s.hear("\x11") // its greeting
	})
}

func TestAHotHeadCoolsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, s := wired(t, PrinterConfig{HotFor: 20 * time.Second}, false)
		s.put("\x1da\x04")
		s.hear("\x10\x00\x00\x00")
		p.AtRow(50, (*Printer).Hot)
		s.put(picture(100) + ask)
		s.hear("\x18\x40\x00\x00")
		took(t, 20*time.Second, 10*time.Millisecond, func() { s.hear("\x10\x00\x00\x00" + mark) })
		p.Hot()
		s.hear("\x18\x40\x00\x00")
		p.Cool()
		s.hear("\x10\x00\x00\x00")
	})
}

// A later alarm does not keep the printer from an earlier one.
func TestAHotHeadDoesNotDelayARow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, s := wired(t, PrinterConfig{HotFor: time.Hour, RowsPerSecond: 100}, false)
		p.Hot()
		s.put(picture(100) + ask)
		time.Sleep(time.Second)
		p.OK()
		took(t, time.Second, 10*time.Millisecond, func() { s.hear(mark) })
	})
}

func TestScriptInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log []string
		began := time.Now()
		p, s := wired(t, PrinterConfig{OnFault: func(c string) { log = append(log, time.Since(began).String()+" "+c) }}, false)
		if err := p.Script(`
			after 1s near-end   # from the start
			row 30 paper-out
			after 2s ok
			after 500ms garbage 3
			before-cut cover-open
			after 1m cover-closed
			after-cut hot
		`); err != nil {
			t.Fatal(err)
		}
		time.Sleep(4 * time.Second)
		s.put(picture(100) + knife)
		time.Sleep(time.Hour)
		if err := p.Close(); err != nil { // after it nothing is told
			t.Error(err)
		}
		want := "1s near-end, 4s paper-out, 6s ok, 6s cover-open, 6.5s garbage 3, 1m6s cover-closed, 1m6s hot"
		if got := strings.Join(log, ", "); got != want {
			t.Errorf("it went\n%s\nnot\n%s", got, want)
		}
		if a, b := p.Partials(), p.Papers(); len(a) != 1 || len(b) != 1 || a[0].Image.Rect.Dy() != 30 || b[0].Image.Rect.Dy() != 70 {
			t.Errorf("papers: %d and %d", len(a), len(b))
		}
	})
}

// A script that waits does not outlive its printer.
func TestAScriptEndsWithItsPrinter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := wired(t, PrinterConfig{}, false)
		if err := p.Script("after 1h unplug\nrow 5 ok\nafter 1h ok"); err != nil {
			t.Fatal(err)
		}
		took(t, 0, 0, func() {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		})
	})
}

// What is known of a print by a printer that does not confirm, at the driver's
// own time-outs.
func TestWhatAPrinterDoesNotSay(t *testing.T) {
	for _, tc := range []struct {
		name    string
		cfg     PrinterConfig
		arrange func(*Printer)
		want    printer.Outcome
	}{
		{"it prints, but nobody can say so", PrinterConfig{}, (*Printer).Silent, unknown},
		{"a clone", PrinterConfig{Clone: true}, func(*Printer) {}, unknown},
		{"no mark", PrinterConfig{NoProcessID: true}, func(*Printer) {}, probably},
		// It was well before; that is not enough to say "probably".
		{"it falls silent", PrinterConfig{NoAutoStatus: true}, func(p *Printer) { p.AtRow(20, (*Printer).Silent) }, unknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, s := wired(t, tc.cfg, false)
				pr, err := printer.New(s, printer.Profile{})
				if err != nil {
					t.Fatal(err)
				}
				tc.arrange(p)
				f := &fixture{T: t, twin: p}
				f.print(pr, doc("A"), tc.want)
				f.same(f.next(), doc("A"), 576)
			})
		})
	}
}

// Silence is not "no paper".
func TestSilenceIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, s := wired(t, PrinterConfig{}, false)
		p.Silent()
		pr, err := printer.New(s, printer.Profile{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := pr.Status(context.Background())
		if err != nil || got.Known || got.Paper != printer.PaperUnknown || got.Trouble() != printer.ReasonNone {
			t.Fatalf("status %+v, %v", got, err)
		}
	})
}

// The station's own driver on a slow line, a small buffer and a slow head.
func TestTheStationPrintsOnASlowPrinter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := PrinterConfig{Baud: 9600, BufferBytes: 4096, RowsPerSecond: 400}
		p, s := wired(t, cfg, true)
		pr, err := printer.New(s, printer.Profile{Baud: 9600})
		if err != nil {
			t.Fatal(err)
		}
		out, err := pr.Print(context.Background(), doc("PHIẾU GỬI HỒ SƠ"), nil)
		if err != nil || out.Result != printer.Printed {
			t.Fatalf("%+v, %v", out, err)
		}
		papers := p.Papers()
		if len(papers) != 1 || p.Dropped() != 0 {
			t.Fatalf("%d papers, %d bytes lost", len(papers), p.Dropped())
		}
		// The same job without questions in between, as the bench plays it.
		sim := Simulate(papers[0].Raw, cfg)
		if len(sim.Papers) != 1 || sim.Dropped != 0 || !bytes.Equal(sim.Papers[0].PNG, papers[0].PNG) {
			t.Errorf("simulated: %d papers, %d lost", len(sim.Papers), sim.Dropped)
		}
	})
}

func TestSimulate(t *testing.T) {
	second := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	near := func(a, b time.Duration) bool { return (a - b).Abs() < 10*time.Millisecond }
	job := []byte(picture(480) + "\x1bJ\xf0" + knife) // 34,560 bytes, 720 rows
	bytesTime := func(baud int) float64 { return float64(len(job)) * 10 / float64(baud) }
	for _, tc := range []struct {
		name string
		cfg  PrinterConfig
		want float64 // seconds
	}{
		// The line is the brake: the feed of 240 rows and the cut come behind it.
		{"9600", PrinterConfig{Baud: 9600}, bytesTime(9600) + 240./1200 + 0.3},
		{"19200", PrinterConfig{Baud: 19200}, bytesTime(19200) + 240./1200 + 0.3},
		{"115200", PrinterConfig{Baud: 115200}, bytesTime(115200) + 240./1200 + 0.3},
		// The head is the brake: all 720 rows and the cut.
		{"a fast line", PrinterConfig{}, 720./1200 + 0.3},
		{"a slow head", PrinterConfig{RowsPerSecond: 100}, 720./100 + 0.3},
		{"a slow head, a held line", PrinterConfig{RowsPerSecond: 100, Baud: 115200, BufferBytes: 4096, Flow: FlowDTR}, 720./100 + 0.3},
	} {
		got := Simulate(job, tc.cfg)
		if len(got.Papers) != 1 || got.Papers[0].Image.Rect.Dy() != 720 || got.Dropped != 0 || !near(got.Took, second(tc.want)) {
			t.Errorf("%s: %v, %d papers, %d lost; want %v", tc.name, got.Took, len(got.Papers), got.Dropped, second(tc.want))
		}
	}
	if got := Simulate(job, PrinterConfig{RowsPerSecond: 100, Baud: 115200, BufferBytes: 4096}); got.Dropped == 0 {
		t.Error("nothing held the line, and nothing was lost")
	}
	if got := Simulate(job, PrinterConfig{WidthDots: 7}); len(got.Papers) != 0 {
		t.Error("a printer that cannot be has printed")
	}
	if got := Simulate(nil, PrinterConfig{Baud: 9600}); got.Took != 0 {
		t.Errorf("nothing took %v", got.Took)
	}
}
