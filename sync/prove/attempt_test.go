package prove

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/wire"
)

// busyOnce is a portal that asks the first packet to come later.
type busyOnce struct {
	outbox.Sender
	asked atomic.Bool
}

func (b *busyOnce) Put(ctx context.Context, p dossier.Packet) (dossier.Receipt, string, error) {
	if b.asked.CompareAndSwap(false, true) {
		return dossier.Receipt{}, "", &client.Error{Status: http.StatusServiceUnavailable, Err: dossier.Errorf(wire.CodeBusy, "later")}
	}
	return b.Sender.Put(ctx, p)
}

// Having been sent is not having been received.
func TestOnlyAReceiptEndsTheWaiting(t *testing.T) {
	w := newWorld(t)
	w.enrol()
	s, _ := w.submit("tap")
	b := &busyOnce{Sender: w.station.Link}
	w.run(b)
	w.until("the attempt", func() bool {
		st := w.station.Queue.State()
		return st.Why == outbox.WhyBusy || b.asked.Load() && st.Waiting == 0
	})
	left, err := w.station.Store.Waiting(t.Context())
	must(t, err)
	if left.Packets != 1 || w.held(s.Packet)() {
		t.Fatalf("an attempt counts as a receipt: %+v", left)
	}
	w.station.Queue.Resume()
	w.until("the receipt", w.held(s.Packet))
	if n := w.count(); n != 1 {
		t.Errorf("the portal holds %d dossiers", n)
	}
}
