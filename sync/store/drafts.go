package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store/internal/rows"
)

// The limits of drafts.
const (
	maxDraft      = 256 << 10 // one draft: the answers of a form and its list of papers
	MaxDrafts     = 16        // more visits than ten minutes have; the oldest give way
	MaxDraftTries = 3         // who reads a code off a screen needs one
)

// PutDraft keeps the sealed answers so far under id, young and untried again.
func (s *Store) PutDraft(ctx context.Context, id string, sealed []byte) error {
	if len(sealed) > maxDraft {
		return dossier.Errorf(dossier.CodeInvalid, "a draft of %d bytes", len(sealed))
	}
	return s.tx(ctx, "keep a draft", func(tx *sql.Tx) error {
		q := s.w.WithTx(tx)
		if err := q.PutDraft(ctx, rows.PutDraftParams{ID: id, Sealed: sealed}); err != nil {
			return err
		}
		n, err := q.DropMoreDrafts(ctx, rows.DropMoreDraftsParams{But: id, Keep: MaxDrafts - 1})
		if n > 0 {
			s.lingers.Store(true)
		}
		return err
	})
}

// HasDraft reports whether there is a draft that may still be tried.
func (s *Store) HasDraft(ctx context.Context, id string) (bool, error) {
	n, err := s.r.HasDraft(ctx, rows.HasDraftParams{ID: id, Most: MaxDraftTries})
	if err != nil {
		return false, coded(fmt.Errorf("failed to look for a draft: %w", err))
	}
	return n > 0, nil
}

// TryDraft returns the sealed answers under id and how often they may be asked
// for again, or CodeNotFound. The try is on the disk before it returns.
func (s *Store) TryDraft(ctx context.Context, id string) (sealed []byte, left int, err error) {
	err = s.tx(ctx, "try a draft", func(tx *sql.Tx) error {
		row, err := s.w.WithTx(tx).TryDraft(ctx, rows.TryDraftParams{ID: id, Most: MaxDraftTries})
		if errors.Is(err, sql.ErrNoRows) {
			return dossier.E(dossier.CodeNotFound, nil)
		}
		sealed, left = row.Sealed, MaxDraftTries-int(row.Tries)
		return err
	})
	return sealed, left, err
}

// DropDraft destroys a draft; one that is not there is fine.
func (s *Store) DropDraft(ctx context.Context, id string) error {
	if err := s.w.DropDraft(ctx, id); err != nil {
		return coded(fmt.Errorf("failed to drop a draft: %w", err))
	}
	s.lingers.Store(true)
	return nil
}

// AgeDrafts adds powered-on time to every draft but one, that of the visit which
// goes on ("" for none), and destroys those past DraftLife.
func (s *Store) AgeDrafts(ctx context.Context, by time.Duration, but string) error {
	return s.tx(ctx, "age the drafts", func(tx *sql.Tx) error {
		q := s.w.WithTx(tx)
		if err := q.AgeDrafts(ctx, rows.AgeDraftsParams{ByMs: by.Milliseconds(), But: but}); err != nil {
			return err
		}
		n, err := q.DropOldDrafts(ctx, DraftLife.Milliseconds())
		if n > 0 {
			s.lingers.Store(true)
		}
		return err
	})
}

// Submitted reports whether something was committed under a submit token.
func (s *Store) Submitted(ctx context.Context, token string) (bool, error) {
	n, err := s.r.SubmitUsed(ctx, token)
	if err != nil {
		return false, coded(fmt.Errorf("failed to look for a submission: %w", err))
	}
	return n > 0, nil
}
