package outbox_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
)

// Whoever plays a day again has to get the same packets: each id is drawn from the
// one source, the second packet's of a correction too.
func TestEveryPacketsIDIsDrawnFromOneSource(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	s := r.submit(t, "tap")
	var drawn []string
	o := outbox.New(outbox.Config{
		Store: r.store, Keys: r.keys, Clock: clock.NewFake(start),
		Station: func() (outbox.Station, error) {
			return outbox.Station{Code: prove.StationCode, SlipHost: prove.SlipHost}, nil
		},
		Recipient: func() (seal.Recipient, error) { return r.province.Trust.Recipient(start) },
		Counter:   func() ([]string, error) { return []string{r.province.Counter.Recipient().String()}, nil },
		NewID: func() (uuid.UUID, error) {
			id, err := uuid.NewV7()
			drawn = append(drawn, id.String())
			return id, err
		},
	})
	_, err := o.Correct(ctx, "better", s.Packet, dossier.Withdrawal{Slip: s.Slip, At: start, Basis: dossier.BasisSlip}, prove.Dossier(start), "UBND xã", draw)
	must(t, err)
	list, err := r.store.Outgoing(ctx, 10)
	must(t, err)
	var sent []string
	for _, w := range list {
		if id := w.Packet.Head.ID; id != s.Packet {
			sent = append(sent, id)
		}
	}
	if d := cmp.Diff(drawn, sent); d != "" || len(sent) != 2 {
		t.Error(d)
	}
}
