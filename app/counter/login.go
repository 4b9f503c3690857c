package counter

import (
	"context"

	"tramhoso/sync/dossier"
)

// Badge begins a log-in with a scanned badge.
func (c *Counter) Badge(text string) {
	if c.step == Closed || c.step == PIN {
		c.badge = text
		c.goTo(PIN)
	}
}

// BeginLogin hands out a PIN check; ok is false where none is due.
func (c *Counter) BeginLogin(pin string) (run func(context.Context) (Session, error), ok bool) {
	if c.step != PIN {
		return nil, false
	}
	if pin == "" || len(pin) > MaxPIN {
		_ = c.fail(dossier.E(dossier.CodeBadPIN, nil))
		return nil, false
	}
	badge := c.badge
	c.goTo(CheckPIN)
	return func(ctx context.Context) (Session, error) { return c.ports.Login.Login(ctx, badge, pin) }, true
}

// FinishLogin takes the outcome of a PIN check.
func (c *Counter) FinishLogin(s Session, err error) error {
	if c.step != CheckPIN {
		return nil
	}
	if err != nil {
		c.goTo(PIN)
		return c.fail(err)
	}
	c.session, c.badge = s, ""
	if s.Desk == nil {
		c.goTo(Technical)
	} else {
		c.goTo(Home)
	}
	return nil
}

// Login checks a PIN on the calling goroutine and opens the cards.
func (c *Counter) Login(ctx context.Context, pin string) error {
	run, ok := c.BeginLogin(pin)
	if !ok {
		return nil
	}
	s, err := run(ctx)
	if err := c.FinishLogin(s, err); err != nil {
		return err
	}
	return c.Refresh(ctx)
}
