package visit

import (
	"context"

	"tramhoso/sync/dossier"
)

// Replaced is the dossier that a visit corrects; the zero value: none. The
// station cannot read what it sealed: everything is answered again.
type Replaced struct {
	Packet    string `json:"packet"`
	Slip      string `json:"slip"`
	Procedure string `json:"procedure"`
}

// Recall asks a dossier back.
type Recall struct {
	Token  string // the same for every tap on the same button
	Packet string
	Slip   string
}

// AskBack goes from a dossier's way to the page on which it is asked back, where
// that can still be.
func (v *Visit) AskBack() error {
	if v.step != Timeline {
		return nil
	}
	v.Refresh()
	if err := v.card.CanWithdraw(); err != nil {
		return v.fail(err)
	}
	if v.recall.Packet != v.card.Packet {
		v.recall = Recall{Token: v.ports.Token(), Packet: v.card.Packet, Slip: v.card.Slip}
	}
	v.goTo(Withdraw)
	return nil
}

// BeginWithdraw hands out what is kept. A second tap finds the step gone on and
// gets ok false; a tap after a failure gets the same token again.
func (v *Visit) BeginWithdraw() (r Recall, ok bool) {
	if v.step != Withdraw {
		return Recall{}, false
	}
	v.goTo(Withdrawing)
	return v.recall, true
}

// FinishWithdraw takes the outcome. The card says then what is known.
func (v *Visit) FinishWithdraw(err error) error {
	if v.step != Withdrawing {
		return nil
	}
	if err != nil {
		v.goTo(Withdraw)
		return v.fail(err)
	}
	v.card.Withdrawn = dossier.Withdrawn{At: v.ports.Clock.Now()} // the card says so itself, if it opens
	v.goTo(Withdrawn)
	v.Refresh()
	return nil
}

// Withdraw keeps on the calling goroutine.
func (v *Visit) Withdraw(ctx context.Context) error {
	r, ok := v.BeginWithdraw()
	if !ok {
		return nil
	}
	return v.FinishWithdraw(v.ports.Outbox.Withdraw(ctx, r))
}

// Correct begins a visit whose dossier goes in the place of the one on the
// screen. That one is asked back in the commit of the new one, and not before:
// who walks away has lost nothing.
func (v *Visit) Correct() {
	if v.step != Withdraw || !v.card.CanCorrect() {
		return
	}
	r := Replaced{Packet: v.card.Packet, Slip: v.card.Slip, Procedure: v.card.Procedure.Code}
	v.data = data{language: v.language, replacing: r}
	v.Start(GoalSubmit)
}

// chooseReplaced opens the procedure of the dossier that is corrected, while it
// is still in force.
func (v *Visit) chooseReplaced() bool {
	if v.replacing.Procedure == "" {
		return false
	}
	p, err := v.catalogue().Procedure(v.replacing.Procedure)
	if err != nil {
		return false
	}
	v.from, v.looking = Search, p
	v.goTo(Procedure)
	return true
}

// notReplaced hears that the dossier to be replaced was asked back or handed over
// meanwhile. The new one stands by itself.
func (v *Visit) notReplaced() error {
	v.replacing = Replaced{}
	v.goTo(Sign)
	return v.say(dossier.CodeWithdrawn, "visit.replaced-gone")
}
