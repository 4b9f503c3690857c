package inbox

import (
	"context"
	"errors"
	"time"

	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

// TakeTrust keeps a trust bundle that a courier brought, if the province's root
// signed it and it is newer. It comes before everything else an answer brings:
// the answer may be signed with a key that only the newer bundle names.
func (in *Inbox) TakeTrust(ctx context.Context, bundle []byte) error {
	return in.c.Province.takeTrust(ctx, client.Fetched{Fresh: true, Body: bundle})
}

// Take applies what a courier brought: events as Follow does, in the cursor's
// own transaction and only those that follow it, and newer documents. The caller
// has verified the claim and that the body is the one it names; each document is
// verified here. An answer from before the portal's present history is
// CodeConflict and changes nothing. results are those events that say of a result
// that it is ready. It may run beside Follow.
func (in *Inbox) Take(ctx context.Context, c wire.AnswerClaim, b wire.AnswerBody) (events, results int, err error) {
	since, err := in.c.Store.History(ctx)
	if err != nil {
		return 0, 0, err
	}
	if c.At.UnixMilli() < since.UnixMilli() && !since.IsZero() {
		return 0, 0, dossier.Errorf(dossier.CodeConflict, "an answer from before the portal's present history")
	}
	cur, err := in.c.Store.Cursor(ctx)
	if err != nil {
		return 0, 0, err
	}
	if events, results, err = in.takeEvents(ctx, cur, c.Epoch, c.At, b.News.Events); err != nil {
		return events, results, err
	}
	if err := errors.Join(in.takeStaff(ctx, c, b.Staff), in.takeCatalogue(ctx, c, b.Catalogue)); err != nil {
		return events, results, err
	}
	return events, results, in.caughtUp(ctx, c, b.News.Events)
}

// caughtUp notes up to when all is known here, if the answer held all that the
// portal knew when it signed it, and all of it was taken: an answer that was full,
// or began behind a gap, makes no news of before it complete.
func (in *Inbox) caughtUp(ctx context.Context, c wire.AnswerClaim, events []wire.SealedEvent) error {
	size := 0
	for _, e := range events {
		size += len(e.Sealed)
	}
	full := len(events) >= wire.MaxAnswerEvents || size+wire.MaxEventBytes > wire.MaxAnswerEventBytes
	cur, err := in.c.Store.Cursor(ctx)
	if err != nil {
		return err
	}
	gap := cur.Epoch != c.Epoch || len(events) > 0 && cur.N < events[len(events)-1].N
	if full || gap || in.c.Province.Known().Catalogue < c.Hints.Catalogue || !c.At.After(in.AsOf()) {
		return nil
	}
	if err := in.c.Store.PutDocuments(ctx, map[store.DocumentName]store.Document{store.DocCarried: {Content: []byte{}, At: c.At}}); err != nil {
		return err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.carried = c.At
	return nil
}

// takeEvents applies what follows the cursor and leaves the rest. at is when the
// portal signed the answer.
func (in *Inbox) takeEvents(ctx context.Context, cur store.Cursor, epoch string, at time.Time, events []wire.SealedEvent) (applied, results int, err error) {
	if _, err := in.begin(ctx, cur, epoch, at); err != nil {
		return 0, 0, err
	}
	for _, e := range events {
		kind, did, err := in.apply(ctx, epoch, e)
		if dossier.CodeOf(err) == dossier.CodeConflict {
			break // a gap: what is missing comes with the next answer
		}
		if err != nil {
			return applied, results, err
		}
		if did {
			applied++
		}
		if did && kind == dossier.EventResult {
			results++
		}
	}
	return applied, results, nil
}

// Begin starts the first history that this station hears of, before it takes what
// else an answer of that history says: receipts from before it may be another's,
// and what they are about is offered again. at is when the portal signed it. Where
// a history was heard of before, Take sees to it.
func (in *Inbox) Begin(ctx context.Context, epoch string, at time.Time) error {
	cur, err := in.c.Store.Cursor(ctx)
	if err != nil || cur.Epoch != "" {
		return err
	}
	_, err = in.begin(ctx, cur, epoch, at)
	return err
}

// begin starts another epoch than the cursor's. at is when the portal signed what
// names it.
func (in *Inbox) begin(ctx context.Context, cur store.Cursor, epoch string, at time.Time) (bool, error) {
	if epoch == cur.Epoch {
		return false, nil
	}
	in.c.Log.Info("a new epoch of events", "epoch", epoch)
	if err := in.c.Store.HistoryFrom(ctx, at); err != nil {
		return false, err
	}
	return true, in.c.Store.StartEpoch(ctx, epoch)
}

func (in *Inbox) takeStaff(ctx context.Context, c wire.AnswerClaim, body []byte) error {
	if len(body) == 0 || c.Hints.Staff == in.c.Province.Known().Staff {
		return nil
	}
	err := in.c.Province.takeStaff(ctx, client.Fetched{Fresh: true, Tag: c.Hints.Staff, Body: body})
	if errors.Is(err, errOlder) {
		return nil
	}
	if err == nil {
		in.tell(Note{Kind: NoteStaff})
	}
	return err
}

func (in *Inbox) takeCatalogue(ctx context.Context, c wire.AnswerClaim, body []byte) error {
	if len(body) == 0 || c.Hints.Catalogue <= in.c.Province.Known().Catalogue {
		return nil
	}
	err := in.c.Province.takeCatalogue(ctx, client.Fetched{Fresh: true, Body: body})
	if errors.Is(err, errOlder) {
		return nil
	}
	if err == nil {
		in.tell(Note{Kind: NoteCatalogue})
	}
	return err
}
