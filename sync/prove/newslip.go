package prove

import (
	"context"
	"fmt"

	"filippo.io/age"

	"tramhoso/sync/audit"
	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/inbox"
	"tramhoso/sync/outbox"
)

// NewSlip is a clerk's wish for a new slip of one of the dossiers of Dossier, by a
// scan of its applicant's card.
func (s *Station) NewSlip(c clock.Clock, login age.Identity, token, packet string) inbox.NewSlip {
	return inbox.NewSlip{Token: token, Packet: packet, IDNumber: CanaryNumber, Card: dossier.CardScanned, Staff: "GDV-1", Login: login,
		Outbox: s.Outbox, Journal: audit.New(s.Store.Audit(), audit.NewSigner("tramhoso", s.Keys.AuditKey()), c),
		Print: func(f outbox.Facts, _ dossier.CounterCard, issue int) ([]byte, error) {
			return fmt.Appendf(nil, "slip %s, again %d", f.Number, issue), nil
		}}
}

// Reissue gives the new slip that NewSlip wishes for.
func (s *Station) Reissue(ctx context.Context, c clock.Clock, login age.Identity, token, packet string) (outbox.Submitted, error) {
	return s.Inbox.Reissue(ctx, s.NewSlip(c, login, token, packet))
}
