package main

import (
	"context"
	"errors"
	"time"

	"tramhoso/app/devices"
	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/sync/clock"
	"tramhoso/sync/outbox"
	"tramhoso/sync/seal"
)

// newUpkeep binds a technician's work to this station.
func (s *station) newUpkeep() *upkeep.Upkeep {
	p := upkeep.Ports{Now: s.clock.Now, Facts: s.upkeepFacts, Test: s.test}
	if s.kept != nil {
		p.Findings, p.SeeFindings = s.findings, s.seeFindings
		p.Pause, p.Probes = s.pauseSending, s.probes
	}
	return upkeep.New(p)
}

// pauseSending stops sending for d; 0 lets it go on. by is who ordered it.
func (s *station) pauseSending(ctx context.Context, d time.Duration, by string) error {
	if d == 0 {
		if err := s.pause.End(ctx); err != nil {
			return err
		}
		s.record(didResume, by)
		return nil
	}
	if err := s.pause.Begin(ctx, d); err != nil {
		return err
	}
	s.record(didPause, by)
	return nil
}

func (s *station) upkeepFacts() upkeep.Facts {
	visits := s.facts()
	f := upkeep.Facts{KeysLost: errors.Is(s.broken, seal.ErrGuard), KeysPlain: s.kept != nil && !s.guarded, KeysClosed: s.kept != nil && s.closed, Closed: visits.StorageClosed, ReadOnly: visits.StorageReadOnly, Damaged: visits.StorageDamaged, InUse: visits.StorageInUse, Newer: visits.StorageNewer, VisitsLeft: visits.VisitsLeft, Time: s.clock.Stamp(), Enrolled: visits.Enrolled && s.kept != nil,
		Station: s.code(), Reach: map[kit.Net]upkeep.Reach{kit.NetOn: upkeep.ReachOn, kit.NetLogin: upkeep.ReachClosed, kit.NetOff: upkeep.ReachOff, kit.NetPortal: upkeep.ReachRefused}[s.network()]}
	s.devices.tell(&f)
	s.pages.Tell(&f)
	if s.cfg.Power.UPS != "" {
		s.power.Tell(&f)
	}
	p := s.printerModel().Profile
	f.Profile, f.PaperMM = devices.ProfileName(p), devices.PaperMM(p)
	if s.kept != nil {
		f.LastHeard, _, _ = s.inbox.Contact()
		f.Sending = s.sending()
		tellFindings(&f, s.store.Findings())
		if m := s.mirror.State(); m.Configured {
			f.Mirror, f.Behind, f.Mirrored = mirrorState(m.How), m.Behind, m.Written
		}
	}
	return f
}

func mirrorState(h outbox.How) upkeep.MirrorState {
	if h == outbox.HowUnknown {
		return upkeep.MirrorUnknown
	}
	return upkeep.MirrorState(h)
}

// sending is what the queues say about what waits.
func (s *station) sending() upkeep.Sending {
	q, files := s.queue.State(), s.files.State()
	in := func(t time.Time) time.Duration {
		if t.IsZero() {
			return 0
		}
		return max(0, time.Until(t))
	}
	out := upkeep.Sending{Waiting: q.Waiting, Refused: q.Refused, In: in(q.NextAttempt), Why: string(q.Why),
		Files: files.Waiting, FileIn: in(files.NextAttempt), FileWhy: string(files.Why)}
	if left := s.pause.Left(); left > 0 {
		// Rounded, since it is counted anew every time: the end of an hour's pause
		// that began at 9:24:07 is 10:24 all the time.
		out.Now = s.clock.Now()
		out.Until = out.Now.Add(left).Round(time.Second)
	}
	if !q.Oldest.IsZero() {
		out.Age = max(0, s.clock.Now().Sub(q.Oldest))
	}
	return out
}

// errNotWell is a part whose own word is that it is not well.
var errNotWell = errors.New("the part says that it is not well")

// test asks one part to show that it works. The end of the program ends it.
func (s *station) test(ctx context.Context, p upkeep.Part) error {
	ctx, done := context.WithCancel(ctx)
	defer done()
	defer context.AfterFunc(s.ctx, done)()
	switch p {
	case upkeep.Printer:
		return s.printTest(ctx)
	case upkeep.Page:
		return s.pageTest(ctx)
	case upkeep.Storage:
		if s.kept == nil {
			return s.broken
		}
		return s.store.CanStart(ctx)
	case upkeep.Network:
		if s.kept == nil {
			return s.broken
		}
		if s.queue.State().Refused > 0 { // a person says that it may have been mended
			if _, err := s.store.RetryRefused(ctx); err != nil {
				return err
			}
			s.queue.Resume()
		}
		s.queue.Wake()
		s.files.Wake()
		s.inbox.Wake()
	}
	for _, l := range upkeep.New(upkeep.Ports{Now: s.clock.Now, Facts: s.upkeepFacts}).State().Lines {
		if l.Part == p && l.Health != upkeep.Well && l.Health != upkeep.Held {
			return errNotWell
		}
	}
	return nil
}

var _ clock.Clock = (*clock.Adjustable)(nil)

// clockEvery is how often the screen looks at what changes by itself.
const clockEvery = time.Second
