package inbox

import (
	"context"

	"filippo.io/age"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
)

// sealResult seals the result's file that came with an event as a counter card
// is sealed: the slip does not open it. What no printer could print is no file.
func (in *Inbox) sealResult(ev dossier.Event, counter []string) (*dossier.ResultNote, []byte, error) {
	if err := dossier.CheckResult(ev.Result); err != nil {
		in.c.Log.Error("a result's file cannot be used", "packet", ev.Packet, "err", err)
		return nil, nil, nil
	}
	sealed, err := seal.SealToRecipients(ev.Result, counter...)
	return dossier.NoteOf(ev.Result), sealed, err
}

// resultFile says what there is of a dossier's result.
func (in *Inbox) resultFile(ctx context.Context, t dossier.Track) (dossier.ResultFile, error) {
	if t.Result() == nil {
		return dossier.ResultNone, nil
	}
	here, err := in.c.Store.HasResultFile(ctx, t.Packet)
	if err != nil || !here {
		return dossier.ResultGone, err
	}
	return dossier.ResultHere, nil
}

// Result opens the file of a dossier's result for a staff log-in: the one that
// the latest news named, or CodeNotFound. A dossier that was handed over has none
// to print any more.
func (in *Inbox) Result(ctx context.Context, packet string, id age.Identity) ([]byte, error) {
	kept, err := in.c.Store.Kept(ctx, packet)
	if err != nil {
		return nil, err
	}
	if id == nil {
		return nil, errNoLogin()
	}
	sealed, records, err := in.c.Store.ResultFile(ctx, packet)
	if err != nil {
		return nil, err
	}
	card, err := in.openCounter(ctx, kept, records, id)
	if err != nil {
		return nil, err
	}
	note := card.Result()
	if note == nil || !card.Ready() {
		return nil, dossier.Errorf(dossier.CodeNotFound, "no result to print")
	}
	pdf, err := seal.OpenWith(sealed, id)
	if err != nil {
		return nil, err
	}
	if *dossier.NoteOf(pdf) != *note {
		return nil, dossier.Errorf(dossier.CodeInvalid, "the result's file is not the one that the news named")
	}
	return pdf, nil
}
