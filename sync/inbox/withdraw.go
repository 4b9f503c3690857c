package inbox

import (
	"context"

	"filippo.io/age"

	"tramhoso/sync/audit"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/store"
)

// Recall is a clerk's wish to ask a dossier back for its applicant, who has the
// ID card with them and not the slip.
type Recall struct {
	Token    string // one per wish: a second tap is one withdrawal
	Packet   string
	IDNumber string           // of the card that the clerk has before them
	Card     dossier.CardSeen // and how its number was read
	Staff    string           // id
	Login    age.Identity     // opens the counter card
	Outbox   *outbox.Outbox   // over the same storage, as
	Journal  *audit.Log       // this
	// Print draws up the paper that the applicant gets.
	Print func(f outbox.Facts, c dossier.CounterCard) ([]byte, error)
}

// The kinds of a withdrawal's record in the audit log; its reference is the packet
// and whoever asked.
const (
	auditWithdrawScanned = "dossier.withdraw.scanned"
	auditWithdrawTyped   = "dossier.withdraw.typed"
)

// Withdraw asks a dossier back at the counter: clerk and card together, as neither
// alone may. What is sealed for the province says who did it and how the card was
// seen; the packet, the audit record and the paper are kept together, or nothing
// is. Errors: CodeBadgeUnknown without a log-in, CodeOtherCard, CodeNotFound
// (purged), CodeTooLate (the agency has ended it, or it was handed over),
// CodeWithdrawn (asked back before).
func (in *Inbox) Withdraw(ctx context.Context, r Recall) (outbox.Submitted, error) {
	kind := auditWithdrawScanned
	switch {
	case r.Login == nil || r.Staff == "":
		return outbox.Submitted{}, errNoLogin()
	case r.Card == dossier.CardTyped:
		kind = auditWithdrawTyped
	case r.Card != dossier.CardScanned:
		return outbox.Submitted{}, dossier.Errorf(dossier.CodeInvalid, "a card seen as %q", r.Card)
	}
	if err := in.isApplicant(ctx, r.Packet, r.IDNumber); err != nil {
		return outbox.Submitted{}, err
	}
	card, err := in.CounterCard(ctx, r.Packet, r.Login)
	if err != nil {
		return outbox.Submitted{}, err
	}
	// Whether it was this very wish that asked it back, only the store can tell.
	if err := card.CanWithdraw(); err != nil && !card.Withdrawn.Stands() {
		return outbox.Submitted{}, err
	}
	var s outbox.Submitted
	err = r.Journal.With(kind, r.Packet+"/"+r.Staff, func(e audit.Entry) (err error) {
		w := dossier.Withdrawal{Slip: card.Slip, At: in.c.Now(), Basis: dossier.BasisClerk, Staff: r.Staff, Card: r.Card}
		note := outbox.Note{Kind: outbox.PaperRecall, Print: func(f outbox.Facts) ([]byte, error) { return r.Print(f, card) }}
		s, err = r.Outbox.WithdrawAtCounter(ctx, r.Token, r.Packet, w, note, store.Leaf{N: e.N, Data: e.Leaf, Hashes: e.Hashes})
		return err
	})
	return s, err
}
