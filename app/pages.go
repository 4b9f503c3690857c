package main

import (
	"context"
	"sync"
	"time"

	"tramhoso/app/upkeep"
	"tramhoso/device/page"
)

// pageEvery is how often an idle page printer is looked at; it may sit on a
// network and sleep.
const pageEvery = 15 * time.Second

// pages is the page printer, and what is known of it.
type pages struct {
	printer *page.Printer // nil: none is set up

	mu     sync.Mutex
	status page.Status
	looked bool
	stuck  page.Reason // why the job under way does not move
}

// fact is the last look at the printer; set is false where there is none.
func (p *pages) fact() (s page.Status, looked, set bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status, p.looked, p.printer != nil
}

// hear takes a look.
func (p *pages) hear(s page.Status) (changed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	changed = !p.looked || s != p.status
	p.status, p.looked = s, true
	return changed
}

// pageTroubles are the reasons in the words of upkeep.
var pageTroubles = map[page.Reason]upkeep.PageState{
	page.ReasonMedia: upkeep.PageOut, page.ReasonWrong: upkeep.PageOut, page.ReasonJam: upkeep.PageJam, page.ReasonCover: upkeep.PageCover,
	page.ReasonToner: upkeep.PageInk, page.ReasonOffline: upkeep.PageAbsent, page.ReasonAnswer: upkeep.PageAbsent,
}

// pageState is how the page printer is, in the words of upkeep.
func pageState(s page.Status, looked bool) upkeep.PageState {
	switch {
	case !looked:
		return upkeep.PageUnknown
	case s.Stops != page.ReasonNone:
		if state, ok := pageTroubles[s.Stops]; ok {
			return state
		}
		return upkeep.PageStopped
	case !s.Known:
		return upkeep.PageUnknown
	case s.Warns == page.ReasonTonerLow:
		return upkeep.PageLow
	}
	return upkeep.PageReady
}

// tell says how the page printer is where there is one.
func (p *pages) tell(f *upkeep.Facts) {
	s, looked, set := p.fact()
	if set {
		f.Page, f.PageName = pageState(s, looked), s.Model
	}
}

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
	s.pages.printer = p
}

// runPages follows the page printer.
func (s *station) runPages(tell func()) {
	if s.pages.printer == nil {
		return
	}
	s.goes("page printer", func(ctx context.Context) error {
		defer s.pages.printer.Close()
		for {
			s.lookAtPages(ctx, tell)
			if err := wait(ctx, pageEvery); err != nil {
				return err
			}
		}
	})
}

func (s *station) lookAtPages(ctx context.Context, tell func()) {
	now, err := s.pages.printer.Status(ctx)
	if ctx.Err() != nil {
		return
	}
	if s.pages.hear(now) {
		s.log.Info("page printer", "ready", now.Ready(), "reason", now.Stops, "err", err)
		tell()
	}
}
