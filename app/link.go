package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
)

// The pace of what is asked again by itself.
const (
	enrolEvery = 5 * time.Second // a technician waits in front of it
	timeEvery  = 6 * time.Hour   // a clock loses less than a second in it
	timeRetry  = 2 * time.Minute // while the portal does not answer
	sweepEvery = time.Hour       // nothing that is swept is urgent
)

// runLink enrols the station if it is nobody yet, then sends what waits and
// hears the portal until the program ends.
func (s *station) runLink(ctx context.Context) error {
	e, err := s.province.Enrolment()
	if err != nil {
		if e, err = s.enrol(ctx); err != nil {
			return err
		}
	}
	c, err := client.New(client.Config{
		URL: e.URL, Station: e.Station.Code, Certificate: e.Certificate, Key: s.keys.TLSKey(), Root: e.Root,
		Trust: s.province.Trust, Now: s.clock.Now, Signed: s.system.Floor,
	})
	if err != nil {
		return err
	}
	defer c.Close()
	s.goes("queue", func(ctx context.Context) error { return s.queue.Run(ctx, sender{c}) })
	s.goes("time", func(ctx context.Context) error { return s.askTime(ctx, c) })
	return s.inbox.Follow(ctx, c)
}

// sender is the client as the queue needs it; it also wakes the inbox, since
// what one of them reaches the other reaches too.
type sender struct{ *client.Client }

var _ outbox.Sender = sender{}

// enrol trades the token of the token file for an identity, as often as it
// takes: the file may come later, and so may the network.
func (s *station) enrol(ctx context.Context) (client.Enrolment, error) {
	said := ""
	for {
		e, err := s.enrolOnce(ctx)
		if err == nil {
			s.log.Info("enrolled", "station", e.Station.Code)
			return e, nil
		}
		if ctx.Err() != nil {
			return client.Enrolment{}, ctx.Err()
		}
		if err.Error() != said {
			said = err.Error()
			s.log.Warn("not enrolled", "code", dossier.CodeOf(err), "err", err)
		}
		if err := wait(ctx, enrolEvery); err != nil {
			return client.Enrolment{}, err
		}
	}
}

func (s *station) enrolOnce(ctx context.Context) (client.Enrolment, error) {
	raw, err := os.ReadFile(s.cfg.Portal.TokenFile)
	if errors.Is(err, fs.ErrNotExist) {
		return client.Enrolment{}, dossier.Errorf(dossier.CodeNotEnrolled, "there is no token at %s", s.cfg.Portal.TokenFile)
	}
	if err != nil {
		return client.Enrolment{}, dossier.E(dossier.CodeNotEnrolled, err)
	}
	if err := s.enrolWith(ctx, string(raw)); err != nil {
		return client.Enrolment{}, err
	}
	return s.province.Enrolment()
}

// enrolWith trades a token for an identity and keeps it.
func (s *station) enrolWith(ctx context.Context, text string) error {
	t, err := seal.ParseToken(text)
	if err != nil {
		return dossier.E(dossier.CodeNotEnrolled, err)
	}
	answer, err := client.Enrol(ctx, t, s.keys, s.clock.Now)
	if err != nil {
		return err
	}
	return s.province.Enrolled(ctx, answer)
}

// askTime keeps the clock right while there is a network.
func (s *station) askTime(ctx context.Context, c *client.Client) error {
	for {
		pause := timeRetry
		if t, err := c.Time(ctx); err == nil {
			pause = timeEvery
			if err := s.system.Signed(t); err != nil {
				s.log.Warn("the portal's time was not taken", "err", err)
			}
		}
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
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
