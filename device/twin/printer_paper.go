package twin

import (
	"context"
	"fmt"
	"slices"
)

// maxPapers and maxKeptDots bound what is remembered, a byte a dot; the oldest
// go first. The dots are some two hundred slips.
const (
	maxPapers   = 512
	maxKeptDots = 96 << 20
)

// paper takes a piece from the engine; the caller holds mu.
func (p *Printer) paper(s sheet, how ending) {
	p.count++
	paper, err := s.finish(p.count, how)
	kept := err
	if err == nil && p.cfg.PaperDir != "" {
		kept = paper.keep(p.cfg.PaperDir)
	}
	if kept != nil && p.failure == nil {
		p.failure = kept
	}
	if err != nil {
		return // there is no paper to speak of
	}
	if paper.Partial {
		p.partials = p.keep(p.partials, paper)
	} else {
		p.queue, p.cut = p.keep(p.queue, paper), p.keep(p.cut, paper)
	}
	if p.cfg.OnPaper != nil {
		p.news = append(p.news, func() { p.cfg.OnPaper(paper) })
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

// keep adds a paper to a list and lets the oldest go.
func (p *Printer) keep(list []Paper, paper Paper) []Paper {
	list = append(list, paper)
	most := maxPapers
	if p.cfg.KeepPapers > 0 {
		most = min(most, p.cfg.KeepPapers)
	}
	dots := 0
	for at := len(list) - 1; at >= 0; at-- {
		if dots += len(list[at].Image.Pix); at < len(list)-1 && (dots > maxKeptDots || len(list)-at > most) {
			return slices.Clone(list[at+1:]) // what is let go is free
		}
	}
	return list
}

// NextPaper waits for the next paper that was cut and takes it.
func (p *Printer) NextPaper(ctx context.Context) (Paper, error) {
	for {
		p.mu.Lock()
		if len(p.queue) > 0 {
			paper := p.queue[0]
			p.queue = slices.Delete(p.queue, 0, 1)
			p.mu.Unlock()
			return paper, nil
		}
		changed := p.changed
		p.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return Paper{}, fmt.Errorf("no paper came out: %w", ctx.Err())
		}
	}
}

// Papers are all papers cut so far.
func (p *Printer) Papers() []Paper {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Paper(nil), p.cut...)
}

// Partials are the pieces that the end of a roll left.
func (p *Printer) Partials() []Paper {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Paper(nil), p.partials...)
}
