package page

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tramhoso/device/page/pagetest"
)

var aPDF = pagetest.PDF()

// quick are waits for a printer on this machine.
var quick = Timing{Ask: 10 * time.Second, Send: 10 * time.Second, Poll: 20 * time.Millisecond, Lost: 300 * time.Millisecond}

func open(t *testing.T, uri string, timing Timing) *Printer {
	t.Helper()
	p, err := New(Config{URI: uri, Timing: timing})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func TestPrintsOnAnIPPPrinter(t *testing.T) {
	t.Parallel()
	real := pagetest.Start(t)
	p := open(t, real.URI, quick)
	s, err := p.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !s.Ready() || !s.A4 || !s.A5 || !s.Pages || !s.Accepting || s.State != StateIdle || s.Model != "Example Office" {
		t.Errorf("it says %+v", s)
	}
	for _, tt := range []struct {
		o    Options
		want []string
	}{
		{Options{Name: "first"}, []string{"IPP_MEDIA=iso_a4_210x297mm", "IPP_SIDES=one-sided", "IPP_JOB_NAME=first"}},
		{Options{Name: "second", Media: A5, Sides: "two-sided-long-edge", Copies: 3}, []string{"IPP_MEDIA=iso_a5_148x210mm", "IPP_SIDES=two-sided-long-edge", "IPP_COPIES=3"}},
	} {
		taken := 0
		tt.o.Taken = func(id int) { taken = id }
		out, err := p.Print(t.Context(), aPDF, tt.o)
		if err != nil || out.Result != Printed || out.Job == 0 || out.Job != taken || out.Reason != ReasonNone {
			t.Fatalf("%s: %+v, %v, taken %d", tt.o.Name, out, err, taken)
		}
		if !bytes.Equal(real.Printed(out.Job), aPDF) {
			t.Errorf("%s: another document came out", tt.o.Name)
		}
		for _, w := range tt.want {
			if asked := real.Asked(out.Job); !strings.Contains(asked, w+"\n") {
				t.Errorf("%s: no %s in %s", tt.o.Name, w, asked)
			}
		}
	}
	// A job that is over is found by its name, and is not printed again.
	if out, err := p.Find(t.Context(), Options{Name: "first"}); err != nil || out.Result != Printed || out.Job == 0 {
		t.Errorf("found %+v, %v", out, err)
	}
	if out, err := p.Find(t.Context(), Options{Name: "another"}); err != nil || out.Result != Unknown || out.Reason != ReasonRestarted || out.Job != 0 {
		t.Errorf("found %+v, %v", out, err)
	}
	if n := real.Papers(); n != 2 {
		t.Errorf("%d papers came out", n)
	}
}

func TestAJobThatTheEngineCannotPrint(t *testing.T) {
	t.Parallel()
	real := pagetest.Start(t)
	real.Break()
	out, err := open(t, real.URI, quick).Print(t.Context(), aPDF, Options{Name: "broken"})
	if err != nil || out.Result != Failed || out.Reason == ReasonNone || !out.Started {
		t.Errorf("%+v, %v", out, err)
	}
}

// A job that nobody helps on is taken out of the printer.
func TestPaperOutAndNobodyComes(t *testing.T) {
	t.Parallel()
	real := pagetest.Start(t)
	real.Hold("media-empty")
	timing := quick
	timing.Finish, timing.Lost = 200*time.Millisecond, 20*time.Second
	p := open(t, real.URI, timing)
	taken := make(chan int, 1)
	type end struct {
		out Outcome
		err error
	}
	ended := make(chan end, 1)
	go func() {
		out, err := p.Print(t.Context(), aPDF, Options{Name: "stuck", Taken: func(id int) { taken <- id }})
		ended <- end{out, err}
	}()
	id := <-taken
	wait(t, "the printer's own word", func() bool {
		s, err := p.Status(t.Context())
		return err == nil && s.State == StateProcessing && s.Warns == ReasonMedia
	})
	wait(t, "it is told to stop", func() bool {
		j, err := p.look(t.Context(), id)
		return err == nil && j.says("processing-to-stop-point")
	})
	real.Break() // what is cancelled does not come out
	real.Release()
	if e := <-ended; e.err != nil || e.out.Result != Failed || e.out.Job != id || !e.out.Started {
		t.Errorf("%+v", e)
	}
	if real.Papers() != 0 {
		t.Error("it came out")
	}
}

func TestPrinterDiesWithTheJob(t *testing.T) {
	t.Parallel()
	real := pagetest.Start(t)
	real.Hold("")
	p := open(t, real.URI, quick)
	out, err := p.Print(t.Context(), aPDF, Options{Name: "dying", Taken: func(int) { real.Off() }})
	if err == nil || out.Result != Unknown || out.Reason != ReasonLost || !out.Started {
		t.Errorf("%+v, %v", out, err)
	}
	if s, err := p.Status(t.Context()); err == nil || s.Known || s.Ready() || s.Stops != ReasonOffline {
		t.Errorf("a dead printer says %+v, %v", s, err)
	}
	if out, err := p.Print(t.Context(), aPDF, Options{Name: "after"}); err == nil || out.Result != Failed || out.Reason != ReasonOffline || out.Started {
		t.Errorf("a dead printer took %+v, %v", out, err)
	}
	real.On()
	if out, err := p.Find(t.Context(), Options{Name: "dying"}); err != nil || out.Result != Unknown || out.Reason != ReasonRestarted {
		t.Errorf("found %+v, %v", out, err)
	}
}

// The program goes down while the printer prints: afterwards the job is found
// by its name and followed to its end.
func TestFoundAfterARestart(t *testing.T) {
	t.Parallel()
	real := pagetest.Start(t)
	real.Hold("")
	ctx, cancel := context.WithCancel(t.Context())
	out, err := open(t, real.URI, quick).Print(ctx, aPDF, Options{Name: "interrupted", Taken: func(int) { cancel() }})
	if !errors.Is(err, context.Canceled) || out.Result != Unknown || out.Job == 0 {
		t.Fatalf("%+v, %v", out, err)
	}
	real.Release()
	found, err := open(t, real.URI, quick).Find(t.Context(), Options{Name: "interrupted"})
	if err != nil || found.Result != Printed || found.Job != out.Job {
		t.Errorf("%+v, %v", found, err)
	}
	if n := real.Papers(); n != 1 {
		t.Errorf("%d papers came out", n)
	}
}

// wait waits for a condition in another process.
func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}
