package devices

import (
	"context"
	"fmt"
	"sync"
	"time"

	"tramhoso/app/paper"
	"tramhoso/app/upkeep"
	"tramhoso/device/page"
)

// Pages is the page printer, and what is known of it.
type Pages struct {
	Printer *page.Printer // nil: none is set up

	mu     sync.Mutex
	status page.Status
	looked bool
}

// Fact is the last look at the printer; set is false where there is none.
func (p *Pages) Fact() (s page.Status, looked, set bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status, p.looked, p.Printer != nil
}

// Hear takes a look.
func (p *Pages) Hear(s page.Status) (changed bool) {
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

// Tell says how the page printer is where there is one.
func (p *Pages) Tell(f *upkeep.Facts) {
	s, looked, set := p.Fact()
	if set {
		f.Page, f.PageName = pageState(s, looked), s.Model
	}
}

// testSize is the paper of a test page: every page printer has some.
const testSize = paper.A4

// PrintTestPage prints a test page and follows it to its end.
func PrintTestPage(ctx context.Context, p *page.Printer, from string, at time.Time, taken func(), waits func(page.Reason)) (page.Outcome, error) {
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
