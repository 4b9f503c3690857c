package upkeep

import (
	"context"
	"errors"
	"time"

	"tramhoso/sync/dossier"
)

// Link is one link of the way to the portal.
type Link string

// The links, nearest first. "login" is a page that demands a log-in instead of
// letting through.
const (
	LinkCable  Link = "cable"
	LinkDNS    Link = "dns"
	LinkLogin  Link = "login"
	LinkClock  Link = "clock"
	LinkPortal Link = "portal"
)

// Links lists them in order.
var Links = []Link{LinkCable, LinkDNS, LinkLogin, LinkClock, LinkPortal}

// Word is the key of the link's name; Advice is the key of what to do about it.
func (l Link) Word() string { return "doctor." + string(l) }

// Advice is the key of what to do when the link is broken.
func (l Link) Advice() string { return "doctor.fix-" + string(l) }

// ProbeTime bounds one probe: a rural line is slow, a technician is waiting.
const ProbeTime = 8 * time.Second

// ErrUnsaid is the answer of a probe that learnt nothing of its link: whether it is
// open is unknown, and the next one is examined.
var ErrUnsaid = errors.New("nothing is known of this link")

// Probes examine the links; nil means that a link cannot be examined here.
type Probes map[Link]func(context.Context) error

// Finding is what is known of one link.
type Finding struct {
	Link   Link
	Health Health
	Took   time.Duration
	Code   dossier.Code
}

// Findings is one examination.
type Findings struct {
	At     time.Time
	Links  []Finding // all of them, in order
	Broken Link      // the first broken one, "" when none is
}

// Examine goes along the links up to the first broken one. What lies behind it
// stays unknown. It returns early, with what it has, when ctx ends.
func Examine(ctx context.Context, p Probes, now func() time.Time) Findings {
	f := Findings{At: now()}
	for _, link := range Links {
		found := Finding{Link: link, Health: Unknown}
		if probe := p[link]; probe != nil && f.Broken == "" && ctx.Err() == nil {
			begun := time.Now()
			err := bounded(ctx, probe)
			found.Took = time.Since(begun)
			switch {
			case err == nil:
				found.Health = Well
			case errors.Is(err, ErrUnsaid):
			case ctx.Err() == nil:
				found.Health, found.Code, f.Broken = Fix, dossier.CauseOf(err), link
			}
		}
		f.Links = append(f.Links, found)
	}
	return f
}

// bounded runs a probe for ProbeTime at most, even one that does not listen.
func bounded(ctx context.Context, probe func(context.Context) error) error {
	ctx, stop := context.WithTimeout(ctx, ProbeTime)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- probe(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
