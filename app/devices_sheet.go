package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tramhoso/app/paper"
	"tramhoso/app/upkeep"
	"tramhoso/device/page"
)

type testPage struct{}

// testSize is the paper of a test page: every page printer has some.
const testSize = paper.A4

// Run prints a test page and waits until the printer says what became of it.
func (testPage) Run(ctx context.Context, d *devicesCommand, t *terminal) error {
	b := d.open(t)
	if err := b.refuse(); err != nil {
		return err
	}
	if b.cfg.Page.Printer == "" {
		b.say("page-none")
		return exitNotKnown
	}
	k, err := b.newKnown()
	if err != nil {
		return err
	}
	defer k.close()
	out, err := printTestPage(ctx, k.pages.printer, "", b.now(), func() { b.say("page-sent") }, func(r page.Reason) {
		if r != page.ReasonNone {
			b.say("page-waits", "why", b.words.T("tool.pages-"+string(r)))
		}
	})
	switch {
	case ctx.Err() != nil:
		b.say("page-unknown") // what the printer took stays with it
		return exitNotKnown
	case out.Result == page.Printed:
		b.say("page-printed")
		return nil
	case out.Result == page.Unknown:
		b.say("page-unknown")
		return exitNeedsHand
	case out.Reason == page.ReasonNone:
		return err
	}
	b.say("page-failed", "why", b.words.T("tool.pages-"+string(out.Reason)))
	return exitNeedsHand
}

// printTestPage prints a test page and follows it to its end.
func printTestPage(ctx context.Context, p *page.Printer, from string, at time.Time, taken func(), waits func(page.Reason)) (page.Outcome, error) {
	pdf, err := paper.TestPage(testSize, from, at)
	if err != nil {
		return page.Outcome{Reason: page.ReasonDocument}, err
	}
	return p.Print(ctx, pdf, page.Options{Name: fmt.Sprintf("test-%d", at.UnixNano()), Media: page.A4, Waits: waits,
		Taken: func(int) {
			if taken != nil {
				taken()
			}
		}})
}

// pageTest lets the page printer show that it works.
func (s *station) pageTest(ctx context.Context) error {
	if s.pages.printer == nil {
		return errNotWell
	}
	out, err := printTestPage(ctx, s.pages.printer, s.code(), s.clock.Now(), nil, nil)
	if err == nil && out.Result == page.Printed {
		return nil
	}
	if out.Reason == page.ReasonNone {
		return err
	}
	return upkeep.Failure{Why: "tool.pages-" + string(out.Reason), Err: errors.Join(fmt.Errorf("the test page: %s, %s", out.Result, out.Reason), err)}
}
