package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store/internal/rows"
)

// Audit is the storage of the audit log: leaves and tree hashes, appended only.
type Audit struct{ s *Store }

// Audit returns the storage of the audit log.
func (s *Store) Audit() *Audit { return &Audit{s} }

// Size is the number of leaves.
func (a *Audit) Size() (int64, error) {
	n, err := a.s.r.AuditSize(context.Background())
	if err != nil {
		return 0, coded(fmt.Errorf("failed to count the audit log: %w", err))
	}
	return n, nil
}

// Leaf returns the leaf with number n.
func (a *Audit) Leaf(n int64) ([]byte, error) {
	data, err := a.s.r.AuditLeaf(context.Background(), n)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, dossier.Errorf(dossier.CodeNotFound, "no audit leaf %d", n)
	}
	if err != nil {
		return nil, coded(fmt.Errorf("failed to read the audit log: %w", err))
	}
	return data, nil
}

// ReadHashes implements tlog.HashReader.
func (a *Audit) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		raw, err := a.s.r.AuditHash(context.Background(), x)
		if err != nil {
			return nil, coded(fmt.Errorf("failed to read audit hash %d: %w", x, err))
		}
		if len(raw) != len(out[i]) {
			return nil, dossier.Errorf(dossier.CodeInvalid, "audit hash %d of %d bytes", x, len(raw))
		}
		copy(out[i][:], raw)
	}
	return out, nil
}

// Append stores leaf n with its hashes, all or nothing, only if n is next.
func (a *Audit) Append(n int64, leaf []byte, hashes []tlog.Hash) error {
	ctx := context.Background() // a record of what was done is not given up half-way
	return a.s.tx(ctx, "append to the audit log", func(tx *sql.Tx) error {
		return appendLeaf(ctx, a.s.w.WithTx(tx), Leaf{N: n, Data: leaf, Hashes: hashes})
	})
}

func appendLeaf(ctx context.Context, q *rows.Queries, l Leaf) error {
	size, err := q.AuditSize(ctx)
	if err != nil {
		return err
	}
	if l.N != size {
		return dossier.Errorf(dossier.CodeConflict, "audit leaf %d where %d is next", l.N, size)
	}
	if err := q.AddAuditLeaf(ctx, rows.AddAuditLeafParams{N: l.N, Data: l.Data}); err != nil {
		return err
	}
	first := tlog.StoredHashCount(l.N)
	for i, h := range l.Hashes {
		if err := q.AddAuditHash(ctx, rows.AddAuditHashParams{N: first + int64(i), Hash: h[:]}); err != nil {
			return err
		}
	}
	return nil
}
