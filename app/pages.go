package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"tramhoso/app/devices"
	"tramhoso/app/paper"
	"tramhoso/app/upkeep"
	"tramhoso/app/visit"
	"tramhoso/app/visit/form"
	"tramhoso/device/page"
	"tramhoso/sync/dossier"
)

// pageEvery is how often an idle page printer is looked at; it may sit on a
// network and sleep.
const pageEvery = 15 * time.Second

// pageHelp is how often one that needs help is looked at.
const pageHelp = 3 * time.Second

// openPages makes the page printer that is set up.
func (s *station) openPages() {
	if s.cfg.Page.Printer == "" {
		return
	}
	p, err := page.New(page.Config{URI: s.cfg.Page.Printer, Socket: s.cfg.Page.Socket})
	if err != nil {
		s.log.Error("the page printer", "err", err) // the configuration was examined
		return
	}
	s.pages.Printer = p
}

// queue is the press that prints a kind of paper.
func (k *kept) queueOf(kind string) *paper.Press {
	if paper.IsPages(kind) {
		return k.sheets
	}
	return k.press
}

// runPages follows the page printer and prints what is queued for it; old are
// the pages that a restart interrupted.
func (s *station) runPages(tell func(), old []int64) {
	if s.pages.Printer == nil {
		return
	}
	look := func(now page.Status, err error) {
		if s.ctx.Err() == nil && s.pages.Hear(now) {
			s.log.Info("page printer", "ready", now.Ready(), "reason", now.Stops, "err", err)
			tell()
		}
	}
	s.goes("page printer", func(ctx context.Context) error {
		defer s.pages.Printer.Close()
		if s.kept == nil { // it is only looked at
			for {
				look(s.pages.Printer.Status(ctx))
				if err := wait(ctx, pageEvery); err != nil {
					return err
				}
			}
		}
		return s.sheets.ServePages(ctx, s.pages.Printer, paper.PageWays{Form: pageForms[s.cfg.Page.Media], Old: old, Look: look})
	})
}

// pagesInstead reports that Form 01, which comes out beside the screen as long as
// it can, goes to the page printer: the receipt printer cannot print now.
func (s *station) pagesInstead() bool {
	now, _ := s.devices.States()
	st, _, set := s.pages.Fact()
	f := printerForVisit[now]
	return set && st.Ready() && f != visit.PrinterReady && f != visit.PrinterUnknown
}

var pageForms = map[string]paper.Size{"a4": paper.A4, "a5": paper.A5}

// printPages queues a paper for the page printer.
func (s *station) printPages(ctx context.Context, packet, kind string, data []byte) (job int64, err error) {
	if s.kept == nil {
		return 0, s.broken
	}
	if s.pages.Printer == nil {
		return 0, dossier.Errorf(dossier.CodePrinterDown, "there is no page printer")
	}
	if job, err = s.outbox.AddPaper(ctx, packet, kind, data); err != nil {
		return 0, err
	}
	s.record(didPage, kind)
	s.sheets.Print(job)
	return job, nil
}

// Declaration prints the declaration of a letter that was just kept, for its
// sender to sign. Its content is kept nowhere unless this is asked for.
func (p papers) Declaration(ctx context.Context, l visit.Letter, done visit.Submitted, answers []form.Line) (int64, error) {
	if p.s.kept == nil {
		return 0, p.s.broken
	}
	said := make([]paper.Answer, len(answers))
	for i, a := range answers {
		said[i] = paper.Answer{Question: a.Title, Answer: a.Value}
	}
	data, err := json.Marshal(paper.DeclarationOf(l, done, said, p.s.sender()))
	if err != nil {
		return 0, err
	}
	return p.s.printPages(ctx, done.Packet, paper.KindDeclaration, data)
}

// CanDeclare reports that a declaration of this letter can be printed here: its
// procedure lists one, which the answers stand for, and there is a printer that
// says nothing against it.
func (p papers) CanDeclare(l visit.Letter) bool {
	s, _, set := p.s.pages.Fact()
	return set && s.Ready() && slices.ContainsFunc(l.Dossier.Papers, func(g dossier.GivenPaper) bool { return g.Way == dossier.WayForm })
}

// pageTest lets the page printer show that it works.
func (s *station) pageTest(ctx context.Context) error {
	if s.pages.Printer == nil {
		return errNotWell
	}
	out, err := devices.PrintTestPage(ctx, s.pages.Printer, s.code(), s.clock.Now(), nil, nil)
	if err == nil && out.Result == page.Printed {
		return nil
	}
	if out.Reason == page.ReasonNone {
		return err
	}
	return upkeep.Failure{Why: "tool.pages-" + string(out.Reason), Err: errors.Join(fmt.Errorf("the test page: %s, %s", out.Result, out.Reason), err)}
}
