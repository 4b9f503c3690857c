package page

import (
	"context"
	"testing"

	"tramhoso/device/page/pagetest"
)

// Through a real scheduler, over TCP and over its local socket.
func TestPrintsThroughCUPS(t *testing.T) {
	t.Parallel()
	real := pagetest.Start(t)
	queue := pagetest.NewQueue(t, real)
	timing := quick
	timing.Lost = quick.Ask
	over := open(t, queue.URI, timing)
	local, err := New(Config{URI: "ipp://localhost/printers/office", Socket: queue.Socket, Timing: timing})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(local.Close)
	for name, p := range map[string]*Printer{"over TCP": over, "over the socket": local} {
		if s, err := p.Status(t.Context()); err != nil || !s.Ready() || !s.A4 || !s.Pages {
			t.Errorf("%s it says %+v, %v", name, s, err)
		}
		before := real.Papers()
		out, err := p.Print(t.Context(), aPDF, Options{Name: name})
		if err != nil || out.Result != Printed || real.Papers() != before+1 {
			t.Fatalf("%s: %+v, %v, %d papers", name, out, err, real.Papers()-before)
		}
	}

	// A queue that somebody stopped takes nothing from us; it would come out
	// whenever it is started again.
	queue.Pause()
	if out, err := over.Print(t.Context(), aPDF, Options{Name: "paused"}); err != nil || out != (Outcome{Reason: ReasonStopped}) {
		t.Errorf("%+v, %v", out, err)
	}
	queue.Resume()

	// The scheduler is killed with our job in the printer and started again: the
	// job is still known by its name, and ends.
	real.Hold("")
	ctx, cancel := context.WithCancel(t.Context())
	out, err := over.Print(ctx, aPDF, Options{Name: "killed", Taken: func(int) { queue.Off(); cancel() }})
	if err == nil || out.Result != Unknown || out.Job == 0 {
		t.Fatalf("%+v, %v", out, err)
	}
	real.Release()
	queue.On()
	if found, err := over.Find(t.Context(), Options{Name: "killed"}); err != nil || found.Result != Printed || found.Job != out.Job {
		t.Errorf("%+v, %v", found, err)
	}
}
