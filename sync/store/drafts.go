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

// maxDraft bounds one draft: the answers of a form and its list of papers.
const maxDraft = 256 << 10

// PutDraft keeps the sealed answers so far under id, young again.
func (s *Store) PutDraft(ctx context.Context, id string, sealed []byte) error {
	if len(sealed) > maxDraft {
		return dossier.Errorf(dossier.CodeInvalid, "a draft of %d bytes", len(sealed))
	}
	if err := s.w.PutDraft(ctx, rows.PutDraftParams{ID: id, Sealed: sealed}); err != nil {
		return coded(fmt.Errorf("failed to keep a draft: %w", err))
	}
	return nil
}

// Draft returns the sealed answers under id, or CodeNotFound.
func (s *Store) Draft(ctx context.Context, id string) ([]byte, error) {
	sealed, err := s.r.Draft(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, dossier.E(dossier.CodeNotFound, nil)
	}
	if err != nil {
		return nil, coded(fmt.Errorf("failed to read a draft: %w", err))
	}
	return sealed, nil
}

// DropDraft destroys a draft; one that is not there is fine.
func (s *Store) DropDraft(ctx context.Context, id string) error {
	if err := s.w.DropDraft(ctx, id); err != nil {
		return coded(fmt.Errorf("failed to drop a draft: %w", err))
	}
	return nil
}

// AgeDrafts adds powered-on time to every draft and destroys those past
// DraftLife.
func (s *Store) AgeDrafts(ctx context.Context, by time.Duration) error {
	return s.tx(ctx, "age the drafts", func(tx *sql.Tx) error {
		q := s.w.WithTx(tx)
		if err := q.AgeDrafts(ctx, by.Milliseconds()); err != nil {
			return err
		}
		_, err := q.DropOldDrafts(ctx, DraftLife.Milliseconds())
		return err
	})
}
