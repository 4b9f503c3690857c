package inbox

import (
	"context"
	"encoding/json"
	"fmt"

	"filippo.io/age"

	"tramhoso/sync/audit"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
)

// reissueTries bounds how often a new slip begins anew because news came between
// the reading of the card and its commit.
const reissueTries = 3

// NewSlip is a clerk's wish for a slip in place of a lost one.
type NewSlip struct {
	Token    string // one per wish: a second tap brings the same slip
	Packet   string
	IDNumber string           // of the card that the clerk has before them
	Card     dossier.CardSeen // and how its number was read
	Staff    string           // id
	Login    age.Identity     // opens the counter card
	Outbox   *outbox.Outbox   // over the same storage, as
	Journal  *audit.Log       // this
	// Print draws up the paper; issue is 1 for the first new slip.
	Print func(f outbox.Facts, c dossier.CounterCard, issue int) ([]byte, error)
}

// The kinds of a new slip's record in the audit log; its reference is the packet
// and whoever gave it.
const (
	auditReissueScanned = "slip.reissue.scanned"
	auditReissueTyped   = "slip.reissue.typed"
)

// Reissue gives a new slip in place of a lost one: clerk and card together, as
// neither alone may. The citizen's card, whose only key went with the slip, is
// made anew from the counter's, which holds the same news, and from the spares,
// which hold what the counter's leaves out: nothing that the citizen could read
// is lost. Errors: CodeBadgeUnknown without a log-in, CodeOtherCard, CodeNotFound
// (purged), CodeBadTransition (handed over), CodeSlipLimit.
func (in *Inbox) Reissue(ctx context.Context, n NewSlip) (outbox.Submitted, error) {
	kind := auditReissueScanned
	switch {
	case n.Login == nil || n.Staff == "":
		return outbox.Submitted{}, errNoLogin()
	case n.Card == dossier.CardTyped:
		kind = auditReissueTyped
	case n.Card != dossier.CardScanned:
		return outbox.Submitted{}, dossier.Errorf(dossier.CodeInvalid, "a card seen as %q", n.Card)
	}
	var s outbox.Submitted
	for try := 1; ; try++ {
		err := n.Journal.With(kind, n.Packet+"/"+n.Staff, func(e audit.Entry) (err error) {
			s, err = in.reissue(ctx, n, store.Leaf{N: e.N, Data: e.Leaf, Hashes: e.Hashes})
			return err
		})
		if dossier.CodeOf(err) != dossier.CodeConflict || try == reissueTries {
			return s, err
		}
	}
}

func (in *Inbox) reissue(ctx context.Context, n NewSlip, leaf store.Leaf) (outbox.Submitted, error) {
	kept, err := in.c.Store.Kept(ctx, n.Packet)
	if err != nil {
		return outbox.Submitted{}, err
	}
	if err := in.isApplicant(ctx, n.Packet, n.IDNumber); err != nil {
		return outbox.Submitted{}, err
	}
	issue, err := in.c.Store.Reissues(ctx, n.Packet)
	if err != nil {
		return outbox.Submitted{}, err
	}
	card, records, err := in.rebuild(ctx, kept, n.Login)
	if err != nil {
		return outbox.Submitted{}, err
	}
	return n.Outbox.Reissue(ctx, outbox.Reissue{Token: n.Token, Packet: n.Packet, Slip: kept.Slip, Old: kept.CitizenKey,
		Records: records, Leaf: leaf, Custody: dossier.Custody{Staff: n.Staff, Card: n.Card, Issue: issue + 1},
		Print: func(f outbox.Facts) ([]byte, error) { return n.Print(f, card, issue+1) }})
}

// isApplicant says whether the dossier was submitted with an ID number. One that
// was submitted without any has no card that could vouch for anybody.
func (in *Inbox) isApplicant(ctx context.Context, packet, number string) error {
	list, err := in.c.Store.KeptByID(ctx, seal.IDIndex(in.c.Keys.Storage(), number))
	if err != nil {
		return err
	}
	for _, k := range list {
		if k.Packet == packet {
			return nil
		}
	}
	return dossier.Errorf(dossier.CodeOtherCard, "not the applicant's number")
}

// rebuild makes the records of a citizen's card from the counter's and the spares.
func (in *Inbox) rebuild(ctx context.Context, kept store.Kept, id age.Identity) (card dossier.CounterCard, list []outbox.Record, err error) {
	found, err := in.c.Store.SpareCards(ctx, kept.Packet)
	if err != nil {
		return card, nil, err
	}
	sealed := make([][]byte, len(found))
	for i, r := range found {
		sealed[i] = r.Counter
	}
	if card, err = in.openCounter(ctx, kept, sealed, id); err != nil {
		return card, nil, err
	}
	list = append(list, outbox.Record{Mark: found[0].Mark, Content: dossier.CitizenCard{Track: card.Track, Applicant: card.Name}})
	for i, r := range found[1:] {
		news := card.News[i]
		news.Result = nil
		if len(r.Spare) > 0 {
			plain, err := seal.OpenWith(r.Spare, id)
			if err != nil {
				return card, nil, fmt.Errorf("failed to open a spare: %w", err)
			}
			if err := json.Unmarshal(plain, &news.Form01); err != nil {
				return card, nil, dossier.Errorf(dossier.CodeInvalid, "failed to read a spare: %w", err)
			}
		}
		list = append(list, outbox.Record{Mark: r.Mark, Content: news})
	}
	return card, list, nil
}
