package outbox

import (
	"context"
	"encoding/json"
	"fmt"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
)

// HandOver records that the result of a dossier was handed over here. A second
// hand-over of the same dossier, or one of a dossier that was asked back, is
// dossier.CodeBadTransition.
func (o *Outbox) HandOver(ctx context.Context, submitToken, packet string, h dossier.Handover) (Submitted, error) {
	head, err := o.c.Store.Head(ctx, packet)
	if err != nil {
		return Submitted{}, fmt.Errorf("failed to hand over: %w", err)
	}
	return o.Submit(ctx, Letter{
		Token: submitToken, Kind: dossier.KindHandover, Parent: packet, Procedure: head.Procedure, HandOver: packet,
		Body: func(string) (any, error) { return h, nil },
	})
}

// Withdraw asks a dossier of this station back. The dossier's own packet goes to
// the portal all the same, before this one: a slip was given for it, and the
// station's numbers have no gaps. A dossier that is asked back already is
// dossier.CodeWithdrawn.
func (o *Outbox) Withdraw(ctx context.Context, submitToken, packet string, w dossier.Withdrawal) (Submitted, error) {
	head, err := o.c.Store.Head(ctx, packet)
	if err != nil {
		return Submitted{}, fmt.Errorf("failed to withdraw: %w", err)
	}
	return o.Submit(ctx, Letter{
		Token: submitToken, Kind: dossier.KindWithdrawal, Parent: packet, Procedure: head.Procedure, Withdraw: packet,
		Body: func(string) (any, error) { return w, nil },
	})
}

// WithdrawAtCounter is Withdraw by a clerk, with the paper for whoever asked and
// the record of the audit log in the same transaction.
func (o *Outbox) WithdrawAtCounter(ctx context.Context, submitToken, packet string, w dossier.Withdrawal, note Note, leaf store.Leaf) (Submitted, error) {
	head, err := o.c.Store.Head(ctx, packet)
	if err != nil {
		return Submitted{}, fmt.Errorf("failed to withdraw: %w", err)
	}
	return o.Submit(ctx, Letter{
		Token: submitToken, Kind: dossier.KindWithdrawal, Parent: packet, Procedure: head.Procedure, Withdraw: packet, Note: &note, Leaf: &leaf,
		Body: func(string) (any, error) { return w, nil },
	})
}

// Correct keeps a dossier like SubmitDossier, and asks the one back that it
// replaces, in one transaction: never are both there, and never none.
// d.Replaces is the other's slip number.
func (o *Outbox) Correct(ctx context.Context, submitToken, packet string, w dossier.Withdrawal, d dossier.Dossier, agency string,
	print func(Facts) ([]byte, error), files ...dossier.Attachment) (Submitted, error) {
	l := dossierLetter(submitToken, d, agency, print, files)
	l.Withdraw, l.Withdrawal = packet, &w
	return o.Submit(ctx, l)
}

// second is the withdrawal that follows a letter.
func (w *writing) second(seq uint64) (*store.Second, error) {
	id, err := w.c.NewID()
	if err != nil {
		return nil, fmt.Errorf("failed to draw a packet id: %w", err)
	}
	content := *w.Withdrawal
	content.Successor = w.facts.Number
	body, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("failed to encode a withdrawal: %w", err)
	}
	p, err := seal.Freeze(dossier.Head{
		ID: id.String(), Kind: dossier.KindWithdrawal, Station: w.station.Code, Seq: seq,
		Parent: w.Letter.Withdraw, Procedure: w.Procedure, Time: w.facts.At,
	}, body, w.to, w.c.Keys.PacketSigner())
	if err != nil {
		return nil, err
	}
	return &store.Second{Packet: p, Digest: seal.Digest(p.JWS, p.Body)}, nil
}
