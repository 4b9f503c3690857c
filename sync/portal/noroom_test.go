package portal

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

// crammed is a ledger on a disk that has no room for the commit.
type crammed struct{ ledger.Store }

func (c crammed) Update(ctx context.Context, fn func(ledger.Tx) error) error {
	return c.Store.Update(ctx, func(tx ledger.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errors.Join(ledger.ErrNoRoom, errors.New("disk on fire"))
	})
}

// A full disk under the ledger is the portal's trouble and no packet's: it is told by
// its own code, alone and in a batch, nothing is kept by halves, and what comes
// again once there is room is taken in.
func TestNoRoomForAPacket(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	good := f.store
	f.store = crammed{good}
	p, q := s.dossier(t), s.dossier(t)
	wantCode(t, "a packet", f.put(t, s, p), http.StatusInsufficientStorage, wire.CodeNoRoom)
	rec := f.doAs(t, s, "POST", wire.PathBatch, wire.TypeBatch, wire.AppendBatch(wire.AppendBatch(nil, p), q))
	if n := strings.Count(rec.Body.String(), `"code":"no-room"`); rec.Code != http.StatusOK || n != 2 {
		t.Errorf("a batch: %d %s", rec.Code, rec.Body)
	}
	if n := f.count(t); n != 0 {
		t.Errorf("%d dossiers", n)
	}
	f.store = good
	if r := f.send(t, s, p); r.Counter != 1 || r.State != wire.StateWhole {
		t.Errorf("with room again: %+v", r)
	}
	if r := f.send(t, s, q); r.Counter != 2 {
		t.Errorf("with room again: %+v", r)
	}
}
