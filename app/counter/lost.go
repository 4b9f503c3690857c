package counter

import (
	"context"
	"slices"

	"tramhoso/sync/dossier"
)

// Find asks for a number to look a dossier up by.
func (c *Counter) Find() {
	if c.step == Home {
		c.goTo(Finding)
	}
}

// FindBy looks for what a person has in hand: a slip number, the agency's code of
// a dossier, or the number of an ID card.
func (c *Counter) FindBy(ctx context.Context, text string) error {
	if c.step != Finding {
		return nil
	}
	if err := c.known(ctx); err != nil {
		return err
	}
	if number, err := c.ports.Codes.TypedSlip(text); err == nil {
		if at := slices.IndexFunc(c.cards, func(card dossier.CounterCard) bool { return card.Slip == number }); at >= 0 {
			return c.found(ctx, []string{c.cards[at].Packet})
		}
	}
	if r, err := c.ports.Reader.Read(compact(text)); err == nil && r.Person.Name == "" {
		return c.ofCard(ctx, r, dossier.CardTyped)
	}
	code := dossier.FoldCode(text)
	var list []string
	for _, card := range c.cards {
		if code != "" && dossier.FoldCode(card.Code()) == code {
			list = append(list, card.Packet)
		}
	}
	return c.found(ctx, list)
}

// ofCard shows what lies here for the owner of an ID card.
func (c *Counter) ofCard(ctx context.Context, r Reading, seen dossier.CardSeen) error {
	if err := c.known(ctx); err != nil {
		return err
	}
	list, err := c.session.Desk.DossiersOf(ctx, r.Person.Number)
	if err != nil {
		return c.fail(err)
	}
	if err := c.found(ctx, list); err != nil {
		return err
	}
	c.shown, c.shownBy = r, seen
	return nil
}

// found opens the only dossier, or shows those that were found.
func (c *Counter) found(ctx context.Context, packets []string) error {
	var list []dossier.CounterCard
	for _, card := range c.cards {
		if slices.Contains(packets, card.Packet) {
			list = append(list, card)
		}
	}
	c.forget()
	switch len(list) {
	case 0:
		return c.fail(dossier.E(dossier.CodeNotFound, nil))
	case 1:
		c.goTo(Home)
		return c.look(list[0])
	}
	for _, card := range list {
		c.only = append(c.only, card.Packet)
	}
	c.goTo(Home)
	return nil
}

// forget forgets whose card was shown and what was found with it.
func (c *Counter) forget() {
	c.only, c.shown, c.shownBy, c.looked = nil, Reading{}, "", false
}

// look shows one dossier.
func (c *Counter) look(card dossier.CounterCard) error {
	c.card = card
	c.goTo(Looking)
	return nil
}

// ToHandOver goes on from the dossier that is shown to its hand-over.
func (c *Counter) ToHandOver(ctx context.Context) error {
	if c.step != Looking || !c.card.Ready() {
		return nil
	}
	slip := c.card.Slip
	c.goTo(Home)
	return c.open(ctx, slip, false)
}

// Lost begins a new slip for the dossier that is shown or is to be handed over.
func (c *Counter) Lost() error {
	if c.step != Looking && c.step != Handover {
		return nil
	}
	if !c.card.Handed.IsZero() {
		return c.say(dossier.CodeBadTransition, "counter.already-slip")
	}
	if c.step == Handover && c.applicant {
		c.shown, c.shownBy = c.reading, dossier.CardScanned
	}
	c.ask(Losing)
	return nil
}

// ask begins what only the applicant's card allows.
func (c *Counter) ask(wish Step) {
	c.cameFrom, c.wish, c.token, c.looked = c.step, wish, "", false
	c.goTo(wish)
}

// needsOwner says whether the page on the screen waits for the applicant's card.
func (c *Counter) needsOwner() bool { return c.step == Losing || c.step == Recalling }

