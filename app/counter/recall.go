package counter

import (
	"context"

	"tramhoso/sync/dossier"
)

// Recall is the wish to ask a dossier back for its applicant, who has the ID card
// with them and not the slip: with the slip they do it at the screen, alone.
type Recall struct {
	Token    string
	Packet   string
	IDNumber string // of the applicant's card
	Card     dossier.CardSeen
	Staff    string // id
}

// AskBack begins the withdrawal of the dossier that is shown.
func (c *Counter) AskBack() error {
	if c.step != Looking {
		return nil
	}
	if err := c.card.CanWithdraw(); err != nil {
		return c.fail(err)
	}
	c.ask(Recalling)
	return nil
}

// BeginRecall hands out the keeping of a withdrawal; a second tap gets ok false, a
// tap after a failure the same token again, so that it is asked back once.
func (c *Counter) BeginRecall() (run func(context.Context) (job int64, err error), ok bool) {
	if c.step != Recalling {
		return nil, false
	}
	if word := c.ownerMissing(); word != "" {
		_ = c.say(dossier.CodeAnswerRefused, word)
		return nil, false
	}
	if err := c.card.CanWithdraw(); err != nil { // news came since
		_ = c.fail(err)
		return nil, false
	}
	if c.token == "" {
		c.token = c.ports.Token()
	}
	desk, wish := c.session.Desk, Recall{Token: c.token, Packet: c.card.Packet, IDNumber: c.shown.Person.Number, Card: c.shownBy, Staff: c.session.ID}
	c.doneAt = c.ports.Now()
	c.goTo(Recording)
	c.printing, c.early = &Printing{State: PrintGoing, At: c.doneAt}, nil
	return func(ctx context.Context) (int64, error) { return desk.Withdraw(ctx, wish) }, true
}

// FinishRecall takes the outcome.
func (c *Counter) FinishRecall(job int64, err error) error {
	if c.step != Recording {
		return nil
	}
	early := c.early
	c.early = nil
	if err != nil {
		c.printing = nil
		c.goTo(Recalling)
		return c.fail(err)
	}
	c.printing.Job = job
	if !c.card.Withdrawn.Stands() { // the card says so itself once it is opened again
		c.card.Withdrawn = dossier.Withdrawn{At: c.doneAt}
	}
	c.goTo(Recalled)
	c.hear(early)
	return nil
}

// Withdraw asks a dossier back on the calling goroutine.
func (c *Counter) Withdraw(ctx context.Context) error {
	run, ok := c.BeginRecall()
	if !ok {
		if c.problem != nil && c.step == Recalling {
			return dossier.Errorf(c.problem.Code, "%s", c.problem.Word)
		}
		return nil
	}
	return c.FinishRecall(run(ctx))
}
