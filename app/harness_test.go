package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/config"
	"tramhoso/app/ui/kit"
	"tramhoso/app/visit"
)

const (
	cardOf   = "066190000123||H’ Bia Niê|12081990|Nữ|Buôn Ea Bông, Cư Êbur, Buôn Ma Thuột, Đắk Lắk|15042021"
	numberOf = "066190000123"
	badCard  = "IDVNM0901234562000090123456<<29001011M3001019VNM<<<<<<<<<<<1NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<"
)

// personal is what no log may hold.
var personal = []string{numberOf, "Bia Niê", "Buôn Ea Bông", "090123456", "NGUYEN"}

// Fyne keeps its settings in the home folder; tests have one of their own.
func TestMain(m *testing.M) {
	// Parallel tests here wait for simulated devices, not for the processor.
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	flag.Parse() // the command line has the last word
	home, err := os.MkdirTemp("", "home")
	if err != nil {
		panic(err)
	}
	for k, v := range map[string]string{"HOME": home, "XDG_CONFIG_HOME": filepath.Join(home, ".config"), "XDG_CACHE_HOME": filepath.Join(home, ".cache")} {
		if err := errors.Join(os.Setenv(k, v), os.MkdirAll(v, 0o700)); err != nil {
			panic(err)
		}
	}
	code := m.Run()
	_ = os.RemoveAll(home)
	os.Exit(code)
}

// logbook is a log that may be read while it is written.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// booth is a station with its window; everything on the screen happens on one
// goroutine, as in the program.
type booth struct {
	*station
	w    *window
	t    testing.TB
	log  *logbook
	jobs chan func()
	gone chan struct{}
}

func quiet(t testing.TB, storage string) config.Config {
	cfg := config.Default()
	cfg.Storage, cfg.Printer.Path, cfg.Scanner.Path, cfg.Language = storage, "", "", "vi"
	cfg.Portal.TokenFile = filepath.Join(t.TempDir(), "enrol-token.txt")
	cfg.Screen.Kiosk, cfg.Mirror = false, ""
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	return cfg
}

// openBooth opens a station with everything that runs beside its screen; it is
// closed with the test. What is in with is done before anything runs.
func openBooth(t testing.TB, cfg config.Config, with ...func(*station)) *booth {
	t.Helper()
	b := &booth{t: t, log: &logbook{}, jobs: make(chan func(), 1024), gone: make(chan struct{})}
	b.station = openStation(context.Background(), cfg, slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	for _, f := range with {
		f(b.station)
	}
	b.post = func(f func()) {
		select {
		case b.jobs <- f:
		case <-b.gone:
		}
	}
	var screen sync.WaitGroup
	screen.Go(func() {
		for {
			select {
			case f := <-b.jobs:
				f()
			case <-b.gone:
				return
			}
		}
	})
	b.do(func() {
		b.w = newWindow(cfg, b.station)
		b.start(b.ctx, b.w)
		b.w.flow.Render()
	})
	t.Cleanup(func() {
		b.close()
		close(b.gone)
		screen.Wait()
		for _, p := range personal {
			if strings.Contains(b.log.String(), p) {
				t.Errorf("the log holds %q:\n%s", p, b.log)
			}
		}
	})
	return b
}

// do runs f where the screen is drawn.
func (b *booth) do(f func()) {
	done := make(chan struct{})
	b.jobs <- func() { defer close(done); f() }
	<-done
}

func (b *booth) said() (text string) {
	b.do(func() { text = strings.Join(kit.Texts(b.w.win.Content()), "\n") })
	return text
}

// patience is how long anything may take on a busy machine.
const patience = 60 * time.Second

// until waits for a condition.
func (b *booth) until(what string, ok func() bool) {
	b.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-limit.C:
			b.t.Fatalf("no %s within %s:\n%s\n%s", what, patience, b.said(), b.log)
		}
	}
}

func (b *booth) see(text string) {
	b.t.Helper()
	b.until(text, func() bool { return strings.Contains(b.said(), text) })
}

// tap presses a control as soon as it can be pressed, as one who has read the
// screen.
func (b *booth) tap(name string) {
	b.t.Helper()
	b.until(name, func() (ok bool) {
		b.do(func() {
			if c := kit.Find(b.w.win.Content(), name); c != nil && c.Enabled() {
				b.w.flow.Settle()
				c.Tapped(&fyne.PointEvent{})
				ok = true
			}
		})
		return ok
	})
}

// write types into the only field of the screen.
func (b *booth) write(text string) {
	b.t.Helper()
	b.do(func() {
		i := slices.IndexFunc(kit.Controls(b.w.win.Content()), func(c kit.Control) bool { _, ok := c.(*kit.Field); return ok })
		if i < 0 {
			b.t.Errorf("no field to write %q into", text)
			return
		}
		kit.Controls(b.w.win.Content())[i].(*kit.Field).SetText(text)
	})
}

func (b *booth) scan(text string) { b.do(func() { b.w.flow.Scan(text) }) }

func (b *booth) state() (s visit.State) {
	b.do(func() { s = b.w.flow.Visit.State() })
	return s
}