// TypeCard asks for the number of a card that no scanner reads.
func (c *Counter) TypeCard() {
	if c.needsOwner() {
		c.goTo(TypingCard)
	}
}

// CardNumber takes it.
func (c *Counter) CardNumber(ctx context.Context, text string) error {
	if c.step != TypingCard {
		return nil
	}
	r, err := c.ports.Reader.Read(compact(text))
	if err != nil {
		return c.fail(err)
	}
	return c.ownerShows(ctx, r, dossier.CardTyped)
}

// ownerShows takes the card of whoever lost a slip or asks a dossier back: it must
// be the applicant's.
func (c *Counter) ownerShows(ctx context.Context, r Reading, seen dossier.CardSeen) error {
	same, err := c.session.Desk.IsApplicant(ctx, c.card.Packet, r.Person.Number)
	if err == nil && !same {
		err = dossier.E(dossier.CodeOtherCard, nil)
	}
	if err != nil {
		c.shown, c.shownBy, c.looked = Reading{}, "", false
		return c.fail(err)
	}
	c.shown, c.shownBy, c.looked = r, seen, false
	c.goTo(c.wish)
	return nil
}

// Looked says whether the clerk has looked at the card whose number was typed.
func (c *Counter) Looked(yes bool) {
	if c.needsOwner() && c.shownBy == dossier.CardTyped {
		c.looked, c.problem = yes, nil
	}
}

// ownerMissing names what a new slip or a withdrawal lacks.
func (c *Counter) ownerMissing() string {
	switch {
	case c.shownBy == "":
		return "counter.owner-first"
	case c.shownBy == dossier.CardTyped && !c.looked:
		return "counter.look-first"
	}
	return ""
}

// BeginReissue hands out the giving of a new slip; a second tap gets ok false, a
// tap after a failure the same token again, so that no second slip is given.
func (c *Counter) BeginReissue() (run func(context.Context) (job int64, err error), ok bool) {
	if c.step != Losing {
		return nil, false
	}
	if word := c.ownerMissing(); word != "" {
		_ = c.say(dossier.CodeAnswerRefused, word)
		return nil, false
	}
	if c.token == "" {
		c.token = c.ports.Token()
	}
	desk, wish := c.session.Desk, NewSlip{Token: c.token, Packet: c.card.Packet, IDNumber: c.shown.Person.Number, Card: c.shownBy, Staff: c.session.ID}
	c.goTo(Issuing)
	c.aside, c.printing = c.printing, &Printing{State: PrintGoing, At: c.ports.Now()}
	return func(ctx context.Context) (int64, error) { return desk.NewSlip(ctx, wish) }, true
}

// FinishReissue takes the outcome.
func (c *Counter) FinishReissue(job int64, err error) error {
	if c.step != Issuing {
		return nil
	}
	early := c.early
	c.early = nil
	if err != nil {
		c.printing, c.aside = c.aside, nil
		c.hear(early)
		c.goTo(Losing)
		if dossier.CodeOf(err) == dossier.CodeBadTransition {
			_ = c.say(dossier.CodeBadTransition, "counter.already-slip")
			return err
		}
		return c.fail(err)
	}
	c.printing.Job, c.aside = job, nil
	c.goTo(Issued)
	c.hear(early)
	return nil
}

// Reissue gives a new slip on the calling goroutine.
func (c *Counter) Reissue(ctx context.Context) error {
	run, ok := c.BeginReissue()
	if !ok {
		if c.problem != nil && c.step == Losing {
			return dossier.Errorf(c.problem.Code, "%s", c.problem.Word)
		}
		return nil
	}
	return c.FinishReissue(run(ctx))
}

// Failed says why something else that the clerk asked for did not happen.
func (c *Counter) Failed(err error) { _ = c.fail(err) }

// compact drops what people type between digits.
func compact(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if r != ' ' && r != '.' && r != '-' {
			out = append(out, r)
		}
	}
	return string(out)
}
