package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"tramhoso/assets"
	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/inbox"
	"tramhoso/sync/outbox"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
)

// The pace of what is asked again by itself.
const (
	enrolEvery = 5 * time.Second  // a technician waits in front of it
	timeEvery  = 6 * time.Hour    // a clock loses less than a second in it
	timeRetry  = 2 * time.Minute  // while the portal does not say it
	timeProbe  = 15 * time.Second // while there is no network: every paper bears the time
	sweepEvery = time.Hour        // nothing that is swept is urgent
)

// runEnrol enrols the station if it is nobody yet: as often as it takes, since
// the token file may come later, and so may the network.
func (s *station) runEnrol(ctx context.Context) error {
	said := ""
	for {
		if _, err := s.province.Enrolment(); err == nil {
			return nil
		}
		err := s.enrolFromFile(ctx)
		if err == nil {
			s.log.Info("enrolled", "station", s.code())
			s.queue.Resume()
			s.files.Resume()
			s.inbox.Wake()
			return nil
		}
		if err.Error() != said && ctx.Err() == nil {
			said = err.Error()
			s.log.Warn("not enrolled", "code", dossier.CodeOf(err), "err", err)
		}
		if err := wait(ctx, enrolEvery); err != nil {
			return err
		}
	}
}

// spareNetwork has the station ask no more of its network than it was told to.
func (s *station) spareNetwork(k *kept) error {
	rules, err := s.cfg.Sync.Rules()
	if err != nil {
		return err
	}
	rules.Now = func() time.Time { return s.clock.Now().In(assets.Here) }
	k.files.Keep(rules)
	bits, err := s.cfg.Sync.Bits()
	if err == nil && bits > 0 {
		k.link.Dial = client.Limit(nil, bits)
	}
	return err
}

// heard is the link that also tells the inbox when something answered: what one
// of them reaches, the other reaches too.
type heard struct {
	*inbox.Link
	inbox *inbox.Inbox
}

var _ outbox.Sender = heard{}

func (h heard) Put(ctx context.Context, p dossier.Packet) (dossier.Receipt, string, error) {
	r, compact, err := h.Link.Put(ctx, p)
	if err == nil {
		h.inbox.Wake()
	}
	return r, compact, err
}

func (s *station) enrolFromFile(ctx context.Context) error {
	raw, err := os.ReadFile(s.cfg.Portal.TokenFile)
	if errors.Is(err, fs.ErrNotExist) {
		return dossier.Errorf(dossier.CodeNotEnrolled, "there is no token at %s", s.cfg.Portal.TokenFile)
	}
	if err != nil {
		return dossier.E(dossier.CodeNotEnrolled, err)
	}
	return s.enrolWith(ctx, string(raw))
}

// enrolWith trades a token for an identity and keeps it.
func (s *station) enrolWith(ctx context.Context, text string) error {
	t, err := seal.ParseToken(text)
	if err != nil {
		return dossier.E(dossier.CodeInvalid, err)
	}
	if err := s.link.Enrol(ctx, t); err != nil {
		return err
	}
	s.record(didEnrol, s.code())
	return nil
}

// runTime keeps the clock right while there is a network.
func (s *station) runTime(ctx context.Context) error {
	for {
		if err := wait(ctx, s.setTime(ctx, s.link.Time)); err != nil {
			return err
		}
	}
}

// setTime asks for the time, takes it, and says when to ask again. What the portal
// signs later may be here sooner, a receipt for instance: then the answer lies before
// the floor and it is asked once more. A clock that lost its day would stand still at
// the floor until the next time.
func (s *station) setTime(ctx context.Context, ask func(context.Context) (time.Time, error)) (pause time.Duration) {
	var err error
	for range 2 {
		t, aerr := ask(ctx)
		if dossier.CodeOf(aerr) == dossier.CodeNoNetwork {
			return timeProbe
		}
		if aerr != nil {
			return timeRetry
		}
		if err = s.system.Signed(t); err == nil {
			return timeEvery
		}
	}
	s.log.Warn("the portal's time was not taken", "err", err)
	return timeRetry
}

// runSweep destroys what has served its time.
func (s *station) runSweep(ctx context.Context) error {
	for {
		swept, err := s.store.Sweep(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.Error("failed to sweep the storage", "err", err)
		} else if swept != (store.Swept{}) {
			s.log.Info("swept", "bodies", swept.Bodies, "print_keys", swept.PrintKeys, "dossiers", swept.Dossiers)
		}
		if err := wait(ctx, sweepEvery); err != nil {
			return err
		}
	}
}

// wait lasts d or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
