package main

import (
	"context"
	"errors"

	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
	"tramhoso/sync/drafts"
	"tramhoso/sync/seal"
)

// openDrafts makes the keeper of interrupted visits.
func (s *station) openDrafts(k *kept) *drafts.Keeper {
	return drafts.New(drafts.Config{Store: k.store, Storage: k.keys.Storage(), Log: s.log,
		Kept: func(code string, ok bool) { s.drafted(code, ok) }})
}

// visitDrafts is the keeper as a visit sees it.
type visitDrafts struct{ *drafts.Keeper }

// visitDrafts is nil for a station that cannot keep anything.
func (s *station) visitDrafts() visit.Drafts {
	if s.kept == nil {
		return nil
	}
	return visitDrafts{s.drafts}
}

func (visitDrafts) NewCode() string { return seal.NewDraftCode() }
func (d visitDrafts) KeepDraft(card, code string, text []byte) {
	d.Keep(drafts.Draft{Card: card, Code: code, Text: text})
}
func (d visitDrafts) LeaveDraft(card string)    { d.Leave(card) }
func (d visitDrafts) DropDraft(card string)     { d.Drop(card) }
func (d visitDrafts) HasDraft(card string) bool { return d.Has(context.Background(), card) }

func (d visitDrafts) TryDraft(ctx context.Context, card, code string, token func([]byte) string) ([]byte, int, error) {
	text, left, err := d.Open(ctx, card, code, token)
	if errors.Is(err, drafts.ErrSubmitted) {
		err = dossier.E(dossier.CodeBadTransition, err)
	}
	return text, left, err
}
