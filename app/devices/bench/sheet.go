package bench

import (
	"context"

	"tramhoso/app/devices"
	"tramhoso/device/page"
)

type testPage struct{}

// Run prints a test page and waits until the printer says what became of it.
func (testPage) Run(ctx context.Context, d *Command, t *Terminal) error {
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
	out, err := devices.PrintTestPage(ctx, k.pages.Printer, "", b.now(), func() { b.say("page-sent") }, func(r page.Reason) {
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
