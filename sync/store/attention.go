package store

import (
	"context"
	"fmt"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store/internal/rows"
)

const (
	// RefusedTries is how often a packet that the portal refused is offered
	// again, once an hour, before it waits for a person: what was wrong at the
	// portal is mended within a day or needs somebody to be told.
	RefusedTries = 24
	// maxAttention is how many packets a person is shown: more are one trouble.
	maxAttention = 50
)

// Attention is a packet that only a person can help on. Nothing of it is lost.
type Attention struct {
	Packet  string
	Seq     uint64
	Kind    dossier.PacketKind
	Slip    string // of the dossier that it is or is about; "": it is about none, or none is here
	Created time.Time
	Refused dossier.Code     // the portal would not take it; ""
	GivenUp bool             // and it is not offered any more
	Why     dossier.AsideWhy // the portal keeps it for a person there
}

// Attention lists what only a person can help on, the oldest first.
func (s *Store) Attention(ctx context.Context) ([]Attention, error) {
	found, err := s.r.Attention(ctx, maxAttention)
	if err != nil {
		return nil, coded(fmt.Errorf("failed to list what needs a person: %w", err))
	}
	list := make([]Attention, len(found))
	for i, f := range found {
		list[i] = Attention{Packet: f.ID, Seq: uint64(f.Seq), Kind: dossier.PacketKind(f.Kind), Slip: f.Slip, Created: time.UnixMilli(f.CreatedMs),
			Refused: dossier.Code(f.Refused), GivenUp: givenUp(f.Refused, f.Attempts), Why: dossier.AsideWhy(f.Why)}
	}
	return list, nil
}

// givenUp says whether a packet is not offered any more by itself.
func givenUp(refused string, attempts int64) bool {
	return refused != "" && attempts >= RefusedTries
}

// RetryRefused has refused packets offered again as if they had been refused now
// for the first time; it returns how many there are.
func (s *Store) RetryRefused(ctx context.Context) (int, error) {
	n, err := s.w.RetryRefused(ctx)
	if err != nil {
		return 0, coded(fmt.Errorf("failed to offer refused packets again: %w", err))
	}
	s.change.tell()
	return int(n), nil
}

// quarantined keeps what a receipt says about the portal's trust in a packet. It is
// what was so when the packet came; what became of it since is said by events, and
// whatever way a receipt comes late by, it takes none of that back.
func quarantined(ctx context.Context, q *rows.Queries, r dossier.Receipt, now int64) error {
	if !r.Quarantined {
		return q.Unquarantine(ctx, r.Packet)
	}
	return q.Quarantine(ctx, rows.QuarantineParams{Packet: r.Packet, Why: string(r.Why), AtMs: now})
}

// setAside keeps what an event says became of a packet. The cursor lets each one
// through once, in the portal's order.
func setAside(ctx context.Context, q *rows.Queries, packet string, a dossier.Aside, now int64) error {
	if a.Why == "" {
		return q.Release(ctx, rows.ReleaseParams{Packet: packet, Receipt: a.Receipt, AtMs: now})
	}
	return q.SetAside(ctx, rows.SetAsideParams{Packet: packet, Why: string(a.Why), Receipt: a.Receipt, AtMs: now})
}

// forgetAsides begins a history in which no event has spoken yet. A packet that is
// offered again gets its receipt again; of one that is not here any more the old
// receipt is what holds, for the backup that let it go knows that too.
func (s *Store) forgetAsides(ctx context.Context, q *rows.Queries) error {
	if err := q.ForgetAsides(ctx); err != nil {
		return err
	}
	purged, err := q.PurgedAsides(ctx)
	if err != nil {
		return err
	}
	for _, p := range purged {
		r := dossier.Receipt{}
		if err := payload(p.Receipt, &r); err != nil { // it was verified when it came: nothing else may wait for it
			s.log.Warn("an old receipt cannot be read", "packet", p.ID, "err", err)
			continue
		}
		r.Packet = p.ID
		if err := quarantined(ctx, q, r, s.ms()); err != nil {
			return err
		}
	}
	return nil
}
