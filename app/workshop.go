package main

import (
	"context"
	"errors"
	"time"

	"tramhoso/app/ui/kit"
	"tramhoso/app/upkeep"
	"tramhoso/device/printer"
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
	f.Profile, f.PaperMM = profileName(s.cfg.Printer), paperMM(s.cfg.Printer)
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

// printTest prints a short paper on the line that is open.
func (s *station) printTest(ctx context.Context) error {
	m := s.devices.machine()
	if m == nil {
		return dossier.E(dossier.CodePrinterDown, nil)
	}
	w := words("vi")
	out, err := m.Print(ctx, printer.Document{Blocks: []printer.Block{
		printer.Text{Align: printer.Center, Runs: []printer.Run{{Text: w.T("app.name"), Size: printer.Title, Bold: true}}},
		printer.Text{Align: printer.Center, Runs: []printer.Run{{Text: w.T("upkeep.test-paper")}}},
		printer.Text{Align: printer.Center, Runs: []printer.Run{{Text: s.code() + "  " + w.DateTime(s.clock.Now())}}},
		printer.Rule{Dashed: true}, printer.Cut{},
	}}, nil)
	if err != nil {
		return err
	}
	if out.Result == printer.Failed || out.Result == printer.Unknown {
		return dossier.Errorf(dossier.CodePrinterDown, "the test was not printed: %s", out.Reason)
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
