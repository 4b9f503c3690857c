package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"tramhoso/sync/dossier"
)

// Audit is the storage of the audit log: leaves and tree hashes, appended only.
type Audit struct{ s *Store }

// Audit returns the storage of the audit log.
func (s *Store) Audit() *Audit { return &Audit{s} }

// Size is the number of leaves.
func (a *Audit) Size() (n int64, err error) {
	if err := a.s.read.QueryRow(`SELECT count(*) FROM audit_leaves`).Scan(&n); err != nil {
		return 0, coded(fmt.Errorf("failed to count the audit log: %w", err))
	}
	return n, nil
}

// Leaf returns the leaf with number n.
func (a *Audit) Leaf(n int64) (data []byte, err error) {
	err = a.s.read.QueryRow(`SELECT data FROM audit_leaves WHERE n = ?`, n).Scan(&data)
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
		var raw []byte
		err := a.s.read.QueryRow(`SELECT hash FROM audit_hashes WHERE n = ?`, x).Scan(&raw)
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
		var size int64
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM audit_leaves`).Scan(&size); err != nil {
			return err
		}
		if n != size {
			return dossier.Errorf(dossier.CodeConflict, "audit leaf %d where %d is next", n, size)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO audit_leaves (n, data) VALUES (?, ?)`, n, leaf); err != nil {
			return err
		}
		first := tlog.StoredHashCount(n)
		for i, h := range hashes {
			if _, err := tx.ExecContext(ctx, `INSERT INTO audit_hashes (n, hash) VALUES (?, ?)`, first+int64(i), h[:]); err != nil {
				return err
			}
		}
		return nil
	})
}
