package main

import (
	"context"
	"errors"
	"time"

	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/device/printer"
	"tramhoso/device/printer/probe"
	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
)

// newUpkeep binds a technician's work to this station.
func (s *station) newUpkeep() *upkeep.Upkeep {
	return upkeep.New(upkeep.Ports{Now: s.clock.Now, Facts: s.upkeepFacts, Test: s.test, Probes: upkeep.Probes{}, Enrol: s.enrolBy})
}

func (s *station) upkeepFacts() upkeep.Facts {
	visits := s.facts()
	f := upkeep.Facts{ReadOnly: visits.StorageReadOnly, VisitsLeft: visits.VisitsLeft, Time: s.clock.Stamp(), Enrolled: visits.Enrolled && s.kept != nil,
		Station: s.code(), Reach: map[kit.Net]upkeep.Reach{kit.NetOn: upkeep.ReachOn, kit.NetLogin: upkeep.ReachClosed, kit.NetOff: upkeep.ReachOff}[s.status().Net]}
	s.devices.tell(&f)
	s.pages.tell(&f)
	if s.cfg.Power.UPS != "" {
		s.power.tell(&f)
	}
	p := s.printerModel().Profile
	f.Profile, f.PaperMM = profileName(p), paperMM(p)
	if s.kept != nil {
		f.LastHeard, _, _ = s.inbox.Contact()
	}
	return f
}

// errNotWell is a part whose own word is that it is not well.
var errNotWell = errors.New("the part says that it is not well")

// test asks one part to show that it works.
func (s *station) test(ctx context.Context, p upkeep.Part) error {
	switch p {
	case upkeep.Printer:
		return s.printTest(ctx)
	case upkeep.Storage:
		if s.kept == nil {
			return s.broken
		}
		return s.store.CanStart(ctx)
	case upkeep.Network:
		if s.kept == nil {
			return s.broken
		}
		s.queue.Wake()
		s.inbox.Wake()
	}
	for _, l := range upkeep.New(upkeep.Ports{Now: s.clock.Now, Facts: s.upkeepFacts}).State().Lines {
		if l.Part == p && l.Health != upkeep.Well {
			return errNotWell
		}
	}
	return nil
}

// printTest prints a page on the line that is open, with a code that the station's
// own scanner reads back: only then has the test passed. Where no scanner is
// there, the printer's own word has to do.
func (s *station) printTest(ctx context.Context) error {
	var found probe.Measured
	err := s.testing(ctx, func(o probe.Options) (err error) {
		if o.Scans != nil {
			found, err = probe.Check(ctx, o)
			return err
		}
		m, err := printer.New(o.Port, o.Base.Profile)
		if err != nil {
			return err
		}
		doc, err := probe.Page(o.Base, o.Line)
		if err != nil {
			return err
		}
		found.Page, err = m.Print(ctx, doc, nil)
		found.Reason = found.Page.Reason
		if found.Page.Result == printer.Printed || found.Page.Result == printer.ProbablyPrinted {
			found.Verdict = probe.Passed
		}
		return err
	})
	switch {
	case errors.Is(err, errNoPrinter):
		return dossier.E(dossier.CodePrinterDown, err)
	case err != nil:
		return err
	case found.Verdict != probe.Passed:
		return dossier.Errorf(dossier.CodePrinterDown, "the test is not passed: %s, %d codes not read", found.Reason, len(found.Unread))
	}
	return nil
}

// enrolBy takes a token that a technician brings.
func (s *station) enrolBy(ctx context.Context, token string) error {
	if s.kept == nil {
		return s.broken
	}
	return s.enrolWith(ctx, token)
}

var _ clock.Clock = (*clock.Adjustable)(nil)

// clockEvery is how often the screen looks at what changes by itself.
const clockEvery = time.Second
