package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tramhoso/sync/dossier"
)

// DraftLife is how long an interrupted visit is kept, in powered-on time.
const DraftLife = 10 * time.Minute

// maxDraft bounds one draft: the answers of a form and its list of papers.
const maxDraft = 256 << 10

// PutDraft keeps the sealed answers so far under id, young again.
func (s *Store) PutDraft(ctx context.Context, id string, sealed []byte) error {
	if len(sealed) > maxDraft {
		return dossier.Errorf(dossier.CodeInvalid, "a draft of %d bytes", len(sealed))
	}
	_, err := s.write.ExecContext(ctx, `INSERT INTO drafts (id, sealed, age_ms) VALUES (?, ?, 0)
		ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, age_ms = 0`, id, sealed)
	if err != nil {
		return coded(fmt.Errorf("failed to keep a draft: %w", err))
	}
	return nil
}

// Draft returns the sealed answers under id, or CodeNotFound.
func (s *Store) Draft(ctx context.Context, id string) (sealed []byte, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT sealed FROM drafts WHERE id = ?`, id).Scan(&sealed)
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
	if _, err := s.write.ExecContext(ctx, `DELETE FROM drafts WHERE id = ?`, id); err != nil {
		return coded(fmt.Errorf("failed to drop a draft: %w", err))
	}
	return nil
}

// AgeDrafts adds powered-on time to every draft and destroys those past
// DraftLife.
func (s *Store) AgeDrafts(ctx context.Context, by time.Duration) error {
	return s.tx(ctx, "age the drafts", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE drafts SET age_ms = age_ms + ?`, by.Milliseconds()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM drafts WHERE age_ms >= ?`, DraftLife.Milliseconds())
		return err
	})
}
