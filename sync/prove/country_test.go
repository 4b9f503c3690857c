package prove

import (
	"fmt"
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal"
	"tramhoso/sync/prove/link"
)

// countryWorld is a world whose line is the kernel's TCP between two network
// namespaces, with an enrolled station.
func countryWorld(t *testing.T, seed uint64) (*world, *link.Line) {
	t.Helper()
	l, err := link.New(seed)
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	w := newWorld(t)
	r, err := l.Relay(w.line.target)
	must(t, err)
	t.Cleanup(func() { must(t, r.Close()) })
	w.line.reroute(r.Addr())
	w.enrol()
	return w, l
}

// Packets that the kernel must send again, a rate of a phone in a valley, and a
// network that falls silent without a word in the middle of it all.
func TestOverACountryLine(t *testing.T) {
	for name, c := range map[string]link.Conditions{
		"far away":       {Delay: 150 * time.Millisecond},
		"256 kbit/s":     {Delay: 20 * time.Millisecond, Rate: 256e3},
		"5 % are lost":   {Delay: 5 * time.Millisecond, Loss: 0.05},
		"a valley":       {Delay: 40 * time.Millisecond, Rate: 512e3, Loss: 0.02},
		"a small buffer": {Delay: 10 * time.Millisecond, Rate: 1e6, Queue: 6000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // they mostly wait
			w, l := countryWorld(t, 5)
			l.Set(c, c)
			w.submitAndFollow(2)
			up, down := l.Counts()
			if up.Carried == 0 || down.Carried == 0 || (c.Loss >= 0.05 && up.Lost+down.Lost == 0) {
				t.Errorf("the line carried %+v and %+v", up, down)
			}
		})
	}
}

// The network dies in the middle of sending and says nothing; when it is back,
// everything goes on.
func TestANetworkThatFallsSilent(t *testing.T) {
	w, l := countryWorld(t, 6)
	var sent []string
	for i := range 6 {
		s, _ := w.submit(fmt.Sprint("tap ", i))
		sent = append(sent, s.Packet)
	}
	slow := link.Conditions{Delay: 5 * time.Millisecond, Rate: 400e3}
	l.Set(slow, slow)
	before, _ := l.Counts()
	w.run(w.station.Link)
	for { // until a part of the packets is under way
		if up, _ := l.Counts(); up.Bytes > before.Bytes+16<<10 {
			break
		}
		select {
		case <-t.Context().Done():
			t.Fatal("nothing was sent")
		case <-w.station.Queued:
		case <-time.After(time.Millisecond):
		}
	}
	l.Cut()
	late, slip := w.submit("in the dark") // nobody waits for the network
	sent = append(sent, late.Packet)
	w.crash() // the power fails, too
	w.open()
	l.Mend()
	w.run(w.station.Link)
	for _, id := range sent {
		w.until("the receipt", w.held(id))
	}
	w.act(late.Packet, portal.ActAccept)
	w.until("the acceptance", w.status(slip, dossier.StatusAccepted))
	if n := w.count(); n != len(sent) {
		t.Errorf("%d slips and %d dossiers", len(sent), n)
	}
}
