package counter

import (
	"context"
	"slices"

	"tramhoso/sync/dossier"
)

// TakesScans says whether HandleFrame does anything at the present step: only
// then need a scanner look.
func (c *Counter) TakesScans() bool {
	return slices.Contains([]Step{Closed, PIN, Home, Handover, Done, Looking, Losing, Recalling}, c.step)
}

// Unread hears of a code of which no text came: CodeScanPartial, CodeScanGarbled.
func (c *Counter) Unread(code dossier.Code) {
	if c.TakesScans() && c.step != PIN { // who types a PIN has shown a badge
		_ = c.fail(dossier.E(code, nil)) // said on the screen
	}
}

// Wedged hears that a scanner typed like a keyboard, wherever the cursor was;
// CodeScanTyped.
func (c *Counter) Wedged() {
	if c.step != CheckPIN && c.step != Keeping && c.step != Technical { // a technician reads of it among the devices
		_ = c.fail(dossier.E(dossier.CodeScanTyped, nil)) // said on the screen
	}
}

// HandleFrame routes a scanned payload: a slip opens its dossier, whose
// result is handed over where it lies here, or proves a hand-over; a card is the
// collector's, or the applicant's.
func (c *Counter) HandleFrame(ctx context.Context, data string) error {
	switch {
	case c.step == Closed || c.step == PIN:
		if c.ports.Codes.IsBadge(data) {
			c.Badge(data)
		}
		return nil
	case !c.TakesScans():
		return nil
	case c.ports.Codes.IsSlip(data):
		return c.slip(ctx, data)
	case c.ports.Codes.IsBadge(data):
		return c.say(dossier.CodeInvalid, "counter.lock-first")
	case c.step == Handover:
		return c.collector(ctx, data)
	}
	r, err := c.ports.Reader.Read(data)
	switch {
	case err != nil && !c.needsOwner():
		return c.say(dossier.CodeInvalid, "counter.slip-first")
	case err != nil:
		return c.fail(err)
	case c.needsOwner():
		return c.ownerShows(ctx, r, dossier.CardScanned)
	}
	return c.ofCard(ctx, r, dossier.CardScanned)
}

func (c *Counter) slip(ctx context.Context, data string) error {
	number, err := c.ports.Codes.SlipNumber(data)
	if err != nil {
		return c.fail(err)
	}
	if c.step != Handover {
		c.forget() // whose card was shown before
		return c.open(ctx, number, true)
	}
	if number != c.card.Slip {
		return c.say(dossier.CodeConflict, "counter.other-slip")
	}
	c.slipSeen, c.problem = true, nil
	return nil
}

func (c *Counter) collector(ctx context.Context, data string) error {
	r, err := c.ports.Reader.Read(data)
	if err != nil {
		return c.fail(err)
	}
	if c.cardSeen && r.Person.Number == c.reading.Person.Number {
		if r, err = c.ports.Reader.Cross(c.reading, r); err != nil {
			return c.fail(err)
		}
	}
	same, err := c.session.Desk.IsApplicant(ctx, c.card.Packet, r.Person.Number)
	if err != nil {
		return c.fail(err)
	}
	c.reading, c.cardSeen, c.applicant, c.problem = r, true, same, nil
	c.basis = BasisNone
	if same {
		c.basis = BasisApplicant
	}
	return nil
}
